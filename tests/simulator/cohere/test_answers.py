"""What simulated Cohere answers, plain and streamed, seen through the official SDK."""

from itertools import groupby

import cohere as sdk
import pytest

from tests.simulator.cohere.answers import asked, folded, streamed, without_ids
from tests.simulator.cohere.bodies import (
    ARGUMENTS,
    CALLED,
    CLOCK,
    HELLO,
    PLAIN,
    PNG,
    REASONING,
    REPLY,
    RESULT,
    SCHEMA,
    VISION,
    WEATHER,
    Body,
    chat,
    said,
    text,
    turns,
)


def called(*names: str) -> list[Body]:
    arguments = {"get_weather": ARGUMENTS, "tell_time": "{}"}
    return [
        {"id": name, "type": "function", "function": {"name": name, "arguments": arguments[name]}}
        for name in names
    ]


TOLD = "The tool answered: 21 degrees\nThis is a simulated answer, made without any model behind it."
THOUGHT = {
    "type": "thinking",
    "thinking": "Messages so far: 1. I repeat the last one, as simulators do.",
}
CITED = {
    "start": 19,
    "end": 29,
    "text": "21 degrees",
    "sources": [{"type": "tool", "id": "get_weather_1:0", "tool_output": {"content": "21 degrees"}}],
    "content_index": 0,
    "type": "TEXT_CONTENT",
}
BOOK: Body = {"id": "book", "data": {"title": "On simulators"}}
BOOK_CITED = {
    "start": 33,
    "end": 49,
    "text": "simulated answer",
    "sources": [
        {"type": "document", "id": "book", "document": {"title": "On simulators", "id": "book"}},
    ],
    "content_index": 0,
    "type": "TEXT_CONTENT",
}

SCENARIOS: dict[str, tuple[Body, str, Body]] = {
    "text": (chat(), "COMPLETE", {"content": [text(REPLY)]}),
    "stop sequence": (
        chat(stop_sequences=["zebra", " simulated"]),
        "STOP_SEQUENCE",
        {"content": [text("You said: Hello, world\nThis is a")]},
    ),
    "output limit": (chat(max_tokens=3), "MAX_TOKENS", {"content": [text("You said:")]}),
    "exact tokens": (chat(model=f"{PLAIN};tokens=2"), "COMPLETE", {"content": [text("You said")]}),
    "thinking by default": (chat(model=REASONING), "COMPLETE", {"content": [THOUGHT, text(REPLY)]}),
    "thinking disabled": (
        chat(model=REASONING, thinking={"type": "disabled"}),
        "COMPLETE",
        {"content": [text(REPLY)]},
    ),
    "thinking within its budget": (
        chat(model=REASONING, thinking={"type": "enabled", "token_budget": 2}),
        "COMPLETE",
        {"content": [{"type": "thinking", "thinking": "Messages"}, text(REPLY)]},
    ),
    "thinking when told": (chat(model=f"{PLAIN};think"), "COMPLETE", {"content": [THOUGHT, text(REPLY)]}),
    "tool call after a plan": (
        chat(tools=[WEATHER]),
        "TOOL_CALL",
        {"tool_plan": "I will use the tool get_weather.", "tool_calls": called("get_weather")},
    ),
    "parallel tool calls": (
        chat(model=f"{PLAIN};parallel=2", tools=[WEATHER, CLOCK]),
        "TOOL_CALL",
        {
            "tool_plan": "I will use the tool get_weather and then tell_time.",
            "tool_calls": called("get_weather", "tell_time"),
        },
    ),
    "tool call after thinking": (
        chat(model=REASONING, tools=[CLOCK], tool_choice="REQUIRED"),
        "TOOL_CALL",
        {"content": [THOUGHT], "tool_calls": called("tell_time")},
    ),
    "tools forbidden": (
        chat(tools=[WEATHER], tool_choice="NONE"),
        "COMPLETE",
        {"content": [text(REPLY)]},
    ),
    "tool result, cited": (
        turns(*CALLED, RESULT),
        "COMPLETE",
        {"content": [text(TOLD)], "citations": [CITED]},
    ),
    "tool result that is a document": (
        turns(*CALLED, {**RESULT, "content": [{"type": "document", "document": {"data": {"degrees": 21}}}]})
        | {"citation_options": {"mode": "DISABLED"}},
        "COMPLETE",
        {"content": [text(TOLD.replace("21 degrees", '{"degrees": 21}'))]},
    ),
    "tool result, not cited": (
        turns(*CALLED, RESULT) | {"citation_options": {"mode": "OFF"}},
        "COMPLETE",
        {"content": [text(TOLD)]},
    ),
    "thought comes back": (
        turns(*HELLO, {"role": "assistant", "content": [THOUGHT, text("Hi.")]}, *HELLO),
        "COMPLETE",
        {"content": [text(REPLY)]},
    ),
    "documents, cited": (
        chat(documents=[BOOK]),
        "COMPLETE",
        {"content": [text(REPLY)], "citations": [BOOK_CITED]},
    ),
    "answer after a schema": (
        chat(response_format={"type": "json_object", "json_schema": SCHEMA}),
        "COMPLETE",
        {"content": [text(ARGUMENTS)]},
    ),
    "answer in JSON": (
        chat(response_format={"type": "json_object"}),
        "COMPLETE",
        {"content": [text('{"answer": "This is a simulated answer."}')]},
    ),
    "image": (
        chat(
            model=VISION,
            messages=[said(text("Look"), {"type": "image_url", "image_url": {"url": PNG, "detail": "low"}})],
        ),
        "COMPLETE",
        {"content": [text(REPLY.replace("Hello, world", "Look and sent an image"))]},
    ),
    "refusal": (
        chat(model=f"{PLAIN};refuse"),
        "COMPLETE",
        {"content": [text("I'm sorry, but I can't help with that.")]},
    ),
    "a model of tomorrow": (
        chat(model="command-z-01-2027", thinking={"type": "disabled"}),
        "COMPLETE",
        {"content": [text(REPLY)]},
    ),
}


@pytest.mark.parametrize(("body", "finish_reason", "message"), SCENARIOS.values(), ids=SCENARIOS)
async def test_answers(cohere: sdk.AsyncClientV2, body: Body, finish_reason: str, message: Body) -> None:
    answer = without_ids(await asked(cohere, body))

    assert answer["message"] == {"role": "assistant", **message}
    assert answer["finish_reason"] == finish_reason


@pytest.mark.parametrize("body", [body for body, _, _ in SCENARIOS.values()], ids=SCENARIOS)
async def test_a_stream_amounts_to_the_plain_answer(cohere: sdk.AsyncClientV2, body: Body) -> None:
    plain = await asked(cohere, body)

    events = await streamed(cohere, body)

    assert without_ids(folded(events)) == without_ids(plain)


async def test_a_stream_has_the_events_of_each_part_in_order(cohere: sdk.AsyncClientV2) -> None:
    events = await streamed(cohere, chat(model=REASONING, tools=[WEATHER]) | {"max_tokens": 100})

    assert [kind for kind, _ in groupby(str(event["type"]) for event in events)] == [
        "message-start",
        "content-start",
        "content-delta",
        "content-end",
        "tool-call-start",
        "tool-call-delta",
        "tool-call-end",
        "message-end",
    ]
