"""The conversation, as Google's `contents` and `systemInstruction`."""

from dataclasses import dataclass, field
from typing import Final

from app.chat.messages import File, Image, Message, Refusal, Text
from app.providers.facts.google import GoogleModel
from app.providers.google.history import History, PastCall
from app.providers.google.media import native_part
from app.providers.verdicts import Verdicts
from app.providers.writing import JsonObject

_NOBODY_ASKS: Final = "a conversation with Google begins with the user"
_NOBODY_ANSWERS: Final = "Google would go on with this message instead of answering it"


@dataclass(slots=True)
class _Content:
    role: str
    place: str
    parts: list[object]
    # Results of functions stand alone, or Google takes the calls for unanswered.
    has_results: bool = False


@dataclass(slots=True)
class MessageTranslation:
    """One translation of messages; `fields` gives it."""

    messages: tuple[Message, ...]
    history: History
    model: GoogleModel
    verdicts: Verdicts
    _contents: list[_Content] = field(default_factory=list)
    _instructions: list[JsonObject] = field(default_factory=list)

    def fields(self) -> JsonObject:
        """`systemInstruction`, where there is one, and `contents`."""
        self._report_names()
        self._report_caches()
        index = 0
        while index < len(self.messages):
            index = self._add(index)
        self._check_ends()
        contents = [{"role": content.role, "parts": content.parts} for content in self._contents]
        if not self._instructions:
            return {"contents": contents}
        return {"systemInstruction": {"parts": self._instructions}, "contents": contents}

    def _add(self, index: int) -> int:
        """Adds the message and its tool results; gives the next message's number."""
        message = self.messages[index]
        match message.role:
            case "system":
                self._instruct(message)
            case "user":
                self._say(_Content("user", message.place, self._user_parts(message)))
            case "assistant":
                return self._answer(message, index + 1)
        return index + 1

    def _instruct(self, message: Message) -> None:
        # Only those before the first turn keep their place.
        if self._contents:
            self.verdicts.adapt(message.place, "hoisted", "Google has one instruction, before all turns")
        for part in message.parts:
            if not isinstance(part, Text | Refusal):
                self.verdicts.refuse(part.place, "Google's instructions are text")
            elif part.text:
                self._instructions.append({"text": part.text})

    def _user_parts(self, message: Message) -> list[object]:
        shown = [part for part in message.parts if not isinstance(part, Text) or part.text]
        if not shown:
            self.verdicts.refuse_value(f"{message.place}.content", "Google refuses an empty message")
        natives = [native_part(part, self.model, self.verdicts) for part in shown]
        return [native for native in natives if native is not None]

    def _answer(self, message: Message, following: int) -> int:
        answer = self.history.answer(message)
        if answer.parts:
            self._say(_Content("model", message.place, list(answer.parts)))
        else:
            self.verdicts.note(message.place, "left_out")
        if not answer.calls:
            return following
        # Each call has its one result, and they follow directly.
        end = following + len(answer.calls)
        results = self._results(answer.calls, self.messages[following:end])
        self._contents.append(_Content("user", message.place, results, has_results=True))
        return end

    def _results(self, calls: tuple[PastCall, ...], messages: tuple[Message, ...]) -> list[object]:
        """One part for each call, in the order of the calls."""
        waiting = list(messages)
        results: list[object] = []
        for call in calls:
            found = next(message for message in waiting if message.tool_call_id == call.id)
            waiting.remove(found)
            results.append(self._result(found, call))
        return results

    def _result(self, result: Message, call: PastCall) -> JsonObject:
        texts = [part.text for part in result.parts if isinstance(part, Text | Refusal)]
        media: list[JsonObject] = []
        for part in result.parts:
            if isinstance(part, Text | Refusal):
                continue
            if not self.model.has_media_parts:
                self.verdicts.refuse(part.place, "results of functions are text with this model")
            elif (native := native_part(part, self.model, self.verdicts)) is not None:
                media.append(native)
        return {
            "functionResponse": {
                **({"id": call.native_id} if call.native_id else {}),
                "name": call.name,
                # Always a text in `output`, whatever it holds: a form that never varies is what caches need.
                "response": {"output": "\n".join(texts)},
                **({"parts": media} if media else {}),
            }
        }

    def _say(self, content: _Content) -> None:
        """Adds a content, or its parts to the one before where the same side goes on."""
        last = self._contents[-1] if self._contents else None
        if last is not None and last.role == content.role and not last.has_results:
            last.parts += content.parts
            last.place = content.place
        else:
            self._contents.append(content)

    def _check_ends(self) -> None:
        if not self._contents:
            self.verdicts.refuse("messages", _NOBODY_ASKS)
            return
        if self._contents[0].role == "model":
            self.verdicts.refuse(self._contents[0].place, _NOBODY_ASKS)
        if self._contents[-1].role == "model":
            self.verdicts.refuse(self._contents[-1].place, _NOBODY_ANSWERS)

    def _report_names(self) -> None:
        """Google knows no participants by name; that is a loss where there are several."""
        named = [message for message in self.messages if message.name and message.role != "tool"]
        are_several = len({message.name for message in named if message.role == "user"}) > 1
        for message in named:
            if are_several and message.role == "user":
                self.verdicts.adapt(f"{message.place}.name", "left_out", "Google tells no users apart")
            else:
                self.verdicts.note(f"{message.place}.name")

    def _report_caches(self) -> None:
        """Google caches by itself; marks inside messages only ever made things cheaper."""
        for part in (part for message in self.messages for part in message.parts):
            if isinstance(part, Text | Image | File) and part.cache is not None:
                self.verdicts.note(f"{part.place}.cache")
