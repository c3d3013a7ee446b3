"""Tools on the chat route, seen through the official SDK."""

import json

import httpx
from openai import AsyncOpenAI
from openai.types.chat import ChatCompletionMessageParam, ChatCompletionToolParam

HELLO: list[ChatCompletionMessageParam] = [{"role": "user", "content": "Hello, world"}]
REPLY = "You said: Hello, world\nThis is a simulated answer, made without any model behind it."
WEATHER: ChatCompletionToolParam = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string"}, "unit": {"enum": ["celsius", "kelvin"]}},
            "required": ["city", "unit"],
        },
    },
}


async def test_calls_a_tool_and_heeds_its_result(openai: AsyncOpenAI) -> None:
    first = await openai.chat.completions.create(model="gpt-4o", messages=HELLO, tools=[WEATHER])
    message = first.choices[0].message
    call = (message.tool_calls or [])[0]
    assert call.type == "function"
    second = await openai.chat.completions.create(
        model="gpt-4o",
        messages=[
            *HELLO,
            {
                "role": "assistant",
                "tool_calls": [
                    {
                        "id": call.id,
                        "type": "function",
                        "function": {"name": call.function.name, "arguments": call.function.arguments},
                    }
                ],
            },
            {"role": "tool", "tool_call_id": call.id, "content": "21 degrees"},
        ],
        tools=[WEATHER],
    )

    assert first.choices[0].finish_reason == "tool_calls"
    assert message.content is None
    assert call.function.name == "get_weather"
    assert json.loads(call.function.arguments) == {"city": "sample city", "unit": "celsius"}
    assert (second.choices[0].message.content or "").startswith("The tool answered: 21 degrees\n")


async def test_streams_a_tool_call_in_pieces(openai: AsyncOpenAI) -> None:
    async with openai.chat.completions.stream(model="gpt-4o", messages=HELLO, tools=[WEATHER]) as stream:
        completion = await stream.get_final_completion()

    call = (completion.choices[0].message.tool_calls or [])[0]
    assert completion.choices[0].finish_reason == "tool_calls"
    assert json.loads(call.function.arguments) == {"city": "sample city", "unit": "celsius"}


async def test_leaves_tools_alone_when_told_so(openai: AsyncOpenAI) -> None:
    completion = await openai.chat.completions.create(
        model="gpt-4o", messages=HELLO, tools=[WEATHER], tool_choice="none"
    )

    assert completion.choices[0].message.content == REPLY


async def test_calls_several_tools_at_once(openai: AsyncOpenAI) -> None:
    model = "gpt-4o;parallel=2"
    completion = await openai.chat.completions.create(model=model, messages=HELLO, tools=[WEATHER])
    alone = await openai.chat.completions.create(
        model=model, messages=HELLO, tools=[WEATHER], parallel_tool_calls=False
    )

    assert len({call.id for call in completion.choices[0].message.tool_calls or []}) == 2
    assert len(alone.choices[0].message.tool_calls or []) == 1


async def test_streams_the_input_of_a_custom_tool(client: httpx.AsyncClient) -> None:
    body = {
        "model": "gpt-4o",
        "messages": HELLO,
        "tools": [{"type": "custom", "custom": {"name": "shell"}}],
        "tool_choice": {"type": "custom", "custom": {"name": "shell"}},
        "stream": True,
    }

    answer = await client.post("/chat/completions", json=body)

    deltas = [json.loads(line[6:])["choices"][0]["delta"] for line in answer.text.split("\n\n")[:-2]]
    first, *rest = (delta["tool_calls"][0] for delta in deltas if "tool_calls" in delta)
    assert (first["type"], first["custom"]) == ("custom", {"name": "shell", "input": ""})
    assert "".join(it["custom"]["input"] for it in rest) == 'a "simulated" input\nin two lines'


async def test_calls_one_of_the_tools_that_are_allowed(openai: AsyncOpenAI) -> None:
    completion = await openai.chat.completions.create(
        model="gpt-4o",
        messages=HELLO,
        tools=[WEATHER, {"type": "custom", "custom": {"name": "shell"}}],
        tool_choice={
            "type": "allowed_tools",
            "allowed_tools": {
                "mode": "required",
                "tools": [{"type": "custom", "custom": {"name": "shell"}}],
            },
        },
    )

    call = (completion.choices[0].message.tool_calls or [])[0]
    assert call.type == "custom"
    assert call.custom.name == "shell"
