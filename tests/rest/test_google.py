"""Google behind the gateway: what OpenAI's client gets from Gemini, whose API the simulator plays."""

import json
from typing import Any

import pytest
from openai.types.chat import ChatCompletionMessageParam, ChatCompletionToolParam

from app.simulator import RunningSimulator
from tests.front_door import HELLO, Account, Row

MODELS = ["gemini-2.5-flash", "gemini-3-pro", "gemini-3.8-flash"]
WEATHER: ChatCompletionToolParam = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string"}},
            "required": ["city"],
            "additionalProperties": False,
        },
    },
}


async def add_google(account: Account, simulator: RunningSimulator, **values: object) -> None:
    """Stores a key of Google's."""
    base_url = simulator.base_url.removesuffix("/v1") + "/google"
    defaults: Row = {"provider": "GOOGLE", "apiKey": "AIza-simulated-key-0001", "baseUrl": base_url}
    await account.add_provider(simulator, **{**defaults, **values})


@pytest.mark.parametrize("model", MODELS)
async def test_a_plain_answer(account: Account, simulator: RunningSimulator, model: str) -> None:
    await add_google(account, simulator)

    answer = await account.openai().chat.completions.create(
        model=model, messages=[{"role": "system", "content": "Be brief."}, HELLO], temperature=1
    )

    row = await account.log()
    assert answer.model == model
    assert answer.choices[0].message.content
    assert answer.choices[0].finish_reason == "stop"
    assert answer.usage is not None
    assert (row["providerUsed"], row["model"], row["tokensEstimated"]) == ("GOOGLE", model, False)
    assert (row["inputTokens"], row["outputTokens"]) == (
        answer.usage.prompt_tokens,
        answer.usage.completion_tokens,
    )


@pytest.mark.parametrize("model", MODELS)
async def test_a_stream_adds_up_to_the_plain_answer(
    account: Account, simulator: RunningSimulator, model: str
) -> None:
    await add_google(account, simulator)
    client = account.openai()

    plain = await client.chat.completions.create(model=model, messages=[HELLO])
    stream = await client.chat.completions.create(
        model=model, messages=[HELLO], stream=True, stream_options={"include_usage": True}
    )
    chunks = [chunk async for chunk in stream]

    choices = [chunk.choices[0] for chunk in chunks if chunk.choices]
    text = "".join(choice.delta.content or "" for choice in choices)
    assert text == plain.choices[0].message.content
    assert [choice.finish_reason for choice in choices if choice.finish_reason] == ["stop"]
    assert (chunks[-1].choices, chunks[-1].usage) == ([], plain.usage)


async def test_thoughts_are_shown_beside_the_answer(account: Account, simulator: RunningSimulator) -> None:
    await add_google(account, simulator)

    body = {"model": "gemini-3.6-flash", "messages": [HELLO], "reasoning_effort": "low", "temperature": 0.3}
    answer = await account.complete(body)

    message = answer.json()["choices"][0]["message"]
    assert message["reasoning_content"]
    assert message["reasoning_content"] not in message["content"]
    assert answer.json()["usage"]["completion_tokens_details"]["reasoning_tokens"] > 0
    assert answer.headers["x-perpetuo-notes"] == "temperature=left_out"


@pytest.mark.parametrize("keeps", ["everything", "extra content", "nothing"])
@pytest.mark.parametrize("stream", [False, True], ids=["plain", "streamed"])
@pytest.mark.parametrize("model", ["gemini-2.5-flash", "gemini-3.8-flash"])
async def test_a_tool_loop_goes_on_whatever_the_client_keeps(
    account: Account, simulator: RunningSimulator, model: str, stream: bool, keeps: str
) -> None:
    await add_google(account, simulator)
    asked: Row = {"model": model, "tools": [WEATHER], "messages": [{"role": "user", "content": "Weather?"}]}

    called = await _message(account, {**asked, "model": f"{model};parallel=2", "stream": stream})
    history = [*asked["messages"], _kept(called, keeps)]
    for call in called["tool_calls"]:
        assert json.loads(call["function"]["arguments"]).keys() == {"city"}
        history.append({"role": "tool", "tool_call_id": call["id"], "content": "sunny"})
    answer = await account.complete({**asked, "messages": history})

    assert len({call["id"] for call in called["tool_calls"]}) == 2
    assert answer.status_code == 200, answer.text
    assert answer.json()["choices"][0]["message"]["content"]
    assert "placeholder" not in answer.headers.get("x-perpetuo-notes", "")


async def _message(account: Account, body: Row) -> Row:
    """The assistant's message of an answer, put together where it is a stream."""
    answer = await account.complete(body)
    assert answer.status_code == 200, answer.text
    if not body["stream"]:
        message: Row = answer.json()["choices"][0]["message"]
        return message
    made: Row = {"role": "assistant", "content": None, "tool_calls": [], "reasoning_details": []}
    for line in answer.text.splitlines():
        data = line.removeprefix("data: ")
        if not data or data == "[DONE]":
            continue
        delta = json.loads(data)["choices"][0]["delta"]
        made["reasoning_details"] += delta.get("reasoning_details", [])
        for call in delta.get("tool_calls", []):
            if call["index"] == len(made["tool_calls"]):
                made["tool_calls"].append({name: it for name, it in call.items() if name != "index"})
            else:
                made["tool_calls"][call["index"]]["function"]["arguments"] += call["function"]["arguments"]
    return made


def _kept(message: Row, keeps: str) -> Row:
    """What a client sends back that keeps more or less of what it does not know."""
    if keeps == "everything":
        return message
    known = {name: message[name] for name in ("role", "content", "tool_calls")}
    if keeps == "nothing":
        known["tool_calls"] = [
            {name: call[name] for name in ("id", "type", "function")} for call in known["tool_calls"]
        ]
    return known


async def test_a_history_of_another_provider_is_taken(account: Account, simulator: RunningSimulator) -> None:
    await add_google(account, simulator)
    call = {"id": "toolu_01", "type": "function", "function": {"name": "get_weather", "arguments": ""}}
    messages: list[Any] = [
        HELLO,
        {"role": "assistant", "content": "", "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "toolu_01", "content": "sunny"},
    ]

    answer = await account.complete({"model": "gemini-3-pro", "messages": messages})

    assert answer.status_code == 200, answer.text
    notes = answer.headers["x-perpetuo-notes"]
    assert notes == "messages[1].tool_calls[0].extra_content=placeholder_signature"


@pytest.mark.parametrize("model", MODELS)
async def test_several_choices(account: Account, simulator: RunningSimulator, model: str) -> None:
    await add_google(account, simulator)

    answer = await account.openai().chat.completions.create(model=model, messages=[HELLO], n=2)

    assert [choice.index for choice in answer.choices] == [0, 1]
    assert all(choice.message.content for choice in answer.choices)


async def test_an_answer_by_a_schema(account: Account, simulator: RunningSimulator) -> None:
    await add_google(account, simulator)
    schema: dict[str, object] = {
        "type": "object",
        "properties": {"city": {"const": "Ulm"}},
        "required": ["city"],
    }

    answer = await account.openai().chat.completions.create(
        model="gemini-3-pro",
        messages=[HELLO],
        response_format={"type": "json_schema", "json_schema": {"name": "city", "schema": schema}},
    )

    assert json.loads(answer.choices[0].message.content or "").keys() == {"city"}


async def test_a_searched_answer_names_its_source(account: Account, simulator: RunningSimulator) -> None:
    await add_google(account, simulator)

    answer = await account.openai().chat.completions.create(
        model="gemini-3-pro", messages=[HELLO], web_search_options={}
    )

    message = answer.choices[0].message
    citation = (message.annotations or [])[0].url_citation
    assert citation.url == "https://example.com/answers"
    assert (message.content or "")[citation.start_index : citation.end_index] == "This is a simulated answer"


async def test_a_blocked_prompt_is_an_answer_and_no_failure(
    account: Account, simulator: RunningSimulator
) -> None:
    await add_google(account, simulator)

    answer = await account.openai().chat.completions.create(
        model="gemini-3-pro;refuse;tokens=0", messages=[HELLO]
    )

    row = await account.log()
    assert answer.choices[0].finish_reason == "content_filter"
    assert answer.choices[0].message.refusal == "Google blocked the prompt: PROHIBITED_CONTENT"
    assert (row["statusCode"], len(row["attempts"])) == (200, 1)


async def test_what_google_cannot_do_is_refused_by_name_before_it_is_asked(
    account: Account, simulator: RunningSimulator
) -> None:
    await add_google(account, simulator)

    answer = await account.complete({"model": "gemini-3-pro", "messages": [HELLO], "logit_bias": {"1": 5}})

    error = answer.json()["error"]
    assert (answer.status_code, error["code"], error["param"]) == (400, "unsupported_parameter", "logit_bias")


@pytest.mark.parametrize("directive", ["status=503", "status=400;code=API_KEY_INVALID", "html", "empty"])
@pytest.mark.parametrize("stream", [False, True], ids=["plain", "streamed"])
async def test_falls_back_where_google_fails(
    account: Account, simulator: RunningSimulator, directive: str, stream: bool
) -> None:
    await add_google(account, simulator, apiKey=f"AIza-key;{directive}", label="google")
    await account.add_provider(simulator, label="openai", defaultModel="gpt-4o-mini")
    messages: list[ChatCompletionMessageParam] = [HELLO]

    answer = await account.complete({"model": "gemini-3-pro", "messages": messages, "stream": stream})

    row = await account.log()
    assert (answer.status_code, row["statusCode"]) == (200, 200), answer.text
    assert [attempt["label"] for attempt in row["attempts"]][-1] == "openai"
    assert row["attempts"][0]["label"] == "google"


@pytest.mark.parametrize("directive", ["cut=3", "end=3", "error_event=3"])
async def test_a_broken_stream_never_looks_complete(
    account: Account, simulator: RunningSimulator, directive: str
) -> None:
    await add_google(account, simulator, apiKey=f"AIza-key;{directive}")

    answer = await account.complete({"model": "gemini-3-pro", "messages": [HELLO], "stream": True})

    row = await account.log()
    events = [line.removeprefix("data: ") for line in answer.text.splitlines() if line]
    assert json.loads(events[-1])["error"].keys() >= {"message", "type", "param", "code"}
    assert "[DONE]" not in answer.text
    assert '"finish_reason":"' not in answer.text
    assert row["statusCode"] in {502, 503}
