"""Anthropic's rules for the turns of a conversation."""

import base64
import binascii
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.simulator.anthropic.blocks import (
    AnyBlock,
    Base64Source,
    Document,
    Image,
    RedactedThinking,
    ServerToolUse,
    Text,
    Thinking,
    ToolResult,
    ToolUse,
    WebSearchResult,
    block_name,
)
from app.simulator.anthropic.errors import invalid
from app.simulator.anthropic.models import Model
from app.simulator.anthropic.request import Message, MessageBody

_TOOL_ID = re.compile(r"[a-zA-Z0-9_-]+")
_PICTURES = {
    "image/png": b"\x89PNG",
    "image/jpeg": b"\xff\xd8",
    "image/gif": b"GIF8",
    "image/webp": b"RIFF",
}


@dataclass(frozen=True, slots=True)
class Turn:
    """What neighbouring messages of one role make together; `at` is the first of them."""

    at: int
    role: str
    blocks: tuple[AnyBlock, ...]

    @property
    def calls(self) -> list[str]:
        """The ids of the tools that are called in it."""
        return [block.id for block in self.blocks if isinstance(block, ToolUse)]

    @property
    def paused_at(self) -> str | None:
        """The id of the search that it ends with, which the next answer goes on with."""
        last = self.blocks[-1] if self.blocks else None
        return last.id if isinstance(last, ServerToolUse) else None


def turns(messages: Sequence[Message]) -> list[Turn]:
    """The conversation, neighbours of the same role merged."""
    merged: list[Turn] = []
    for index, message in enumerate(messages):
        if merged and merged[-1].role == message.role:
            last = merged.pop()
            merged.append(Turn(last.at, last.role, (*last.blocks, *message.blocks)))
        else:
            merged.append(Turn(index, message.role, tuple(message.blocks)))
    return merged


def check_turns(asked: MessageBody, model: Model) -> None:
    """Nothing, if the conversation is one that the model can answer. Raises Refused."""
    if not asked.messages:
        raise invalid("messages: at least one message is required")
    for index, message in enumerate(asked.messages):
        _check_content(index, message)
    _check_systems(asked.messages, model)
    conversation = [turn for turn in turns(asked.messages) if turn.role != "system"]
    _check_calls(conversation)
    _check_searches(conversation)
    _check_end(asked, conversation[-1], model)
    _check_thinking_turn(asked, conversation)


def _check_content(index: int, message: Message) -> None:
    if message.role != "assistant" and not message.content:
        raise invalid(f"messages.{index}: {message.role} messages must have non-empty content")
    if message.content == "":
        return
    for number, block in enumerate(message.blocks):
        where = f"messages.{index}.content.{number}"
        if isinstance(block, Text):
            check_text(block.text, "messages")
        elif isinstance(block, Image | Document):
            _check_file(block, where)
        elif isinstance(block, ToolUse | ToolResult):
            _check_tool_id(block, where)
        wants_role = "assistant" if isinstance(block, _ASSISTANTS) else "user"
        if not isinstance(block, Text) and message.role != wants_role:
            raise invalid(f"{where}: `{block_name(block)}` blocks can only be in `{wants_role}` messages")


_ASSISTANTS = Thinking | RedactedThinking | ToolUse | ServerToolUse | WebSearchResult


def check_text(text: str, where: str) -> None:
    """Nothing, if there is something in `text`. Raises Refused."""
    if not text:
        raise invalid(f"{where}: text content blocks must be non-empty")
    if not text.strip():
        raise invalid(f"{where}: text content blocks must contain non-whitespace text")


def _check_file(block: Image | Document, where: str) -> None:
    if not isinstance(block.source, Base64Source):
        return
    kinds = _PICTURES if isinstance(block, Image) else {"application/pdf": b"%PDF"}
    kind, path = block.source.media_type, f"{where}.{type(block).__name__.lower()}.source.base64"
    if kind not in kinds:
        expected = ", ".join(f"'{name}'" for name in kinds)
        raise invalid(f"{path}.media_type: Input should be {expected}")
    try:
        content = base64.b64decode(block.source.data, validate=True)
    except binascii.Error as problem:
        raise invalid(f"{path}.data: The file is not valid base64") from problem
    if not content.startswith(kinds[kind]):
        raise invalid(f"{path}: The file does not match the provided media type {kind}")


def _check_tool_id(block: ToolUse | ToolResult, where: str) -> None:
    name = "id" if isinstance(block, ToolUse) else "tool_use_id"
    value = block.id if isinstance(block, ToolUse) else block.tool_use_id
    if not _TOOL_ID.fullmatch(value):
        raise invalid(f"{where}.{block_name(block)}.{name}: String should match pattern '^[a-zA-Z0-9_-]+$'")


def _check_systems(messages: Sequence[Message], model: Model) -> None:
    for index, message in enumerate(messages):
        if message.role != "system":
            continue
        if not model.takes_system_turns:
            raise invalid(f"messages.{index}.role: role 'system' is not supported on this model")
        if index == 0 or messages[index - 1].role != "user":
            raise invalid(f"messages.{index}: a system message must follow a user message")
        if index + 1 < len(messages) and messages[index + 1].role != "assistant":
            raise invalid(f"messages.{index}: a system message must be last or precede an assistant message")


def _check_calls(conversation: Sequence[Turn]) -> None:
    seen: set[str] = set()
    calls: list[str] = []
    for turn in conversation:
        results = list(_results(turn))
        if missing := [call for call in calls if call not in results]:
            raise invalid(_unanswered(turn.at, missing))
        if extra := [result for result in results if result not in calls]:
            raise invalid(
                f"messages.{turn.at}.content.0: unexpected `tool_use_id` found in `tool_result` blocks: "
                f"{extra[0]}. Each `tool_result` block must have a corresponding `tool_use` block in the "
                "previous message."
            )
        if len(set(results)) < len(results):
            raise invalid(
                f"messages.{turn.at}.content: each tool_use must have a single result. Found multiple "
                "`tool_result` blocks."
            )
        calls = turn.calls
        if len(set(calls)) < len(calls) or seen & set(calls):
            raise invalid(f"messages.{turn.at}.content: `tool_use` ids must be unique")
        seen |= set(calls)
    if calls:
        raise invalid(_unanswered(conversation[-1].at, calls))


def _check_searches(conversation: Sequence[Turn]) -> None:
    for turn in conversation:
        found = {block.tool_use_id for block in turn.blocks if isinstance(block, WebSearchResult)}
        for block in turn.blocks:
            is_last = turn is conversation[-1] and block is turn.blocks[-1]
            if isinstance(block, ServerToolUse) and block.id not in found and not is_last:
                raise invalid(
                    f"messages.{turn.at}: `web_search` tool use with id `{block.id}` was found without a "
                    "corresponding `web_search_tool_result` block"
                )


def _unanswered(at: int, ids: Sequence[str]) -> str:
    return (
        f"messages.{at}: `tool_use` ids were found without `tool_result` blocks immediately after: "
        f"{', '.join(ids)}. Each `tool_use` block must have a corresponding `tool_result` block in the next "
        "message."
    )


def _results(turn: Turn) -> Iterator[str]:
    """The ids of the results that lead the turn; one behind other blocks is as good as missing."""
    for block in turn.blocks:
        if not isinstance(block, ToolResult):
            return
        yield block.tool_use_id


def _check_end(asked: MessageBody, last: Turn, model: Model) -> None:
    if last.role != "assistant" or last.paused_at is not None:
        return
    if not model.takes_prefill:
        raise invalid(
            "This model does not support assistant message prefill. The conversation must end with a user "
            "message."
        )
    end = last.blocks[-1] if last.blocks else None
    if isinstance(end, Text) and end.text != end.text.rstrip():
        raise invalid("messages: final assistant content cannot end with trailing whitespace")
    if asked.thinking is not None and asked.thinking.type == "enabled":
        raise invalid("messages: the final message cannot be the assistant's when `thinking` is enabled")


def _check_thinking_turn(asked: MessageBody, conversation: Sequence[Turn]) -> None:
    """With a budget for thinking, the turn whose tools have just answered has to begin with its thinking."""
    if asked.thinking is None or asked.thinking.type != "enabled" or len(conversation) < 2:
        return
    turn = conversation[-2]
    if turn.calls and not isinstance(turn.blocks[0], Thinking | RedactedThinking):
        raise invalid(
            f"messages.{turn.at}.content.0.type: Expected `thinking` or `redacted_thinking`, but found "
            f"`{block_name(turn.blocks[0])}`. When `thinking` is enabled, a final `assistant` message must "
            "start with a thinking block."
        )
