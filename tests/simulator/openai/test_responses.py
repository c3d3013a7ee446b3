"""The flawless Responses route, seen through the official SDK."""

import json

import httpx
import pytest
from openai import AsyncOpenAI
from openai.types.responses import (
    CustomToolParam,
    FunctionToolParam,
    Response,
    ResponseCustomToolCall,
    ResponseFunctionToolCall,
    ResponseInputParam,
    ResponseReasoningItem,
    ResponseStreamEvent,
)
from pydantic import BaseModel, TypeAdapter

REPLY = "You said: Hello, world\nThis is a simulated answer, made without any model behind it."
THOUGHT = "Messages so far: 1. I repeat the last one, as simulators do."
WEATHER: FunctionToolParam = {
    "type": "function",
    "name": "get_weather",
    "parameters": {
        "type": "object",
        "properties": {"city": {"type": "string"}},
        "required": ["city"],
        "additionalProperties": False,
    },
    "strict": True,
}
SHELL: CustomToolParam = {"type": "custom", "name": "shell"}

_EVENT: TypeAdapter[object] = TypeAdapter(ResponseStreamEvent)


class Room(BaseModel):
    name: str
    seats: int


async def streamed(openai: AsyncOpenAI, model: str = "gpt-5.5", **more: object) -> list[ResponseStreamEvent]:
    """The events of a stream, which the SDK's types have found nothing wrong with."""
    body = {"model": model, "input": "Hello, world", "stream": True} | more
    stream = await openai.responses.create(**body)  # type: ignore[call-overload]  # untyped rows
    events: list[ResponseStreamEvent] = [event async for event in stream]
    for event in events:
        _EVENT.validate_python(event.to_dict())
    return events


def last_of(events: list[ResponseStreamEvent]) -> Response:
    assert events[-1].type in {"response.completed", "response.incomplete", "response.failed"}
    response = getattr(events[-1], "response", None)
    assert isinstance(response, Response)
    return response


async def test_answers_with_the_prompt_and_its_usage(openai: AsyncOpenAI) -> None:
    response = await openai.responses.create(model="gpt-4o;cached=40", input="Hello, world")

    Response.model_validate(response.to_dict())
    assert (response.output_text, response.status) == (REPLY, "completed")
    assert [item.type for item in response.output] == ["message"]
    assert response.usage is not None
    assert (response.usage.input_tokens, response.usage.input_tokens_details.cached_tokens) == (46, 40)
    assert response.usage.total_tokens == 46 + response.usage.output_tokens


async def test_a_model_that_reasons_says_so_in_an_item_and_in_its_usage(openai: AsyncOpenAI) -> None:
    silent = await openai.responses.create(model="gpt-5.5", input="Hello, world")
    shown = await openai.responses.create(
        model="gpt-5.5",
        input="Hello, world",
        reasoning={"summary": "auto"},
        include=["reasoning.encrypted_content"],
    )
    none = await openai.responses.create(model="gpt-5.5", input="Hello, world", reasoning={"effort": "none"})

    kept, sealed = silent.output[0], shown.output[0]
    assert isinstance(kept, ResponseReasoningItem)
    assert isinstance(sealed, ResponseReasoningItem)
    assert (kept.summary, kept.encrypted_content) == ([], None)
    assert [part.text for part in sealed.summary] == [THOUGHT]
    assert (sealed.encrypted_content or "").startswith("gAAAA")
    assert [item.type for item in none.output] == ["message"]
    assert shown.usage is not None
    assert shown.usage.output_tokens_details.reasoning_tokens == 18


async def test_streams_numbered_events_that_amount_to_the_response(openai: AsyncOpenAI) -> None:
    events = await streamed(openai, reasoning={"summary": "auto"}, include=["reasoning.encrypted_content"])

    response = last_of(events)
    assert [event.sequence_number for event in events] == list(range(len(events)))
    assert [event.type for event in events[:3]] == [
        "response.created",
        "response.in_progress",
        "response.output_item.added",
    ]
    assert "".join(it.delta for it in events if it.type == "response.output_text.delta") == REPLY
    assert "".join(it.delta for it in events if it.type == "response.reasoning_summary_text.delta") == THOUGHT
    assert [it.item for it in events if it.type == "response.output_item.done"] == response.output
    assert response.output_text == REPLY


async def test_the_sdk_puts_a_stream_together(openai: AsyncOpenAI) -> None:
    async with openai.responses.stream(
        model="gpt-5.5;parallel=2", input="Hello, world", tools=[WEATHER]
    ) as stream:
        response = await stream.get_final_response()

    calls = [item for item in response.output if item.type == "function_call"]
    assert [json.loads(call.arguments) for call in calls] == [{"city": "sample city"}] * 2
    assert len({call.call_id for call in calls}) == 2


async def test_a_tool_round_trip_takes_the_reasoning_back(openai: AsyncOpenAI) -> None:
    items: ResponseInputParam = [{"role": "user", "content": "Hello, world"}]
    first = await openai.responses.create(
        model="gpt-5.5",
        input=items,
        tools=[WEATHER],
        store=False,
        include=["reasoning.encrypted_content"],
    )
    call = first.output[-1]
    assert isinstance(call, ResponseFunctionToolCall)
    items += [item.to_dict() for item in first.output]  # type: ignore[misc]  # as the SDK's guide has it
    items.append({"type": "function_call_output", "call_id": call.call_id, "output": "21 degrees"})
    second = await openai.responses.create(model="gpt-5.5", input=items, tools=[WEATHER], store=False)

    assert [item.type for item in first.output] == ["reasoning", "function_call"]
    assert second.output_text.startswith("The tool answered: 21 degrees\n")


async def test_gives_a_custom_tool_any_text(openai: AsyncOpenAI) -> None:
    events = await streamed(openai, tools=[SHELL])

    (call,) = (item for item in last_of(events).output if isinstance(item, ResponseCustomToolCall))
    assert call.input == 'a "simulated" input\nin two lines'
    told = [it.delta for it in events if it.type == "response.custom_tool_call_input.delta"]
    assert "".join(told) == call.input


async def test_calls_no_more_than_one_tool_where_told_so(openai: AsyncOpenAI) -> None:
    alone = await openai.responses.create(
        model="gpt-4o;parallel=3", input="Hello, world", tools=[WEATHER, SHELL], parallel_tool_calls=False
    )
    chosen = await openai.responses.create(
        model="gpt-4o",
        input="Hello, world",
        tools=[WEATHER, SHELL],
        tool_choice={"type": "custom", "name": "shell"},
    )

    assert [item.type for item in alone.output] == ["function_call"]
    assert [item.type for item in chosen.output] == ["custom_tool_call"]


async def test_parses_into_a_schema(openai: AsyncOpenAI) -> None:
    response = await openai.responses.parse(model="gpt-4o", input="Hello, world", text_format=Room)

    assert response.output_parsed == Room(name="sample name", seats=1)


async def test_refuses_in_words(openai: AsyncOpenAI) -> None:
    response = last_of(await streamed(openai, "gpt-4o;refuse"))

    message = response.output[0]
    assert message.type == "message"
    assert [part.to_dict() for part in message.content] == [
        {"type": "refusal", "refusal": "I'm sorry, but I can't help with that."}
    ]
    assert response.status == "completed"


@pytest.mark.parametrize(
    ("model", "more", "status", "reason"),
    [
        pytest.param("gpt-4o", {"max_output_tokens": 16}, "incomplete", "max_output_tokens", id="limit"),
        pytest.param(
            "gpt-4o;finish=content_filter;tokens=3", {}, "incomplete", "content_filter", id="filter"
        ),
        pytest.param("gpt-4o;finish=failed;code=rate_limit_exceeded", {}, "failed", None, id="failed"),
    ],
)
async def test_says_why_an_answer_is_not_whole(
    openai: AsyncOpenAI, model: str, more: dict[str, object], status: str, reason: str | None
) -> None:
    response = last_of(await streamed(openai, model, **more))

    details = response.incomplete_details
    assert (response.status, details.reason if details else None) == (status, reason)
    assert (response.error.code if response.error else None) == (
        "rate_limit_exceeded" if status == "failed" else None
    )


async def test_searches_and_cites_where_it_may(openai: AsyncOpenAI) -> None:
    response = last_of(await streamed(openai, "gpt-4o", tools=[{"type": "web_search"}]))

    assert [item.type for item in response.output] == ["web_search_call", "message"]
    message = response.output[1]
    assert message.type == "message"
    assert message.content[0].type == "output_text"
    assert [it.type for it in message.content[0].annotations] == ["url_citation"]


async def test_gives_logprobs_and_moderation_when_asked(openai: AsyncOpenAI) -> None:
    response = await openai.responses.create(
        model="gpt-4o",
        input="Hello, world",
        include=["message.output_text.logprobs"],
        moderation={"model": "omni-moderation-latest"},
    )

    message = response.output[0]
    assert message.type == "message"
    assert message.content[0].type == "output_text"
    assert "".join(token.token for token in message.content[0].logprobs or []) == REPLY
    assert response.moderation is not None
    assert response.moderation.output.type == "moderation_result"


async def test_pads_its_deltas_unless_told_not_to(client: httpx.AsyncClient) -> None:
    body = {"model": "gpt-4o", "input": "Hello, world", "stream": True}
    padded = await client.post("/responses", json=body)
    plain = await client.post("/responses", json=body | {"stream_options": {"include_obfuscation": False}})

    assert '"obfuscation":"xxx' in padded.text
    assert "obfuscation" not in plain.text
    assert padded.text.startswith('event: response.created\ndata: {"type":"response.created"')


async def test_an_error_in_a_stream_is_an_event_of_its_own(client: httpx.AsyncClient) -> None:
    answer = await client.post(
        "/responses", json={"model": "gpt-4o;error_event=4", "input": "Hello, world", "stream": True}
    )

    *_, last = answer.text.strip().split("\n\n")
    name, data = last.split("\n")
    event = json.loads(data.removeprefix("data: "))
    assert (name, event["sequence_number"]) == ("event: error", 3)
    assert event["error"]["type"] == "server_error"
