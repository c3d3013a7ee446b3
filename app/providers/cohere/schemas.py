"""JSON schemas without references, which Cohere does not follow. Values keep their bytes."""

from collections.abc import Mapping
from typing import Final

import msgspec

_OBJECT: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])
_LIST: Final = msgspec.json.Decoder(list[msgspec.Raw])
_TEXT: Final = msgspec.json.Decoder(str)

# What holds values and no schemas, and what holds schemas by names of the client's choice.
_VALUES: Final = frozenset({"const", "default", "enum", "examples", "required"})
_NAMED: Final = frozenset({"properties", "patternProperties", "dependentSchemas"})
_DEFINITIONS: Final = frozenset({"$defs", "definitions"})


class CannotInline(Exception):
    """A reference leads nowhere, out of the schema, or back to itself."""


def without_references(schema: msgspec.Raw) -> msgspec.Raw:
    """The schema with each reference replaced by what it refers to. Raises CannotInline."""
    if b'"$ref"' not in bytes(schema):
        return schema
    return _inlined(schema, schema, ())


def root_of(schema: msgspec.Raw) -> Mapping[str, msgspec.Raw]:
    """The keywords at the root; none where the schema is no object."""
    return _OBJECT.decode(schema) if bytes(schema).lstrip()[:1] == b"{" else {}


def type_of(schema: msgspec.Raw) -> str | None:
    """The type at the root; None where there is none, or several."""
    named = root_of(schema).get("type", msgspec.Raw(b"null"))
    return _TEXT.decode(named) if bytes(named)[:1] == b'"' else None


def _inlined(schema: msgspec.Raw, root: msgspec.Raw, seen: tuple[str, ...]) -> msgspec.Raw:
    first = bytes(schema).lstrip()[:1]
    if first == b"[":
        return _raw([_inlined(entry, root, seen) for entry in _LIST.decode(schema)])
    if first != b"{":
        return schema
    keywords = {key: value for key, value in _OBJECT.decode(schema).items() if key not in _DEFINITIONS}
    reference = keywords.pop("$ref", None)
    inlined = {key: _keyword(key, value, root, seen) for key, value in keywords.items()}
    if reference is None:
        return _raw(inlined)
    place = _TEXT.decode(reference)
    if place in seen:
        raise CannotInline(f"{place} refers to itself")
    target = _inlined(_found(place, root), root, (*seen, place))
    return _raw({**_OBJECT.decode(target), **inlined}) if inlined else target


def _keyword(key: str, value: msgspec.Raw, root: msgspec.Raw, seen: tuple[str, ...]) -> msgspec.Raw:
    if key in _VALUES:
        return value
    if key in _NAMED:
        named = _OBJECT.decode(value)
        return _raw({name: _inlined(schema, root, seen) for name, schema in named.items()})
    return _inlined(value, root, seen)


def _found(place: str, root: msgspec.Raw) -> msgspec.Raw:
    if not place.startswith("#"):
        raise CannotInline(f"{place} is not in the schema")
    found = root
    for step in place[1:].split("/")[1:]:
        name = step.replace("~1", "/").replace("~0", "~")
        try:
            found = _OBJECT.decode(found)[name]
        except (KeyError, msgspec.ValidationError):
            raise CannotInline(f"{place} is not in the schema") from None
    return found


def _raw(value: object) -> msgspec.Raw:
    return msgspec.Raw(msgspec.json.encode(value))
