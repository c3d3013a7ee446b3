from typing import Any

import pytest

from app.chat.parameters import Parameters
from app.providers.base import Endpoint, Target
from app.providers.google import GoogleDialect
from tests.providers.google_exchange import (
    CLOCK,
    ENDPOINT,
    HI,
    WEATHER,
    chat,
    exchange,
    generation,
    objections,
)

ANSWER = {"type": "object", "properties": {"answer": {"type": "string"}}, "required": ["answer"]}
MODELS = ["gemini-2.0-flash", "gemini-2.5-pro", "gemini-3-flash", "gemini-3.8-flash", "gemini-9", "gemma-3"]


@pytest.mark.parametrize(
    ("base_url", "model", "stream", "path"),
    [
        pytest.param("", "gemini-3", False, "/v1beta/models/gemini-3:generateContent", id="host"),
        pytest.param("/", "gemini-3", False, "/v1beta/models/gemini-3:generateContent", id="slash"),
        pytest.param(
            "/v1beta/",
            "gemini-3",
            True,
            "/v1beta/models/gemini-3:streamGenerateContent?alt=sse",
            id="version",
        ),
        pytest.param(
            "/google", "models/gemini-3", False, "/google/v1beta/models/gemini-3:generateContent", id="path"
        ),
        pytest.param("/v1", "tunedModels/mine", False, "/v1/tunedModels/mine:generateContent", id="tuned"),
        pytest.param("", "a?key=b#c", False, "/v1beta/models/a%3Fkey%3Db%23c:generateContent", id="hostile"),
        pytest.param("", "a/../../b", False, "/v1beta/models/a%2F..%2F..%2Fb:generateContent", id="upwards"),
        pytest.param(
            "", "tunedModels/../a", False, "/v1beta/tunedModels/..%2Fa:generateContent", id="tuned, upwards"
        ),
    ],
)
def test_the_address(base_url: str, model: str, stream: bool, path: str) -> None:
    target = Target(model, Endpoint(f"https://g.example{base_url}", "AIza-secret"))

    request = GoogleDialect().translate(chat(model=model, stream=stream), target).request

    assert (request.method, request.url) == ("POST", f"https://g.example{path}")


def test_the_secret_is_in_a_header_alone() -> None:
    request = exchange(chat(stream=True)).request

    headers = dict(request.headers)
    assert headers["x-goog-api-key"] == "AIza-secret"
    assert (headers["accept"], headers["accept-encoding"], headers["user-agent"]) == (
        "text/event-stream",
        "identity",
        "perpetuo",
    )
    assert "AIza-secret" not in request.url


def test_the_key_is_checked_with_the_list_of_models() -> None:
    request = GoogleDialect().check_request(ENDPOINT)

    assert (request.method, request.body) == ("GET", b"")
    assert request.url == "https://generativelanguage.googleapis.com/v1beta/models?pageSize=1000"
    assert dict(request.headers)["x-goog-api-key"] == "AIza-secret"


@pytest.mark.parametrize(
    ("fields", "native"),
    [
        pytest.param({"temperature": 0}, {"temperature": 0}, id="temperature"),
        pytest.param({"temperature": 1}, {}, id="temperature at its default"),
        pytest.param({"top_p": 1}, {"topP": 1}, id="top_p has another default"),
        pytest.param({"top_k": 40}, {"topK": 40}, id="top_k"),
        pytest.param({"seed": -7}, {"seed": -7}, id="seed"),
        pytest.param({"frequency_penalty": 0.5}, {"frequencyPenalty": 0.5}, id="frequency_penalty"),
        pytest.param({"presence_penalty": -2}, {"presencePenalty": -2}, id="presence_penalty"),
        pytest.param({"max_tokens": 9}, {"maxOutputTokens": 9}, id="max_tokens"),
        pytest.param({"max_completion_tokens": 9}, {"maxOutputTokens": 9}, id="max_completion_tokens"),
        pytest.param({"stop": "\n\n"}, {"stopSequences": ["\n\n"]}, id="stop, white space too"),
        pytest.param({"stop": ["a", "b"]}, {"stopSequences": ["a", "b"]}, id="stops"),
        pytest.param({"n": 3}, {"candidateCount": 3}, id="n"),
        pytest.param(
            {"logprobs": True, "top_logprobs": 4}, {"responseLogprobs": True, "logprobs": 4}, id="logprobs"
        ),
        pytest.param(
            {"response_format": {"type": "json_object"}},
            {"responseMimeType": "application/json", "responseJsonSchema": {"type": "object"}},
            id="an object and no bare value",
        ),
    ],
)
def test_parameters_have_their_twins(fields: dict[str, Any], native: dict[str, Any]) -> None:
    assert generation(**fields) == native


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param(dict.fromkeys(set(Parameters.__struct_fields__) - {"messages", "model"}), id="null"),
        pytest.param({"frequency_penalty": 0, "presence_penalty": 0.0}, id="penalties"),
        pytest.param({"logit_bias": {}, "logprobs": False, "top_logprobs": 0}, id="probabilities"),
        pytest.param({"n": 1, "stop": [], "tools": [], "parallel_tool_calls": True}, id="tools"),
        pytest.param({"response_format": {"type": "text"}, "modalities": ["text"]}, id="text"),
        pytest.param({"store": False, "service_tier": "auto", "verbosity": "medium"}, id="service"),
        pytest.param({"temperature": 1, "metadata": {}}, id="defaults"),
        pytest.param({"stream": True, "stream_options": {"include_obfuscation": False}}, id="stream"),
    ],
)
@pytest.mark.parametrize("model", MODELS)
def test_values_that_ask_for_nothing_are_left_out_in_silence(model: str, fields: dict[str, Any]) -> None:
    plain, asked = exchange(chat(model=model)), exchange(chat(model=model, is_strict=True, **fields))

    assert (asked.request.body, asked.notes, asked.copies) == (plain.request.body, (), 1)


# A value of each parameter that asks for something.
VALUES: dict[str, Any] = {
    "audio": {"voice": "alloy", "format": "wav"},
    "frequency_penalty": 0.4,
    "logit_bias": {"50256": -100},
    "logprobs": True,
    "max_completion_tokens": 77,
    "max_tokens": 77,
    "metadata": {"a": "b"},
    "modalities": ["text", "audio"],
    "moderation": {"model": "omni"},
    "n": 2,
    "parallel_tool_calls": False,
    "prediction": {"type": "content", "content": "x"},
    "presence_penalty": 0.4,
    "prompt_cache_key": "k",
    "prompt_cache_options": {"mode": "implicit"},
    "prompt_cache_retention": "24h",
    "reasoning_effort": "low",
    "response_format": {"type": "json_schema", "json_schema": {"name": "a", "schema": ANSWER}},
    "safety_identifier": "s",
    "seed": 5,
    "service_tier": "flex",
    "stop": ["END"],
    "store": True,
    "temperature": 0.3,
    "tools": [WEATHER],
    "top_logprobs": 3,
    "top_p": 0.5,
    "user": "u",
    "verbosity": "low",
    "web_search_options": {},
}
# What each becomes, somewhere in the native body.
IMAGES = {
    "frequency_penalty": '"frequencyPenalty":0.4',
    "logprobs": '"responseLogprobs":true',
    "max_completion_tokens": '"maxOutputTokens":77',
    "max_tokens": '"maxOutputTokens":77',
    "n": '"candidateCount":2',
    "presence_penalty": '"presencePenalty":0.4',
    "reasoning_effort": '"thinking',
    "response_format": '"responseJsonSchema":{"title":"a"',
    "seed": '"seed":5',
    "service_tier": '"serviceTier":"flex"',
    "stop": '"stopSequences":["END"]',
    "temperature": '"temperature":0.3',
    "tools": '"functionDeclarations"',
    "top_p": '"topP":0.5',
    "web_search_options": '"googleSearch"',
}
# What is said elsewhere than in the body: by the address, by the gateway, or beside another parameter.
ELSEWHERE = {"messages", "model", "stream", "stream_options", "tool_choice", "functions", "function_call"}


def test_every_parameter_has_a_value_here() -> None:
    assert set(VALUES) | ELSEWHERE == set(Parameters.__struct_fields__)


@pytest.mark.parametrize("is_strict", [False, True], ids=["lenient", "strict"])
@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("name", sorted(VALUES))
def test_a_parameter_is_in_the_body_or_refused_or_reported(name: str, model: str, is_strict: bool) -> None:
    request = chat(is_strict=is_strict, **{"model": model, name: VALUES[name]})

    refused = objections(is_strict=is_strict, **{"model": model, name: VALUES[name]})
    if refused:
        assert name in {it.param for it in refused}
        return
    made = exchange(request)

    is_sent = IMAGES.get(name, "\0") in made.request.body.decode()
    is_copied = name == "n" and made.copies == 2
    is_reported = any(note.startswith(f"{name}=") for note in made.notes)
    assert is_sent or is_copied or is_reported


def test_the_same_request_makes_the_same_bytes() -> None:
    fields: dict[str, Any] = {
        **VALUES,
        "parallel_tool_calls": True,
        "tools": [WEATHER, CLOCK],
        "messages": [HI],
    }
    for name in ("audio", "logit_bias", "modalities", "moderation", "store", "verbosity", "max_tokens"):
        del fields[name]

    first, second = exchange(chat(**fields)), exchange(chat(**fields))

    assert (first.request, first.notes) == (second.request, second.notes)
