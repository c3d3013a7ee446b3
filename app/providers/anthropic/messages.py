"""The conversation as Anthropic has it: the system prompt apart, then turns, and results before text."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import msgspec

from app.chat.messages import Message, Text
from app.providers.anthropic.calls import Calls
from app.providers.anthropic.content import Content
from app.providers.anthropic.reasoning import Reasoning
from app.providers.anthropic.state import THOUGHTS, own_state
from app.providers.anthropic.translation import Block, Translation
from app.providers.weaving import woven


class Turn(msgspec.Struct, frozen=True):
    """What one side said, in blocks."""

    role: str
    blocks: list[object]

    def to_native(self) -> Block:
        """The native message."""
        return {"role": self.role, "content": self.blocks}


@dataclass(slots=True)
class Turns:
    """Puts the turns together; neighbours of one role become one, which the server would do by itself."""

    translation: Translation
    content: Content
    reasoning: Reasoning
    system: list[Block] = field(default_factory=list)
    turns: list[Turn] = field(default_factory=list)
    # The latest assistant message, where it called tools and its thoughts are not known.
    _without_thoughts: str | None = None
    _calls: Calls = field(init=False)

    def __post_init__(self) -> None:
        self._calls = Calls(self.translation)

    def write(self, messages: Sequence[Message]) -> None:
        """Takes the whole conversation."""
        for index, message in enumerate(messages):
            match message.role:
                case "system":
                    self._add_system(message, messages[index + 1 :])
                case "user":
                    self._add_user(message)
                case "assistant":
                    self._add_assistant(message)
                case "tool":
                    self._add_result(message)
        self._check_names(messages)
        self._check_end(messages)

    def _add(self, role: str, blocks: Sequence[object]) -> None:
        if self.turns and self.turns[-1].role == role:
            self.turns[-1].blocks.extend(blocks)
        else:
            self.turns.append(Turn(role, list(blocks)))

    def _add_system(self, message: Message, following: Sequence[Message]) -> None:
        blocks = self.content.text_blocks(message.parts)
        if not blocks:
            return
        if not self.turns:
            self.system += blocks
        elif self._may_stand_here(following):
            self._add("system", blocks)
        elif self.translation.facts.binds_thinking and self.translation.has_reasoning_state:
            self.translation.verdicts.refuse(
                message.place, "it would have to move ahead of reasoning that is bound to what came before it"
            )
        else:
            self.translation.verdicts.adapt(
                message.place, "hoisted", "Anthropic takes no system message at this place"
            )
            self.system += blocks

    def _may_stand_here(self, following: Sequence[Message]) -> bool:
        """Whether a system turn is allowed here: after the user, and last or before the assistant."""
        follower = next((message.role for message in following if message.role != "system"), "assistant")
        return (
            self.translation.facts.takes_system_turns
            and self.turns[-1].role in {"user", "system"}
            and follower == "assistant"
        )

    def _add_user(self, message: Message) -> None:
        blocks = self.content.blocks(message.parts)
        if not blocks:
            self.translation.verdicts.refuse_value(
                f"{message.place}.content", "Anthropic takes no message that says nothing"
            )
        self._add("user", blocks)

    def _add_assistant(self, message: Message) -> None:
        state = own_state(message, self.translation)
        texts = [] if state.has_text else self.content.blocks(message.parts)
        calls = [self._calls.opened(call) for call in message.tool_calls]
        if message.reasoning and not state.details:
            # Another provider's thoughts: Anthropic takes back its own alone.
            self.translation.verdicts.note(f"{message.place}.reasoning_content", "left_out")
        has_thoughts = any(detail.type in THOUGHTS for detail in state.details)
        self._without_thoughts = message.place if calls and not has_thoughts else None
        self._add("assistant", woven(texts + calls, state.details))

    def _add_result(self, message: Message) -> None:
        result: Block = {"type": "tool_result", "tool_use_id": self._calls.closed(message)}
        match message.parts:
            case []:
                result["content"] = ""
            case [Text(text=text) as part]:
                result |= {"content": text} | self.content.mark(part)
            case parts:
                result["content"] = self.content.blocks(parts)
        self._add("user", [result])

    def _check_names(self, messages: Sequence[Message]) -> None:
        """Names tell participants apart, for which Anthropic has no place."""
        named = [message for message in messages if message.name and message.role != "tool"]
        if len({message.name for message in named if message.role == "user"}) > 1:
            place = f"{named[-1].place}.name"
            self.translation.verdicts.adapt(place, "left_out", "Anthropic knows one user, without a name")
        for message in named:
            self.translation.verdicts.note(f"{message.place}.name")

    def _check_end(self, messages: Sequence[Message]) -> None:
        verdicts, last = self.translation.verdicts, messages[-1]
        if not self.turns:
            verdicts.refuse("messages", "Anthropic answers a user, and here is none")
        elif self.turns[-1].role == "assistant":
            self._check_prefill(last)
        elif self.reasoning.is_manual and self._without_thoughts is not None:
            # platform.claude.com/docs/en/build-with-claude/extended-thinking, "preserving thinking blocks"
            verdicts.refuse(
                self._without_thoughts, "it called tools, and the reasoning that it began with is missing"
            )

    def _check_prefill(self, last: Message) -> None:
        """The model would go on with the text, where OpenAI's models answer anew."""
        verdicts = self.translation.verdicts
        if not (last.is_prefix and self.translation.facts.takes_prefill):
            verdicts.refuse(last.place, "Anthropic gives no answer to a conversation that ends with one")
        elif last.text != last.text.rstrip():
            verdicts.refuse_value(f"{last.place}.content", "a prefix must not end in white space")
        elif self.reasoning.is_manual:
            verdicts.refuse(last.place, "a model that reasons with a budget takes no prefix")
