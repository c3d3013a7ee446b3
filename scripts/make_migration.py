"""Writes the next migration, for both databases, from what the models say now.

    python -m scripts.make_migration NAME

Needs no database. Review what it writes: give NOT NULL columns a DEFAULT, write by hand what SQLite cannot
alter, make the downgrade real, and begin and end each rebuild of an SQLite table with
`PRAGMA foreign_keys=OFF;` and `=ON;`.
"""

import asyncio
import re
import sys
from datetime import UTC, datetime
from pathlib import Path

from aerich.migrate import Migrate
from aerich.utils import get_formatted_compressed_data, get_models_describe
from tortoise.connection import get_connection
from tortoise.context import TortoiseContext
from tortoise.utils import get_schema_sql

_FOLDER = Path(__file__).parent.parent / "migrations"
_URLS = {"sqlite": "sqlite://:memory:", "postgres": "postgres://nobody@127.0.0.1:1/none"}
_TEMPLATE = '''from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True

UPGRADE = {{
    "sqlite": """
{up_sqlite}
""",
    "postgres": """
{up_postgres}
""",
}}

DOWNGRADE = {{
    "sqlite": """
{down_sqlite}
""",
    "postgres": """
{down_postgres}
""",
}}


async def upgrade(db: BaseDBAsyncClient) -> str:
    return UPGRADE[db.capabilities.dialect]


async def downgrade(db: BaseDBAsyncClient) -> str:
    return DOWNGRADE[db.capabilities.dialect]


MODELS_STATE = (
    {state}
)
'''


async def make(name: str) -> Path | None:
    """The file that was written, or None: the history and the models agree."""
    scripts = {dialect: await changes(dialect) for dialect in _URLS}
    if not any(up or down for up, down, _ in scripts.values()):
        return None
    number = sum(1 for _ in (_FOLDER / "models").glob("[0-9]*_*.py"))
    file = _FOLDER / "models" / f"{number}_{datetime.now(UTC):%Y%m%d%H%M%S}_{name}.py"
    file.write_text(
        _TEMPLATE.format(
            up_sqlite=scripts["sqlite"][0],
            down_sqlite=scripts["sqlite"][1],
            up_postgres=scripts["postgres"][0],
            down_postgres=scripts["postgres"][1],
            state=scripts["sqlite"][2],
        ),
        encoding="utf-8",
    )
    return file


async def changes(dialect: str) -> tuple[str, str, str]:
    """Upgrade, downgrade and the models' new state; both scripts are empty where nothing changed."""
    config = {
        "connections": {"default": _URLS[dialect]},
        "apps": {"models": {"models": ["app.models", "aerich.models"], "default_connection": "default"}},
    }
    async with TortoiseContext() as context:
        await context.init(config=config)
        state = get_formatted_compressed_data(get_models_describe("models"))
        Migrate._last_version_content = None  # noqa: SLF001
        for operators in (Migrate.upgrade_operators, Migrate.downgrade_operators):
            operators.clear()
        await Migrate.init(config, "models", str(_FOLDER), offline=True)
        if Migrate._last_version_content is None:  # noqa: SLF001
            return _first_script(dialect), _first_downgrade(), state
        new, old = get_models_describe("models"), Migrate._last_version_content  # noqa: SLF001
        Migrate.diff_models(old, new, no_input=True)
        Migrate.diff_models(new, old, False, no_input=True)
        Migrate._merge_operators()  # noqa: SLF001
        return _join(Migrate.upgrade_operators), _join(Migrate.downgrade_operators), state


def _first_script(dialect: str) -> str:
    sql = get_schema_sql(get_connection("default"), safe=False)
    # Comments would go stale with the first docstring that is mended.
    sql = re.sub(r" /\*.*?\*/", "", sql, flags=re.DOTALL)
    sql = re.sub(r"COMMENT ON .*?;\n", "", sql, flags=re.DOTALL)
    # A downgrade leaves the table of the history in place.
    return sql.replace('CREATE TABLE "aerich"', 'CREATE TABLE IF NOT EXISTS "aerich"')


def _first_downgrade() -> str:
    tables = sorted(model["table"] for model in get_models_describe("models").values())
    return _join([f'DROP TABLE "{table}"' for table in tables if table != "aerich"])


def _join(operators: list[str]) -> str:
    return "\n".join(f"{operator.rstrip(';')};" for operator in operators)


if __name__ == "__main__":
    written = asyncio.run(make(sys.argv[1] if len(sys.argv) > 1 else "update"))
    sys.stdout.write(f"{written or 'No changes.'}\n")
