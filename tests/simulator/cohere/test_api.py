"""What simulated Cohere has besides its answers: usage, errors, lists of models, checks of keys."""

from typing import cast

import cohere as sdk
import httpx
import pytest
from cohere.core.api_error import ApiError

from tests.simulator.cohere.answers import asked, folded, streamed
from tests.simulator.cohere.bodies import PLAIN, REASONING, VISION, Body, chat


async def test_counts_in_floats_what_is_billed_and_what_is_cached(http: httpx.AsyncClient) -> None:
    answer = (await http.post("/v2/chat", json=chat(model=f"{PLAIN};cached=40"))).json()

    assert answer["usage"] == {
        "billed_units": {"input_tokens": 46.0, "output_tokens": 21.0},
        "tokens": {"input_tokens": 112.0, "output_tokens": 21.0},
        "cached_tokens": 40.0,
    }
    assert isinstance(answer["usage"]["tokens"]["input_tokens"], float)


async def test_says_nothing_of_usage_when_told(cohere: sdk.AsyncClientV2) -> None:
    answer = await asked(cohere, chat(model=f"{PLAIN};no_usage"))

    assert "usage" not in answer


async def test_gives_logprobs_by_segment(cohere: sdk.AsyncClientV2) -> None:
    body = chat(logprobs=True, max_tokens=2)

    plain, events = await asked(cohere, body), await streamed(cohere, body)

    segments = cast("list[Body]", plain["logprobs"])
    assert [segment["text"] for segment in segments] == ["You", " said"]
    assert [segment["logprobs"] for segment in segments] == [[-0.01], [-0.01]]
    assert folded(events)["logprobs"] == segments


ERRORS: dict[str, tuple[str, type[ApiError], int, str]] = {
    "bad request": ("status=400", sdk.BadRequestError, 400, "invalid request"),
    "context": ("status=400;code=context_length_exceeded", sdk.BadRequestError, 400, "too many tokens"),
    "key": ("status=401", sdk.UnauthorizedError, 401, "invalid api token"),
    "payment": ("status=402", ApiError, 402, "payment method"),
    "permission": ("status=403", sdk.ForbiddenError, 403, "does not have access"),
    "model": ("status=404", sdk.NotFoundError, 404, "not found"),
    "field": ("status=422", sdk.UnprocessableEntityError, 422, "unknown field"),
    "rate": ("status=429", sdk.TooManyRequestsError, 429, "calls / minute"),
    "quota": ("status=429;code=insufficient_quota", sdk.TooManyRequestsError, 429, "calls / month"),
    "blocked key": ("status=498", ApiError, 498, "invalid api token"),
    "server": ("status=500", sdk.InternalServerError, 500, "internal server error"),
    "overload": ("status=503", sdk.ServiceUnavailableError, 503, "unavailable"),
    "timeout": ("status=504", sdk.GatewayTimeoutError, 504, "timed out"),
}


@pytest.mark.parametrize(("told", "kind", "status", "words"), ERRORS.values(), ids=ERRORS)
async def test_the_sdk_raises(
    cohere: sdk.AsyncClientV2, told: str, kind: type[ApiError], status: int, words: str
) -> None:
    with pytest.raises(kind) as raised:
        await asked(cohere, chat(model=f"{PLAIN};{told}"))

    assert raised.value.status_code == status
    assert words in raised.value.body["message"]


async def test_a_stream_can_end_in_an_error(cohere: sdk.AsyncClientV2) -> None:
    events = await streamed(cohere, chat(model=f"{PLAIN};error_event=4"))

    assert [event["type"] for event in events] == [
        "message-start",
        "content-start",
        "content-delta",
        "message-end",
    ]
    assert events[-1]["delta"] == {"finish_reason": "ERROR", "error": "internal server error"}


async def test_a_stream_has_a_name_for_each_event_and_an_end(http: httpx.AsyncClient) -> None:
    answer = await http.post("/v2/chat", json=chat(stream=True, max_tokens=1))

    assert answer.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert answer.text.startswith('event: message-start\ndata: {"type":"message-start","id":"')
    assert answer.text.endswith("}\n\ndata: [DONE]\n\n")


async def test_lists_models_with_what_they_can_do(cohere: sdk.AsyncClientV2) -> None:
    listed = await cohere.models.list(endpoint="chat")

    models = {model.name: model for model in listed.models}
    assert "embed-v4.0" not in models
    assert models[PLAIN].context_length == 256_000
    assert models[PLAIN].endpoints == ["chat"]
    assert "reasoning" in (models[REASONING].features or [])
    assert "tools" not in (models[VISION].features or [])


async def test_lists_other_models_too(cohere: sdk.AsyncClientV2) -> None:
    listed = await cohere.models.list()

    assert "embed-v4.0" in [model.name for model in listed.models]


@pytest.mark.parametrize(("key", "is_valid"), [("key", True), ("key;refuse", False)], ids=["good", "bad"])
async def test_checks_a_key(http: httpx.AsyncClient, key: str, is_valid: bool) -> None:
    answer = await http.post("/v1/check-api-key", headers={"authorization": f"Bearer {key}"})

    assert answer.json()["valid"] is is_valid


@pytest.mark.parametrize(
    ("method", "path", "headers", "status"),
    [
        ("POST", "/v2/chat", {"authorization": ""}, 401),
        ("POST", "/v2/chat", {"authorization": "Basic key"}, 401),
        ("GET", "/v2/chat", {}, 405),
        ("POST", "/v1/models", {}, 405),
        ("POST", "/v1/chat/completions", {}, 404),
    ],
    ids=["no key", "key of another scheme", "wrong method", "wrong method for models", "unknown path"],
)
async def test_answers_other_requests_as_cohere_does(
    http: httpx.AsyncClient, method: str, path: str, headers: dict[str, str], status: int
) -> None:
    answer = await http.request(method, path, headers=headers)

    assert answer.status_code == status
    assert sorted(answer.json()) == ["id", "message"]
    assert answer.headers["x-debug-trace-id"]
