"""LangChain's chat model."""

from dataclasses import replace
from functools import cache

from langchain_core.messages import AIMessageChunk, HumanMessage, ToolMessage
from langchain_core.tools import tool
from langchain_openai import ChatOpenAI
from openai import DefaultHttpxClient
from scenarios import ASK_CITY, ASK_WEATHER, HELLO, WEATHER, City, Target, http, run


@tool
async def get_weather(city: str) -> str:
    """The weather in a city."""
    return f"{WEATHER} in {city}"


@cache
def http_in_step() -> DefaultHttpxClient:
    return DefaultHttpxClient()


@cache
def chat(target: Target, limit_s: float | None = None) -> ChatOpenAI:
    return ChatOpenAI(
        model=target.model,
        base_url=target.url,
        api_key=target.key,
        max_retries=0,
        stream_usage=True,
        timeout=limit_s,
        http_async_client=http(),
        http_client=http_in_step(),
    )


async def plain(target: Target) -> object:
    answer = await chat(target).ainvoke(HELLO)
    return {
        "text": answer.content,
        "finish": answer.response_metadata["finish_reason"],
        "usage": answer.usage_metadata["total_tokens"],
    }


async def stream(target: Target) -> object:
    return _told([chunk async for chunk in chat(target).astream(HELLO)])


async def several(target: Target) -> object:
    answer = await chat(target).agenerate([[HumanMessage(HELLO)]], n=2)
    return {"texts": len([generation.text for generation in answer.generations[0] if generation.text])}


async def tools(target: Target) -> object:
    messages = [HumanMessage(ASK_WEATHER)]
    model = chat(target).bind_tools([get_weather])
    asked = await model.ainvoke(messages)
    results = [await get_weather.ainvoke(call) for call in asked.tool_calls]
    answer = await model.ainvoke([*messages, asked, *results])
    return {"arguments": [call["args"] for call in asked.tool_calls], "text": answer.content}


async def tools_streamed(target: Target) -> object:
    messages = [HumanMessage(ASK_WEATHER)]
    model = chat(target).bind_tools([get_weather])
    asked = _joined([chunk async for chunk in model.astream(messages)])
    results = [ToolMessage(WEATHER, tool_call_id=call["id"]) for call in asked.tool_calls]
    answer = _joined([chunk async for chunk in model.astream([*messages, asked, *results])])
    return {"arguments": [call["args"] for call in asked.tool_calls], "text": answer.content}


async def tools_in_parallel(target: Target) -> object:
    return await tools_streamed(target.at("parallel"))


async def tools_forced(target: Target) -> object:
    asked = await chat(target).bind_tools([get_weather], tool_choice="get_weather").ainvoke(ASK_WEATHER)
    return {"arguments": [call["args"] for call in asked.tool_calls]}


async def structured(target: Target) -> object:
    return (await chat(target).with_structured_output(City).ainvoke(ASK_CITY)).model_dump()


async def structured_strictly(target: Target) -> object:
    model = chat(target).with_structured_output(City, strict=True, include_raw=True)
    return (await model.ainvoke(ASK_CITY))["parsed"].model_dump()


async def structured_by_call(target: Target) -> object:
    model = chat(target).with_structured_output(City, method="function_calling")
    return (await model.ainvoke(ASK_CITY)).model_dump()


async def structured_streamed(target: Target) -> object:
    pieces = [piece async for piece in chat(target).with_structured_output(City).astream(ASK_CITY)]
    return pieces[-1].model_dump()


async def reasoning(target: Target) -> object:
    return _told([chunk async for chunk in chat(target.at("pensive")).astream(HELLO)])


async def wrong_key(target: Target) -> object:
    return await chat(replace(target, key="pk_wrong")).ainvoke(HELLO)


async def unknown_model(target: Target) -> object:
    return await chat(replace(target, model="no-such-model")).ainvoke(HELLO)


async def limited(target: Target) -> object:
    return await chat(target.at("limited")).ainvoke(HELLO)


async def cut(target: Target) -> object:
    return _told([chunk async for chunk in chat(target.at("cut")).astream(HELLO)])


async def abort(target: Target) -> object:
    chunks = chat(target.at("slow")).astream(HELLO)
    async for chunk in chunks:
        if chunk.content:
            break
    await chunks.aclose()
    return {"left": True}


async def abort_plain(target: Target) -> object:
    return await chat(target.at("silent"), 1).ainvoke(HELLO)


def _joined(chunks: list[AIMessageChunk]) -> AIMessageChunk:
    return sum(chunks[1:], start=chunks[0])


def _told(chunks: list[AIMessageChunk]) -> dict[str, object]:
    whole = _joined(chunks)
    return {
        "text": whole.content,
        "finish": whole.response_metadata.get("finish_reason"),
        "usages": [chunk.usage_metadata["total_tokens"] for chunk in chunks if chunk.usage_metadata],
        "pieces": sum(bool(chunk.content) for chunk in chunks),
    }


if __name__ == "__main__":
    run(
        plain, stream, several, tools, tools_streamed, tools_in_parallel, tools_forced,
        structured, structured_strictly, structured_by_call, structured_streamed, reasoning,
        wrong_key, unknown_model, limited, cut, abort, abort_plain,
    )  # fmt: skip
