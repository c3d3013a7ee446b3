"""What the gateway does around every translation: choices, stop sequences, objections, lessons and costs."""

import httpx
import openai
import pytest
from openai.types.chat import ChatCompletionChunk

from app.core.provider_name import ProviderName
from app.providers.anthropic import AnthropicDialect
from app.simulator import RunningSimulator
from tests.front_door import HELLO, Account, Row

CLAUDE = "claude-sonnet-4-6"


async def add(
    account: Account, simulator: RunningSimulator, provider: ProviderName, **values: object
) -> None:
    base_url = simulator.base_url_of(provider)
    await account.add_provider(simulator, provider=provider, baseUrl=base_url, label=provider, **values)


async def ask(account: Account, *, strict: bool = False, **fields: object) -> httpx.Response:
    """An answer of the route, whatever its status."""
    headers = {"authorization": f"Bearer {account.api_key}"}
    if strict:
        headers["x-perpetuo-strict"] = "true"
    body = {"model": CLAUDE, "messages": [HELLO], **fields}
    return await account.http.post(f"{account.url}/v1/chat/completions", json=body, headers=headers)


async def chunks_of(account: Account, **fields: object) -> list[ChatCompletionChunk]:
    stream = await account.openai().chat.completions.create(  # type: ignore[call-overload]
        model=CLAUDE, messages=[HELLO], stream=True, **fields
    )
    return [chunk async for chunk in stream]


async def test_choices_come_from_as_many_requests_as_one_stream(
    account: Account, simulator: RunningSimulator
) -> None:
    await add(account, simulator, ProviderName.ANTHROPIC)

    chunks = await chunks_of(account, n=3, stream_options={"include_usage": True})

    finished = [choice.index for chunk in chunks for choice in chunk.choices if choice.finish_reason]
    usages = [chunk.usage for chunk in chunks if chunk.usage is not None]
    row = await account.log()
    assert sorted(finished) == [0, 1, 2]
    assert {chunk.id for chunk in chunks} == {chunks[0].id}
    assert len(simulator.simulator.requests) == 3
    assert [usage.completion_tokens for usage in usages] == [row["outputTokens"]]
    assert chunks[-1].choices == []


async def test_choices_are_all_or_nothing(account: Account, simulator: RunningSimulator) -> None:
    await add(account, simulator, ProviderName.ANTHROPIC, apiKey="sk-ant-0001;status=400;times=1")

    answer = await ask(account, n=2)

    assert answer.status_code == 400
    assert (await account.log())["statusCode"] == 400


async def test_too_many_choices_are_refused_by_name(account: Account, simulator: RunningSimulator) -> None:
    await add(account, simulator, ProviderName.ANTHROPIC)

    error = (await ask(account, n=9)).json()["error"]

    assert (error["code"], error["param"]) == ("unsupported_value", "n")
    assert not simulator.simulator.requests


@pytest.mark.parametrize("field", [{"thinking": True}, {"top_k": "40"}], ids=["thinking", "top_k"])
async def test_what_one_candidate_does_not_take_is_the_business_of_that_one(
    account: Account, simulator: RunningSimulator, field: Row
) -> None:
    (name,) = field
    await add(account, simulator, ProviderName.ANTHROPIC)
    alone = (await ask(account, **field)).json()["error"]
    await add(account, simulator, ProviderName.CUSTOM, defaultModel="m")

    answer = await ask(account, **field)

    assert (alone["code"], alone["param"]) == ("unsupported_value", name)
    assert answer.headers["x-perpetuo-provider"] == "CUSTOM"
    assert simulator.simulator.requests[0].body[name] == field[name]


async def test_a_candidate_that_does_not_take_the_request_hides_no_failure(
    account: Account, simulator: RunningSimulator
) -> None:
    await add(account, simulator, ProviderName.CUSTOM, apiKey="sk-sim;status=503", defaultModel="m")
    await add(account, simulator, ProviderName.ANTHROPIC)

    answer = await ask(account, thinking=True)

    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "overloaded")


@pytest.mark.parametrize("stream", [False, True], ids=["plain", "stream"])
async def test_a_stop_sequence_that_a_model_does_not_take_is_obeyed_here(
    account: Account, simulator: RunningSimulator, stream: bool
) -> None:
    await add(account, simulator, ProviderName.OPENAI)

    answer = await ask(account, model="gpt-5.5", stop=["said"], stream=stream)

    assert answer.status_code == 200, answer.text
    assert "You" in answer.text
    assert "said" not in answer.text
    assert '"finish_reason":"stop"' in answer.text
    assert "stop" not in simulator.simulator.requests[0].body


async def test_every_candidate_says_why_it_cannot_serve(
    account: Account, simulator: RunningSimulator
) -> None:
    await add(account, simulator, ProviderName.ANTHROPIC)
    await add(account, simulator, ProviderName.COHERE, defaultModel="command-a-03-2025")

    answer = await ask(account, logit_bias={"42": 5})

    error = answer.json()["error"]
    assert (answer.status_code, error["code"], error["param"]) == (400, "unsupported_parameter", "logit_bias")
    assert "ANTHROPIC (claude-sonnet-4-6)" in error["message"]
    assert "COHERE (command-a-03-2025)" in error["message"]
    assert "x-perpetuo-attempts" not in answer.headers
    assert not simulator.simulator.requests


async def test_who_cannot_serve_is_passed_by_without_an_attempt(
    account: Account, simulator: RunningSimulator
) -> None:
    await add(account, simulator, ProviderName.ANTHROPIC)
    await add(account, simulator, ProviderName.OPENAI, defaultModel="gpt-4o")

    answer = await ask(account, logit_bias={"42": 5})

    assert answer.headers["x-perpetuo-provider"] == "OPENAI"
    assert answer.headers["x-perpetuo-attempts"] == "1"


async def test_a_strict_client_is_refused_what_others_are_told_of(
    account: Account, simulator: RunningSimulator
) -> None:
    await add(account, simulator, ProviderName.ANTHROPIC)

    lenient, strict = await ask(account, seed=7), await ask(account, strict=True, seed=7)

    error = strict.json()["error"]
    rows = await account.logs(2)
    assert lenient.headers["x-perpetuo-notes"] == "seed=left_out"
    assert [row["notes"] for row in rows] == [[], ["seed=left_out"]]
    assert (strict.status_code, error["param"]) == (400, "seed")


async def test_what_a_newer_model_refuses_is_learnt_and_reported(
    account: Account, simulator: RunningSimulator
) -> None:
    await add(account, simulator, ProviderName.OPENAI, apiKey="sk-key-0001;refuses=temperature")
    fields: Row = {"model": "gpt-9", "temperature": 0.5}

    first, second = await ask(account, **fields), await ask(account, **fields)

    assert [answer.status_code for answer in (first, second)] == [200, 200], first.text
    assert first.headers["x-perpetuo-attempts"] == "2"
    assert second.headers["x-perpetuo-attempts"] == "1"
    assert "temperature=left_out" in first.headers["x-perpetuo-notes"]


async def test_a_strict_client_hears_what_a_newer_model_refuses(
    account: Account, simulator: RunningSimulator
) -> None:
    await add(account, simulator, ProviderName.OPENAI, apiKey="sk-key-0001;refuses=temperature")

    with pytest.raises(openai.BadRequestError) as caught:
        await account.openai().chat.completions.create(
            model="gpt-9",
            messages=[HELLO],
            temperature=0.5,
            extra_headers={"x-perpetuo-strict": "true"},
        )

    assert caught.value.param == "temperature"


def break_anthropic(monkeypatch: pytest.MonkeyPatch) -> None:
    """Makes a mistake in one dialect. Patched in, since those that are known are mended."""

    def translate(*_: object) -> None:
        raise KeyError("nobody foresaw this")

    monkeypatch.setattr(AnthropicDialect, "translate", translate)


@pytest.mark.parametrize("stream", [False, True], ids=["plain", "stream"])
async def test_a_mistake_in_one_dialect_leaves_the_request_to_the_others(
    account: Account, simulator: RunningSimulator, monkeypatch: pytest.MonkeyPatch, stream: bool
) -> None:
    await add(account, simulator, ProviderName.ANTHROPIC)
    await add(account, simulator, ProviderName.OPENAI, defaultModel="gpt-4o")
    break_anthropic(monkeypatch)

    answer = await ask(account, stream=stream)

    assert answer.status_code == 200, answer.text
    assert answer.headers["x-perpetuo-provider"] == "OPENAI"
    assert [it["label"] for it in (await account.log())["attempts"]] == ["OPENAI"]


async def test_a_mistake_in_every_dialect_is_told_as_ours(
    account: Account,
    simulator: RunningSimulator,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    await add(account, simulator, ProviderName.ANTHROPIC, apiKey="sk-ant-hidden")
    break_anthropic(monkeypatch)

    answer = await ask(account)

    row = await account.log()
    assert (answer.status_code, answer.json()["error"]["code"]) == (500, "internal_error")
    assert (row["statusCode"], row["attempts"]) == (500, [])
    assert "nobody foresaw this" not in answer.text
    [told] = [it for it in caplog.records if it.levelname == "ERROR"]
    assert told.getMessage() == f"completion {row['id']} cannot be put into the words of ANTHROPIC"
    assert told.exc_info is not None
    assert "nobody foresaw this" in caplog.text
    assert "sk-ant-hidden" not in caplog.text
    assert str(HELLO["content"]) not in caplog.text


async def test_an_answer_has_its_price(account: Account, simulator: RunningSimulator) -> None:
    await add(account, simulator, ProviderName.ANTHROPIC)
    await ask(account)
    await account.logs(1)

    data = await account.graphql(
        "query($id: ID!) { workspace(id: $id) { usage { costUsd } logs { nodes { costUsd } } } }",
        id=account.workspace_id,
    )

    cost = data["workspace"]["logs"]["nodes"][0]["costUsd"]
    assert float(cost) > 0
    assert data["workspace"]["usage"]["costUsd"] == cost
