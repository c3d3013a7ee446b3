"""Chat completions, whole and streamed."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest

from app.simulator.api import Json, encoded
from app.simulator.chat import ChatBody, Choice, ToolCall, prompt_tokens, tokens
from app.simulator.openai.models import REFUSAL

_FINGERPRINT = "fp_simulated"
# The kind of a call, which its object is called by too, and what the model says to it.
_FUNCTION = ("function", "arguments")
_CUSTOM = ("custom", "input")


@dataclass(frozen=True, slots=True)
class Completion:
    """One completion: what was asked, and what is answered to it."""

    id: str
    created: int
    chat: ChatBody
    choices: tuple[Choice, ...]
    has_usage: bool = True
    cached_tokens: int = 0


def plain(completion: Completion) -> Json:
    """The answer to a request that does not stream."""
    choices = [
        {
            "index": index,
            "message": _message(choice),
            "logprobs": _logprobs(choice.tokens) if _wants_logprobs(completion, choice) else None,
            "finish_reason": _finish_reason(choice),
        }
        for index, choice in enumerate(completion.choices)
    ]
    answer = _envelope(completion, "chat.completion") | {"choices": choices}
    return answer | {"usage": _usage(completion)} if completion.has_usage else answer


def stream(completion: Completion) -> Iterator[Json]:
    """The chunks of a streamed answer; choices come side by side, usage last where it was asked for."""
    wants_usage = completion.chat.stream_options is not None and completion.chat.stream_options.include_usage
    shows_usage = wants_usage and completion.has_usage
    envelope = _envelope(completion, "chat.completion.chunk")
    deltas = [_deltas(completion, index, choice) for index, choice in enumerate(completion.choices)]
    for row in zip_longest(*deltas):
        for choice_chunk in row:
            if choice_chunk is not None:
                yield envelope | {"choices": [choice_chunk]} | ({"usage": None} if shows_usage else {})
    if shows_usage:
        yield envelope | {"choices": [], "usage": _usage(completion)}


def event(chunk: Json) -> bytes:
    """`chunk` as a server-sent event."""
    return b"data: " + encoded(chunk) + b"\n\n"


def _envelope(completion: Completion, kind: str) -> Json:
    return {
        "id": completion.id,
        "object": kind,
        "created": completion.created,
        "model": completion.chat.model,
        "service_tier": "default",
        "system_fingerprint": _FINGERPRINT,
    }


def _message(choice: Choice) -> Json:
    text = choice.text
    message: Json = {"role": "assistant", "content": text, "refusal": None, "annotations": []}
    if choice.finish_reason == "content_filter":
        return message | {"content": text or None, "refusal": REFUSAL}
    if choice.calls:
        message |= {"content": None, "tool_calls": [_call(call, call.arguments) for call in choice.calls]}
    return message


def _call(call: ToolCall, arguments: str) -> Json:
    kind, said = _CUSTOM if call.is_custom else _FUNCTION
    return {"id": call.id, "type": kind, kind: {"name": call.name, said: arguments}}


def _deltas(completion: Completion, index: int, choice: Choice) -> Iterator[Json]:
    """The choices' entries of one choice's chunks: its role, its tokens, its calls, its end."""
    opening: Json = {"role": "assistant", "content": "", "refusal": None}
    if choice.calls:
        opening |= {"content": None, "tool_calls": [_call(choice.calls[0], "") | {"index": 0}]}
    yield _entry(index, opening)
    for token in choice.tokens:
        logprobs = _logprobs((token,)) if _wants_logprobs(completion, choice) else None
        yield _entry(index, {"content": token}) | {"logprobs": logprobs}
    for number, call in enumerate(choice.calls):
        if number:
            yield _entry(index, {"tool_calls": [_call(call, "") | {"index": number}]})
        kind, said = _CUSTOM if call.is_custom else _FUNCTION
        for token in tokens(call.arguments):
            yield _entry(index, {"tool_calls": [{"index": number, kind: {said: token}}]})
    if choice.finish_reason == "content_filter":
        for token in tokens(REFUSAL):
            yield _entry(index, {"refusal": token})
    yield _entry(index, {}) | {"finish_reason": _finish_reason(choice)}


def _finish_reason(choice: Choice) -> str:
    # A refusal of the model itself is an ordinary end of its answer.
    return "stop" if choice.finish_reason == "content_filter" else choice.finish_reason


def _entry(index: int, delta: Json) -> Json:
    return {"index": index, "delta": delta, "logprobs": None, "finish_reason": None}


def _wants_logprobs(completion: Completion, choice: Choice) -> bool:
    return bool(completion.chat.logprobs) and not choice.calls


def _logprobs(pieces: tuple[str, ...]) -> Json:
    content = [
        {"token": token, "logprob": -0.01, "bytes": list(token.encode()), "top_logprobs": []}
        for token in pieces
    ]
    return {"content": content, "refusal": None}


def _usage(completion: Completion) -> Json:
    asked = prompt_tokens(completion.chat) + completion.cached_tokens
    answered = sum(choice.billed_tokens for choice in completion.choices)
    return {
        "prompt_tokens": asked,
        "completion_tokens": answered,
        "total_tokens": asked + answered,
        "prompt_tokens_details": {"cached_tokens": completion.cached_tokens, "audio_tokens": 0},
        "completion_tokens_details": {
            "reasoning_tokens": sum(len(choice.thoughts) for choice in completion.choices),
            "audio_tokens": 0,
            "accepted_prediction_tokens": 0,
            "rejected_prediction_tokens": 0,
        },
    }
