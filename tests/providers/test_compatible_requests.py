"""What each compatible server gets of a request."""

from typing import Any

import pytest

from app.providers.base import Endpoint, Target, recall_nothing
from app.providers.facts.compatible import profile_of
from app.providers.openai import CompatibleDialect
from tests.providers.compatible import (
    CUSTOM_TOOL,
    HI,
    TOOL,
    URLS,
    body_of,
    chat,
    objections,
    translated,
)

Json = dict[str, Any]

CUSTOM = CompatibleDialect()


@pytest.mark.parametrize(("name", "url"), list(URLS.items()), ids=list(URLS))
def test_a_server_is_known_by_its_host(name: str, url: str) -> None:
    profile = profile_of(url)

    assert (profile.name if profile else "unknown") == name


@pytest.mark.parametrize(
    ("url", "name"),
    [
        pytest.param("http://vllm:8000/v1", "vllm", id="a service"),
        pytest.param("http://llama-cpp:80", "llama.cpp", id="another service"),
        pytest.param("https://ollama.example.com/v1", "ollama", id="behind a proxy"),
        pytest.param("http://10.0.0.7:11434/v1", "ollama", id="the port that only Ollama has"),
        pytest.param("http://ollama:8000/v1", "ollama", id="whatever the port"),
        pytest.param("https://res.openai.azure.com/openai/v1", "azure", id="a domain"),
    ],
)
def test_a_host_may_be_named_after_its_server(url: str, name: str) -> None:
    profile = profile_of(url)

    assert profile is not None
    assert profile.name == name


@pytest.mark.parametrize(
    "url",
    [
        "https://notgroq.com/v1",
        "https://api.groq.com.evil.example/v1",
        "https://my-vllm-docs.example.com/v1",
        "http://localhost:8000/v1",
        "http://gpu.internal:8080/v1",
        "x",
    ],
)
def test_a_host_that_only_looks_like_one_is_unknown(url: str) -> None:
    assert profile_of(url) is None


@pytest.mark.parametrize("server", list(URLS))
def test_an_ordinary_request_goes_on_byte_for_byte(server: str) -> None:
    request = chat(max_tokens=5, new=[1.50], tools=[TOOL], tool_choice="auto", stop=["x"])

    exchange = CUSTOM.translate(request, Target("m", Endpoint(URLS[server], "")))

    assert (exchange.request.body, exchange.notes, exchange.copies) == (request.body, (), 1)


def test_an_unknown_server_gets_everything() -> None:
    turn = {"role": "assistant", "content": "x", "reasoning_details": [{"type": "foreign"}], "name": "n"}
    request = chat(
        messages=[{"role": "developer", "content": "x"}, turn],
        store=True,
        n=3,
        max_completion_tokens=5,
        functions=[{"name": "f"}],
        verbosity="low",
        service_tier="flex",
        seed=1,
    )

    exchange = CUSTOM.translate(request, Target("m", Endpoint(URLS["unknown"], "")))

    assert (exchange.request.body, exchange.notes) == (request.body, ())


def test_an_unknown_server_is_spared_what_it_refused_and_the_gateways_own_options() -> None:
    request = chat(temperature=0.5, provider_options={"custom": {"x": 1}, "openai": {"y": 2}})
    endpoint = Endpoint(URLS["unknown"], "")

    exchange = CUSTOM.translate(request, Target("m", endpoint, recall_nothing, frozenset({"temperature"})))

    assert body_of(exchange) == {"model": "m", "messages": [HI], "x": 1}
    assert exchange.notes == ("temperature=left_out",)


@pytest.mark.parametrize(
    ("server", "fields", "param", "code"),
    [
        ("groq", {"logprobs": True}, "logprobs", "unsupported_parameter"),
        ("groq", {"logit_bias": {"1": 2}}, "logit_bias", "unsupported_parameter"),
        ("groq", {"store": True}, "store", "unsupported_parameter"),
        ("groq", {"service_tier": "priority"}, "service_tier", "unsupported_value"),
        ("vllm", {"verbosity": "low"}, "verbosity", "unsupported_parameter"),
        ("together", {"modalities": ["text", "audio"]}, "modalities", "unsupported_parameter"),
        ("fireworks", {"web_search_options": {}}, "web_search_options", "unsupported_parameter"),
        (
            "deepseek",
            {"parallel_tool_calls": False, "tools": [TOOL]},
            "parallel_tool_calls",
            "unsupported_parameter",
        ),
        (
            "deepseek",
            {"response_format": {"type": "json_schema", "json_schema": {"name": "x", "schema": {}}}},
            "response_format",
            "unsupported_value",
        ),
        ("deepseek", {"logprobs": True}, "logprobs", "unsupported_parameter"),
        ("ollama", {"tool_choice": "required", "tools": [TOOL]}, "tool_choice", "unsupported_parameter"),
        ("llama.cpp", {"reasoning_effort": "max"}, "reasoning_effort", "unsupported_value"),
        ("fireworks", {"service_tier": "flex"}, "service_tier", "unsupported_value"),
        ("vllm", {"tools": [CUSTOM_TOOL]}, "tools[0].custom", "unsupported_parameter"),
        (
            "vllm",
            {"messages": [{"role": "user", "content": [{"type": "file", "file": {"file_id": "f"}}]}]},
            "messages[0].content[0]",
            "unsupported_parameter",
        ),
    ],
)
def test_what_the_server_has_not_is_refused(server: str, fields: Json, param: str, code: str) -> None:
    assert objections(server, **fields) == [(param, code)]


@pytest.mark.parametrize("server", ["azure", "openrouter"])
def test_servers_that_know_everything_get_everything(server: str) -> None:
    request = chat(
        messages=[{"role": "developer", "content": "x", "name": "n"}],
        store=True,
        verbosity="low",
        metadata={"a": "b"},
        n=2,
        service_tier="flex",
        max_completion_tokens=5,
        functions=[{"name": "f"}],
    )

    exchange = CUSTOM.translate(request, Target("m", Endpoint(URLS[server], "")))

    assert (exchange.request.body, exchange.notes) == (request.body, ())


def test_hints_are_left_out_and_reported() -> None:
    exchange = translated("groq", user="u", metadata={"a": "b"}, prompt_cache_key="k", safety_identifier="s")

    assert body_of(exchange) == {"model": "m", "messages": [HI]}
    assert sorted(exchange.notes) == [
        "metadata=ignored",
        "prompt_cache_key=ignored",
        "safety_identifier=ignored",
        "user=ignored",
    ]


def test_fireworks_has_a_place_for_most_hints() -> None:
    fields: Json = {
        "user": "u",
        "metadata": {"a": "b"},
        "prompt_cache_key": "k",
        "service_tier": "priority",
        "safety_identifier": "s",
    }

    exchange = translated("fireworks", **fields)

    del fields["safety_identifier"]
    assert body_of(exchange) == {"model": "m", "messages": [HI], **fields}
    assert exchange.notes == ("safety_identifier=ignored",)


def test_values_that_ask_for_nothing_are_no_objection() -> None:
    neutral: Json = {
        "store": False,
        "verbosity": "medium",
        "modalities": ["text"],
        "service_tier": "auto",
        "logit_bias": {},
        "logprobs": False,
        "metadata": {},
        "tools": [],
        "n": 1,
    }

    exchange = translated("groq", is_strict=True, **neutral)

    assert (body_of(exchange), exchange.notes) == ({"model": "m", "messages": [HI], "n": 1}, ())


@pytest.mark.parametrize(
    ("server", "name"),
    [
        ("groq", "max_completion_tokens"),
        ("vllm", "max_completion_tokens"),
        ("fireworks", "max_completion_tokens"),
        ("together", "max_tokens"),
        ("ollama", "max_tokens"),
    ],
)
def test_the_limit_goes_by_the_name_that_the_server_knows(server: str, name: str) -> None:
    assert body_of(translated(server, max_completion_tokens=7)) == {"model": "m", "messages": [HI], name: 7}


@pytest.mark.parametrize(("server", "copies"), [("groq", 3), ("ollama", 3), ("llama.cpp", 3), ("vllm", 1)])
def test_choices_are_so_many_requests_where_a_server_gives_one(server: str, copies: int) -> None:
    exchange = translated(server, n=3)

    assert (exchange.copies, body_of(exchange).get("n")) == (copies, None if copies == 3 else 3)


def test_groqs_tiers_have_other_names() -> None:
    assert body_of(translated("groq", service_tier="default"))["service_tier"] == "on_demand"
    assert body_of(translated("groq", service_tier="flex"))["service_tier"] == "flex"
    assert "service_tier" not in body_of(translated("vllm", service_tier="default"))


def test_obfuscation_is_a_matter_of_openai_alone() -> None:
    exchange = translated("groq", stream=True, stream_options={"include_obfuscation": False})

    assert body_of(exchange)["stream_options"] == {"include_usage": True}
    assert exchange.notes == ("stream_options.include_obfuscation=ignored",)


def test_the_developer_is_the_system() -> None:
    messages = [{"role": "developer", "content": "x"}, HI]

    assert body_of(translated("vllm", messages=messages))["messages"] == [
        {"role": "system", "content": "x"},
        HI,
    ]


def test_names_are_taken_out_where_the_server_refuses_them() -> None:
    messages = [{**HI, "name": "ann"}, {**HI, "name": "bob"}]

    exchange = translated("groq", messages=messages)

    assert body_of(exchange)["messages"] == [HI, HI]
    assert exchange.notes == ("messages.name=left_out",)
    assert objections("groq", is_strict=True, messages=messages) == [("messages.name", "unsupported_value")]
    assert body_of(translated("vllm", messages=messages))["messages"] == messages


@pytest.mark.parametrize(
    ("base_url", "url", "header"),
    [
        ("https://res.openai.azure.com", "https://res.openai.azure.com/openai/v1/models", ("api-key", "s")),
        (
            "https://res.openai.azure.com/openai/deployments/d?api-version=1",
            "https://res.openai.azure.com/openai/deployments/d/models?api-version=1",
            ("api-key", "s"),
        ),
        ("https://api.groq.com", "https://api.groq.com/openai/v1/models", ("authorization", "Bearer s")),
        ("https://openrouter.ai/", "https://openrouter.ai/api/v1/key", ("authorization", "Bearer s")),
        (
            "https://api.fireworks.ai",
            "https://api.fireworks.ai/inference/v1/models",
            ("authorization", "Bearer s"),
        ),
    ],
)
def test_a_known_host_is_enough_to_find_its_api(base_url: str, url: str, header: tuple[str, str]) -> None:
    request = CUSTOM.check_request(Endpoint(base_url, "s"))

    assert (request.url, request.headers[0]) == (url, header)


@pytest.mark.parametrize("server", list(URLS))
def test_the_same_request_gives_the_same_bytes(server: str) -> None:
    turn = {"role": "assistant", "content": None, "function_call": {"name": "f", "arguments": "{}"}}
    said = {"role": "function", "name": "f", "content": "y"}
    fields: Json = {
        "messages": [HI, turn, said],
        "functions": [{"name": "f"}],
        "user": "u",
        "metadata": {"a": "b"},
    }
    if server in {"deepseek", "ollama"}:
        fields = {"user": "u", "metadata": {"a": "b"}}

    assert translated(server, **fields).request == translated(server, **fields).request
