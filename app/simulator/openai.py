"""OpenAI's wire format, from the provider's side: completions, streams, models and errors."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import zip_longest
from types import MappingProxyType

import msgspec

from app.core.clock import now
from app.core.ids import new_id
from app.simulator.api import Json, Plain, Refused, Stream, bearer_key, encoded, model_in_body
from app.simulator.chat import ChatBody, Choice, ToolCall, answer, prompt_tokens, tokens
from app.simulator.connection import Request
from app.simulator.directives import Directives

MODELS = ("gpt-4o", "gpt-4o-mini", "gpt-4.1", "gpt-4.1-mini", "o4-mini", "simulated")
_FINGERPRINT = "fp_simulated"
_REFUSAL = "I'm sorry, but I can't help with that."


class OpenAIApi:
    """OpenAI's API: chat completions and the list of models."""

    prefix = ""
    id_header = "x-request-id"

    def secret(self, request: Request) -> str | None:
        """The bearer key."""
        return bearer_key(request)

    def model(self, request: Request) -> str:
        """The body's model."""
        return model_in_body(request)

    def reply(self, request: Request, told: Directives) -> Plain | Stream:
        """The answer to a chat completion or to a list of models. Raises Refused."""
        path = request.path.partition("?")[0]
        if self.secret(request) is None:
            raise _refused(401, "invalid_api_key", "You didn't provide an API key.")
        if (request.method, path) == ("GET", "/v1/models"):
            return Plain(encoded(models()), told.status)
        if path != "/v1/chat/completions":
            raise _refused(404, "unknown_url", f"Unknown request URL: {request.method} {path}.")
        if request.method != "POST":
            raise _refused(405, "method_not_allowed", f"Not allowed to {request.method} on {path}.")
        completion = _completion(request.body, told)
        if told.refuses is not None and told.refuses in msgspec.json.decode(request.body, type=Json):
            message = f"Unsupported parameter: '{told.refuses}' is not supported with this model."
            raise _refused(400, "unsupported_parameter", message, told.refuses)
        if completion.chat.stream:
            return Stream((event(chunk) for chunk in stream(completion)), b"data: [DONE]\n\n")
        return Plain(encoded(plain(completion)), told.status)

    def error(self, status: int, code: str | None = None, message: str | None = None) -> bytes:
        """OpenAI's error body."""
        return encoded(error(status, code, message))

    def error_event(self, code: str | None) -> bytes:
        """A server error in the place of a chunk."""
        return event(error(500, code))


def _refused(status: int, code: str, message: str, param: str | None = None) -> Refused:
    return Refused(status, encoded(error(status, code, message, param)))


def _completion(body: bytes, told: Directives) -> "Completion":
    try:
        chat = msgspec.json.decode(body, type=ChatBody)
    except msgspec.ValidationError as problem:
        message, _, path = str(problem).partition(" - at `$.")
        raise _refused(400, "invalid_value", message, path.rstrip("`") or None) from problem
    except (msgspec.DecodeError, UnicodeDecodeError) as problem:
        raise _refused(400, "invalid_json", "We could not parse the JSON body of your request.") from problem
    if chat.model.startswith("unknown-"):
        raise _refused(404, "model_not_found", f"The model `{chat.model}` does not exist.")
    return Completion(
        id=f"chatcmpl-{new_id().hex}",
        created=int(now().timestamp()),
        chat=chat,
        choices=answer(chat, told),
        has_usage=not told.no_usage,
        cached_tokens=told.cached,
    )


@dataclass(frozen=True, slots=True)
class Completion:
    """One completion: what was asked, and what is answered to it."""

    id: str
    created: int
    chat: ChatBody
    choices: tuple[Choice, ...]
    has_usage: bool = True
    cached_tokens: int = 0


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
        return message | {"content": text or None, "refusal": _REFUSAL}
    if choice.calls:
        message |= {"content": None, "tool_calls": [_call(call, call.arguments) for call in choice.calls]}
    return message


def _call(call: ToolCall, arguments: str) -> Json:
    return {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": arguments}}


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
        for token in tokens(call.arguments):
            yield _entry(index, {"tool_calls": [{"index": number, "function": {"arguments": token}}]})
    if choice.finish_reason == "content_filter":
        for token in tokens(_REFUSAL):
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
