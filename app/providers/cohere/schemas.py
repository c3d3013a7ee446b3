"""JSON schemas without references, which Cohere does not follow. Values keep their bytes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import msgspec

from app.providers.native_json import UNREADABLE

_OBJECT: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])
_LIST: Final = msgspec.json.Decoder(list[msgspec.Raw])
_TEXT: Final = msgspec.json.Decoder(str)

# What holds values and no schemas, and what holds schemas by names of the client's choice.
_VALUES: Final = frozenset({"const", "default", "enum", "examples", "required"})
_NAMED: Final = frozenset({"properties", "patternProperties", "dependentSchemas"})
_DEFINITIONS: Final = frozenset({"$defs", "definitions"})

# Deeper than any schema of use.
_DEEPEST: Final = 100
# What references may add to one schema. Twenty definitions that each name the next one twice are a million
# schemas once they are written out, and no model reads that many.
_MOST_BYTES: Final = 200_000


class CannotInline(Exception):
    """A reference leads nowhere, out of the schema, back to itself, or to more than can be sent."""


def without_references(schema: msgspec.Raw) -> msgspec.Raw:
    """The schema with each reference replaced by what it refers to. Raises CannotInline."""
    if b'"$ref"' not in bytes(schema):
        return schema
    return _Inlining(schema).inlined(schema, 0)


def root_of(schema: msgspec.Raw) -> Mapping[str, msgspec.Raw]:
    """The keywords at the root; none where the schema is no object."""
    return _OBJECT.decode(schema) if _is_object(schema) else {}


def type_of(schema: msgspec.Raw) -> str | None:
    """The type at the root; None where there is none, or several."""
    named = root_of(schema).get("type", msgspec.Raw(b"null"))
    return _TEXT.decode(named) if bytes(named)[:1] == b'"' else None


@dataclass(slots=True)
class _Inlining:
    """One schema whose references are written out; each definition is, once."""

    root: msgspec.Raw
    # With how many levels there are in each.
    _written: dict[str, tuple[msgspec.Raw, int]] = field(default_factory=dict)
    # The definitions that are on their way, one inside the other.
    _open: set[str] = field(default_factory=set)
    _members: dict[str, Mapping[str, msgspec.Raw]] = field(default_factory=dict)
    _bytes: int = 0
    # The deepest level of what is being written.
    _reached: int = 0

    def inlined(self, schema: msgspec.Raw, depth: int) -> msgspec.Raw:
        """A schema, or a list of them, at this depth inside the root. Raises CannotInline."""
        self._reach(depth)
        if bytes(schema).lstrip()[:1] == b"[":
            return _raw([self.inlined(entry, depth + 1) for entry in _entries(schema)])
        if not _is_object(schema):
            return schema
        keywords = {key: value for key, value in _keywords(schema).items() if key not in _DEFINITIONS}
        place = _place(keywords.pop("$ref", None))
        inlined = {key: self._keyword(key, value, depth + 1) for key, value in keywords.items()}
        if place is None:
            return _raw(inlined)
        target = self._target(place, depth + 1)
        if not inlined:
            return target
        if not _is_object(target):
            raise CannotInline(f"{place} is no object")
        return _raw({**_keywords(target), **inlined})

    def _keyword(self, key: str, value: msgspec.Raw, depth: int) -> msgspec.Raw:
        if key in _VALUES:
            return value
        if key in _NAMED and _is_object(value):
            return _raw({name: self.inlined(schema, depth) for name, schema in _keywords(value).items()})
        return self.inlined(value, depth)

    def _target(self, place: str, depth: int) -> msgspec.Raw:
        """What a reference stands for, without references."""
        if place in self._open:
            raise CannotInline(f"{place} refers to itself")
        if place not in self._written:
            self._open.add(place)
            reached, self._reached = self._reached, depth
            target = self.inlined(self._found(place), depth)
            self._written[place] = (target, self._reached - depth)
            self._reached = max(reached, self._reached)
            self._open.remove(place)
        target, levels = self._written[place]
        self._reach(depth + levels)
        self._bytes += len(bytes(target))
        if self._bytes > _MOST_BYTES:
            raise CannotInline(f"written out they are more than {_MOST_BYTES} bytes")
        return target

    def _reach(self, depth: int) -> None:
        if depth > _DEEPEST:
            raise CannotInline(f"the schema nests more than {_DEEPEST} others")
        self._reached = max(self._reached, depth)

    def _found(self, place: str) -> msgspec.Raw:
        if not place.startswith("#"):
            raise CannotInline(f"{place} is not in the schema")
        found, path = self.root, "#"
        for step in place[1:].split("/")[1:]:
            if path not in self._members:
                self._members[path] = _keywords(found) if _is_object(found) else {}
            name = step.replace("~1", "/").replace("~0", "~")
            if name not in self._members[path]:
                raise CannotInline(f"{place} is not in the schema")
            found, path = self._members[path][name], f"{path}/{step}"
        return found


def _place(reference: msgspec.Raw | None) -> str | None:
    """Where a reference leads; None where there is none, which some write as null."""
    if reference is None or bytes(reference) == b"null":
        return None
    try:
        return _TEXT.decode(reference)
    except UNREADABLE:
        raise CannotInline("one of them is no text") from None


def _is_object(schema: msgspec.Raw) -> bool:
    return bytes(schema).lstrip()[:1] == b"{"


def _keywords(schema: msgspec.Raw) -> Mapping[str, msgspec.Raw]:
    try:
        return _OBJECT.decode(schema)
    except UNREADABLE:
        raise CannotInline("the schema cannot be read") from None


def _entries(schemas: msgspec.Raw) -> list[msgspec.Raw]:
    try:
        return _LIST.decode(schemas)
    except UNREADABLE:
        raise CannotInline("the schema cannot be read") from None


def _raw(value: object) -> msgspec.Raw:
    return msgspec.Raw(msgspec.json.encode(value))
