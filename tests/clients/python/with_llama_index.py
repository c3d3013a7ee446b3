"""LlamaIndex's model of whatever speaks OpenAI's dialect."""

from dataclasses import replace
from functools import cache

from llama_index.core.agent.workflow import FunctionAgent
from llama_index.core.llms import ChatMessage
from llama_index.core.prompts import PromptTemplate
from llama_index.core.tools import FunctionTool
from llama_index.llms.openai_like import OpenAILike
from scenarios import ASK_CITY, ASK_WEATHER, HELLO, WEATHER, City, Target, http, run


async def get_weather(city: str) -> str:
    """The weather in a city."""
    return f"{WEATHER} in {city}"


TOOL = FunctionTool.from_defaults(async_fn=get_weather)


@cache
def model(target: Target, limit_s: float = 30, *, by_schema: bool = True) -> OpenAILike:
    return OpenAILike(
        model=target.model,
        api_base=target.url,
        api_key=target.key,
        is_chat_model=True,
        is_function_calling_model=True,
        should_use_structured_outputs=by_schema,
        context_window=128_000,
        max_retries=0,
        timeout=limit_s,
        async_http_client=http(),
    )


def said(text: str) -> list[ChatMessage]:
    return [ChatMessage(role="user", content=text)]


async def plain(target: Target) -> object:
    answer = await model(target).achat(said(HELLO))
    return {"text": answer.message.content, "usage": answer.raw.usage.total_tokens}


async def completed(target: Target) -> object:
    return {"text": (await model(target).acomplete(HELLO)).text}


async def stream(target: Target) -> object:
    pieces = [piece async for piece in await model(target).astream_chat(said(HELLO))]
    return {"text": pieces[-1].message.content, "pieces": sum(bool(piece.delta) for piece in pieces)}


async def tools(target: Target) -> object:
    asked = await model(target).achat_with_tools([TOOL], chat_history=said(ASK_WEATHER))
    calls = model(target).get_tool_calls_from_response(asked)
    results = [
        ChatMessage(role="tool", content=WEATHER, additional_kwargs={"tool_call_id": call.tool_id})
        for call in calls
    ]
    answer = await model(target).achat_with_tools(
        [TOOL], chat_history=[*said(ASK_WEATHER), asked.message, *results]
    )
    return {"arguments": [call.tool_kwargs for call in calls], "text": answer.message.content}


async def tools_streamed(target: Target) -> object:
    asked = [
        piece
        async for piece in await model(target).astream_chat_with_tools([TOOL], chat_history=said(ASK_WEATHER))
    ][-1]
    calls = model(target).get_tool_calls_from_response(asked)
    results = [
        ChatMessage(role="tool", content=WEATHER, additional_kwargs={"tool_call_id": call.tool_id})
        for call in calls
    ]
    history = [*said(ASK_WEATHER), asked.message, *results]
    answer = [
        piece async for piece in await model(target).astream_chat_with_tools([TOOL], chat_history=history)
    ][-1]
    return {"arguments": [call.tool_kwargs for call in calls], "text": answer.message.content}


async def tools_by_agent(target: Target) -> object:
    answer = await FunctionAgent(tools=[TOOL], llm=model(target), streaming=True).run(user_msg=ASK_WEATHER)
    return {
        "arguments": [call.tool_kwargs for call in answer.tool_calls],
        "text": answer.response.content,
    }


async def structured(target: Target) -> object:
    answer = await model(target).as_structured_llm(City).achat(said(ASK_CITY))
    return answer.raw.model_dump()


async def structured_streamed(target: Target) -> object:
    pieces = [
        piece async for piece in await model(target).as_structured_llm(City).astream_chat(said(ASK_CITY))
    ]
    return pieces[-1].raw.model_dump()


async def structured_by_call(target: Target) -> object:
    wanted = model(target, by_schema=False)
    return (await wanted.astructured_predict(City, PromptTemplate(ASK_CITY))).model_dump()


async def reasoning(target: Target) -> object:
    return await stream(target.at("pensive"))


async def wrong_key(target: Target) -> object:
    return await plain(replace(target, key="pk_wrong"))


async def unknown_model(target: Target) -> object:
    return await plain(replace(target, model="no-such-model"))


async def limited(target: Target) -> object:
    return await plain(target.at("limited"))


async def cut(target: Target) -> object:
    return await stream(target.at("cut"))


async def abort(target: Target) -> object:
    pieces = await model(target.at("slow")).astream_chat(said(HELLO))
    async for piece in pieces:
        if piece.delta:
            break
    await pieces.aclose()
    return {"left": True}


async def abort_plain(target: Target) -> object:
    return (await model(target.at("silent"), 1).achat(said(HELLO))).message.content


if __name__ == "__main__":
    run(
        plain, completed, stream, tools, tools_streamed, tools_by_agent,
        structured, structured_streamed, structured_by_call, reasoning,
        wrong_key, unknown_model, limited, cut, abort, abort_plain,
    )  # fmt: skip
