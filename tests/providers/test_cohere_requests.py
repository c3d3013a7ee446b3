import json

import pytest

from app.providers.base import Endpoint
from app.providers.cohere import CohereDialect
from tests.providers.cohere_exchange import COHERE, OLD, PLANNING, SEEING, UNKNOWN, check
from tests.providers.exchanging import SCHEMA, Party, Row, function

FORMAT = {"type": "json_schema", "json_schema": {"name": "out", "description": "d", "schema": SCHEMA}}


@pytest.mark.parametrize(
    ("fields", "added"),
    [
        pytest.param({"max_completion_tokens": 5}, {"max_tokens": 5}, id="limit"),
        pytest.param({"max_tokens": 5}, {"max_tokens": 5}, id="limit by its old name"),
        pytest.param({"temperature": 1}, {"temperature": 1}, id="temperature 1 is not neutral"),
        pytest.param({"temperature": 0}, {"temperature": 0}, id="temperature 0"),
        pytest.param({"top_p": 0.5}, {"p": 0.5}, id="top_p"),
        pytest.param({"top_p": 0}, {"k": 1}, id="the likeliest token alone"),
        pytest.param({"top_k": 7}, {"k": 7}, id="top_k"),
        pytest.param({"seed": 7}, {"seed": 7}, id="seed"),
        pytest.param({"presence_penalty": 0.5}, {"presence_penalty": 0.5}, id="presence penalty"),
        pytest.param({"frequency_penalty": 1}, {"frequency_penalty": 1}, id="frequency penalty"),
        pytest.param({"frequency_penalty": 0, "presence_penalty": 0}, {}, id="neutral penalties"),
        pytest.param({"stop": "END"}, {"stop_sequences": ["END"]}, id="stop text"),
        pytest.param({"stop": ["a", "b"]}, {"stop_sequences": ["a", "b"]}, id="stop list"),
        pytest.param({"stop": [], "n": 1}, {}, id="no stop"),
        pytest.param({"logprobs": True}, {"logprobs": True}, id="logprobs"),
        pytest.param({"logprobs": False, "top_logprobs": 0}, {}, id="no logprobs"),
        pytest.param({"response_format": {"type": "text"}}, {}, id="text"),
        pytest.param(
            {"response_format": {"type": "json_object"}},
            {"response_format": {"type": "json_object"}},
            id="JSON",
        ),
        pytest.param(
            {"response_format": FORMAT},
            {"response_format": {"type": "json_object", "json_schema": {**SCHEMA, "description": "d"}}},
            id="JSON schema",
        ),
        pytest.param(
            {"stream": True, "stream_options": {"include_usage": True}}, {"stream": True}, id="stream"
        ),
        pytest.param({"reasoning_effort": "none"}, {"thinking": {"type": "disabled"}}, id="effort none"),
        pytest.param({"reasoning_effort": "high"}, {"thinking": {"type": "enabled"}}, id="effort high"),
        pytest.param(
            {"reasoning_effort": "low"},
            {"thinking": {"type": "enabled", "token_budget": 2048}},
            id="effort low",
        ),
        pytest.param(
            {"thinking": {"type": "enabled", "token_budget": 9}},
            {"thinking": {"type": "enabled", "token_budget": 9}},
            id="thinking in Cohere's words",
        ),
        pytest.param(
            {"documents": ["a"], "citation_options": {"mode": "OFF"}, "priority": 3},
            {"documents": ["a"], "citation_options": {"mode": "OFF"}, "priority": 3},
            id="its own",
        ),
        pytest.param({"temperature": None, "tools": None, "stop": None}, {}, id="null is absent"),
        pytest.param({"store": False, "verbosity": "medium", "logit_bias": {}}, {}, id="neutral rest"),
        pytest.param(
            {"provider_options": {"cohere": {"safety_mode": "STRICT"}, "mistral": {"min_tokens": 1}}},
            {"safety_mode": "STRICT"},
            id="options for Cohere alone",
        ),
    ],
)
def test_sends(fields: Row, added: Row) -> None:
    assert COHERE.added(**fields) == added


def test_the_name_of_a_schema_is_left_out_and_reported() -> None:
    assert COHERE.notes(response_format=FORMAT) == ("response_format=without_name",)


TOOLS = [function()]


@pytest.mark.parametrize(
    ("fields", "objections"),
    [
        pytest.param({"logit_bias": {"1": 2}}, {"logit_bias": "unsupported_parameter"}, id="bias"),
        pytest.param({"store": True}, {"store": "unsupported_parameter"}, id="store"),
        pytest.param({"verbosity": "low"}, {"verbosity": "unsupported_parameter"}, id="verbosity"),
        pytest.param(
            {"web_search_options": {}}, {"web_search_options": "unsupported_parameter"}, id="search"
        ),
        pytest.param(
            {"logprobs": True, "top_logprobs": 2},
            {"top_logprobs": "unsupported_parameter"},
            id="alternatives",
        ),
        pytest.param({"service_tier": "priority"}, {"service_tier": "unsupported_value"}, id="tier"),
        pytest.param({"safe_prompt": True}, {"safe_prompt": "unsupported_parameter"}, id="another's field"),
        pytest.param({"unheard_of": 1}, {"unheard_of": "unsupported_parameter"}, id="unknown field"),
        pytest.param(
            {"tools": TOOLS, "parallel_tool_calls": False},
            {"parallel_tool_calls": "unsupported_parameter"},
            id="one call at a time",
        ),
        pytest.param(
            {"tools": TOOLS, "response_format": FORMAT},
            {"response_format": "unsupported_parameter"},
            id="format with tools",
        ),
        pytest.param(
            {"documents": ["a"], "response_format": FORMAT},
            {"response_format": "unsupported_parameter"},
            id="format with documents",
        ),
        pytest.param(
            {
                "response_format": {
                    "type": "json_schema",
                    "json_schema": {"name": "x", "schema": {"type": "array"}},
                }
            },
            {"response_format.json_schema.schema": "unsupported_value"},
            id="format of a list",
        ),
        pytest.param(
            {"tools": TOOLS, "safety_mode": "STRICT"},
            {"safety_mode": "unsupported_parameter"},
            id="safety mode",
        ),
        pytest.param(
            {"thinking": {"type": "enabled", "budget_tokens": 9}},
            {"thinking": "unsupported_parameter"},
            id="thinking in another's words",
        ),
        pytest.param(
            {"thinking": {"type": "enabled"}, "reasoning_effort": "low"},
            {"thinking": "unsupported_value"},
            id="thinking twice",
        ),
        pytest.param({"reasoning_effort": "much"}, {"reasoning_effort": "unsupported_value"}, id="effort"),
    ],
)
def test_refuses_by_name(fields: Row, objections: Row) -> None:
    assert COHERE.objections(**fields) == objections


@pytest.mark.parametrize(
    "fields",
    [
        {"temperature": 1.1},
        {"top_p": 1},
        {"top_p": 0.005},
        {"seed": -1},
        {"frequency_penalty": -0.5},
        {"presence_penalty": 1.5},
        {"min_p": 0.1},
    ],
    ids=lambda fields: f"{next(iter(fields))}={next(iter(fields.values()))}",
)
def test_tuning_out_of_range_is_left_out_and_reported(fields: Row) -> None:
    name = next(iter(fields))

    assert (COHERE.added(**fields), COHERE.notes(**fields)) == ({}, (f"{name}=left_out",))
    assert list(COHERE.objections(is_strict=True, **fields)) == [name]


def test_tuning_that_the_model_was_seen_to_refuse_is_left_out() -> None:
    exchange = COHERE.exchange(COHERE.chat(temperature=0.5, top_p=0.5), refused="temperature")

    assert json.loads(exchange.request.body).keys() == {"model", "messages", "p"}
    assert exchange.notes == ("temperature=left_out",)


def test_older_models_take_one_penalty() -> None:
    fields = {"frequency_penalty": 0.5, "presence_penalty": 0.5}

    assert (OLD.added(**fields), OLD.notes(**fields)) == (
        {"frequency_penalty": 0.5},
        ("presence_penalty=left_out",),
    )
    assert UNKNOWN.added(**fields) == fields


@pytest.mark.parametrize(
    "fields",
    [
        {"user": "u"},
        {"safety_identifier": "s"},
        {"prompt_cache_key": "k"},
        {"prompt_cache_options": {"mode": "implicit"}},
        {"prompt_cache_retention": "24h"},
        {"prediction": {"type": "content", "content": "a"}},
        {"service_tier": "default"},
    ],
    ids=lambda fields: next(iter(fields)),
)
def test_hints_are_left_out_and_reported(fields: Row) -> None:
    name = next(iter(fields))

    assert (COHERE.added(**fields), COHERE.notes(**fields)) == ({}, (f"{name}=ignored",))
    assert COHERE.objections(is_strict=True, **fields) == {}


def test_metadata_is_echoed_except_in_a_stream() -> None:
    metadata = {"a": "b"}

    assert COHERE.notes(metadata=metadata) == ("metadata=echoed",)
    assert COHERE.notes(metadata=metadata, stream=True) == ("metadata=ignored",)


def test_an_effort_above_the_highest_becomes_the_highest() -> None:
    assert COHERE.added(reasoning_effort="max") == {"thinking": {"type": "enabled"}}
    assert COHERE.notes(reasoning_effort="max") == ("reasoning_effort=high",)
    assert COHERE.objections(is_strict=True, reasoning_effort="max") == {
        "reasoning_effort": "unsupported_value"
    }


def test_a_model_that_cannot_reason_takes_no_effort_but_none() -> None:
    assert PLANNING.added(reasoning_effort="none") == {}
    assert PLANNING.notes(reasoning_effort="none") == ("reasoning_effort=none",)
    assert PLANNING.objections(reasoning_effort="low") == {"reasoning_effort": "unsupported_value"}


def test_several_choices_are_as_many_requests() -> None:
    exchange = COHERE.exchange(COHERE.chat(n=3))

    assert (exchange.copies, json.loads(exchange.request.body).keys()) == (3, {"model", "messages"})


def test_an_unknown_model_gets_what_the_client_sent() -> None:
    fields: Row = {"temperature": 0.7, "reasoning_effort": "low", "tools": TOOLS, "tool_choice": "required"}

    assert UNKNOWN.added(**fields).keys() == {"temperature", "thinking", "tools", "tool_choice"}


@pytest.mark.parametrize(
    ("base_url", "url"),
    [
        ("https://api.cohere.com", "https://api.cohere.com/v2/chat"),
        ("https://api.cohere.com/", "https://api.cohere.com/v2/chat"),
        ("https://api.cohere.com/v2", "https://api.cohere.com/v2/chat"),
        ("https://api.cohere.com/v1/", "https://api.cohere.com/v2/chat"),
        ("https://h/a/v2/chat", "https://h/a/v2/chat"),
    ],
)
def test_finds_the_route_below_any_base_url(base_url: str, url: str) -> None:
    asked = Party(CohereDialect(), SEEING.model, check, Endpoint(base_url, "s3cret"))

    request = asked.exchange(asked.chat()).request

    assert (request.method, request.url) == ("POST", url)
    assert dict(request.headers) == {
        "authorization": "Bearer s3cret",
        "content-type": "application/json",
        "accept": "application/json",
        "accept-encoding": "identity",
        "user-agent": "perpetuo",
    }


def test_checks_a_key_by_the_list_of_models() -> None:
    request = CohereDialect().check_request(Endpoint("https://api.cohere.com/v2", "s"))

    assert (request.method, request.url) == ("GET", "https://api.cohere.com/v1/models?endpoint=chat")
