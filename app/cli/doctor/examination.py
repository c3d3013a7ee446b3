"""`perpetuo doctor`: every check, in the order in which a start would stumble over them."""

from pathlib import Path

from app import settings
from app.cli.doctor import database, machine
from app.cli.doctor.findings import Finding, fail
from app.cli.doctor.secrets import check_secrets
from app.cli.doctor.variables import check_names
from app.errors import StartRefused


async def examine() -> list[Finding]:
    """What is right and what is wrong with this installation. Changes nothing."""
    try:
        chosen = settings.load()
    except StartRefused as error:
        # The first line says that there are some.
        return [fail("settings", problem.strip()) for problem in error.message.splitlines()[1:]]
    names = check_names(Path(".env"))
    if closed := machine.check_entrance(chosen):
        return [*names, closed]
    secret_findings, vault = check_secrets(chosen)
    return [
        *names,
        *secret_findings,
        *machine.check_data_folder(chosen),
        *await database.check(chosen, vault),
        *machine.check_journals(chosen),
        await machine.check_port(chosen),
    ]
