"""What simulated Mistral answers, plain and streamed, seen through the official SDK."""

import json
from typing import cast

import pytest
from mistralai.client import Mistral

from tests.simulator.mistral.answers import asked, folded, streamed, without_ids
from tests.simulator.mistral.bodies import (
    ARGUMENTS,
    CALLING,
    CLOCK,
    CODESTRAL,
    HELLO,
    LARGE,
    MAGISTRAL,
    MEDIUM,
    PNG,
    REPLY,
    RESULT,
    SCHEMA,
    SMALL,
    THOUGHT,
    WEATHER,
    Body,
    assistant,
    chat,
    text,
    thinking,
    turns,
    user,
)

SIGNATURE = "19CNVKzfAbbRp5GlqbO3v4xGOoyCv/atmV+o/xUwp0M="


def called(*functions: tuple[str, object]) -> Body:
    calls = [
        {
            "id": "",
            "type": "function",
            "function": {"name": name, "arguments": arguments},
            "index": index,
        }
        for index, (name, arguments) in enumerate(functions)
    ]
    return {"content": "", "tool_calls": calls}


TOLD = "The tool answered: 21 degrees\nThis is a simulated answer, made without any model behind it."
NAMED_CHOICE = {"type": "function", "function": {"name": "tell_time"}}

SCENARIOS: dict[str, tuple[Body, str, Body]] = {
    "text": (chat(), "stop", {"content": REPLY}),
    "stop sequence": (chat(stop=" simulated"), "stop", {"content": "You said: Hello, world\nThis is a"}),
    "output limit": (chat(max_tokens=3), "length", {"content": "You said:"}),
    "exact tokens": (chat(model=f"{MEDIUM};tokens=2"), "stop", {"content": "You said"}),
    "thinking with an effort": (
        chat(model=SMALL, reasoning_effort="high"),
        "stop",
        {"content": [thinking(THOUGHT, closed=True), text(REPLY)]},
    ),
    "thinking, signed": (
        chat(model=LARGE, reasoning_effort="low"),
        "stop",
        {"content": [thinking(THOUGHT, closed=True, signature=SIGNATURE), text(REPLY)]},
    ),
    "thinking always": (
        chat(model=MAGISTRAL, prompt_mode="reasoning"),
        "stop",
        {"content": [thinking(THOUGHT, closed=True), text(REPLY)]},
    ),
    "thinking when told": (
        chat(model=f"{MEDIUM};think"),
        "stop",
        {"content": [thinking(THOUGHT, closed=True), text(REPLY)]},
    ),
    "thinking switched off": (chat(model=SMALL, reasoning_effort="none"), "stop", {"content": REPLY}),
    "thinking cut off": (
        chat(model=MAGISTRAL, max_tokens=2),
        "length",
        {"content": [thinking("Messages", closed=False)]},
    ),
    "tool call": (chat(tools=[WEATHER]), "tool_calls", called(("get_weather", ARGUMENTS))),
    "parallel tool calls": (
        chat(model=f"{MEDIUM};parallel=2", tools=[WEATHER, CLOCK]),
        "tool_calls",
        called(("get_weather", ARGUMENTS), ("tell_time", "{}")),
    ),
    "parallel tool calls forbidden": (
        chat(model=f"{MEDIUM};parallel=2", tools=[WEATHER, CLOCK], parallel_tool_calls=False),
        "tool_calls",
        called(("get_weather", ARGUMENTS)),
    ),
    "arguments as an object": (
        chat(model=CODESTRAL, tools=[WEATHER]),
        "tool_calls",
        called(("get_weather", json.loads(ARGUMENTS))),
    ),
    "tool required": (
        chat(tools=[CLOCK], tool_choice="any"),
        "tool_calls",
        called(("tell_time", "{}")),
    ),
    "tool by its name": (
        chat(tools=[WEATHER, CLOCK], tool_choice=NAMED_CHOICE),
        "tool_calls",
        called(("tell_time", "{}")),
    ),
    "tools forbidden": (chat(tools=[WEATHER], tool_choice="none"), "stop", {"content": REPLY}),
    "tool call after thinking": (
        chat(model=MAGISTRAL, tools=[CLOCK]),
        "tool_calls",
        called(("tell_time", "{}")) | {"content": [thinking(THOUGHT, closed=True)]},
    ),
    "tool result": (turns(HELLO, CALLING, RESULT), "stop", {"content": TOLD}),
    "empty tool result": (
        turns(HELLO, CALLING, RESULT | {"content": ""}),
        "stop",
        {"content": TOLD.replace("21 degrees", "")},
    ),
    "signed thought comes back": (
        turns(HELLO, assistant([thinking(THOUGHT, signature=SIGNATURE), text("Hi.")]), HELLO),
        "stop",
        {"content": REPLY},
    ),
    "thought comes back unsigned": (
        turns(HELLO, assistant([thinking("Hm."), text("Hi.")]), HELLO),
        "stop",
        {"content": REPLY},
    ),
    "prefix": (
        turns(HELLO, assistant("Well: ", prefix=True)) | {"max_tokens": 2},
        "length",
        {"content": "Well: You said"},
    ),
    "answer after a schema": (
        chat(response_format={"type": "json_schema", "json_schema": {"name": "trip", "schema": SCHEMA}}),
        "stop",
        {"content": ARGUMENTS},
    ),
    "answer in JSON": (
        chat(response_format={"type": "json_object"}),
        "stop",
        {"content": '{"answer": "This is a simulated answer."}'},
    ),
    "image as a string": (
        turns(user(text("Look"), {"type": "image_url", "image_url": PNG})),
        "stop",
        {"content": REPLY.replace("Hello, world", "Look and sent an image")},
    ),
    "image as an object": (
        turns(user(text("Look"), {"type": "image_url", "image_url": {"url": PNG, "detail": "high"}})),
        "stop",
        {"content": REPLY.replace("Hello, world", "Look and sent an image")},
    ),
    "a model of tomorrow": (
        chat(model="mistral-huge-2701", reasoning_effort="medium"),
        "stop",
        {"content": [thinking(THOUGHT, closed=True, signature=SIGNATURE), text(REPLY)]},
    ),
}


@pytest.mark.parametrize(("body", "finish_reason", "message"), SCENARIOS.values(), ids=SCENARIOS)
async def test_answers(mistral: Mistral, body: Body, finish_reason: str, message: Body) -> None:
    answer = await asked(mistral, body)

    [choice] = cast("list[Body]", answer["choices"])
    defaults = {"role": "assistant", "tool_calls": None, "prefix": False}
    assert without_ids(choice)["message"] == defaults | message
    assert choice["finish_reason"] == finish_reason
    assert answer["model"] == body["model"]


@pytest.mark.parametrize("body", [body for body, _, _ in SCENARIOS.values()], ids=SCENARIOS)
async def test_a_stream_amounts_to_the_plain_answer(mistral: Mistral, body: Body) -> None:
    plain = await asked(mistral, body)

    chunks = await streamed(mistral, body)

    assert [without_ids(folded(chunks))] == [without_ids(one) for one in cast("list[Body]", plain["choices"])]
    assert chunks[-1]["usage"] == plain["usage"]
    assert not any("usage" in chunk for chunk in chunks[:-1])
    assert len({(chunk["id"], chunk["created"], chunk["model"]) for chunk in chunks}) == 1


async def test_thoughts_are_lists_until_the_text_begins(mistral: Mistral) -> None:
    chunks = await streamed(mistral, chat(model=MAGISTRAL, max_tokens=20))

    choices = [cast("list[dict[str, Body]]", chunk["choices"])[0] for chunk in chunks]
    contents = [choice["delta"]["content"] for choice in choices]
    kinds = [
        [part["type"] for part in content] if isinstance(content, list) else "string" for content in contents
    ]
    assert kinds == ["string", *[["thinking"]] * 17, ["thinking", "text"], "string", "string"]


async def test_tool_calls_come_whole_beside_the_end_and_the_usage(mistral: Mistral) -> None:
    chunks = await streamed(mistral, chat(model=f"{MEDIUM};parallel=3", tools=[WEATHER]))

    assert [cast("list[Body]", chunk["choices"])[0]["finish_reason"] for chunk in chunks] == [
        None,
        "tool_calls",
    ]
    assert len(cast("list[Body]", cast("Body", folded(chunks)["message"])["tool_calls"])) == 3
    assert ["usage" in chunk for chunk in chunks] == [False, True]


async def test_gives_several_choices(mistral: Mistral) -> None:
    body = chat(n=2)

    plain, chunks = await asked(mistral, body), await streamed(mistral, body)

    choices = cast("list[Body]", plain["choices"])
    assert [cast("Body", choice["message"])["content"] for choice in choices] == [
        REPLY,
        REPLY.replace("answer,", "answer (variant 2),"),
    ]
    assert [folded(chunks, 0), folded(chunks, 1)] == choices
