"""OpenAI's wire format, from the provider's side: completions, streams, models and errors."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import zip_longest
from types import MappingProxyType

from app.simulator.chat import ChatBody, Choice, prompt_tokens

Json = dict[str, object]

MODELS = ("gpt-4o", "gpt-4o-mini", "gpt-4.1", "gpt-4.1-mini", "o4-mini", "simulated")
_FINGERPRINT = "fp_simulated"


@dataclass(frozen=True, slots=True)
class Completion:
    """One completion: what was asked, and what is answered to it."""

    id: str
    created: int
    chat: ChatBody
    choices: tuple[Choice, ...]
    has_usage: bool = True


@dataclass(frozen=True, slots=True)
class _ErrorFacts:
    type: str
    code: str | None
    message: str


_ERRORS: Mapping[int, _ErrorFacts] = MappingProxyType(
    {
        400: _ErrorFacts("invalid_request_error", "invalid_value", "The request is not valid."),
        401: _ErrorFacts("invalid_request_error", "invalid_api_key", "Incorrect API key provided."),
        403: _ErrorFacts(
            "invalid_request_error",
            "unsupported_country_region_territory",
            "Country, region, or territory not supported",
        ),
        404: _ErrorFacts(
            "invalid_request_error",
            "model_not_found",
            "The model does not exist or you do not have access to it.",
        ),
        429: _ErrorFacts("requests", "rate_limit_exceeded", "Rate limit reached for requests."),
        503: _ErrorFacts(
            "service_unavailable_error",
            "server_is_overloaded",
            "That model is currently overloaded with other requests.",
        ),
    }
)
_SERVER_ERROR = _ErrorFacts("server_error", None, "The server had an error while processing your request.")
_ERRORS_BY_CODE: Mapping[str, _ErrorFacts] = MappingProxyType(
    {
        "insufficient_quota": _ErrorFacts(
            "insufficient_quota", "insufficient_quota", "You exceeded your current quota."
        ),
        "context_length_exceeded": _ErrorFacts(
            "invalid_request_error",
            "context_length_exceeded",
            "This model's maximum context length is 128000 tokens.",
        ),
    }
)


def error(status: int, code: str | None = None, message: str | None = None, param: str | None = None) -> Json:
    """The error body that OpenAI sends with `status`, with another `code` where one is given."""
    by_status = _ERRORS.get(status, _SERVER_ERROR if status >= 500 else _ERRORS[400])
    facts = _ERRORS_BY_CODE.get(code or "", by_status)
    return {
        "error": {
            "message": message or facts.message,
            "type": facts.type,
            "param": param,
            "code": code or facts.code,
        }
    }


def models() -> Json:
    """The answer to `GET /v1/models`."""
    listed = [
        {"id": name, "object": "model", "created": 1_700_000_000, "owned_by": "simulator"} for name in MODELS
    ]
    return {"object": "list", "data": listed}


def plain(completion: Completion) -> Json:
    """The answer to a request that does not stream."""
    choices = [
        {
            "index": index,
            "message": _message(choice),
            "logprobs": _logprobs(choice.tokens) if _wants_logprobs(completion, choice) else None,
            "finish_reason": choice.finish_reason,
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
    return b"data: " + json.dumps(chunk, separators=(",", ":"), ensure_ascii=False).encode() + b"\n\n"


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
    text = "".join(choice.tokens)
    message: Json = {"role": "assistant", "content": text, "refusal": None, "annotations": []}
    if choice.call is not None:
        function = {"name": choice.call.name, "arguments": text}
        call = {"id": choice.call.id, "type": "function", "function": function}
        message |= {"content": None, "tool_calls": [call]}
    return message


def _deltas(completion: Completion, index: int, choice: Choice) -> Iterator[Json]:
    """The choices' entries of one choice's chunks: its role, its tokens, its end."""
    opening: Json = {"role": "assistant", "content": "", "refusal": None}
    if choice.call is not None:
        function = {"name": choice.call.name, "arguments": ""}
        call = {"index": 0, "id": choice.call.id, "type": "function", "function": function}
        opening |= {"content": None, "tool_calls": [call]}
    yield _entry(index, opening)
    for token in choice.tokens:
        if choice.call is not None:
            yield _entry(index, {"tool_calls": [{"index": 0, "function": {"arguments": token}}]})
        else:
            logprobs = _logprobs((token,)) if _wants_logprobs(completion, choice) else None
            yield _entry(index, {"content": token}) | {"logprobs": logprobs}
    yield _entry(index, {}) | {"finish_reason": choice.finish_reason}


def _entry(index: int, delta: Json) -> Json:
    return {"index": index, "delta": delta, "logprobs": None, "finish_reason": None}


def _wants_logprobs(completion: Completion, choice: Choice) -> bool:
    return bool(completion.chat.logprobs) and choice.call is None


def _logprobs(tokens: tuple[str, ...]) -> Json:
    content = [
        {"token": token, "logprob": -0.01, "bytes": list(token.encode()), "top_logprobs": []}
        for token in tokens
    ]
    return {"content": content, "refusal": None}


def _usage(completion: Completion) -> Json:
    asked = prompt_tokens(completion.chat)
    answered = sum(len(choice.tokens) for choice in completion.choices)
    return {
        "prompt_tokens": asked,
        "completion_tokens": answered,
        "total_tokens": asked + answered,
        "prompt_tokens_details": {"cached_tokens": 0, "audio_tokens": 0},
        "completion_tokens_details": {
            "reasoning_tokens": 0,
            "audio_tokens": 0,
            "accepted_prediction_tokens": 0,
            "rejected_prediction_tokens": 0,
        },
    }
