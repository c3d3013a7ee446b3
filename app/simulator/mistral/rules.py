"""What Mistral refuses although its shape is right: turns, ids, values, and what a model cannot do.

The words are Mistral's own where users have reported them: those of codes 1500, 3230, 3240 and 3280, and of
3051 for efforts and prompt modes.
"""

import base64
import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import pairwise
from types import MappingProxyType

from app.simulator.api import Refused
from app.simulator.mistral.errors import INVALID, INVALID_ASSISTANT, INVALID_CALL, INVALID_ORDER, refused
from app.simulator.mistral.models import Model
from app.simulator.mistral.request import (
    Assistant,
    AudioChunk,
    Chat,
    Chunk,
    ImageChunk,
    Message,
    ThinkChunk,
    Tool,
)

_CALL_ID = re.compile(r"[A-Za-z0-9]{9}")
_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
_MAY_FOLLOW: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "system": ("system", "user", "assistant"),
        "user": ("system", "user", "assistant"),
        "assistant": ("user", "assistant", "tool"),
        "tool": ("assistant", "tool"),
    }
)


def check(chat: Chat, model: Model) -> None:
    """Raises Refused for the first thing that Mistral does not accept of this model."""
    for problem in _problems(chat, model):
        raise problem


def signature(thought: str) -> str:
    """What a signing model signs its thought with."""
    return base64.b64encode(hashlib.sha256(thought.encode()).digest()).decode()


def _problems(chat: Chat, model: Model) -> Iterator[Refused]:
    for message in chat.messages:
        yield from _ids_and_names(message)
    yield from _order(chat.messages)
    yield from _results(chat.messages)
    for message in chat.messages:
        yield from _content(message)
    for words in (*_values(chat), *_abilities(chat, model)):
        yield refused(400, INVALID, words)


def _ids_and_names(message: Message) -> Iterator[Refused]:
    calls = message.tool_calls or [] if isinstance(message, Assistant) else []
    results = [message.tool_call_id] if isinstance(message, Tool) else []
    for identifier in [*(call.id for call in calls), *results]:
        if not _CALL_ID.fullmatch(identifier or ""):
            words = f"Tool call id was {identifier} but must be a-z, A-Z, 0-9, with a length of 9."
            yield refused(400, INVALID_CALL, words)
    for call in calls:
        if not _NAME.fullmatch(call.function.name):
            yield refused(400, INVALID_CALL, _misnamed(call.function.name))


def _order(messages: list[Message]) -> Iterator[Refused]:
    for before, message in pairwise(messages):
        if message.role not in _MAY_FOLLOW[before.role]:
            words = f"Unexpected role '{message.role}' after role '{before.role}'"
            yield refused(400, INVALID_ORDER, words)
    last = messages[-1]
    if last.role not in {"user", "tool"} and not (isinstance(last, Assistant) and last.prefix):
        words = "Expected last role User or Tool (or Assistant with prefix True) for serving"
        yield refused(400, INVALID_ORDER, f"{words} but got {last.role}")


def _results(messages: list[Message]) -> Iterator[Refused]:
    """Each call of a turn is answered, once, directly behind it."""
    open_calls: Counter[str] = Counter()
    for message in messages:
        if isinstance(message, Tool):
            identifier = message.tool_call_id or ""
            if not open_calls[identifier]:
                words = f"Unexpected tool call id {identifier} in tool results"
                yield refused(400, INVALID_ORDER, words)
            open_calls[identifier] -= 1
        else:
            if open_calls.total():
                yield refused(400, INVALID_ORDER, "Not the same number of function calls and responses")
            calls = message.tool_calls or [] if isinstance(message, Assistant) else []
            open_calls = Counter(call.id for call in calls)
    if open_calls.total():
        yield refused(400, INVALID_ORDER, "Not the same number of function calls and responses")


def _content(message: Message) -> Iterator[Refused]:
    if isinstance(message, Assistant) and message.content is None and not message.tool_calls:
        yield refused(400, INVALID_ASSISTANT)
    for chunk in _chunks(message):
        if isinstance(chunk, ThinkChunk) and chunk.signature not in (None, signature(chunk.text)):
            yield refused(400, INVALID, "The signature of a thinking chunk does not match its content.")


def _values(chat: Chat) -> Iterator[str]:
    if chat.temperature == 0 and chat.top_p not in (None, 1):
        yield "top_p must be 1 when using greedy sampling."
    for tool in chat.tools or []:
        if not _NAME.fullmatch(tool.function.name):
            yield _misnamed(tool.function.name)
        if tool.function.parameters.get("type", "object") != "object":
            yield f"The parameters of the function {tool.function.name} must be of type object."
    if chat.response_format.type == "json_schema" and chat.response_format.json_schema is None:
        yield "response_format of type json_schema needs a json_schema."


def _abilities(chat: Chat, model: Model) -> Iterator[str]:
    if not model.chats:
        yield f"{model.name} is not a chat model."
    if chat.reasoning_effort is not None and chat.reasoning_effort not in model.efforts:
        yield _unknown_effort(chat.reasoning_effort, model)
    if chat.prompt_mode is not None and not model.always_thinks:
        yield "Reasoning prompt mode is not enabled for this model"
    if chat.tools and not model.calls_tools:
        yield "Function calling is not enabled for this model"
    chunks = [chunk for message in chat.messages for chunk in _chunks(message)]
    if not model.sees and any(isinstance(chunk, ImageChunk) for chunk in chunks):
        yield "Image input is not enabled for this model"
    if not model.hears and any(isinstance(chunk, AudioChunk) for chunk in chunks):
        yield "Audio input is not enabled for this model"


def _unknown_effort(effort: str, model: Model) -> str:
    if not model.efforts:
        return "reasoning_effort is not enabled for this model"
    known = ", ".join(f"<ReasoningEffort.{name}: '{name}'>" for name in model.efforts)
    return f"reasoning_effort='{effort}' is not supported for this model. Must be one of ({known})"


def _misnamed(name: str) -> str:
    return (
        f"Function name was {name} but must be a-z, A-Z, 0-9, or contain underscores and dashes, "
        "with a maximum length of 64."
    )


def _chunks(message: Message) -> list[Chunk]:
    return [*message.content] if isinstance(message.content, list) else []
