"""One choice of a stream: what was said of it, and what a client must still hear."""

from dataclasses import dataclass

import msgspec

from app.chat.messages import ReasoningDetail
from app.chat.request import NULL, Fields
from app.providers.openai.calls import Calls
from app.providers.openai.habits import Habits, kept_reasoning
from app.providers.openai.shapes import StreamChoice, Words
from app.providers.openai.tidying import FIELDS, LIST, are_clean_words, raw, told_finish, with_tidy_words

NOTHING = Words()


@dataclass(frozen=True, slots=True)
class Step:
    """What one chunk says of a choice: `fields` are the choice's own."""

    fields: Fields
    has_token: bool = False
    is_finish: bool = False
    characters: int = 0


class StreamedChoice:
    """The state of one choice. Clean words are followed, others are put right."""

    def __init__(self, index: int, habits: Habits) -> None:
        self._index = index
        self._habits = habits
        self._calls = Calls()
        self._has_role = False
        self._finish: str | None = None
        self._has_shown_finish = False
        # An empty finish reason is none, unless the stream says that it is done.
        self._has_blank_finish = False
        self._reasoning: list[str] = []
        self.is_doubtful = False
        """Whether words came after the finish reason: then it proves nothing."""

    @property
    def is_finished(self) -> bool:
        """Whether its finish reason came."""
        return self._finish is not None

    @property
    def details(self) -> tuple[ReasoningDetail, ...]:
        """The reasoning that must come back with the calls, where the server wants that."""
        return kept_reasoning(self._habits.keeps_reasoning, "".join(self._reasoning), self._calls.ids)

    def is_clean(self, given: StreamChoice) -> bool:
        """Whether the words are as OpenAI writes them at this point."""
        delta, finish = given.delta, given.finish_reason
        if delta is None or given.index is None or (delta.role is not None) is self._has_role:
            return False
        if not are_clean_words(delta):
            return False
        if delta.tool_calls is not None and (
            self._habits.has_functions or not self._calls.are_clean(delta.tool_calls)
        ):
            return False
        if finish is None:
            return True
        is_alone = bool(finish) and not (delta.role is not None or delta.has_token or self.is_finished)
        return is_alone and self._told(finish) == finish and not self._calls.without_arguments

    def follow(self, given: StreamChoice) -> None:
        """Keeps track of clean words."""
        delta = given.delta or NOTHING
        self._has_role = True
        self._keep(delta)
        if delta.tool_calls:
            self._calls.follow(delta.tool_calls)
        if given.finish_reason:
            self._finish, self._has_shown_finish = given.finish_reason, True

    def put_right(self, given: StreamChoice, written: Fields) -> list[Step]:
        """The words as OpenAI would have written them; a finish reason beside words is held back."""
        words = given.delta or NOTHING
        self._keep(words)
        delta = self._tidy(words, written.get("delta", NULL))
        steps = []
        if delta:
            self._has_role = True
            fields = {**written, **self._fields(delta)}
            steps.append(Step(fields, has_token=words.has_token, characters=words.characters))
        if given.finish_reason:
            self._finish = given.finish_reason
        elif given.finish_reason is not None:
            self._has_blank_finish = True
        return steps if delta else [*steps, *self.finish(is_done=False)]

    def finish(self, *, is_done: bool) -> list[Step]:
        """The end of the choice, unless it was shown or has not come."""
        if is_done and self._finish is None and self._has_blank_finish:
            self._finish = "stop"
        if self._finish is None or self._has_shown_finish:
            return []
        self._has_shown_finish = True
        steps = []
        missing = self._calls.without_arguments
        if missing:
            fields = self._fields(self._called(missing))
            steps.append(Step(fields, has_token=True, characters=2 * len(missing)))
        steps.append(Step(self._fields({}, self._told(self._finish)), is_finish=True))
        return steps

    def _keep(self, words: Words) -> None:
        if words.has_token and self.is_finished:
            self.is_doubtful = True
        if self._habits.keeps_reasoning and isinstance(words.reasoning_content, str):
            self._reasoning.append(words.reasoning_content)

    def _tidy(self, words: Words, written: msgspec.Raw) -> Fields:
        delta = with_tidy_words(FIELDS.decode(written)) if written != NULL else {}
        delta.pop("role", None)
        if words.tool_calls is not None:
            fragments = self._calls.tidied(words.tool_calls, LIST.decode(delta.pop("tool_calls")))
            delta.update(self._called(fragments))
        if not words.has_token:
            delta = {name: value for name, value in delta.items() if bytes(value) not in {b"null", b'""'}}
        return delta if self._has_role else {"role": raw("assistant"), **delta}

    def _called(self, fragments: list[Fields]) -> Fields:
        """The part of a delta that holds these fragments of calls."""
        if not self._habits.has_functions:
            return {"tool_calls": raw(fragments)} if fragments else {}
        # There was only ever one call of a function.
        only = next((it["function"] for it in fragments if it["index"] == raw(0) and "function" in it), None)
        return {} if only is None else {"function_call": only}

    def _told(self, reason: str) -> str:
        return told_finish(reason, has_calls=len(self._calls) > 0, has_functions=self._habits.has_functions)

    def _fields(self, delta: Fields, finish: str | None = None) -> Fields:
        return {"index": raw(self._index), "delta": raw(delta), "finish_reason": raw(finish)}
