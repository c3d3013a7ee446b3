"""The `perpetuo` command."""

import asyncio
import os
import signal
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from app import environment, settings
from app.cli import keys, server
from app.cli.demo import demo
from app.cli.doctor import Verdict, examine
from app.cli.failing import in_one_line
from app.cli.workers import serve_many
from app.core.changes import Changes
from app.core.provider_name import ProviderName
from app.core.secrets import Vault
from app.database import connect, migrate
from app.errors import PerpetuoError
from app.gateway.ledger import Writer, adopt
from app.installation import with_secrets
from app.main import create_tools
from app.management import accounts
from app.settings import LogLevel, Settings
from app.simulator import RunningSimulator
from app.simulator import running as simulator_running
from graphql_schema.schema import export_schema

_T = TypeVar("_T")

app = typer.Typer(
    help="Perpetuo, a self-hosted AI gateway. Settings come from the environment and from .env.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def main() -> None:
    """Runs the command line. Errors that we know are one line, and exit code 1."""
    with in_one_line():
        app()


@app.command()
def serve(
    workers: Annotated[int, typer.Option(min=1, help="Processes to serve with; several need PostgreSQL")] = 1,
) -> None:
    """Serve the gateway; the database is migrated first."""
    chosen = settings.load()
    if workers == 1:
        server.run(chosen, server.serve(chosen, server.welcome))
    else:
        server.run(chosen, serve_many(chosen, workers, server.welcome))


@app.command("demo")
def serve_demo() -> None:
    """Serve with simulated providers, a ready account and some traffic, on this machine alone."""
    chosen = settings.load()
    if "log_level" not in chosen.model_fields_set:
        chosen = chosen.model_copy(update={"log_level": LogLevel.WARNING})
    server.run(chosen, demo(chosen))


@app.command("migrate")
def migrate_database() -> None:
    """Bring the database to this version's tables."""
    applied = asyncio.run(migrate(settings.load()))
    print("\n".join(applied) if applied else "The database is up to date.")


@app.command("export-schema")
def print_schema() -> None:
    """Print the GraphQL schema."""
    print(export_schema(), end="")


@app.command()
def simulate(
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port to listen on; 0 takes any free one.")
    ] = 4010,
) -> None:
    """Play every provider on this machine, with faults on demand."""
    asyncio.run(_simulate(port))


@app.command("init-env")
def init_env(
    path: Annotated[Path, typer.Argument(help="The file to write.")] = Path(".env"),
) -> None:
    """Write an .env with fresh secrets. An existing file is left as it is."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise PerpetuoError(f"{path} exists already; nothing was changed.") from None
    except OSError as error:
        raise PerpetuoError(f"{path} cannot be written: {error.strerror}.") from error
    with os.fdopen(descriptor, "w") as file:
        file.write(environment.fresh())
    print(f"Wrote {path} with fresh secrets. Keep it safe: it opens the stored provider keys.")


@app.command()
def rekey() -> None:
    """Seal every provider key with the newest ENCRYPTION_KEY; then the older ones can go."""
    chosen = with_secrets(settings.load())
    count = _with_database(chosen, lambda: keys.rekey(Vault(chosen.encryption_key)))
    print(f"Sealed {count} provider keys with the newest key.")


@app.command()
def replay(
    folder: Annotated[
        Path, typer.Argument(help="A journal folder of a lost machine: DATA_DIR/journal/<id>.")
    ],
) -> None:
    """Store what the journal of a lost machine holds; what is stored already counts once."""
    chosen = settings.load()
    if not any(folder.glob("*.log")):
        raise PerpetuoError(f"{folder} holds no journal (no .log files).")
    adopted = _with_database(chosen, lambda: adopt(folder, Writer(Changes(), chosen)))
    if adopted is None:
        raise PerpetuoError(f"{folder} belongs to a process that is alive; it needs no replay.")
    print(f"Replayed {adopted.completions} completions, {adopted.interrupted} of them interrupted.")
    if adopted.damaged:
        raise PerpetuoError(
            f"{adopted.damaged} damaged lines cannot be read; they are kept in {adopted.kept}."
        )


@app.command("reset-password")
def reset_password(email: Annotated[str, typer.Argument(help="The account's e-mail address.")]) -> None:
    """Give an account a new password, asked for or read from standard input, and end its sessions."""
    chosen = settings.load()
    _with_database(chosen, lambda: accounts.reset_password(create_tools(chosen), email, _new_password()))
    print(f"The password of {email} is changed, and its sessions are ended.")


@app.command()
def doctor() -> None:
    """Check settings, secrets, data folder, database and port; say what is wrong and how to mend it."""
    findings = asyncio.run(examine())
    print("\n".join(str(finding) for finding in findings))
    if any(finding.verdict is Verdict.FAIL for finding in findings):
        raise typer.Exit(1)


async def _simulate(port: int) -> None:
    try:
        async with simulator_running(port=port) as simulator:
            ended = asyncio.Event()
            # Asked for, since a shell ignores SIGINT for what it starts in the background.
            for number in (signal.SIGINT, signal.SIGTERM):
                asyncio.get_running_loop().add_signal_handler(number, ended.set)
            print(_addresses(simulator), flush=True)
            await ended.wait()
    except OSError as error:
        raise PerpetuoError(f"Nothing can listen on port {port}: {error.strerror}") from error


def _addresses(simulator: RunningSimulator) -> str:
    lines = "\n".join(f"  {provider:<9}  {simulator.base_url_of(provider)}" for provider in ProviderName)
    return (
        f"The simulator listens on {simulator.url}; any key works. Ctrl-C ends it.\n\n"
        f"The base URL of a provider key:\n\n{lines}\n"
    )


def _new_password() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    password: str = typer.prompt("New password", hide_input=True, confirmation_prompt=True)
    return password


def _with_database(chosen: Settings, work: Callable[[], Coroutine[object, object, _T]]) -> _T:
    """Does `work` with the migrated database connected, in a loop of its own.

    It is not begun, and asks nobody anything, where the database cannot be reached.
    """

    async def run() -> _T:
        await migrate(chosen)
        async with connect(chosen):
            return await work()

    return asyncio.run(run())
