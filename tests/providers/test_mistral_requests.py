import json
from typing import Any

import pytest

from app.chat.request import ChatRequest
from app.errors import InvalidValue
from app.providers.base import Endpoint, Target
from app.providers.mistral import MistralDialect
from tests.providers.exchanging import SCHEMA, Party, Row
from tests.providers.mistral_exchange import MISTRAL, SMALL, UNKNOWN, check

FORMAT = {"name": "out", "schema": SCHEMA}


@pytest.mark.parametrize(
    ("fields", "added"),
    [
        pytest.param({"max_completion_tokens": 5}, {"max_tokens": 5}, id="limit"),
        pytest.param({"max_tokens": 5}, {"max_tokens": 5}, id="limit by its old name"),
        pytest.param({"temperature": 1}, {"temperature": 1}, id="temperature 1 is not neutral"),
        pytest.param({"temperature": 1.5}, {"temperature": 1.5}, id="highest temperature"),
        pytest.param({"top_p": 0.5}, {"top_p": 0.5}, id="top_p"),
        pytest.param({"top_p": 1}, {}, id="top_p 1 is neutral"),
        pytest.param({"seed": 7}, {"random_seed": 7}, id="seed"),
        pytest.param({"presence_penalty": 0.5}, {"presence_penalty": 0.5}, id="presence penalty"),
        pytest.param({"frequency_penalty": -1}, {"frequency_penalty": -1}, id="frequency penalty"),
        pytest.param({"frequency_penalty": 0, "presence_penalty": 0}, {}, id="neutral penalties"),
        pytest.param({"stop": "END"}, {"stop": ["END"]}, id="stop text"),
        pytest.param({"stop": ["a", "b"]}, {"stop": ["a", "b"]}, id="stop list"),
        pytest.param({"stop": []}, {}, id="no stop"),
        pytest.param({"n": 2}, {"n": 2}, id="n"),
        pytest.param(
            {"logprobs": True, "top_logprobs": 3}, {"logprobs": True, "top_logprobs": 3}, id="probs"
        ),
        pytest.param({"logprobs": False, "top_logprobs": 0}, {}, id="no probs"),
        pytest.param({"metadata": {"a": "b"}}, {"metadata": {"a": "b"}}, id="metadata"),
        pytest.param({"prompt_cache_key": "k"}, {"prompt_cache_key": "k"}, id="cache key"),
        pytest.param({"service_tier": "auto"}, {}, id="any tier"),
        pytest.param({"service_tier": "default"}, {"service_tier": "standard_only"}, id="standard tier"),
        pytest.param({"response_format": {"type": "text"}}, {}, id="text"),
        pytest.param(
            {"response_format": {"type": "json_object"}},
            {"response_format": {"type": "json_object"}},
            id="JSON",
        ),
        pytest.param(
            {"response_format": {"type": "json_schema", "json_schema": {**FORMAT, "strict": True}}},
            {"response_format": {"type": "json_schema", "json_schema": {**FORMAT, "strict": True}}},
            id="JSON schema",
        ),
        pytest.param(
            {"prediction": {"type": "content", "content": "abc"}},
            {"prediction": {"type": "content", "content": "abc"}},
            id="prediction",
        ),
        pytest.param(
            {"prediction": {"type": "content", "content": [{"type": "text", "text": "ab"}, {"text": "c"}]}},
            {"prediction": {"type": "content", "content": "abc"}},
            id="prediction in parts",
        ),
        pytest.param(
            {"stream": True, "stream_options": {"include_usage": True}}, {"stream": True}, id="stream"
        ),
        pytest.param(
            {
                "max_completion_tokens": 9,
                "store": False,
                "user": "u",
                "stream": True,
                "stream_options": {"include_usage": True},
                "messages": [{"role": "user", "content": "Hi", "name": "ada"}],
            },
            {"max_tokens": 9, "stream": True},
            id="nothing that Mistral forbids",
        ),
        pytest.param({"safe_prompt": True, "top_k": 4}, {"safe_prompt": True, "top_k": 4}, id="its own"),
        pytest.param({"temperature": None, "tools": None, "stop": None}, {}, id="null is absent"),
        pytest.param({"tools": [], "parallel_tool_calls": True}, {}, id="no tools"),
        pytest.param(
            {"modalities": ["text"], "verbosity": "medium", "logit_bias": {}}, {}, id="neutral rest"
        ),
        pytest.param(
            {"provider_options": {"mistral": {"min_tokens": 3}, "cohere": {"k": 1}}},
            {"min_tokens": 3},
            id="options for Mistral alone",
        ),
    ],
)
def test_sends(fields: Row, added: Row) -> None:
    assert MISTRAL.added(**fields) == added


@pytest.mark.parametrize(
    ("fields", "objections"),
    [
        pytest.param({"logit_bias": {"1": 2}}, {"logit_bias": "unsupported_parameter"}, id="bias"),
        pytest.param({"store": True}, {"store": "unsupported_parameter"}, id="store"),
        pytest.param({"verbosity": "low"}, {"verbosity": "unsupported_parameter"}, id="verbosity"),
        pytest.param(
            {"web_search_options": {}}, {"web_search_options": "unsupported_parameter"}, id="search"
        ),
        pytest.param({"moderation": {"a": 1}}, {"moderation": "unsupported_parameter"}, id="moderation"),
        pytest.param(
            {"modalities": ["text", "audio"], "audio": {"voice": "alloy", "format": "wav"}},
            {"modalities": "unsupported_parameter", "audio": "unsupported_parameter"},
            id="sound",
        ),
        pytest.param({"service_tier": "flex"}, {"service_tier": "unsupported_value"}, id="tier"),
        pytest.param({"safety_mode": "OFF"}, {"safety_mode": "unsupported_parameter"}, id="another's field"),
        pytest.param({"unheard_of": 1}, {"unheard_of": "unsupported_parameter"}, id="unknown field"),
        pytest.param(
            {"response_format": {"type": "xml"}}, {"response_format.type": "unsupported_value"}, id="format"
        ),
        pytest.param(
            {"response_format": {"type": "json_schema", "json_schema": {"name": "x"}}},
            {"response_format.json_schema.schema": "unsupported_value"},
            id="no schema",
        ),
        pytest.param(
            {"tools": [{"type": "web_search"}]}, {"tools[0]": "unsupported_parameter"}, id="tool type"
        ),
        pytest.param(
            {"tools": [{"type": "custom", "custom": {"name": "c", "format": {"type": "grammar"}}}]},
            {"tools[0].custom.format": "unsupported_parameter"},
            id="grammar",
        ),
    ],
)
def test_refuses_by_name(fields: Row, objections: Row) -> None:
    assert MISTRAL.objections(**fields) == objections


@pytest.mark.parametrize(
    ("fields", "added", "notes"),
    [
        pytest.param({"temperature": 1.6}, {}, ("temperature=left_out",), id="temperature"),
        pytest.param({"seed": -1}, {}, ("seed=left_out",), id="seed"),
        pytest.param({"min_p": 0.1}, {}, ("min_p=left_out",), id="min_p"),
    ],
)
def test_tuning_out_of_range_is_left_out_and_reported(
    fields: Row, added: Row, notes: tuple[str, ...]
) -> None:
    assert (MISTRAL.added(**fields), MISTRAL.notes(**fields)) == (added, notes)
    assert MISTRAL.objections(is_strict=True, **fields).keys() == fields.keys()


def test_greedy_sampling_needs_no_top_p() -> None:
    fields = {"temperature": 0, "top_p": 0.5}

    assert (MISTRAL.added(**fields), MISTRAL.notes(**fields)) == ({"temperature": 0}, ("top_p=1",))


def test_tuning_that_the_model_was_seen_to_refuse_is_left_out() -> None:
    exchange = MISTRAL.exchange(
        MISTRAL.chat(temperature=0.5, top_p=0.5, top_k=3), refused="temperature top_k"
    )

    assert json.loads(exchange.request.body).keys() == {"model", "messages", "top_p"}
    assert exchange.notes == ("temperature=left_out", "top_k=left_out")


@pytest.mark.parametrize(
    "fields",
    [
        {"user": "u"},
        {"safety_identifier": "s"},
        {"prompt_cache_options": {"mode": "implicit"}},
        {"prompt_cache_retention": "24h"},
    ],
    ids=lambda fields: next(iter(fields)),
)
def test_hints_are_left_out_and_reported(fields: Row) -> None:
    name = next(iter(fields))

    assert (MISTRAL.added(**fields), MISTRAL.notes(**fields)) == ({}, (f"{name}=ignored",))
    assert MISTRAL.objections(is_strict=True, **fields) == {}


def party(model: str) -> Party:
    return Party(MistralDialect(), model, check)


@pytest.mark.parametrize(
    ("model", "effort", "outcome"),
    [
        ("mistral-small-latest", "none", "none"),
        ("mistral-small-latest", "high", "high"),
        ("mistral-small-latest", "low", None),
        ("mistral-small-latest", "max", "high high"),
        ("mistral-medium-3.5", "high", "high"),
        ("mistral-medium-3.5", "minimal", None),
        ("mistral-large-4", "low", "low"),
        ("mistral-large-4", "minimal", None),
        ("mistral-large-4", "max", "max"),
        ("magistral-medium-2509", "high", " high"),
        ("magistral-medium-2509", "medium", " medium"),
        ("magistral-medium-2509", "low", None),
        ("magistral-medium-2509", "none", None),
        ("magistral-medium-2509", "xhigh", " high"),
        ("codestral-2508", "none", " none"),
        ("codestral-2508", "high", None),
        ("mistral-huge-9", "low", "low"),
    ],
)
def test_effort_goes_to_models_that_have_it(model: str, effort: str, outcome: str | None) -> None:
    objections = party(model).objections(reasoning_effort=effort)

    assert objections == ({"reasoning_effort": "unsupported_value"} if outcome is None else {})
    if outcome is not None:
        sent, _, noted = outcome.partition(" ")
        assert party(model).added(reasoning_effort=effort) == ({"reasoning_effort": sent} if sent else {})
        notes = (f"reasoning_effort={noted}",) if noted else ()
        assert party(model).notes(reasoning_effort=effort) == notes


def test_an_effort_without_a_twin_is_refused_where_strict() -> None:
    objections = SMALL.objections(is_strict=True, reasoning_effort="max")

    assert objections == {"reasoning_effort": "unsupported_value"}


def test_an_unknown_model_gets_what_the_client_sent() -> None:
    fields: dict[str, Any] = {"temperature": 0.7, "reasoning_effort": "xhigh", "logprobs": True}

    assert UNKNOWN.added(**fields) == fields


def test_numbers_and_schemas_keep_their_bytes() -> None:
    body = (
        b'{"model":"mistral-large-4","messages":[{"role":"user","content":"Hi"}],'
        b'"tools":[{"type":"function","function":{"name":"a","parameters":'
        b'{"type":"object","properties":{"x":{"const":12345678901234567890123.10}}}}}]}'
    )
    request = ChatRequest.parse(body)

    native = MISTRAL.dialect.translate(request, Target("mistral-large-4", MISTRAL.endpoint)).request

    assert b'{"const":12345678901234567890123.10}' in native.body


@pytest.mark.parametrize(
    "options", [5, {"mistral": 5}, {"mistral": {"model": "x"}}, {"mistral": {"stream": 1}}]
)
def test_options_that_make_no_sense_are_invalid(options: object) -> None:
    with pytest.raises(InvalidValue):
        MISTRAL.sent(provider_options=options)


@pytest.mark.parametrize(
    ("base_url", "url"),
    [
        ("https://api.mistral.ai", "https://api.mistral.ai/v1/chat/completions"),
        ("https://api.mistral.ai/", "https://api.mistral.ai/v1/chat/completions"),
        ("https://api.eu.mistral.ai/v1", "https://api.eu.mistral.ai/v1/chat/completions"),
        ("https://api.mistral.ai/v1/", "https://api.mistral.ai/v1/chat/completions"),
        ("https://h/a/v1/chat/completions", "https://h/a/v1/chat/completions"),
    ],
)
def test_finds_the_route_below_any_base_url(base_url: str, url: str) -> None:
    asked = Party(MistralDialect(), "mistral-large-4", check, Endpoint(base_url, "s3cret"))

    request = asked.exchange(asked.chat(stream=True)).request

    assert (request.method, request.url) == ("POST", url)
    assert dict(request.headers) == {
        "authorization": "Bearer s3cret",
        "content-type": "application/json",
        "accept": "text/event-stream",
        "accept-encoding": "identity",
        "user-agent": "perpetuo",
    }


def test_checks_a_key_by_the_list_of_models() -> None:
    request = MistralDialect().check_request(Endpoint("https://api.mistral.ai/v1", "s"))

    assert (request.method, request.url, request.body) == ("GET", "https://api.mistral.ai/v1/models", b"")
