from typing import Any

import pytest

from app.providers.base import Endpoint, Target
from app.providers.verdicts import CannotServe
from tests.providers.anthropic_exchange import (
    ANTHROPIC,
    HAIKU,
    OPUS,
    Row,
    body_of,
    chat,
    refused,
    sent,
    translate,
)


def test_a_plain_question_becomes_a_message() -> None:
    exchange = translate()

    assert exchange.request.method == "POST"
    assert exchange.request.url == "https://api.anthropic.com/v1/messages"
    assert sent(exchange) == {
        "model": OPUS,
        "max_tokens": 128_000,
        "messages": [{"role": "user", "content": [{"type": "text", "text": "Grüße"}]}],
    }
    assert exchange.notes == ()


def test_the_same_request_gives_the_same_bytes() -> None:
    fields: Row = {"stop": ["a"], "user": "ada", "reasoning_effort": "low", "temperature": 0.5}

    assert translate(**fields).request == translate(**fields).request


@pytest.mark.parametrize(("stream", "accept"), [(True, "text/event-stream"), (False, "application/json")])
def test_headers_say_who_asks_and_for_what(stream: bool, accept: str) -> None:
    exchange = translate(stream=stream)

    assert dict(exchange.request.headers) == {
        "x-api-key": "sk-ant-secret",
        "anthropic-version": "2026-10-21",
        "content-type": "application/json",
        "accept": accept,
        "accept-encoding": "identity",
        "user-agent": "perpetuo",
    }
    assert sent(exchange).get("stream", False) is stream


@pytest.mark.parametrize(
    ("base_url", "url"),
    [
        ("https://api.anthropic.com", "https://api.anthropic.com/v1/messages"),
        ("https://api.anthropic.com/", "https://api.anthropic.com/v1/messages"),
        ("https://api.anthropic.com/v1", "https://api.anthropic.com/v1/messages"),
        ("https://api.anthropic.com/v1/", "https://api.anthropic.com/v1/messages"),
        ("https://h/proxy", "https://h/proxy/v1/messages"),
        ("https://h/proxy/v1/messages", "https://h/proxy/v1/messages"),
        ("http://localhost:8080?tenant=1", "http://localhost:8080/v1/messages?tenant=1"),
    ],
)
def test_the_address_is_found_however_the_base_url_is_written(base_url: str, url: str) -> None:
    assert ANTHROPIC.translate(chat(), Target(OPUS, Endpoint(base_url, ""))).request.url == url


@pytest.mark.parametrize(
    ("base_url", "url"),
    [
        ("https://api.anthropic.com", "https://api.anthropic.com/v1/models"),
        ("https://h/v1?a=1", "https://h/v1/models?a=1"),
    ],
)
def test_a_key_is_checked_by_asking_for_the_models(base_url: str, url: str) -> None:
    native = ANTHROPIC.check_request(Endpoint(base_url, "s"))

    assert (native.method, native.url, native.body) == ("GET", url, b"")
    assert dict(native.headers)["x-api-key"] == "s"
    assert dict(native.headers)["anthropic-version"] == "2026-10-21"


@pytest.mark.parametrize(
    ("model", "fields", "limit", "notes"),
    [
        pytest.param(OPUS, {}, 128_000, (), id="the model's own ceiling where none is given"),
        pytest.param(HAIKU, {}, 64_000, (), id="an older model's ceiling"),
        pytest.param("claude-opus-4-1-20250805", {}, 32_000, (), id="an old model's ceiling"),
        pytest.param(
            "claude-opus-7",
            {},
            64_000,
            ("max_completion_tokens=64000",),
            id="a safe one for an unknown model",
        ),
        pytest.param(OPUS, {"max_tokens": 7}, 7, (), id="max_tokens"),
        pytest.param(OPUS, {"max_completion_tokens": 7}, 7, (), id="max_completion_tokens"),
        pytest.param("claude-opus-7", {"max_tokens": 500_000}, 500_000, (), id="an unknown model's is sent"),
    ],
)
def test_the_limit_is_always_told(
    model: str, fields: dict[str, Any], limit: int, notes: tuple[str, ...]
) -> None:
    exchange = translate(model, **fields)

    assert sent(exchange)["max_tokens"] == limit
    assert exchange.notes == notes


def test_a_limit_above_the_ceiling_is_refused_by_the_name_it_came_with() -> None:
    assert refused(max_tokens=128_001) == [("max_tokens", "unsupported_value")]


@pytest.mark.parametrize(
    ("fields", "native"),
    [
        pytest.param({"stop": "END"}, {"stop_sequences": ["END"]}, id="stop"),
        pytest.param({"stop": ["a", "\n\n", ""]}, {"stop_sequences": ["a"]}, id="stop of white space"),
        pytest.param({"user": "ada"}, {"metadata": {"user_id": "ada"}}, id="user"),
        pytest.param(
            {"user": "ada", "safety_identifier": "x"}, {"metadata": {"user_id": "x"}}, id="safety_identifier"
        ),
        pytest.param({"service_tier": "default"}, {"service_tier": "standard_only"}, id="standard tier"),
        pytest.param({"service_tier": "fast"}, {"speed": "fast"}, id="fast tier"),
        pytest.param({"service_tier": "auto"}, {}, id="automatic tier"),
        pytest.param(
            {"prompt_cache_options": {"mode": "implicit"}},
            {"cache_control": {"type": "ephemeral", "ttl": "1h"}},
            id="implicit cache",
        ),
        pytest.param({"prompt_cache_options": {"mode": "explicit"}}, {}, id="explicit cache"),
        pytest.param(
            {"cache_control": {"type": "ephemeral"}}, {"cache_control": {"type": "ephemeral"}}, id="own cache"
        ),
        pytest.param(
            {"provider_options": {"anthropic": {"inference_geo": "us"}, "google": {"x": 1}}},
            {"inference_geo": "us"},
            id="options of the provider's own",
        ),
    ],
)
def test_options_become_native_fields(fields: dict[str, Any], native: dict[str, Any]) -> None:
    body = body_of(**fields)

    assert {name: value for name, value in body.items() if name not in body_of()} == native


def test_a_user_too_long_for_anthropic_is_hashed() -> None:
    exchange = translate(user="a" * 257)

    assert len(sent(exchange)["metadata"]["user_id"]) == 64
    assert exchange.notes == ("user=hashed",)


@pytest.mark.parametrize(
    ("model", "beta"), [(OPUS, None), ("claude-opus-5", "fast-mode-2026-02-01")], ids=["public", "preview"]
)
def test_speed_names_its_beta_where_it_is_one(model: str, beta: str | None) -> None:
    assert dict(translate(model, service_tier="fast").request.headers).get("anthropic-beta") == beta


def test_several_choices_are_so_many_requests() -> None:
    assert translate(n=3).copies == 3


@pytest.mark.parametrize(
    ("model", "fields", "params"),
    [
        pytest.param(
            OPUS, {"response_format": {"type": "json_object"}}, ["response_format"], id="json_object"
        ),
        pytest.param(
            "claude-sonnet-4-20250514",
            {
                "response_format": {
                    "type": "json_schema",
                    "json_schema": {"name": "a", "schema": {"type": "object"}},
                }
            },
            ["response_format"],
            id="old",
        ),
        pytest.param(OPUS, {"logit_bias": {"1": 2}}, ["logit_bias"], id="logit_bias"),
        pytest.param(
            OPUS, {"logprobs": True, "top_logprobs": 2}, ["logprobs", "top_logprobs"], id="logprobs"
        ),
        pytest.param(
            OPUS, {"modalities": ["text", "audio"], "audio": {}}, ["audio", "modalities"], id="audio"
        ),
        pytest.param(OPUS, {"moderation": {}}, ["moderation"], id="moderation"),
        pytest.param(OPUS, {"store": True}, ["store"], id="store"),
        pytest.param(OPUS, {"verbosity": "low"}, ["verbosity"], id="verbosity"),
        pytest.param(OPUS, {"service_tier": "flex"}, ["service_tier"], id="flex tier"),
        pytest.param(HAIKU, {"service_tier": "fast"}, ["service_tier"], id="fast tier of a slow model"),
        pytest.param(OPUS, {"safety_mode": "OFF"}, ["safety_mode"], id="another provider's parameter"),
        pytest.param(OPUS, {"unheard_of": 1}, ["unheard_of"], id="unheard of"),
    ],
)
def test_what_anthropic_cannot_do_is_refused_by_name(
    model: str, fields: dict[str, Any], params: list[str]
) -> None:
    assert [param for param, _ in refused(model, **fields)] == params


@pytest.mark.parametrize(
    "fields",
    [
        {"frequency_penalty": 0, "presence_penalty": 0, "temperature": 1, "top_p": 1, "n": 1},
        {"logit_bias": {}, "logprobs": False, "top_logprobs": 0, "metadata": {}, "stop": [], "tools": []},
        {"parallel_tool_calls": True, "response_format": {"type": "text"}, "modalities": ["text"]},
        {"store": False, "service_tier": "auto", "verbosity": "medium", "user": None, "seed": None},
        {"stream": False, "brand_new": None},
    ],
    ids=["sampling", "empty", "defaults", "more defaults", "null"],
)
def test_values_that_ask_for_nothing_are_no_parameters(fields: dict[str, Any]) -> None:
    exchange = translate(is_strict=True, **fields)

    assert exchange.request.body == translate().request.body
    assert exchange.notes == ()


TOOL = {"type": "function", "function": {"name": "f", "parameters": {"type": "object", "properties": {}}}}


@pytest.mark.parametrize("model", [OPUS, "claude-sonnet-5", "claude-sonnet-4-6", HAIKU, "claude-opus-7"])
@pytest.mark.parametrize(
    ("param", "value", "native"),
    [
        ("audio", {"voice": "alloy", "format": "wav"}, None),
        ("frequency_penalty", 0.5, None),
        ("functions", [{"name": "f"}], "tools"),
        ("logit_bias", {"1": 1}, None),
        ("logprobs", True, None),
        ("max_completion_tokens", 5000, "max_tokens"),
        ("max_tokens", 5000, "max_tokens"),
        ("metadata", {"a": "b"}, None),
        ("modalities", ["audio"], None),
        ("moderation", {"model": "m"}, None),
        ("parallel_tool_calls", False, None),
        ("prediction", {"type": "content", "content": "x"}, None),
        ("presence_penalty", 0.5, None),
        ("prompt_cache_key", "k", None),
        ("prompt_cache_options", {"mode": "implicit"}, "cache_control"),
        ("prompt_cache_retention", "24h", None),
        ("reasoning_effort", "low", "thinking"),
        ("response_format", {"type": "json_object"}, None),
        ("safety_identifier", "s", "metadata"),
        ("seed", 7, None),
        ("service_tier", "priority", None),
        ("stop", ["a"], "stop_sequences"),
        ("store", True, None),
        ("temperature", 0.5, "temperature"),
        ("tools", [TOOL], "tools"),
        ("top_logprobs", 3, None),
        ("top_p", 0.5, "top_p"),
        ("user", "u", "metadata"),
        ("verbosity", "high", None),
        ("web_search_options", {}, "tools"),
    ],
)
def test_a_parameter_is_sent_or_refused_or_reported(
    model: str, param: str, value: object, native: str | None
) -> None:
    asking: Row = {param: value}

    try:
        exchange = translate(model, **asking)
    except CannotServe as error:
        outcomes = [it.param for it in error.objections]
    else:
        outcomes = [note.partition("=")[0] for note in exchange.notes]
        outcomes += [param] if native in sent(exchange) else []

    assert param in outcomes
