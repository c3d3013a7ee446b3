"""What an error of the database means to whoever may try again."""

import sqlite3
from enum import Enum

import asyncpg
from tortoise.exceptions import BaseORMException


class Fault(Enum):
    """The three kinds of failure that call for different answers."""

    # Unreachable, shutting down, full or read-only: try again until it is back.
    AWAY = "away"
    # Somebody else was in the way: the same transaction will do in a moment.
    BUSY = "busy"
    # The values themselves cannot be stored: trying again cannot help.
    REFUSED = "refused"


_REFUSED = (
    asyncpg.DataError,
    asyncpg.IntegrityConstraintViolationError,
    # A trigger's own exception.
    asyncpg.PLPGSQLError,
    asyncpg.ProgramLimitExceededError,
    sqlite3.DataError,
    sqlite3.IntegrityError,
    sqlite3.InterfaceError,
    OverflowError,
    UnicodeError,
)
_BUSY = (
    asyncpg.TransactionRollbackError,
    asyncpg.LockNotAvailableError,
    asyncpg.QueryCanceledError,
)
_AWAY = (
    OSError,
    asyncpg.InterfaceError,
    # Where a connection breaks at a moment that asyncpg did not expect.
    asyncpg.InternalClientError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.InvalidAuthorizationSpecificationError,
    asyncpg.InvalidCatalogNameError,
    asyncpg.PostgresSystemError,
    asyncpg.ReadOnlySQLTransactionError,
)
_SQLITE_BUSY = ("SQLITE_BUSY", "SQLITE_LOCKED")
_SQLITE_AWAY = ("SQLITE_FULL", "SQLITE_IOERR", "SQLITE_CANTOPEN", "SQLITE_READONLY")


def fault(error: BaseException) -> Fault | None:
    """What kind of failure `error` is, or None: not the database's, or a mistake of ours."""
    cause = error.args[0] if isinstance(error, BaseORMException) and error.args else error
    if _is_full_queue(cause):
        return Fault.AWAY
    # The order matters: several classes of one group derive from a class of the next.
    if isinstance(cause, _REFUSED):
        return Fault.REFUSED
    if isinstance(cause, _BUSY):
        return Fault.BUSY
    if isinstance(cause, _AWAY):
        return Fault.AWAY
    if isinstance(cause, sqlite3.Error):
        return _sqlite_fault(cause)
    return None


def reason(error: BaseException) -> str:
    """What an error says, or what it is called where it says nothing."""
    return str(error) or type(error).__name__


def _is_full_queue(cause: object) -> bool:
    """Whether PostgreSQL's queue of notifications is full, as where some session never ends its transaction.

    It has the code of a row that is too large, and words that are translated; only the file of the server's
    source in which it is raised tells them apart.
    """
    is_a_limit = isinstance(cause, asyncpg.ProgramLimitExceededError)
    return is_a_limit and getattr(cause, "server_source_filename", None) == "async.c"


def _sqlite_fault(error: sqlite3.Error) -> Fault | None:
    name = getattr(error, "sqlite_errorname", "")
    if name.startswith(_SQLITE_BUSY):
        return Fault.BUSY
    return Fault.AWAY if name.startswith(_SQLITE_AWAY) else None
