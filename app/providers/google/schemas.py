"""JSON schemas as Google takes them: unmodified but for `const`, and what it does not enforce."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import msgspec

from app.providers.native_json import UNREADABLE

# What binds a value and is not among the keywords that ai.google.dev/gemini-api/docs/structured-output lists
# (November 2026): the model is not held to it.
_UNENFORCED: Final = frozenset(
    {
        "allOf",
        "contains",
        "dependentRequired",
        "dependentSchemas",
        "else",
        "exclusiveMaximum",
        "exclusiveMinimum",
        "if",
        "maxContains",
        "maxLength",
        "maxProperties",
        "minContains",
        "minLength",
        "minProperties",
        "multipleOf",
        "not",
        "pattern",
        "patternProperties",
        "propertyNames",
        "then",
        "unevaluatedItems",
        "unevaluatedProperties",
        "uniqueItems",
    }
)
_SCHEMAS_BY_NAME: Final = frozenset({"properties", "$defs", "definitions"})
_SCHEMAS_IN_LIST: Final = frozenset({"anyOf", "oneOf", "prefixItems"})
_SCHEMAS: Final = frozenset({"items", "additionalProperties"})
# Deeper than any schema of use; below it nothing is read.
_DEPTH: Final = 60

Fields = dict[str, msgspec.Raw]

_FIELDS: Final = msgspec.json.Decoder(Fields)
_LIST: Final = msgspec.json.Decoder(list[msgspec.Raw])


@dataclass(frozen=True, slots=True)
class FittedSchema:
    """A schema to send, and the keywords in it to which the model is not held."""

    schema: msgspec.Raw
    unenforced: tuple[str, ...]


def fitted(schema: msgspec.Raw) -> FittedSchema:
    """The schema as Google takes it: the same bytes, but where `const` becomes an `enum` of one."""
    found: set[str] = set()
    return FittedSchema(_schema(schema, found, 0), tuple(sorted(found)))


def with_titles(schema: msgspec.Raw, titles: Mapping[str, str]) -> msgspec.Raw:
    """The schema with annotations at its root, where it has none of these names."""
    fields = _fields(schema)
    if fields is None or not titles:
        return schema
    added = {name: msgspec.Raw(msgspec.json.encode(text)) for name, text in titles.items()}
    return msgspec.Raw(msgspec.json.encode({**added, **fields}))


def is_object(schema: msgspec.Raw) -> bool:
    """Whether the schema is an object that says anything."""
    return bool(_fields(schema))


def _schema(schema: msgspec.Raw, found: set[str], depth: int) -> msgspec.Raw:
    fields = _fields(schema)
    if fields is None:
        return schema
    if depth > _DEPTH:
        found.add("depth")
        return schema
    found |= _UNENFORCED & fields.keys()
    changed = {name: _keyword(name, value, found, depth + 1) for name, value in fields.items()}
    constant = changed.pop("const", None)
    if constant is not None and "enum" not in changed:
        changed["enum"] = msgspec.Raw(b"[" + bytes(constant) + b"]")
    return schema if changed == fields else msgspec.Raw(msgspec.json.encode(changed))


def _keyword(name: str, value: msgspec.Raw, found: set[str], depth: int) -> msgspec.Raw:
    if name in _SCHEMAS:
        return _schema(value, found, depth)
    if name in _SCHEMAS_BY_NAME and (named := _fields(value)) is not None:
        changed = {key: _schema(inner, found, depth) for key, inner in named.items()}
        return value if changed == named else msgspec.Raw(msgspec.json.encode(changed))
    if name in _SCHEMAS_IN_LIST:
        return _list(value, found, depth)
    return value


def _list(value: msgspec.Raw, found: set[str], depth: int) -> msgspec.Raw:
    try:
        inner = _LIST.decode(value)
    except UNREADABLE:
        return value
    changed = [_schema(schema, found, depth) for schema in inner]
    return value if changed == inner else msgspec.Raw(msgspec.json.encode(changed))


def _fields(value: msgspec.Raw) -> Fields | None:
    """The members of an object; None for anything else: `true` is a schema too."""
    try:
        return _FIELDS.decode(value)
    except UNREADABLE:
        return None
