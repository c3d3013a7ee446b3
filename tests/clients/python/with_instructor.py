"""Instructor, which makes answers objects."""

from collections.abc import AsyncGenerator
from dataclasses import replace
from functools import cache

import instructor
from instructor import AsyncInstructor, Mode
from openai import AsyncOpenAI
from scenarios import ASK_CITY, City, Remark, Target, http, run

ASKED = [{"role": "user", "content": ASK_CITY}]


@cache
def client(target: Target, mode: Mode = Mode.TOOLS, limit_s: float = 30) -> AsyncInstructor:
    inner = AsyncOpenAI(
        base_url=target.url, api_key=target.key, max_retries=0, timeout=limit_s, http_client=http()
    )
    return instructor.from_openai(inner, mode=mode)


async def city(target: Target, mode: Mode = Mode.TOOLS, limit_s: float = 30) -> object:
    found = await client(target, mode, limit_s).create(
        model=target.model, messages=list(ASKED), response_model=City, max_retries=1
    )
    return found.model_dump()


async def tools(target: Target) -> object:
    return await city(target)


async def tools_strict(target: Target) -> object:
    return await city(target, Mode.TOOLS_STRICT)


async def json_schema(target: Target) -> object:
    return await city(target, Mode.JSON_SCHEMA)


async def json_mode(target: Target) -> object:
    found = await client(target, Mode.JSON).create(
        model=target.model, messages=list(ASKED), response_model=Remark, max_retries=1
    )
    return sorted(found.model_dump())


async def several_calls(target: Target) -> object:
    odd = target.at("parallel")
    found = await client(odd).create(
        model=odd.model, messages=list(ASKED), response_model=list[City], max_retries=1
    )
    return [each.model_dump() for each in found]


async def partial(target: Target) -> object:
    states = [state async for state in _partial(target, Mode.TOOLS)]
    return states[-1].model_dump()


async def partial_json_schema(target: Target) -> object:
    states = [state async for state in _partial(target, Mode.JSON_SCHEMA)]
    return states[-1].model_dump()


async def wrong_key(target: Target) -> object:
    return await city(replace(target, key="pk_wrong"), Mode.JSON_SCHEMA)


async def unknown_model(target: Target) -> object:
    return await city(replace(target, model="no-such-model"), Mode.JSON_SCHEMA)


async def limited(target: Target) -> object:
    return await city(target.at("limited"), Mode.JSON_SCHEMA)


async def cut(target: Target) -> object:
    return [state.model_dump() async for state in _partial(target.at("cut"), Mode.JSON_SCHEMA)]


async def abort(target: Target) -> object:
    states = _partial(target.at("slow"), Mode.JSON_SCHEMA)
    async for _ in states:
        break
    await states.aclose()
    return {"left": True}


async def abort_plain(target: Target) -> object:
    return await city(target.at("silent"), Mode.JSON_SCHEMA, 1)


def _partial(target: Target, mode: Mode) -> AsyncGenerator[City, None]:
    return client(target, mode).create_partial(
        model=target.model, messages=list(ASKED), response_model=City, max_retries=1
    )


if __name__ == "__main__":
    run(
        tools, tools_strict, json_schema, json_mode, several_calls, partial, partial_json_schema,
        wrong_key, unknown_model, limited, cut, abort, abort_plain,
    )  # fmt: skip
