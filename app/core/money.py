"""Money: whole billionths of a US dollar inside, decimal dollars at the edge."""

from decimal import Decimal

NANO_PER_USD = 1_000_000_000


def to_usd(nano_usd: int) -> Decimal:
    """Dollars for an amount in billionths, exact, in plain notation and without needless zeros."""
    if nano_usd % (10 * NANO_PER_USD) == 0:
        # Whose last zeros would become an exponent.
        return Decimal(nano_usd // NANO_PER_USD)
    return Decimal(nano_usd).scaleb(-9).normalize()
