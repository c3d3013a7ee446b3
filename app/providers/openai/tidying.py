"""What compatible servers write otherwise than OpenAI does, put right; everything else keeps its bytes."""

import time
from typing import Final

import msgspec

from app.chat.request import NULL, Fields
from app.core.ids import new_id
from app.providers.base import Failure, FailureKind, StreamFailure
from app.providers.openai.calls import is_clean_call, tidied_call
from app.providers.openai.shapes import PlainChoice, Words

LIST: Final = msgspec.json.Decoder(list[Fields])
FIELDS: Final = msgspec.json.Decoder(Fields)
_FOLD: Final = msgspec.json.Decoder(list[msgspec.Raw])

# A finish reason that says the provider gave up: DeepSeek (api-docs.deepseek.com), vLLM, OpenRouter.
_GAVE_UP: Final = {
    "insufficient_system_resource": FailureKind.OVERLOADED,
    "abort": FailureKind.SERVER_ERROR,
    "error": FailureKind.SERVER_ERROR,
}
# Finish reasons that leak from the servers' models. One that is new goes on as it is.
_RENAMED: Final = {
    "eos": "stop",
    "end_turn": "stop",
    "stop_sequence": "stop",
    "tool_use": "tool_calls",
    "max_tokens": "length",
    "model_length": "length",
}
_ABOUT_CALLS: Final = frozenset({"stop", "tool_calls", "function_call"})


def told_finish(reason: str, *, has_calls: bool, has_functions: bool) -> str:
    """The finish reason as OpenAI's clients know it."""
    told = _RENAMED.get(reason, reason)
    if has_calls and told in _ABOUT_CALLS:
        return "function_call" if has_functions else "tool_calls"
    return told


def refuse_giving_up(finish_reason: object) -> None:
    """Raises StreamFailure where the provider gave up."""
    kind = _GAVE_UP.get(finish_reason) if isinstance(finish_reason, str) else None
    if kind is not None:
        raise StreamFailure(Failure(kind, f"the provider gave up: {finish_reason}", code=str(finish_reason)))


def are_clean_words(words: Words) -> bool:
    """Whether content and reasoning are where OpenAI's clients look for them."""
    return (words.content is None or isinstance(words.content, str)) and (
        words.reasoning is None or words.reasoning_content is not None
    )


def with_tidy_words(written: Fields) -> Fields:
    """A message or delta whose content is a text, and whose reasoning goes by its usual name."""
    tidy = dict(written)
    content = tidy.get("content", NULL)
    if bytes(content).startswith(b"["):
        tidy["content"] = raw("".join(_text_of(part) for part in _FOLD.decode(content)))
    reasoning = tidy.get("reasoning", NULL)
    if tidy.get("reasoning_content", NULL) == NULL and bytes(reasoning).startswith(b'"'):
        tidy["reasoning_content"] = reasoning
        del tidy["reasoning"]
    return tidy


def tidied_answer(body: bytes, choices: list[PlainChoice], *, has_functions: bool) -> bytes:
    """A plain answer as OpenAI would have written it."""
    fields = FIELDS.decode(body)
    written = LIST.decode(fields["choices"])
    tidy = [
        _tidied_choice(given, choice, number, has_functions=has_functions)
        for number, (given, choice) in enumerate(zip(choices, written, strict=True))
    ]
    return msgspec.json.encode({**framed(fields, "chat.completion"), "choices": tidy})


def is_clean_choice(choice: PlainChoice) -> bool:
    """Whether a plain choice is as OpenAI writes it."""
    message, reason = choice.message, choice.finish_reason
    if message is None or message.role != "assistant" or not are_clean_words(message):
        return False
    if type(choice.index) is not int or not isinstance(reason, str) or not reason:
        return False
    calls = message.tool_calls
    if calls is not None and not (calls and all(is_clean_call(call) for call in calls)):
        return False
    # One that spoke of functions is answered so.
    return told_finish(reason, has_calls=bool(calls), has_functions=False) == reason


def framed(fields: Fields, kind: str) -> Fields:
    """The fields of an answer or a chunk, with those that every one must have."""
    own: Fields = {}
    if not _is_text(fields.get("id", NULL)):
        own["id"] = raw(f"chatcmpl-{new_id().hex}")
    own["object"] = raw(kind)
    own["created"] = fields.get("created", raw(int(time.time())))
    own["model"] = fields.get("model", raw(""))
    return {**fields, **own}


def raw(value: object) -> msgspec.Raw:
    """The JSON of `value`."""
    return msgspec.Raw(msgspec.json.encode(value))


def _tidied_choice(given: PlainChoice, written: Fields, number: int, *, has_functions: bool) -> Fields:
    message = with_tidy_words(FIELDS.decode(written.get("message", raw({}))))
    message["role"] = raw("assistant")
    message.setdefault("content", NULL)
    calls = given.message.tool_calls if given.message else None
    written_calls = LIST.decode(message.pop("tool_calls")) if calls is not None else []
    tidy_calls = [tidied_call(call, fields) for call, fields in zip(calls or (), written_calls, strict=True)]
    if tidy_calls and has_functions:
        message["function_call"] = tidy_calls[0]["function"]
    elif tidy_calls:
        message["tool_calls"] = raw(tidy_calls)
    reason = given.finish_reason if isinstance(given.finish_reason, str) else ""
    told = told_finish(reason or "stop", has_calls=bool(tidy_calls), has_functions=has_functions)
    return {
        **written,
        "index": raw(given.index if type(given.index) is int else number),
        "message": raw(message),
        "finish_reason": raw(told),
    }


def _is_text(value: msgspec.Raw) -> bool:
    """Whether a value is a text that is not empty."""
    return len(value) > 2 and bytes(value).startswith(b'"')


def _text_of(part: msgspec.Raw) -> str:
    """The text of a content part; what is no text is none."""
    decoded = msgspec.json.decode(part)
    if isinstance(decoded, str):
        return decoded
    text = decoded.get("text") if isinstance(decoded, dict) else None
    return text if isinstance(text, str) else ""
