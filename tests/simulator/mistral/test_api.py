"""What simulated Mistral has besides its answers: usage, errors, the list of models."""

from typing import cast

import httpx
import pytest
from mistralai.client import Mistral
from mistralai.client.errors import HTTPValidationError, MistralError, SDKError

from tests.simulator.mistral.answers import asked, streamed
from tests.simulator.mistral.bodies import LARGE, MAGISTRAL, MEDIUM, SMALL, Body, chat


async def test_counts_what_was_cached_and_what_was_thought(mistral: Mistral) -> None:
    answer = await asked(mistral, chat(model=f"{MAGISTRAL};cached=40"))

    assert answer["usage"] == {
        "prompt_tokens": 46,
        "completion_tokens": 39,
        "total_tokens": 85,
        "prompt_tokens_details": {"cached_tokens": 40},
        "completion_tokens_details": {"reasoning_tokens": 18},
    }


async def test_a_stream_says_nothing_of_usage_when_told(mistral: Mistral) -> None:
    chunks = await streamed(mistral, chat(model=f"{MEDIUM};no_usage"))

    assert not any("usage" in chunk for chunk in chunks)


async def test_gives_logprobs_by_token(mistral: Mistral) -> None:
    body = chat(logprobs=True, max_tokens=2)

    plain, chunks = await asked(mistral, body), await streamed(mistral, body)

    logprobs = cast("list[dict[str, dict[str, list[Body]]]]", plain["choices"])[0]["logprobs"]["content"]
    assert [entry["token"] for entry in logprobs] == ["You", " said"]
    entries = [cast("list[dict[str, dict[str, list[Body]]]]", chunk["choices"])[0] for chunk in chunks]
    assert [entry["logprobs"]["content"][0] for entry in entries if "logprobs" in entry] == logprobs


ERRORS: dict[str, tuple[str, type[MistralError], int, str]] = {
    "bad request": ("status=400", SDKError, 400, '"code":"3051"'),
    "context": ("status=400;code=context_length_exceeded", SDKError, 400, "Prompt contains 140000 tokens"),
    "order": ("status=400;code=3230", SDKError, 400, "invalid_request_message_order"),
    "key": ("status=401", SDKError, 401, '{"detail":"Unauthorized"}'),
    "payment": ("status=402", SDKError, 402, "payment_required"),
    "permission": ("status=403", SDKError, 403, "forbidden"),
    "guardrail": ("status=403;code=guardrail", SDKError, 403, "blocked by a guardrail"),
    "refusal": ("refuse", SDKError, 403, "blocked by a guardrail"),
    "model": ("status=404", SDKError, 404, "invalid_model"),
    "field": ("status=422", HTTPValidationError, 422, "extra_forbidden"),
    "rate": ("status=429", SDKError, 429, '"code":"1300"'),
    "capacity": ("status=429;code=3505", SDKError, 429, "service_tier_capacity_exceeded"),
    "server": ("status=500", SDKError, 500, "Internal server error"),
    "overload": ("status=503", SDKError, 503, "Service unavailable"),
}


@pytest.mark.parametrize(("told", "kind", "status", "words"), ERRORS.values(), ids=ERRORS)
async def test_the_sdk_raises(
    mistral: Mistral, told: str, kind: type[MistralError], status: int, words: str
) -> None:
    with pytest.raises(kind) as raised:
        await asked(mistral, chat(model=f"{MEDIUM};{told}"))

    assert raised.value.status_code == status
    assert words in raised.value.body


async def test_the_sdk_knows_which_field_is_wrong(mistral: Mistral) -> None:
    with pytest.raises(HTTPValidationError) as raised:
        await asked(mistral, chat(temperature=3))

    assert [(problem.loc, problem.type) for problem in raised.value.data.detail or []] == [
        (["body", "temperature"], "less_than_equal")
    ]


async def test_a_stream_can_break_off(mistral: Mistral) -> None:
    chunks = await streamed(mistral, chat(model=f"{MEDIUM};error_event=3"))

    choices = [cast("list[Body]", chunk["choices"])[0] for chunk in chunks]
    assert [choice["finish_reason"] for choice in choices] == [None, None, "error"]


async def test_a_stream_can_break_off_with_an_error_of_its_own(http: httpx.AsyncClient) -> None:
    body = chat(model=f"{MEDIUM};error_event=2;code=3505", stream=True)

    answer = await http.post("/v1/chat/completions", json=body)

    assert answer.status_code == 200
    assert answer.text.split("\n\n")[1].startswith('data: {"object":"error","message":"Service tier capacity')


async def test_a_stream_ends_with_done(http: httpx.AsyncClient) -> None:
    answer = await http.post("/v1/chat/completions", json=chat(stream=True, max_tokens=1))

    assert answer.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert answer.text.endswith("}\n\ndata: [DONE]\n\n")


async def test_lists_models_with_what_they_can_do(mistral: Mistral) -> None:
    listed = await mistral.models.list_async()

    models = {model.id: model for model in listed.data or [] if model.type == "base"}
    assert models[SMALL].name == "mistral-small-2603"
    assert models[SMALL].aliases == ["mistral-small-2603", "mistral-small-4"]
    assert models[SMALL].capabilities.vision
    assert models[LARGE].max_context_length == 262_144
    assert models[MAGISTRAL].default_model_temperature == 0.7
    assert [name for name, model in models.items() if not model.capabilities.completion_chat] == [
        "mistral-embed-2312",
        "mistral-embed",
    ]
    assert not models[MEDIUM].capabilities.reasoning


@pytest.mark.parametrize(
    ("method", "path", "headers", "status", "detail"),
    [
        ("POST", "/v1/chat/completions", {"authorization": ""}, 401, "Unauthorized"),
        ("GET", "/v1/models", {"authorization": "Basic key"}, 401, "Unauthorized"),
        ("GET", "/v1/chat/completions", {}, 405, "Method Not Allowed"),
        ("POST", "/v1/models", {}, 405, "Method Not Allowed"),
        ("POST", "/v2/chat", {}, 404, "Not Found"),
    ],
    ids=["no key", "key of another scheme", "wrong method", "wrong method for models", "unknown path"],
)
async def test_answers_other_requests_as_mistral_does(
    http: httpx.AsyncClient, method: str, path: str, headers: dict[str, str], status: int, detail: str
) -> None:
    answer = await http.request(method, path, headers=headers)

    assert (answer.status_code, answer.json()) == (status, {"detail": detail})
    assert answer.headers["mistral-correlation-id"]


async def test_a_body_that_is_not_json_is_named_as_such(http: httpx.AsyncClient) -> None:
    answer = await http.post("/v1/chat/completions", content=b"{")

    assert answer.status_code == 422
    assert answer.json()["detail"][0]["type"] == "json_invalid"
