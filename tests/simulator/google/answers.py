"""Asking the simulated Google through the official SDK, and what came of it."""

from typing import Any

from google.genai.client import AsyncClient
from google.genai.types import (
    Content,
    FinishReason,
    FunctionCall,
    GenerateContentConfig,
    GenerateContentResponse,
    Part,
)

HELLO = [Content(role="user", parts=[Part(text="Hello, world")])]


async def said(
    gemini: AsyncClient, how: str, model: str, contents: list[Content] | None = None, **more: Any
) -> list[GenerateContentResponse]:
    """The answer: the one, or all of a stream's."""
    config = GenerateContentConfig.model_validate({"automatic_function_calling": {"disable": True}} | more)
    asked = list(contents or HELLO)
    if how == "plain":
        return [await gemini.models.generate_content(model=model, contents=asked, config=config)]
    stream = await gemini.models.generate_content_stream(model=model, contents=asked, config=config)
    return [answer async for answer in stream]


def parts_of(answers: list[GenerateContentResponse]) -> list[Part]:
    candidates = [candidate for answer in answers for candidate in answer.candidates or []]
    contents = [candidate.content for candidate in candidates if candidate.content is not None]
    return [part for content in contents for part in content.parts or []]


def text_of(answers: list[GenerateContentResponse], *, thoughts: bool = False) -> str:
    return "".join(part.text or "" for part in parts_of(answers) if bool(part.thought) is thoughts)


def calls_of(answers: list[GenerateContentResponse]) -> list[FunctionCall]:
    return [part.function_call for part in parts_of(answers) if part.function_call is not None]


def end_of(answers: list[GenerateContentResponse]) -> FinishReason | None:
    """The reason of the end, which comes once, in the last answer."""
    reasons = [candidate.finish_reason for answer in answers for candidate in answer.candidates or []]
    assert [reason for reason in reasons if reason] == [reasons[-1]]
    return reasons[-1]


def tool_turns(answers: list[GenerateContentResponse]) -> list[Content]:
    """The conversation with the answer and a result for each of its calls."""
    results = [
        {"id": call.id, "name": call.name, "response": {"output": "21 degrees"}} for call in calls_of(answers)
    ]
    responses = [Part.model_validate({"function_response": result}) for result in results]
    answer = Content(role="model", parts=parts_of(answers))
    return [*HELLO, answer, Content(role="user", parts=responses)]
