"""What simulated Mistral refuses, with which codes and in which words."""

import httpx
import pytest
from mistralai.client import Mistral
from mistralai.client.models import ChatCompletionRequest

from app.simulator.mistral.request import Chat
from tests.simulator.mistral.answers import asked
from tests.simulator.mistral.bodies import (
    CALL,
    CALLING,
    CLOCK,
    CODESTRAL,
    HELLO,
    LARGE,
    MAGISTRAL,
    MEDIUM,
    PNG,
    RESULT,
    SCHEMA,
    SMALL,
    WEATHER,
    Body,
    assistant,
    chat,
    text,
    thinking,
    turns,
    user,
)

SYSTEM: Body = {"role": "system", "content": "Be brief."}

# What pydantic says: its type, and where.
MISSHAPEN: dict[str, tuple[Body, str, list[object]]] = {
    "stream options": (chat(stream_options={"include_usage": True}), "extra_forbidden", ["stream_options"]),
    "max_completion_tokens": (
        chat(max_completion_tokens=5),
        "extra_forbidden",
        ["max_completion_tokens"],
    ),
    "store": (chat(store=False), "extra_forbidden", ["store"]),
    "user": (chat(user="ann"), "extra_forbidden", ["user"]),
    "seed": (chat(seed=1), "extra_forbidden", ["seed"]),
    "name of a user": (
        turns(HELLO | {"name": "Ann"}),
        "extra_forbidden",
        ["messages", 0, "user", "name"],
    ),
    "reasoning_content": (
        turns(HELLO, assistant("Hi.", reasoning_content="Hm."), HELLO),
        "extra_forbidden",
        ["messages", 1, "assistant", "reasoning_content"],
    ),
    "unknown role": (
        turns({"role": "developer", "content": "Be brief."}),
        "union_tag_invalid",
        ["messages", 0],
    ),
    "no parameters": (
        chat(tools=[{"type": "function", "function": {"name": "f"}}]),
        "missing",
        ["tools", 0, "function", "parameters"],
    ),
    "custom tool": (
        chat(tools=[{"type": "custom", "function": {"name": "f", "parameters": SCHEMA}}]),
        "literal_error",
        ["tools", 0, "type"],
    ),
    "no messages": (turns(), "too_short", ["messages"]),
    "no model": ({"messages": [HELLO]}, "missing", ["model"]),
    "temperature": (chat(temperature=1.6), "less_than_equal", ["temperature"]),
    "top_p": (chat(top_p=1.1), "less_than_equal", ["top_p"]),
    "random_seed": (chat(random_seed=-1), "greater_than_equal", ["random_seed"]),
    "penalty": (chat(presence_penalty=2.1), "less_than_equal", ["presence_penalty"]),
    "null that may not be": (chat(parallel_tool_calls=None), "bool_type", ["parallel_tool_calls"]),
}

# Mistral's own code, and its words.
REFUSALS: dict[str, tuple[Body, str, str]] = {
    "unknown model": (chat(model="gpt-4o"), "1500", "Invalid model: gpt-4o"),
    "user after tool": (
        turns(HELLO, CALLING, RESULT, HELLO),
        "3230",
        "Unexpected role 'user' after role 'tool'",
    ),
    "tool after user": (turns(HELLO, RESULT), "3230", "Unexpected role 'tool' after role 'user'"),
    "system after assistant": (
        turns(HELLO, assistant("Hi."), SYSTEM, HELLO),
        "3230",
        "Unexpected role 'system' after role 'assistant'",
    ),
    "assistant last": (turns(HELLO, assistant("Hi.")), "3230", "Expected last role User or Tool"),
    "system alone": (turns(SYSTEM), "3230", "but got system"),
    "result missing": (
        turns(HELLO, assistant("", tool_calls=[CALL, CALL | {"id": "secondOne"}]), RESULT),
        "3230",
        "Not the same number of function calls and responses",
    ),
    "call not answered": (
        turns(HELLO, CALLING, HELLO),
        "3230",
        "Not the same number of function calls and responses",
    ),
    "result of another call": (
        turns(HELLO, CALLING, RESULT | {"tool_call_id": "secondOne"}),
        "3230",
        "Unexpected tool call id secondOne in tool results",
    ),
    "id of a call": (
        turns(HELLO, assistant("", tool_calls=[CALL | {"id": "call_1"}]), RESULT),
        "3280",
        "Tool call id was call_1 but must be a-z, A-Z, 0-9, with a length of 9.",
    ),
    "id of a result": (
        turns(HELLO, CALLING, RESULT | {"tool_call_id": "call_1"}),
        "3280",
        "Tool call id was call_1 but must be",
    ),
    "name of a called function": (
        turns(
            HELLO, assistant("", tool_calls=[CALL | {"function": {"name": "a.b", "arguments": {}}}]), RESULT
        ),
        "3280",
        "Function name was a.b but must be",
    ),
    "silent assistant": (
        turns(HELLO, assistant(None), HELLO),
        "3240",
        "Assistant message must have either content or tool_calls, but not none.",
    ),
    "forged thought": (
        turns(HELLO, assistant([thinking("Hm.", signature="forged"), text("Hi.")]), HELLO),
        "3051",
        "signature",
    ),
    "greedy with top_p": (chat(temperature=0, top_p=0.9), "3051", "top_p must be 1"),
    "name of a tool": (
        chat(tools=[{"type": "function", "function": {"name": "a.b", "parameters": SCHEMA}}]),
        "3051",
        "Function name was a.b",
    ),
    "tool that is no object": (
        chat(tools=[{"type": "function", "function": {"name": "f", "parameters": {"type": "array"}}}]),
        "3051",
        "must be of type object",
    ),
    "schema missing": (chat(response_format={"type": "json_schema"}), "3051", "needs a json_schema"),
    "unknown effort": (
        chat(model=SMALL, reasoning_effort="medium"),
        "3051",
        "reasoning_effort='medium' is not supported for this model. "
        "Must be one of (<ReasoningEffort.none: 'none'>, <ReasoningEffort.high: 'high'>)",
    ),
    "effort where there is none": (
        chat(model=MAGISTRAL, reasoning_effort="high"),
        "3051",
        "reasoning_effort is not enabled for this model",
    ),
    "highest effort": (chat(model=LARGE, reasoning_effort="max"), "3051", "is not supported"),
    "prompt mode": (
        chat(model=SMALL, prompt_mode="reasoning"),
        "3051",
        "Reasoning prompt mode is not enabled for this model",
    ),
    "tools": (
        chat(model="open-mistral-7b", tools=[CLOCK]),
        "3051",
        "Function calling is not enabled for this model",
    ),
    "image": (
        turns(user({"type": "image_url", "image_url": PNG})) | {"model": CODESTRAL},
        "3051",
        "Image input is not enabled",
    ),
    "sound": (turns(user({"type": "input_audio", "input_audio": "AAAA"})), "3051", "Audio input is not"),
    "not a chat model": (chat(model="mistral-embed"), "3051", "is not a chat model"),
    "prompt too long": (
        chat(model=f"{MEDIUM};cached=140000"),
        "3051",
        "Prompt contains 140006 tokens, too large for model with 131072 maximum context length",
    ),
}


@pytest.mark.parametrize(("body", "kind", "place"), MISSHAPEN.values(), ids=MISSHAPEN)
async def test_the_web_framework_refuses(
    http: httpx.AsyncClient, body: Body, kind: str, place: list[object]
) -> None:
    answer = await http.post("/v1/chat/completions", json=body)

    assert answer.status_code == 422
    [problem] = answer.json()["detail"]
    assert (problem["type"], problem["loc"]) == (kind, ["body", *place])
    assert "input" in problem


async def test_names_all_that_is_extra_at_once(http: httpx.AsyncClient) -> None:
    answer = await http.post("/v1/chat/completions", json=chat(store=False, user="ann"))

    assert answer.json()["detail"] == [
        {
            "type": "extra_forbidden",
            "loc": ["body", name],
            "msg": "Extra inputs are not permitted",
            "input": value,
        }
        for name, value in [("store", False), ("user", "ann")]
    ]


@pytest.mark.parametrize(("body", "code", "words"), REFUSALS.values(), ids=REFUSALS)
async def test_refuses(http: httpx.AsyncClient, body: Body, code: str, words: str) -> None:
    answer = await http.post("/v1/chat/completions", json=body)

    error = answer.json()
    assert (answer.status_code, error["object"], error["code"]) == (400, "error", code)
    assert error["raw_status_code"] == 400
    assert words in error["message"]


def test_knows_the_fields_that_the_sdk_knows() -> None:
    known = {field.alias or name for name, field in ChatCompletionRequest.model_fields.items()}

    assert set(Chat.model_fields) == known


async def test_takes_every_other_field(mistral: Mistral) -> None:
    body = turns(SYSTEM, HELLO, HELLO) | {
        "temperature": 1.5,
        "top_p": 1,
        "random_seed": 0,
        "presence_penalty": -2,
        "frequency_penalty": 2,
        "metadata": {"a": "b"},
        "prediction": {"type": "content", "content": "You said"},
        "prompt_cache_key": "key",
        "safe_prompt": True,
        "service_tier": "standard_only",
        "tools": [WEATHER],
        "tool_choice": "required",
    }

    answer = await asked(mistral, body)

    assert answer["object"] == "chat.completion"
