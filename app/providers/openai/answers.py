"""Plain answers in OpenAI's dialect: what the gateway must know of them, and may show."""

from typing import Final

import msgspec

from app.chat.messages import ReasoningDetail
from app.errors import MalformedAnswer
from app.providers.base import Answer, StreamFailure
from app.providers.native_json import UNREADABLE, read_json
from app.providers.openai.failures import classify_event
from app.providers.openai.habits import Habits, kept_reasoning
from app.providers.openai.shapes import Completion, Remains
from app.providers.openai.tidying import is_clean_choice, refuse_giving_up, tidied_answer
from app.providers.openai.usage import read_usage

_COMPLETION: Final = msgspec.json.Decoder(Completion)
_REMAINS: Final = msgspec.json.Decoder(Remains)


def read_answer(body: bytes, habits: Habits) -> Answer:
    """A plain answer, its bytes unchanged where they are as OpenAI's clients expect.

    Raises MalformedAnswer, and StreamFailure where it is an error.
    """
    try:
        completion = read_json(_COMPLETION, body)
    except UNREADABLE as error:
        if _is_error(body):
            raise StreamFailure(classify_event(body)) from None
        raise MalformedAnswer("the provider's answer is not a chat completion") from error
    if completion.is_error:
        raise StreamFailure(classify_event(body))
    if not completion.choices:
        raise MalformedAnswer("the provider's answer has no choices")
    for choice in completion.choices:
        refuse_giving_up(choice.finish_reason)
    usage = read_usage(completion.usage, completion.x_groq)
    return Answer(
        body if _is_clean(completion, habits) else _tidied(body, completion, habits),
        usage,
        0 if usage else _characters(completion),
        details=_details(completion, habits) if habits.keeps_reasoning else (),
    )


def _is_clean(completion: Completion, habits: Habits) -> bool:
    return (
        completion.kind == "chat.completion"
        and isinstance(completion.id, str)
        and bool(completion.id)
        and not habits.has_functions
        and all(is_clean_choice(choice) for choice in completion.choices)
    )


def _tidied(body: bytes, completion: Completion, habits: Habits) -> bytes:
    try:
        return tidied_answer(body, completion.choices, has_functions=habits.has_functions)
    except msgspec.DecodeError:
        # Half a character somewhere: what cannot be taken apart goes on as it is.
        return body


def _characters(completion: Completion) -> int:
    return sum(choice.message.characters for choice in completion.choices if choice.message)


def _details(completion: Completion, habits: Habits) -> tuple[ReasoningDetail, ...]:
    details: tuple[ReasoningDetail, ...] = ()
    for choice in completion.choices:
        message = choice.message
        calls = message.tool_calls if message else None
        if message is not None and calls:
            ids = tuple(call.id for call in calls if isinstance(call.id, str))
            details += kept_reasoning(habits.keeps_reasoning, str(message.reasoning_content or ""), ids)
    return details


def _is_error(body: bytes) -> bool:
    try:
        return read_json(_REMAINS, body).is_error
    except UNREADABLE:
        return False
