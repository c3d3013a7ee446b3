"""Pydantic AI's agents."""

from dataclasses import replace
from functools import cache

from openai import AsyncOpenAI
from pydantic_ai import Agent, NativeOutput, PromptedOutput, ToolOutput
from pydantic_ai.messages import ModelMessage
from pydantic_ai.models.openai import OpenAIChatModel
from pydantic_ai.providers.openai import OpenAIProvider
from scenarios import ASK_CITY, ASK_WEATHER, HELLO, WEATHER, City, Remark, Target, everyone, http, run


@cache
def model(target: Target, limit_s: float = 30) -> OpenAIChatModel:
    client = AsyncOpenAI(
        base_url=target.url, api_key=target.key, max_retries=0, timeout=limit_s, http_client=http()
    )
    return OpenAIChatModel(target.model, provider=OpenAIProvider(openai_client=client))


async def get_weather(city: str) -> str:
    """The weather in a city."""
    return f"{WEATHER} in {city}"


async def plain(target: Target) -> object:
    answer = await Agent(model(target), instructions="Be brief.").run(HELLO)
    return {
        "text": answer.output,
        "finish": answer.response.finish_reason,
        "usage": answer.usage.total_tokens,
    }


async def stream(target: Target) -> object:
    async with Agent(model(target)).run_stream(HELLO) as answer:
        pieces = [piece async for piece in answer.stream_text(delta=True, debounce_by=None)]
        return {"text": "".join(pieces), "pieces": len(pieces), "usage": answer.usage.total_tokens}


async def tools(target: Target) -> object:
    answer = await Agent(model(target), tools=[get_weather]).run(ASK_WEATHER)
    return {"kinds": _kinds(answer.all_messages()), "text": answer.output}


async def tools_streamed(target: Target) -> object:
    async with Agent(model(target), tools=[get_weather]).run_stream(ASK_WEATHER) as answer:
        text = await answer.get_output()
        return {"kinds": _kinds(answer.all_messages()), "text": text}


async def tools_in_parallel(target: Target) -> object:
    return await tools_streamed(target.at("parallel"))


async def save(note: str) -> None:
    """Keeps a note."""


async def tools_without_result(target: Target) -> object:
    answer = await Agent(model(target), tools=[save]).run(HELLO)
    return {"kinds": _kinds(answer.all_messages())}


async def handed_over(target: Target) -> object:
    begun = await Agent(model(target), tools=[get_weather]).run(ASK_WEATHER)
    agents = [Agent(model(other), tools=[get_weather]) for other in everyone()]
    answers = [await agent.run(HELLO, message_history=begun.all_messages()) for agent in agents]
    return {"kinds": [_kinds(answer.new_messages()) for answer in answers]}


async def structured_by_tool(target: Target) -> object:
    return (await Agent(model(target), output_type=ToolOutput(City)).run(ASK_CITY)).output.model_dump()


async def structured_by_default(target: Target) -> object:
    return (await Agent(model(target), output_type=City).run(ASK_CITY)).output.model_dump()


async def structured(target: Target) -> object:
    return (await Agent(model(target), output_type=NativeOutput(City)).run(ASK_CITY)).output.model_dump()


async def structured_by_prompt(target: Target) -> object:
    agent = Agent(model(target), output_type=PromptedOutput(Remark))
    return sorted((await agent.run(HELLO)).output.model_dump())


async def structured_streamed(target: Target) -> object:
    async with Agent(model(target), output_type=NativeOutput(City)).run_stream(ASK_CITY) as answer:
        return (await answer.get_output()).model_dump()


async def structured_with_tools(target: Target) -> object:
    agent = Agent(model(target), output_type=NativeOutput(City), tools=[get_weather])
    return (await agent.run(ASK_CITY)).output.model_dump()


async def reasoning(target: Target) -> object:
    async with Agent(model(target.at("pensive"))).run_stream(HELLO) as answer:
        await answer.get_output()
        thoughts = [part.content for part in answer.response.parts if part.part_kind == "thinking"]
        return {"reasoning": "".join(thoughts)}


async def wrong_key(target: Target) -> object:
    return await plain(replace(target, key="pk_wrong"))


async def unknown_model(target: Target) -> object:
    return await plain(replace(target, model="no-such-model"))


async def limited(target: Target) -> object:
    return await plain(target.at("limited"))


async def cut(target: Target) -> object:
    return await stream(target.at("cut"))


async def abort(target: Target) -> object:
    async with Agent(model(target.at("slow"))).run_stream(HELLO) as answer:
        async for _ in answer.stream_text(delta=True, debounce_by=None):
            break
    return {"left": True}


async def abort_plain(target: Target) -> object:
    return (await Agent(model(target.at("silent"), 1)).run(HELLO)).output


def _kinds(messages: list[ModelMessage]) -> list[str]:
    kinds = [part.part_kind for message in messages for part in message.parts]
    return [kind for kind in kinds if kind != "thinking"]


if __name__ == "__main__":
    run(
        plain, stream, tools, tools_streamed, tools_in_parallel, tools_without_result, handed_over,
        structured, structured_by_default, structured_by_tool, structured_by_prompt, structured_streamed,
        structured_with_tools, reasoning,
        wrong_key, unknown_model, limited, cut, abort, abort_plain,
    )  # fmt: skip
