"""What each of OpenAI's models takes: sent, left out and reported, refused by name, or sent another way."""

import json
from typing import Any

import pytest

from app.chat.request import ChatRequest
from app.providers.base import Endpoint, Exchange, Target
from app.providers.facts.openai import facts_of
from app.providers.openai import OpenAIDialect
from app.providers.verdicts import CannotServe

Json = dict[str, Any]

OPENAI = OpenAIDialect()
ENDPOINT = Endpoint("https://api.openai.com/v1", "sk-secret")
TOOL = {"type": "function", "function": {"name": "f", "parameters": {"type": "object", "properties": {}}}}


def chat(*, is_strict: bool = False, **fields: Any) -> ChatRequest:
    body = {"model": "any", "messages": [{"role": "user", "content": "Hi"}], **fields}
    return ChatRequest.parse(json.dumps(body).encode(), is_strict=is_strict)


def translated(
    model: str, *, is_strict: bool = False, refused: frozenset[str] = frozenset(), **fields: Any
) -> Exchange:
    return OPENAI.translate(chat(is_strict=is_strict, **fields), Target(model, ENDPOINT, refused=refused))


def body_of(exchange: Exchange) -> Json:
    body: Json = json.loads(exchange.request.body)
    return body


def path_of(exchange: Exchange) -> str:
    return exchange.request.url.removeprefix("https://api.openai.com/v1")


def objections(model: str, *, is_strict: bool = False, **fields: Any) -> list[tuple[str, str]]:
    with pytest.raises(CannotServe) as refused:
        translated(model, is_strict=is_strict, **fields)
    return [(it.param, it.code) for it in refused.value.objections]


LEVELS = ("none", "minimal", "low", "medium", "high", "xhigh", "max")


@pytest.mark.parametrize(
    ("model", "levels"),
    [
        ("o1", "low medium high"),
        ("o3", "low medium high"),
        ("o4-mini-2025-04-16", "low medium high"),
        ("ft:o4-mini-2025-04-16:acme::x", "low medium high"),
        ("gpt-5", "minimal low medium high"),
        ("gpt-5-mini-2025-08-07", "minimal low medium high"),
        ("gpt-5-pro", "high"),
        ("gpt-5.1-2025-11-13", "none low medium high"),
        ("gpt-5.2", "none low medium high xhigh"),
        ("gpt-5.4-nano-2026-03-17", "none low medium high xhigh"),
        ("gpt-5.5", "none low medium high xhigh"),
        ("gpt-5.6-sol", "none low medium high xhigh max"),
        ("gpt-6-luna", "none low medium high xhigh max"),
        ("gpt-6-astra", "low medium high xhigh max"),
        ("gpt-6.1-sol", "low medium high xhigh max"),
        ("gpt-4o", "none"),
        ("gpt-5-chat-latest", "none"),
        ("gpt-9-unheard-of", " ".join(LEVELS)),
        ("gpt-6.2-astra", " ".join(LEVELS)),
    ],
)
@pytest.mark.parametrize("level", LEVELS)
def test_a_level_that_the_model_lacks_is_refused(model: str, levels: str, level: str) -> None:
    if level in levels.split():
        assert translated(model, reasoning_effort=level).notes == ()
    else:
        assert objections(model, reasoning_effort=level) == [("reasoning_effort", "unsupported_value")]


def test_no_reasoning_is_nothing_to_ask_of_a_model_without_it() -> None:
    assert "reasoning_effort" not in body_of(translated("gpt-4o", reasoning_effort="none"))


@pytest.mark.parametrize(
    ("model", "effort", "is_left_out"),
    [
        ("o3", None, True),
        ("gpt-5", None, True),
        ("gpt-5.1", None, False),
        ("gpt-5.1", "none", False),
        ("gpt-5.4", "low", True),
        ("gpt-5.5", None, True),
        ("gpt-5.5", "none", False),
        ("gpt-6-astra", None, True),
        ("gpt-4o", None, False),
        ("gpt-9-unheard-of", None, False),
    ],
)
def test_tuning_is_left_out_while_the_model_reasons(
    model: str, effort: str | None, is_left_out: bool
) -> None:
    tuning: Json = {"temperature": 0.5, "top_p": 0.5, "frequency_penalty": 0.5, "presence_penalty": 0.5}

    exchange = translated(model, reasoning_effort=effort, **tuning)

    assert (tuning.items() <= body_of(exchange).items()) is not is_left_out
    assert exchange.notes == (tuple(f"{name}=left_out" for name in tuning) if is_left_out else ())


def test_tuning_is_refused_where_the_client_is_strict() -> None:
    assert objections("o3", is_strict=True, temperature=0.5) == [("temperature", "unsupported_parameter")]


def test_tuning_that_asks_for_nothing_is_taken_out_without_a_word() -> None:
    exchange = translated("o3", is_strict=True, temperature=1, top_p=1.0, frequency_penalty=0, logprobs=False)

    assert (set(body_of(exchange)), exchange.notes) == ({"model", "messages"}, ())


@pytest.mark.parametrize(
    "fields",
    [{"logprobs": True}, {"logit_bias": {"1": 5}}, {"logprobs": True, "top_logprobs": 2}],
    ids=["logprobs", "logit_bias", "top_logprobs"],
)
def test_what_looks_into_tokens_is_refused_while_the_model_reasons(fields: Json) -> None:
    assert {name for name, _ in objections("gpt-5", **fields)} == set(fields)
    assert body_of(translated("gpt-5.1", **fields)).items() >= fields.items()


def test_tuning_that_this_model_was_seen_to_refuse_is_left_out() -> None:
    exchange = translated("gpt-9", refused=frozenset({"temperature", "top_p"}), temperature=0.5, top_p=1)

    assert (set(body_of(exchange)), exchange.notes) == ({"model", "messages"}, ("temperature=left_out",))


@pytest.mark.parametrize(
    ("model", "is_sent"),
    [("gpt-4o", True), ("o1", True), ("o3", False), ("o4-mini", False), ("gpt-5", False)],
)
def test_stop_sequences_are_seen_to_by_the_gateway_where_the_model_has_none(
    model: str, is_sent: bool
) -> None:
    exchange = translated(model, stop=["END"])
    message = {"role": "assistant", "content": "one END two"}
    choice = {"index": 0, "message": message, "finish_reason": "stop"}
    answer = {"id": "c", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice]}

    assert ("stop" in body_of(exchange)) is is_sent
    decoded = exchange.decode(json.dumps(answer).encode())
    assert (b"one END two" in getattr(decoded, "body", b"")) is is_sent


@pytest.mark.parametrize("stop", [[], None])
def test_no_stop_sequences_are_no_reason_to_touch_the_answer(stop: object) -> None:
    assert "stop" not in body_of(translated("o3", stop=stop))


@pytest.mark.parametrize(
    ("model", "fields", "param"),
    [
        pytest.param("gpt-4o", {"verbosity": "low"}, "verbosity", id="verbosity before GPT-5"),
        pytest.param("o3", {"verbosity": "high"}, "verbosity", id="verbosity of o3"),
        pytest.param(
            "gpt-5", {"prediction": {"type": "content", "content": "x"}}, "prediction", id="prediction"
        ),
        pytest.param("gpt-4o", {"thinking": {"type": "enabled"}}, "thinking", id="Anthropic's thinking"),
        pytest.param("gpt-9", {"safety_settings": []}, "safety_settings", id="Google's safety settings"),
    ],
)
def test_what_the_model_has_not_is_refused(model: str, fields: Json, param: str) -> None:
    assert objections(model, **fields) == [(param, "unsupported_parameter")]


def test_usual_verbosity_is_nothing_to_ask() -> None:
    assert "verbosity" not in body_of(translated("gpt-4o", verbosity="medium"))
    assert body_of(translated("gpt-5", verbosity="low"))["verbosity"] == "low"


def test_foreign_tuning_is_left_out() -> None:
    exchange = translated("gpt-4o", top_k=5, min_p=0.1)

    assert (set(body_of(exchange)), exchange.notes) == (
        {"model", "messages"},
        ("top_k=left_out", "min_p=left_out"),
    )


def test_an_empty_list_of_tools_is_none() -> None:
    fields: Json = {"tools": [], "functions": [], "parallel_tool_calls": True}

    assert body_of(translated("gpt-4o", **fields)).keys() == {"model", "messages"}


def test_options_for_openai_are_merged_and_those_for_others_dropped() -> None:
    options = {"openai": {"new": 1, "temperature": 0.1}, "anthropic": {"thinking": {}}}

    body = body_of(translated("gpt-4o", temperature=1, provider_options=options))

    assert body.keys() == {"model", "messages", "temperature", "new"}
    assert (body["temperature"], body["new"]) == (0.1, 1)


def test_reasoning_of_other_providers_stays_out() -> None:
    call = {
        "id": "a",
        "type": "function",
        "function": {"name": "f", "arguments": "{}"},
        "extra_content": {"google": {"thought_signature": "s"}},
    }
    turn = {
        "role": "assistant",
        "content": "x",
        "reasoning_content": "Hm",
        "reasoning_details": [{"type": "anthropic.thinking"}],
        "tool_calls": [call],
    }
    messages = [
        {"role": "user", "content": "Hi"},
        turn,
        {"role": "tool", "tool_call_id": "a", "content": "y"},
    ]

    sent = body_of(translated("gpt-4o", messages=messages))["messages"]

    assert sent[1].keys() == {"role", "content", "tool_calls"}
    assert sent[1]["tool_calls"][0].keys() == {"id", "type", "function"}
    assert (sent[0], sent[2]) == (messages[0], messages[2])


@pytest.mark.parametrize(
    ("model", "fields", "path"),
    [
        ("gpt-4o", {"tools": [TOOL]}, "/chat/completions"),
        ("o3", {"tools": [TOOL]}, "/chat/completions"),
        ("gpt-5", {"tools": [TOOL]}, "/chat/completions"),
        ("gpt-5.2", {"tools": [TOOL], "reasoning_effort": "high"}, "/chat/completions"),
        ("gpt-5.4", {"tools": [TOOL]}, "/chat/completions"),
        ("gpt-5.4", {"tools": [TOOL], "reasoning_effort": "low"}, "/responses"),
        ("gpt-5.5", {"tools": [TOOL]}, "/responses"),
        ("gpt-5.5", {"functions": [TOOL["function"]]}, "/responses"),
        ("gpt-5.5", {"tools": [TOOL], "reasoning_effort": "none"}, "/chat/completions"),
        ("gpt-5.6-terra", {"tools": []}, "/chat/completions"),
        ("gpt-6-sol", {"tools": [TOOL]}, "/responses"),
        ("gpt-6-astra", {"tools": [TOOL]}, "/responses"),
        ("gpt-6-astra", {}, "/chat/completions"),
        ("gpt-5-pro", {}, "/responses"),
        ("gpt-5.5-pro-2026-04-23", {}, "/responses"),
        ("o3-deep-research-2025-06-26", {}, "/responses"),
        ("gpt-5.1-codex-max", {}, "/responses"),
        ("gpt-5.6-cyber", {}, "/responses"),
        ("gpt-4o", {"web_search_options": {}}, "/responses"),
        ("gpt-5", {"web_search_options": {}}, "/responses"),
        ("gpt-4o-search-preview", {"web_search_options": {}}, "/chat/completions"),
        ("gpt-9-unheard-of", {"tools": [TOOL], "web_search_options": {}}, "/chat/completions"),
    ],
)
def test_the_responses_route_is_taken_where_chat_cannot_serve(model: str, fields: Json, path: str) -> None:
    assert path_of(translated(model, **fields)) == path


def test_a_level_of_none_is_never_made_up_to_please_the_chat_route() -> None:
    assert objections("gpt-6-astra", tools=[TOOL], reasoning_effort="none") == [
        ("reasoning_effort", "unsupported_value")
    ]
    assert "effort" not in json.dumps(body_of(translated("gpt-5.5", tools=[TOOL])))


def test_an_unknown_model_gets_what_the_client_sent() -> None:
    request = chat(temperature=0.3, stop=["x"], verbosity="low", reasoning_effort="max", tools=[TOOL], n=2)

    exchange = OPENAI.translate(request, Target("any", ENDPOINT))

    assert (exchange.request.body, exchange.notes) == (request.body, ())
    assert facts_of("any") is None
