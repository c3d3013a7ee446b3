"""`perpetuo rekey`: seals stored secrets anew."""

from app.core.clock import now
from app.core.secrets import SealBroken, Vault, provider_key_place
from app.database import transaction
from app.errors import PerpetuoError
from app.models import ProviderKey


async def rekey(vault: Vault) -> int:
    """Seals every provider key that an older key has sealed; gives how many.

    Raises PerpetuoError, and changes nothing, where one cannot be opened.
    """
    count = 0
    async with transaction() as connection:
        for row in await ProviderKey.all(using_db=connection).order_by("id"):
            place = provider_key_place(row.workspace_id, row.id)
            if vault.is_current(row.secret_sealed, place):
                continue
            try:
                secret = vault.open(row.secret_sealed, place)
            except SealBroken:
                raise PerpetuoError(
                    f"Provider key {row.id} cannot be opened with any ENCRYPTION_KEY; nothing was changed."
                ) from None
            row.secret_sealed, row.updated_at = vault.seal(secret, place), now()
            await row.save(using_db=connection, update_fields=["secret_sealed", "updated_at"])
            count += 1
    return count
