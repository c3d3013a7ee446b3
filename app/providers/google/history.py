"""Earlier answers, as Google wants them back: with their thought signatures, and the parts that it sent."""

import re
from dataclasses import dataclass
from typing import Final

import msgspec

from app.chat.messages import Message, ReasoningDetail, Refusal, Text, ToolCall
from app.providers.base import Target
from app.providers.custom_input import wrapped
from app.providers.facts.google import GoogleModel
from app.providers.google.native import CALL, KINDS, PART_DECODER, TEXT, NativeCall, is_bare_signature
from app.providers.native_json import UNREADABLE
from app.providers.tool_names import ToolNames
from app.providers.verdicts import Verdicts
from app.providers.writing import JsonObject

# ai.google.dev/gemini-api/docs/thought-signatures: stands for the signature of a call that Gemini did not
# make. Without one Gemini 3 answers 400, or 200 with nothing in it.
PLACEHOLDER: Final = "skip_thought_signature_validator"

# The ids that the gateway makes where Google gave none; Google would not know them.
_OURS: Final = re.compile(r"call_[a-z2-7]{24}\Z")
_FIELDS: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])
_EMPTY: Final = msgspec.Raw(b"{}")


@dataclass(frozen=True, slots=True)
class PastCall:
    """A call of an earlier answer: the client's id, and the name and id that Google knows it by."""

    id: str
    name: str
    native_id: str | None


@dataclass(frozen=True, slots=True)
class PastAnswer:
    """The native parts of an earlier answer, and its calls in their order."""

    parts: tuple[object, ...]
    calls: tuple[PastCall, ...]


@dataclass(frozen=True, slots=True)
class History:
    """Translates the earlier answers of one request."""

    names: ToolNames
    model: GoogleModel
    target: Target
    verdicts: Verdicts

    def answer(self, message: Message) -> PastAnswer:
        """The earlier answer that `message` holds. What is not Google's state stays out."""
        details = self._state(message)
        if message.reasoning and not details:
            # Google takes back what it signed, and no thoughts in words.
            self.verdicts.note(f"{message.place}.reasoning_content", "left_out")
        called = {detail.call_id: detail for detail in details if detail.type == CALL}
        first_call = min((detail.position for detail in called.values()), default=None)
        others = [detail for detail in details if detail.type not in {CALL, TEXT}]
        before = [_part(it) for it in others if first_call is None or it.position < first_call]
        after = [_part(it) for it in others if first_call is not None and it.position > first_call]
        made = [
            self._call(call, called.get(call.id), is_first=number == 0)
            for number, call in enumerate(message.tool_calls)
        ]
        texts = self._texts(message, [detail for detail in details if detail.type == TEXT])
        parts = (*before, *texts, *(part for part, _ in made), *after)
        return PastAnswer(parts, tuple(call for _, call in made))

    def _state(self, message: Message) -> list[ReasoningDetail]:
        own = [detail for detail in message.details if _is_ours(detail)]
        if not own:
            recalled = (detail for call in message.tool_calls for detail in self.target.recall(call.id))
            own = [detail for detail in recalled if _is_ours(detail)]
        return sorted(own, key=lambda detail: detail.position)

    def _texts(self, message: Message, signed: list[ReasoningDetail]) -> list[object]:
        """The visible text; what was signed goes back as the part that it was."""
        texts: list[str] = []
        for part in message.parts:
            if isinstance(part, Text | Refusal):
                texts.append(part.text)
            else:
                self.verdicts.refuse(part.place, "Google takes back nothing but text of an earlier answer")
        if not signed:
            return [{"text": text} for text in texts if text]
        rest = "".join(texts)
        parts: list[object] = []
        # From the end, for it is the end that Google signs.
        for detail in reversed(signed):
            text = PART_DECODER.decode(detail.block).text or ""
            place = rest.rfind(text)
            if place < 0:
                continue
            if rest[place + len(text) :]:
                parts.append({"text": rest[place + len(text) :]})
            parts.append(_part(detail))
            rest = rest[:place]
        if rest:
            parts.append({"text": rest})
        return parts[::-1]

    def _call(
        self, call: ToolCall, detail: ReasoningDetail | None, *, is_first: bool
    ) -> tuple[object, PastCall]:
        name = self.names.to_native[call.name]
        arguments = self._arguments(call)
        was = PART_DECODER.decode(detail.block) if detail is not None else None
        native = was.function_call if was is not None else None
        signature = (was.thought_signature if was is not None else None) or call.signature
        native_id = None
        if self.model.has_call_ids:
            native_id = native.id if native is not None else _google_id(call)
        if signature is None and is_first and self.model.needs_signatures:
            signature = PLACEHOLDER
            self.verdicts.note(f"{call.place}.extra_content", "placeholder_signature")
        elif detail is not None and native is not None and _is_same(native, native_id, name, arguments):
            return detail.block, PastCall(call.id, name, native_id)
        made: JsonObject = {
            "functionCall": {**({"id": native_id} if native_id else {}), "name": name, "args": arguments},
            **({"thoughtSignature": signature} if signature else {}),
        }
        return made, PastCall(call.id, name, native_id)

    def _arguments(self, call: ToolCall) -> msgspec.Raw:
        """The arguments as an object, its numbers as they were written."""
        text = wrapped(call.arguments) if call.is_custom else call.arguments.strip()
        if text in {"", "null"}:
            return _EMPTY
        try:
            _FIELDS.decode(text)
        except UNREADABLE:
            place = f"{call.place}.function.arguments"
            self.verdicts.adapt(
                place, "wrapped", "Google takes arguments as a JSON object, and these are none"
            )
            return msgspec.Raw(msgspec.json.encode({"__raw": call.arguments}))
        return msgspec.Raw(text.encode())


def _is_ours(detail: ReasoningDetail) -> bool:
    """Whether this is a part that Google made: clients may send anything."""
    if detail.type not in KINDS:
        return False
    try:
        PART_DECODER.decode(detail.block)
    except UNREADABLE:
        return False
    return True


def _part(detail: ReasoningDetail) -> object:
    """The native part. Google sends signatures that sign nothing, and refuses them without a text."""
    if not is_bare_signature(detail.block):
        return detail.block
    return {"text": "", **_FIELDS.decode(detail.block)}


def _google_id(call: ToolCall) -> str | None:
    """The call's id where it is Google's: who has Google's signature has its id too, unless we made it."""
    return call.id if call.signature is not None and not _OURS.match(call.id) else None


def _is_same(native: NativeCall, native_id: str | None, name: str, arguments: msgspec.Raw) -> bool:
    """Whether the client left the call as Google made it, and the model takes all of it."""
    given = bytes(native.args) or b"{}"
    return (native.id, native.name) == (native_id, name) and (
        given == bytes(arguments) or msgspec.json.decode(given) == msgspec.json.decode(arguments)
    )
