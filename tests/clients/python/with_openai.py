"""OpenAI's own client."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace

from openai import OpenAI
from openai_client import client, gathered, said
from openai_tools import (
    structured,
    structured_streamed,
    structured_with_tools,
    tools,
    tools_forced,
    tools_in_parallel,
    tools_streamed,
)
from scenarios import HELLO, Target, run


async def plain(target: Target) -> object:
    answer = await client(target).chat.completions.create(model=target.model, messages=said(HELLO))
    choice = answer.choices[0]
    return {
        "text": choice.message.content,
        "finish": choice.finish_reason,
        "names_model": answer.model == target.model,
        "usage": answer.usage.total_tokens,
    }


async def plain_in_step(target: Target) -> object:
    return await asyncio.to_thread(_plain_in_step, target)


def _plain_in_step(target: Target) -> object:
    with OpenAI(base_url=target.url, api_key=target.key, max_retries=0) as steady:
        answer = steady.chat.completions.create(model=target.model, messages=said(HELLO), max_tokens=4000)
    return {"text": answer.choices[0].message.content}


async def raw(target: Target) -> object:
    answer = await client(target).chat.completions.with_raw_response.create(
        model=target.model, messages=said(HELLO)
    )
    return {**told(answer.headers, target), "text": answer.parse().choices[0].message.content}


async def raw_stream(target: Target) -> object:
    async with client(target).chat.completions.with_streaming_response.create(
        model=target.model, messages=said(HELLO), stream=True
    ) as answer:
        return {
            **told(answer.headers, target),
            "last": [line async for line in answer.iter_lines() if line][-1],
        }


def told(headers: Mapping[str, str], target: Target) -> dict[str, object]:
    asked = headers["x-perpetuo-provider"], headers["x-perpetuo-model"]
    return {
        "attempts": headers["x-perpetuo-attempts"],
        "names_both": asked == (target.provider, target.model),
    }


async def stream(target: Target) -> object:
    return await gathered(
        await client(target).chat.completions.create(
            model=target.model, messages=said(HELLO), stream=True, stream_options={"include_usage": True}
        )
    )


async def stream_without_usage(target: Target) -> object:
    return await gathered(
        await client(target).chat.completions.create(model=target.model, messages=said(HELLO), stream=True)
    )


async def stream_helper(target: Target) -> object:
    async with client(target).chat.completions.stream(model=target.model, messages=said(HELLO)) as events:
        pieces = [event.delta async for event in events if event.type == "content.delta"]
        final = await events.get_final_completion()
    return {
        "pieces": sum(map(bool, pieces)),
        "text": final.choices[0].message.content,
        "finish": final.choices[0].finish_reason,
    }


async def reasoning(target: Target) -> object:
    odd = target.at("pensive")
    answer = await client(odd).chat.completions.create(model=odd.model, messages=said(HELLO))
    message = answer.choices[0].message
    return {"reasoning": (message.model_extra or {}).get("reasoning_content") or ""}


async def reasoning_streamed(target: Target) -> object:
    odd = target.at("pensive")
    chunks = await client(odd).chat.completions.create(model=odd.model, messages=said(HELLO), stream=True)
    thoughts = [
        (choice.delta.model_extra or {}).get("reasoning_content")
        async for chunk in chunks
        for choice in chunk.choices
    ]
    return {"reasoning": "".join(filter(None, thoughts))}


async def choices(target: Target) -> object:
    answer = await client(target).chat.completions.create(model=target.model, messages=said(HELLO), n=2)
    return {"texts": sum(bool(choice.message.content) for choice in answer.choices)}


async def choices_streamed(target: Target) -> object:
    chunks = await client(target).chat.completions.create(
        model=target.model, messages=said(HELLO), n=2, stream=True, stream_options={"include_usage": True}
    )
    texts = ["", ""]
    usages = 0
    async for chunk in chunks:
        usages += chunk.usage is not None
        for choice in chunk.choices:
            texts[choice.index] += choice.delta.content or ""
    return {"texts": sum(map(bool, texts)), "usages": usages}


async def unknown_field(target: Target) -> object:
    answer = await client(target).chat.completions.create(
        model=target.model, messages=said(HELLO), extra_body={"frobnicate": True}
    )
    return {"text": answer.choices[0].message.content}


async def wrong_key(target: Target) -> object:
    return await client(replace(target, key="pk_wrong")).chat.completions.create(
        model=target.model, messages=said(HELLO)
    )


async def unknown_model(target: Target) -> object:
    return await client(target).chat.completions.create(model="no-such-model", messages=said(HELLO))


async def limited(target: Target) -> object:
    odd = target.at("limited")
    return await client(odd).chat.completions.create(model=odd.model, messages=said(HELLO))


async def cut(target: Target) -> object:
    odd = target.at("cut")
    return await gathered(
        await client(odd).chat.completions.create(model=odd.model, messages=said(HELLO), stream=True)
    )


async def cut_in_helper(target: Target) -> object:
    odd = target.at("cut")
    async with client(odd).chat.completions.stream(model=odd.model, messages=said(HELLO)) as events:
        return (await events.get_final_completion()).choices[0].message.content


async def abort(target: Target) -> object:
    odd = target.at("slow")
    chunks = await client(odd).chat.completions.create(model=odd.model, messages=said(HELLO), stream=True)
    async for chunk in chunks:
        if chunk.choices and chunk.choices[0].delta.content:
            break
    await chunks.close()
    return {"left": True}


async def abort_helper(target: Target) -> object:
    odd = target.at("slow")
    async with client(odd).chat.completions.stream(model=odd.model, messages=said(HELLO)) as events:
        async for event in events:
            if event.type == "content.delta":
                break
    return {"left": True}


async def abort_plain(target: Target) -> object:
    odd = target.at("silent")
    return await client(odd).chat.completions.create(model=odd.model, messages=said(HELLO), timeout=1)


async def models(target: Target) -> object:
    return await client(target).models.list()


if __name__ == "__main__":
    run(
        plain, plain_in_step, raw, raw_stream, stream, stream_without_usage, stream_helper,
        reasoning, reasoning_streamed, choices, choices_streamed,
        tools, tools_streamed, tools_in_parallel, tools_forced,
        structured, structured_streamed, structured_with_tools, unknown_field,
        wrong_key, unknown_model, limited, cut, cut_in_helper, abort, abort_helper, abort_plain, models,
    )  # fmt: skip
