"""The text of an `.env` file: every setting with its meaning and its default."""

import secrets
from enum import Enum

from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from app.settings import Settings

_HEAD = """\
# Settings of Perpetuo. A line without `#` sets one; the others show the defaults. Times are in seconds.
"""
_COMPOSE = """
# Password of the PostgreSQL that docker-compose.yml starts; nothing else reads it.
{mark}POSTGRES_PASSWORD={value}
"""


def example() -> str:
    """The `.env.example`: every setting as a comment, without any value set."""
    return _render({})


def fresh() -> str:
    """An `.env` with new secrets, everything else left at its default. It is secret: keep it unreadable."""
    names = ("JWT_SECRET", "ENCRYPTION_KEY", "POSTGRES_PASSWORD")
    return _render({name: secrets.token_hex(32) for name in names})


def _render(values: dict[str, str]) -> str:
    settings = [_setting(name.upper(), field, values) for name, field in Settings.model_fields.items()]
    password = values.get("POSTGRES_PASSWORD", "")
    return _HEAD + "".join(settings) + _COMPOSE.format(mark="" if password else "#", value=password)


def _setting(name: str, field: FieldInfo, values: dict[str, str]) -> str:
    line = f"{name}={values[name]}" if name in values else f"#{name}={_default(field)}"
    return f"\n# {field.description}\n{line}\n"


def _default(field: FieldInfo) -> str:
    default = field.default
    if default is None or default is PydanticUndefined or default == ():
        return ""
    if isinstance(default, bool):
        return str(default).lower()
    return str(default.value if isinstance(default, Enum) else default)
