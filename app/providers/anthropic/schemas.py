"""JSON schemas: those that a tool may have, and the smaller set that an answer can be held to.

Numbers keep the spelling that the client gave them: nothing in a schema is decoded that need not be.
"""

import re
from collections.abc import Iterator
from typing import Final

import msgspec

Fields = dict[str, msgspec.Raw]

EMPTY: Final = msgspec.Raw(b'{"type":"object","properties":{}}')

_FIELDS: Final = msgspec.json.Decoder(Fields)
_LIST: Final = msgspec.json.Decoder(list[msgspec.Raw])
_ANY: Final = msgspec.json.Decoder()

_OBJECT: Final = msgspec.Raw(b'"object"')
_FALSE: Final = msgspec.Raw(b"false")
_DEEPEST: Final = 100

# Where a schema holds others: by name, by itself, in a list.
_NAMED: Final = frozenset({"properties", "patternProperties", "dependentSchemas", "$defs", "definitions"})
_SINGLE: Final = frozenset(
    {"items", "additionalProperties", "contains", "propertyNames", "not", "if", "then", "else"}
)
_LISTED: Final = frozenset({"anyOf", "allOf", "oneOf", "prefixItems"})

_CHOICES: Final = ("anyOf", "oneOf", "allOf")
_PROPERTY: Final = re.compile(r"[a-zA-Z0-9_.-]{1,64}")

# platform.claude.com/docs/en/build-with-claude/structured-outputs, "JSON Schema limitations", November 2026.
_OUTSIDE_GRAMMAR: Final = (
    *("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
    *("minLength", "maxLength", "pattern"),
    *("maxItems", "uniqueItems", "contains"),
    *("minProperties", "maxProperties", "patternProperties", "propertyNames"),
    *("oneOf", "not", "if"),
)
_FORMATS: Final = frozenset(
    {"date-time", "time", "date", "duration", "email", "hostname", "uri", "ipv4", "ipv6", "uuid"}
)
# Zod writes them beside every integer, as what JavaScript can count to. Whoever reads JSON cannot rely on
# more (RFC 8259, section 6), so they hold an answer to nothing.
_SAFE_BOUNDS: Final = {"minimum": 1 - 2**53, "maximum": 2**53 - 1}
_INTEGER: Final = msgspec.Raw(b'"integer"')


class NotTaken(Exception):
    """Anthropic does not take the schema; the text says why."""


def to_input_schema(schema: msgspec.Raw) -> msgspec.Raw:
    """The schema of a tool's arguments, as it came; only a missing type is added. Raises NotTaken."""
    fields = _FIELDS.decode(schema)
    if not fields:
        return EMPTY
    if fields.get("type", _OBJECT) != _OBJECT:
        raise NotTaken("the schema of a tool's arguments has the type 'object'")
    choice = next((name for name in _CHOICES if name in fields), None)
    if choice:
        raise NotTaken(f"'{choice}' is not taken at the root of a schema")
    for part in _parts(schema):
        for key in _names(part.get("properties")):
            if not _PROPERTY.fullmatch(key):
                raise NotTaken(
                    f"the property '{key}' is not named with 1 to 64 of a-z, A-Z, 0-9, '_', '.', '-'"
                )
    return schema if "type" in fields else msgspec.Raw(msgspec.json.encode({"type": _OBJECT, **fields}))


def to_grammar(schema: msgspec.Raw, description: str | None = None) -> tuple[msgspec.Raw, bool]:
    """The schema that an answer is held to, and whether that says less than the client's.

    Every object must be closed; one that says nothing about further properties is closed here, which OpenAI
    demands of strict schemas anyway. `description` is the schema's where it has none itself. Raises NotTaken.
    """
    if not _members(schema):
        raise NotTaken("there is no schema to hold the answer to")
    is_open = is_bounded = False
    for part in _parts(schema):
        bare = _without_safe_bounds(part)
        _check_part(bare)
        is_open = is_open or _is_open(part)
        is_bounded = is_bounded or len(bare) < len(part)
    _check_recursion(schema)
    closed = _closed(schema) if is_open or is_bounded else schema
    if description:
        fields = _FIELDS.decode(closed)
        fields.setdefault("description", msgspec.Raw(msgspec.json.encode(description)))
        closed = msgspec.Raw(msgspec.json.encode(fields))
    return closed, is_open


def _check_part(part: Fields) -> None:
    outside = next((keyword for keyword in _OUTSIDE_GRAMMAR if keyword in part), None)
    if outside:
        raise NotTaken(f"no answer can be held to '{outside}'")
    if _is_object(part) and part.get("additionalProperties", _FALSE) != _FALSE:
        raise NotTaken("no answer can be held to an object with further properties")
    if _value(part.get("minItems", _FALSE)) not in (0, 1):
        raise NotTaken("no answer can be held to 'minItems' other than 0 and 1")
    form = _value(part.get("format"))
    if isinstance(form, str) and form not in _FORMATS:
        raise NotTaken(f"no answer can be held to the format '{form}'")
    reference = _value(part.get("$ref"))
    if isinstance(reference, str) and not reference.startswith("#"):
        raise NotTaken("no answer can be held to a schema that lies elsewhere")


def _without_safe_bounds(part: Fields) -> Fields:
    if part.get("type") != _INTEGER:
        return part
    return {
        keyword: value
        for keyword, value in part.items()
        if keyword not in _SAFE_BOUNDS or _value(value) != _SAFE_BOUNDS[keyword]
    }


def _check_recursion(schema: msgspec.Raw) -> None:
    """Nothing, where no definition refers to itself by any way. Raises NotTaken."""
    fields = _FIELDS.decode(schema)
    definitions = {
        f"#/{keyword}/{name}": part
        for keyword in ("$defs", "definitions")
        for name, part in _members(fields.get(keyword)).items()
    }
    root = {name: value for name, value in fields.items() if name not in {"$defs", "definitions"}}
    definitions["#"] = msgspec.Raw(msgspec.json.encode(root))
    left = {name: _references(part) & definitions.keys() for name, part in definitions.items()}
    while free := {name for name, uses in left.items() if not uses}:
        left = {name: uses - free for name, uses in left.items() if name not in free}
    if left:
        raise NotTaken("no answer can be held to a schema that contains itself")


def _references(schema: msgspec.Raw) -> set[str]:
    values = (_value(part.get("$ref")) for part in _parts(schema))
    return {value for value in values if isinstance(value, str)}


def _parts(schema: msgspec.Raw, depth: int = 0) -> Iterator[Fields]:
    """The schema and every schema inside it. Raises NotTaken where they are nested without measure."""
    fields = _members(schema)
    if depth > _DEEPEST:
        raise NotTaken(f"a schema is nested in at most {_DEEPEST} others")
    if fields:
        yield fields
    for keyword, value in fields.items():
        for inner in _inner(keyword, value):
            yield from _parts(inner, depth + 1)


def _inner(keyword: str, value: msgspec.Raw) -> Iterator[msgspec.Raw]:
    if keyword in _NAMED:
        yield from _members(value).values()
    elif keyword in _SINGLE:
        yield value
    elif keyword in _LISTED and bytes(value).startswith(b"["):
        yield from _LIST.decode(value)


def _closed(schema: msgspec.Raw) -> msgspec.Raw:
    """The schema with every object closed that is open, and without the bounds of every integer."""
    fields = _without_safe_bounds(_members(schema))
    if not fields:
        return schema
    closed = {keyword: _closed_inside(keyword, value) for keyword, value in fields.items()}
    if _is_open(fields):
        closed["additionalProperties"] = _FALSE
    return msgspec.Raw(msgspec.json.encode(closed))


def _closed_inside(keyword: str, value: msgspec.Raw) -> msgspec.Raw:
    if keyword in _NAMED:
        inner: object = {name: _closed(part) for name, part in _members(value).items()}
    elif keyword in _LISTED and bytes(value).startswith(b"["):
        inner = [_closed(part) for part in _LIST.decode(value)]
    else:
        return _closed(value) if keyword in _SINGLE else value
    return msgspec.Raw(msgspec.json.encode(inner))


def _is_object(part: Fields) -> bool:
    kind = _value(part.get("type"))
    return kind == "object" or (isinstance(kind, list) and "object" in kind) or "properties" in part


def _is_open(part: Fields) -> bool:
    return _is_object(part) and "additionalProperties" not in part


def _names(properties: msgspec.Raw | None) -> Iterator[str]:
    yield from _members(properties)


def _members(raw: msgspec.Raw | None) -> Fields:
    """The members of an object; none where it is something else, as `true` is a schema too."""
    return _FIELDS.decode(raw) if raw is not None and bytes(raw).startswith(b"{") else {}


def _value(raw: msgspec.Raw | None) -> object:
    return None if raw is None else _ANY.decode(raw)
