"""The simulated Anthropic, seen through the official SDK."""

import json

import anthropic as sdk
import pytest
from anthropic import AsyncAnthropic
from anthropic.types import ThinkingBlock, ToolParam, ToolUseBlock

from app.simulator.anthropic.api import REDACTING
from tests.simulator.anthropic.answers import (
    HELLO,
    both,
    said,
    said_in_stream,
    said_whole,
    text_of,
    tool_turns,
)

REPLY = "You said: Hello, world\nThis is a simulated answer, made without any model behind it."
MODEL = "claude-sonnet-4-6"
BOUND = "claude-opus-5-5"
WEATHER: ToolParam = {
    "name": "get_weather",
    "input_schema": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
}
TIME: ToolParam = {"name": "get_time", "input_schema": {"type": "object", "properties": {}}}
PERSON: dict[str, object] = {
    "type": "object",
    "properties": {"name": {"type": "string"}},
    "required": ["name"],
    "additionalProperties": False,
}


@both
async def test_answers_with_the_prompt_and_its_usage(claude: AsyncAnthropic, how: str) -> None:
    message = await said(claude, how, f"{MODEL};cached=40")

    assert [block.type for block in message.content] == ["text"]
    assert text_of(message) == REPLY
    assert (message.stop_reason, message.stop_sequence, message.model) == ("end_turn", None, MODEL)
    assert message.id.startswith("msg_")
    assert (message.usage.input_tokens, message.usage.output_tokens) == (6, 21)
    assert message.usage.cache_read_input_tokens == 40


@both
async def test_stops_at_the_token_limit(claude: AsyncAnthropic, how: str) -> None:
    message = await said(claude, how, MODEL, max_tokens=3)

    assert text_of(message) == "You said:"
    assert message.stop_reason == "max_tokens"


@both
async def test_names_the_stop_sequence_that_it_met(claude: AsyncAnthropic, how: str) -> None:
    message = await said(claude, how, MODEL, stop_sequences=["simulated", "world"])

    assert text_of(message) == "You said: Hello, "
    assert (message.stop_reason, message.stop_sequence) == ("stop_sequence", "world")


@both
async def test_calls_tools_and_heeds_their_results(claude: AsyncAnthropic, how: str) -> None:
    first = await said(claude, how, f"{MODEL};parallel=2", tools=[WEATHER, TIME])
    second = await said(claude, how, MODEL, tools=[WEATHER, TIME], messages=tool_turns(first))

    calls = [block for block in first.content if isinstance(block, ToolUseBlock)]
    assert first.stop_reason == "tool_use"
    assert [(call.name, call.input) for call in calls] == [
        ("get_weather", {"city": "sample city"}),
        ("get_time", {}),
    ]
    assert calls[0].id.startswith("toolu_")
    assert text_of(second).startswith("The tool answered: 21 degrees\n")


@pytest.mark.parametrize(
    ("choice", "called"),
    [
        pytest.param({"type": "auto", "disable_parallel_tool_use": True}, ["get_weather"], id="one at most"),
        pytest.param({"type": "any"}, ["get_weather", "get_time"], id="any"),
        pytest.param({"type": "tool", "name": "get_time"}, ["get_time", "get_time"], id="named"),
        pytest.param({"type": "none"}, [], id="none"),
    ],
)
async def test_heeds_the_tool_choice(
    claude: AsyncAnthropic, choice: dict[str, object], called: list[str]
) -> None:
    message = await said_whole(claude, f"{MODEL};parallel=2", tools=[WEATHER, TIME], tool_choice=choice)

    names = [block.name for block in message.content if isinstance(block, ToolUseBlock)]
    assert names == called


@both
async def test_answers_in_the_form_of_a_schema(claude: AsyncAnthropic, how: str) -> None:
    form = {"type": "json_schema", "schema": PERSON}

    message = await said(claude, how, MODEL, output_config={"format": form})

    assert json.loads(text_of(message)) == {"name": "sample name"}


@both
async def test_thinks_before_it_answers(claude: AsyncAnthropic, how: str) -> None:
    message = await said(claude, how, MODEL, thinking={"type": "adaptive"})

    thought = message.content[0]
    assert isinstance(thought, ThinkingBlock)
    assert thought.thinking.startswith("Messages so far: 1.")
    assert thought.signature
    assert text_of(message) == REPLY
    assert message.usage.output_tokens_details is not None
    assert message.usage.output_tokens_details.thinking_tokens == message.usage.output_tokens - 21


@both
async def test_only_signs_its_thinking_unless_asked_for_a_summary(claude: AsyncAnthropic, how: str) -> None:
    signed = await said(claude, how, f"{BOUND};think")
    shown = await said(claude, how, BOUND, thinking={"type": "adaptive", "display": "summarized"})

    assert isinstance(signed.content[0], ThinkingBlock)
    assert isinstance(shown.content[0], ThinkingBlock)
    assert signed.content[0].thinking == ""
    assert signed.content[0].signature
    assert shown.content[0].thinking.startswith("Messages so far: 1.")


@both
async def test_redacts_its_thinking(claude: AsyncAnthropic, how: str) -> None:
    messages = [{"role": "user", "content": REDACTING}]

    message = await said(claude, how, MODEL, thinking={"type": "adaptive"}, messages=messages)
    again = [*messages, message.to_param(), *HELLO]
    answer = await said(claude, how, MODEL, thinking={"type": "adaptive"}, messages=again)

    assert [block.type for block in message.content] == ["redacted_thinking", "text"]
    assert answer.stop_reason == "end_turn"


@both
@pytest.mark.parametrize("model", [MODEL, BOUND])
async def test_takes_its_thinking_back(claude: AsyncAnthropic, how: str, model: str) -> None:
    thinking = {"type": "adaptive", "display": "summarized"}

    first = await said(claude, how, model, thinking=thinking, tools=[WEATHER])
    second = await said(claude, how, model, thinking=thinking, tools=[WEATHER], messages=tool_turns(first))

    assert [block.type for block in first.content] == ["thinking", "tool_use"]
    assert [block.type for block in second.content] == ["thinking", "text"]


@both
@pytest.mark.parametrize(("tokens", "text"), [("", ""), (";tokens=2", "You said")])
async def test_refuses_with_an_explanation(claude: AsyncAnthropic, how: str, tokens: str, text: str) -> None:
    message = await said(claude, how, f"{MODEL};refuse{tokens}")

    assert message.stop_reason == "refusal"
    assert text_of(message) == text
    assert message.stop_details is not None
    assert message.stop_details.category == "cyber"
    assert message.stop_details.explanation


async def test_mentions_the_images_it_was_sent(claude: AsyncAnthropic) -> None:
    source = {"type": "base64", "media_type": "image/png", "data": "iVBORw0KGgo="}
    content = [{"type": "text", "text": "What is this?"}, {"type": "image", "source": source}]

    message = await said_whole(claude, MODEL, messages=[{"role": "user", "content": content}])

    assert text_of(message).startswith("You said: What is this? and sent an image\n")


async def test_lists_its_models_in_pages(claude: AsyncAnthropic) -> None:
    first = await claude.models.list(limit=2)
    listed = [model.id async for model in claude.models.list(limit=2)]
    before = await claude.models.list(before_id=listed[2], limit=1)
    model = await claude.models.retrieve("claude-haiku-4-5")

    assert [model.id for model in first.data] == listed[:2]
    assert first.has_more
    assert {"claude-opus-5-5", "claude-sonnet-4-6", "claude-haiku-4-5"} < set(listed)
    assert [model.id for model in before.data] == [listed[1]]
    assert model.max_tokens == 64_000
    assert model.capabilities is not None
    assert model.capabilities.thinking.types.enabled.supported


async def test_names_the_request_in_a_header(claude: AsyncAnthropic) -> None:
    answer = await claude.messages.with_raw_response.create(model=MODEL, max_tokens=9, messages=HELLO)

    assert answer.headers["request-id"].startswith("req_")


async def test_frames_its_events(claude: AsyncAnthropic) -> None:
    async with claude.messages.with_streaming_response.create(
        model=f"{MODEL};tokens=1", max_tokens=9, messages=HELLO, stream=True
    ) as answer:
        text = await answer.text()

    names = [line.removeprefix("event: ") for line in text.splitlines() if line.startswith("event: ")]
    types = [json.loads(line[6:])["type"] for line in text.splitlines() if line.startswith("data: ")]
    assert names == types
    assert names == [
        "message_start",
        "content_block_start",
        "ping",
        "content_block_delta",
        "content_block_stop",
        "message_delta",
        "message_stop",
    ]


async def test_an_error_event_in_a_stream_reaches_the_sdk(claude: AsyncAnthropic) -> None:
    with pytest.raises(sdk.APIStatusError) as caught:
        await said_in_stream(claude, f"{MODEL};error_event=4")

    assert isinstance(caught.value.body, dict)
    assert caught.value.body["error"] == {"type": "overloaded_error", "message": "Overloaded"}


@pytest.mark.parametrize(
    ("directives", "expected", "kind"),
    [
        pytest.param("status=400", sdk.BadRequestError, "invalid_request_error", id="400"),
        pytest.param("status=401", sdk.AuthenticationError, "authentication_error", id="401"),
        pytest.param("status=402", sdk.APIStatusError, "billing_error", id="402"),
        pytest.param("status=403", sdk.PermissionDeniedError, "permission_error", id="403"),
        pytest.param("status=404", sdk.NotFoundError, "not_found_error", id="404"),
        pytest.param("status=413", sdk.RequestTooLargeError, "request_too_large", id="413"),
        pytest.param("status=429", sdk.RateLimitError, "rate_limit_error", id="429"),
        pytest.param(
            "status=429;code=enforced_spend_limit_reached", sdk.RateLimitError, "rate_limit_error", id="spent"
        ),
        pytest.param("status=500", sdk.InternalServerError, "api_error", id="500"),
        pytest.param("status=529", sdk.OverloadedError, "overloaded_error", id="529"),
    ],
)
async def test_the_sdk_understands_its_errors(
    claude: AsyncAnthropic, directives: str, expected: type[sdk.APIStatusError], kind: str
) -> None:
    with pytest.raises(expected) as caught:
        await said_whole(claude, f"{MODEL};{directives}")

    assert caught.value.type == kind
