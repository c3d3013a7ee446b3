"""Tool calls as servers really write them, made what OpenAI's clients expect.

Fragments come without index, or with 0 for all of them; with an id or a name in each, or with none; with
arguments that are an object. OpenAI's own are an opening with index, id, type, name and arguments, then
fragments with index and arguments alone.
"""

import secrets
import string
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import msgspec

from app.chat.request import Fields
from app.providers.openai.shapes import Called, GivenCall

_ALPHABET: Final = string.ascii_letters + string.digits
_KINDS: Final = ("function", "custom")
_FIELDS: Final = msgspec.json.Decoder(Fields)


def new_call_id() -> str:
    """A fresh id, short enough for every server to take back: some count 40 characters."""
    return "call_" + "".join(secrets.choice(_ALPHABET) for _ in range(24))


@dataclass(slots=True)
class _Call:
    id: str
    name: str
    kind: str
    fragments: list[str] = field(default_factory=list)

    @property
    def is_whole(self) -> bool:
        """Whether the arguments so far are JSON: nothing can follow."""
        try:
            msgspec.json.decode("".join(self.fragments), type=Fields)
        except msgspec.DecodeError:
            return False
        return True


class Calls:
    """The tool calls of one choice, while their fragments come."""

    def __init__(self) -> None:
        self._calls: list[_Call] = []
        # The server's index of each call, where it gives one that tells calls apart.
        self._numbers: dict[int, int] = {}
        # Once the server's numbers were of no use they never are again.
        self._is_odd = False

    def __len__(self) -> int:
        return len(self._calls)

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of the calls."""
        return tuple(call.id for call in self._calls)

    @property
    def without_arguments(self) -> list[Fields]:
        """The fragments that are missing: a function called with nothing is called with `{}`."""
        return [
            _continuation(number, call.kind, "{}")
            for number, call in enumerate(self._calls)
            if call.kind == "function" and not any(call.fragments)
        ]

    def are_clean(self, fragments: Sequence[GivenCall]) -> bool:
        """Whether the fragments are as OpenAI writes them."""
        if self._is_odd:
            return False
        known = len(self._calls)
        for fragment in fragments:
            called = fragment.called
            if called is None or not isinstance(called.text, str):
                return False
            if fragment.index == known and type(fragment.index) is int:
                if not (_is_named(fragment.id) and _is_named(called.name) and fragment.type in _KINDS):
                    return False
                known += 1
            elif not _is_continuation(fragment, called, known):
                return False
        return bool(fragments)

    def follow(self, fragments: Sequence[GivenCall]) -> None:
        """Keeps track of clean fragments."""
        for fragment in fragments:
            called = fragment.called or Called()
            if fragment.index == len(self._calls):
                self._open(fragment, called, str(fragment.id))
            number = fragment.index if isinstance(fragment.index, int) else 0
            self._calls[number].fragments.append(str(called.text))

    def tidied(self, given: Sequence[GivenCall], written: Sequence[Fields]) -> list[Fields]:
        """The fragments as OpenAI would have written them. What belongs to no call is none."""
        self._is_odd = True
        tidy = [self._tidied(fragment, fields) for fragment, fields in zip(given, written, strict=True)]
        return [fragment for fragment in tidy if fragment is not None]

    def _tidied(self, fragment: GivenCall, written: Fields) -> Fields | None:
        called = fragment.called or Called()
        text = _text(fragment, written)
        number = self._number(fragment, called)
        if number is not None:
            call = self._calls[number]
            call.fragments.append(text)
            return _continuation(number, call.kind, text)
        if not _is_named(called.name):
            return None
        call = self._open(fragment, called, str(fragment.id) if _is_named(fragment.id) else new_call_id())
        call.fragments.append(text)
        kind, key = _kind(fragment)
        function = {"name": called.name, key: text}
        return {
            **written,
            "index": _raw(len(self._calls) - 1),
            "id": _raw(call.id),
            "type": _raw(kind),
            kind: _raw(function),
        }

    def _number(self, fragment: GivenCall, called: Called) -> int | None:
        """The call that a fragment continues; None where it opens one."""
        if _is_named(fragment.id):
            known = next((n for n, call in enumerate(self._calls) if call.id == fragment.id), None)
            if known is not None or _is_named(called.name):
                return known
        mapped = self._numbers.get(fragment.index) if isinstance(fragment.index, int) else None
        number = len(self._calls) - 1 if mapped is None else mapped
        if number < 0 or not _is_named(called.name):
            return number if number >= 0 else None
        call = self._calls[number]
        # A name again, and no id: the same call goes on, unless it is another one's or has ended.
        is_same = call.name == called.name and (mapped is not None or not call.is_whole)
        return number if is_same else None

    def _open(self, fragment: GivenCall, called: Called, call_id: str) -> _Call:
        call = _Call(call_id, str(called.name), _kind(fragment)[0])
        self._calls.append(call)
        if isinstance(fragment.index, int):
            self._numbers[fragment.index] = len(self._calls) - 1
        return call


def is_clean_call(call: GivenCall) -> bool:
    """Whether a whole call is as OpenAI writes it."""
    called = call.called
    return (
        called is not None
        and _is_named(call.id)
        and call.type in _KINDS
        and _is_named(called.name)
        and isinstance(called.text, str)
        and bool(called.text or call.custom)
    )


def tidied_call(call: GivenCall, written: Fields) -> Fields:
    """A whole call as OpenAI would have written it."""
    called = call.called or Called(name="")
    kind, key = _kind(call)
    text = _text(call, written) or ("{}" if kind == "function" else "")
    kept = {name: value for name, value in written.items() if name not in {"index", *_KINDS}}
    return {
        **kept,
        "id": _raw(call.id if _is_named(call.id) else new_call_id()),
        "type": _raw(kind),
        kind: _raw({"name": called.name, key: text}),
    }


def _text(call: GivenCall, written: Fields) -> str:
    """Arguments as the text that they shall be: an object's own bytes, and an empty text for none."""
    text = call.called.text if call.called else None
    if text is None or isinstance(text, str):
        return text or ""
    kind, key = _kind(call)
    return bytes(_FIELDS.decode(written[kind])[key]).decode()


def _kind(call: GivenCall) -> tuple[str, str]:
    return ("function", "arguments") if call.custom is None else ("custom", "input")


def _is_named(value: object) -> bool:
    return isinstance(value, str) and bool(value)


def _is_continuation(fragment: GivenCall, called: Called, known: int) -> bool:
    is_known = type(fragment.index) is int and 0 <= fragment.index < known
    return is_known and fragment.id is None and called.name is None


def _continuation(number: int, kind: str, text: str) -> Fields:
    key = "arguments" if kind == "function" else "input"
    return {"index": _raw(number), kind: _raw({key: text})}


def _raw(value: object) -> msgspec.Raw:
    return msgspec.Raw(msgspec.json.encode(value))
