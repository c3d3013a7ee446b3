"""OpenAI's own client: tools and structured answers."""

import json
from collections.abc import AsyncIterator

from openai import pydantic_function_tool
from openai.types.chat import ChatCompletionChunk
from openai_client import client, gathered, said
from pydantic import BaseModel
from scenarios import ASK_CITY, ASK_WEATHER, WEATHER, City, Target


class GetWeather(BaseModel):
    """The weather in a city."""

    city: str


TOOLS = [
    {
        "type": "function",
        "function": {
            "name": "get_weather",
            "description": "The weather in a city",
            "parameters": {
                "type": "object",
                "properties": {"city": {"type": "string"}},
                "required": ["city"],
            },
        },
    }
]


async def tools(target: Target) -> object:
    messages = said(ASK_WEATHER)
    create = client(target).chat.completions.create
    first = await create(model=target.model, messages=messages, tools=TOOLS)
    call = first.choices[0].message.tool_calls[0]
    messages += [
        first.choices[0].message,
        {"role": "tool", "tool_call_id": call.id, "content": WEATHER},
    ]
    second = await create(model=target.model, messages=messages, tools=TOOLS)
    return {
        "arguments": [json.loads(call.function.arguments)],
        "text": second.choices[0].message.content,
    }


async def tools_streamed(target: Target) -> object:
    messages = said(ASK_WEATHER)
    strict = [pydantic_function_tool(GetWeather)]
    finals = []
    for _ in range(2):
        async with client(target).chat.completions.stream(
            model=target.model, messages=messages, tools=strict
        ) as events:
            message = (await events.get_final_completion()).choices[0].message
        finals.append(message)
        messages.append(message)
        messages += [
            {"role": "tool", "tool_call_id": call.id, "content": WEATHER} for call in message.tool_calls or []
        ]
    return {
        "arguments": [call.function.parsed_arguments.model_dump() for call in finals[0].tool_calls],
        "text": finals[1].content,
    }


async def tools_in_parallel(target: Target) -> object:
    odd = target.at("parallel")
    messages = said(ASK_WEATHER)
    create = client(odd).chat.completions.create
    asked = await _assembled(await create(model=odd.model, messages=messages, tools=TOOLS, stream=True))
    calls = asked["tool_calls"]
    messages += [asked, *({"role": "tool", "tool_call_id": call["id"], "content": WEATHER} for call in calls)]
    answer = await gathered(await create(model=odd.model, messages=messages, tools=TOOLS, stream=True))
    return {
        "arguments": [json.loads(call["function"]["arguments"]) for call in calls],
        "text": answer["text"],
    }


async def _assembled(stream: AsyncIterator[ChatCompletionChunk]) -> dict[str, object]:
    """The message that the stream brings, put together as its reader would by hand."""
    text = ""
    calls: list[dict[str, object]] = []
    async for chunk in stream:
        for delta in [choice.delta for choice in chunk.choices]:
            text += delta.content or ""
            for call in delta.tool_calls or []:
                if call.index == len(calls):
                    function = {"name": call.function.name, "arguments": ""}
                    calls.append({"id": call.id, "type": "function", "function": function})
                calls[call.index]["function"]["arguments"] += call.function.arguments or ""
    return {"role": "assistant", "content": text or None, "tool_calls": calls}


async def tools_forced(target: Target) -> object:
    answer = await client(target).chat.completions.parse(
        model=target.model,
        messages=said(ASK_WEATHER),
        tools=[pydantic_function_tool(GetWeather)],
        tool_choice={"type": "function", "function": {"name": "GetWeather"}},
        parallel_tool_calls=False,
    )
    calls = answer.choices[0].message.tool_calls
    return {"arguments": [call.function.parsed_arguments.model_dump() for call in calls]}


async def structured(target: Target) -> object:
    answer = await client(target).chat.completions.parse(
        model=target.model, messages=said(ASK_CITY), response_format=City
    )
    return answer.choices[0].message.parsed.model_dump()


async def structured_streamed(target: Target) -> object:
    async with client(target).chat.completions.stream(
        model=target.model, messages=said(ASK_CITY), response_format=City
    ) as events:
        return (await events.get_final_completion()).choices[0].message.parsed.model_dump()


async def structured_with_tools(target: Target) -> object:
    messages = said(ASK_WEATHER)
    strict = [pydantic_function_tool(GetWeather)]
    for _ in range(2):
        answer = await client(target).chat.completions.parse(
            model=target.model, messages=messages, tools=strict, response_format=City
        )
        message = answer.choices[0].message
        messages.append(message)
        messages += [
            {"role": "tool", "tool_call_id": call.id, "content": WEATHER} for call in message.tool_calls or []
        ]
    return message.parsed.model_dump()
