"""What simulated Cohere refuses, and in which words."""

from inspect import signature

import cohere as sdk
import httpx
import pytest

from app.simulator.cohere.request import Chat
from tests.simulator.cohere.answers import asked
from tests.simulator.cohere.bodies import (
    CALLED,
    HELLO,
    OLDER,
    PLAIN,
    PNG,
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

REFUSALS: dict[str, tuple[Body, int, str]] = {
    "unknown field": (
        chat(stream_options={}),
        422,
        "unknown field: parameter 'stream_options' is not a valid field",
    ),
    "unknown field of a tool": (
        chat(tools=[{**WEATHER, "function": {"name": "f", "parameters": {}, "strict": True}}]),
        422,
        "unknown field: parameter 'strict' is not a valid field",
    ),
    "unknown field of a message": (
        turns({**HELLO[0], "name": "Ann"}),
        422,
        "unknown field: parameter 'name' is not a valid field",
    ),
    "wrong type": (chat(temperature="warm"), 422, "invalid type: parameter temperature"),
    "no model": ({"messages": HELLO}, 400, "model is required"),
    "unknown role": (turns({"role": "developer", "content": "Be brief."}), 400, "'developer'"),
    "unknown model": (chat(model="gpt-4o"), 404, "model 'gpt-4o' not found"),
    "not a chat model": (chat(model="embed-v4.0"), 400, "does not support the chat endpoint"),
    "no messages": (turns(), 400, "at least one message"),
    "late system": (
        turns(*HELLO, {"role": "system", "content": "Be brief."}),
        400,
        "system turn must be the first in the list",
    ),
    "two systems": (
        turns({"role": "system", "content": "Be brief."}, {"role": "system", "content": "Be kind."}, *HELLO),
        400,
        "system turn must be the first in the list",
    ),
    "empty user": (turns({"role": "user", "content": ""}), 400, "non-empty"),
    "blank user": (turns({"role": "user", "content": " \n"}), 400, "non-empty"),
    "empty list": (turns(said()), 400, "non-empty"),
    "empty part": (turns(said(text("Hello"), text(""))), 400, "non-empty"),
    "empty assistant": (turns(*HELLO, {"role": "assistant", "content": ""}, *HELLO), 400, "non-empty"),
    "silent assistant": (turns(*HELLO, {"role": "assistant"}, *HELLO), 400, "non-empty"),
    "empty tool result": (turns(*CALLED, {**RESULT, "content": ""}), 400, "non-empty"),
    "result without a call": (turns(*HELLO, RESULT), 400, "matches no call"),
    "result in the wrong place": (turns(*CALLED, *HELLO, RESULT), 400, "matches no call"),
    "result given twice": (turns(*CALLED, RESULT, RESULT), 400, "matches no call"),
    "temperature": (chat(temperature=1.1), 400, "temperature must be between 0 and 1.0 inclusive"),
    "p": (chat(p=1), 400, "p must be between 0.01 and 0.99 inclusive"),
    "k": (chat(k=501), 400, "k must be between 0 and 500 inclusive"),
    "frequency penalty": (chat(frequency_penalty=-0.1), 400, "frequency_penalty must be"),
    "presence penalty": (chat(presence_penalty=1.1), 400, "presence_penalty must be"),
    "both penalties on an older model": (
        chat(model=OLDER, presence_penalty=0.1, frequency_penalty=0.1),
        400,
        "cannot both be set",
    ),
    "seed": (chat(seed=-1), 400, "seed must be at least 0"),
    "max_tokens": (chat(max_tokens=0), 400, "max_tokens must be at least 1"),
    "no budget to think with": (
        chat(thinking={"type": "disabled", "token_budget": -1}),
        400,
        "thinking.token_budget must be at least 1",
    ),
    "six stop sequences": (chat(stop_sequences=list("abcdef")), 400, "at most 5"),
    "name of a tool": (
        chat(tools=[{"type": "function", "function": {"name": "get-weather", "parameters": SCHEMA}}]),
        400,
        "letters, digits and underscores",
    ),
    "tool that is no object": (
        chat(tools=[{"type": "function", "function": {"name": "f", "parameters": {"type": "string"}}}]),
        400,
        "must be a schema of type object",
    ),
    "tool with references": (
        chat(
            tools=[
                {
                    "type": "function",
                    "function": {
                        "name": "f",
                        "parameters": {"type": "object", "properties": {"a": {"$ref": "#/$defs/A"}}},
                    },
                }
            ]
        ),
        400,
        "must not contain references",
    ),
    "tool with references in a list": (
        chat(
            tools=[
                {
                    "type": "function",
                    "function": {
                        "name": "f",
                        "parameters": {"type": "object", "properties": {"a": {"anyOf": [{"$ref": "#"}]}}},
                    },
                }
            ]
        ),
        400,
        "must not contain references",
    ),
    "named tool choice": (chat(tools=[WEATHER], tool_choice="get_weather"), 400, "'get_weather'"),
    "required without tools": (chat(tool_choice="REQUIRED"), 400, "when tools are specified"),
    "schema beside tools": (
        chat(tools=[WEATHER], response_format={"type": "json_object", "json_schema": SCHEMA}),
        400,
        "cannot be combined with tools or documents",
    ),
    "schema of an array": (
        chat(response_format={"type": "json_object", "json_schema": {"type": "array"}}),
        400,
        "type object at its root",
    ),
    "safety mode beside tools": (
        chat(tools=[WEATHER], safety_mode="STRICT"),
        400,
        "safety_mode is not configurable",
    ),
    "safety off on a newer model": (chat(safety_mode="OFF"), 400, "safety_mode OFF is not supported"),
    "tools on a vision model": (chat(model=VISION, tools=[WEATHER]), 400, "tools are not supported"),
    "tool choice on an older model": (
        chat(model=OLDER, tools=[WEATHER], tool_choice="REQUIRED"),
        400,
        "tool_choice is not supported",
    ),
    "thinking on a plain model": (chat(thinking={"type": "enabled"}), 400, "thinking is not supported"),
    "image on a plain model": (
        turns(said(text("Look"), {"type": "image_url", "image_url": {"url": PNG}})),
        400,
        "images are not supported",
    ),
    "prompt too long": (
        chat(model=f"{PLAIN};cached=300000"),
        400,
        "too many tokens: total number of tokens in the prompt cannot exceed 256000 - received 300072",
    ),
}


@pytest.mark.parametrize(("body", "status", "words"), REFUSALS.values(), ids=REFUSALS)
async def test_refuses(http: httpx.AsyncClient, body: Body, status: int, words: str) -> None:
    answer = await http.post("/v2/chat", json=body)

    assert (answer.status_code, sorted(answer.json())) == (status, ["id", "message"])
    assert words in answer.json()["message"]


async def test_refuses_what_is_not_json(http: httpx.AsyncClient) -> None:
    answer = await http.post("/v2/chat", content=b"{")

    assert (answer.status_code, answer.json()["message"]) == (
        400,
        "invalid request: the body is not valid JSON.",
    )


def test_knows_the_fields_that_the_sdk_knows() -> None:
    parameters = signature(sdk.AsyncClientV2.chat).parameters

    assert {*Chat.__struct_fields__} - {"stream"} == {*parameters} - {"self", "request_options"}


async def test_takes_what_only_other_models_refuse(cohere: sdk.AsyncClientV2) -> None:
    body = chat(
        temperature=1,
        p=0.99,
        k=500,
        seed=0,
        presence_penalty=0.5,
        frequency_penalty=1,
        safety_mode="STRICT",
        stop_sequences=list("12345"),
        thinking={"type": "disabled"},
    )

    answer = await asked(cohere, body)

    assert answer["finish_reason"] == "COMPLETE"
