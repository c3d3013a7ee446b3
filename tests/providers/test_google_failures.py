"""What Google's errors mean."""

import json
from typing import Any

import pytest

from app.providers.base import Failure, FailureKind
from app.providers.google import GoogleDialect

K = FailureKind


def classified(status: int, body: object, **headers: str) -> Failure:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return GoogleDialect().classify(status, {key.replace("_", "-"): it for key, it in headers.items()}, raw)


def error(status: str, message: str, *details: dict[str, Any]) -> dict[str, Any]:
    return {"error": {"code": 400, "message": message, "status": status, "details": list(details)}}


def info(reason: str) -> dict[str, Any]:
    return {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": reason, "domain": "googleapis.com"}


def quota(quota_id: str) -> dict[str, Any]:
    violation = {"quotaMetric": "m", "quotaId": quota_id}
    return {"@type": "type.googleapis.com/google.rpc.QuotaFailure", "violations": [violation]}


def violation(field: str) -> dict[str, Any]:
    violations = [{"field": field, "description": "x"}]
    return {"@type": "type.googleapis.com/google.rpc.BadRequest", "fieldViolations": violations}


BAD = "INVALID_ARGUMENT"
SPENT = "RESOURCE_EXHAUSTED"


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        pytest.param(
            400,
            error(BAD, "API key not valid. Please pass a valid API key.", info("API_KEY_INVALID")),
            K.KEY_REFUSED,
            id="400 with an invalid key",
        ),
        pytest.param(400, error(BAD, "API key expired. Please renew it."), K.KEY_REFUSED, id="expired key"),
        pytest.param(401, error("UNAUTHENTICATED", "x"), K.KEY_REFUSED, id="401"),
        pytest.param(
            403, error("PERMISSION_DENIED", "disabled", info("SERVICE_DISABLED")), K.PERMISSION, id="403"
        ),
        pytest.param(
            400,
            error("FAILED_PRECONDITION", "User location is not supported for the API use."),
            K.PERMISSION,
            id="location",
        ),
        pytest.param(404, error("NOT_FOUND", "models/x is not found"), K.MODEL_NOT_FOUND, id="404"),
        pytest.param(
            400,
            error(BAD, "The input token count (1200000) exceeds the maximum number of tokens."),
            K.CONTEXT_TOO_LONG,
            id="context",
        ),
        pytest.param(413, b"<html>too large</html>", K.REQUEST_TOO_LARGE, id="413"),
        pytest.param(
            429,
            error(SPENT, "You exceeded your current quota", quota("GenerateRequestsPerDayPerProject")),
            K.QUOTA_EXHAUSTED,
            id="quota of the day",
        ),
        pytest.param(
            429,
            error(SPENT, "Quota exceeded for metric: x, limit: 0"),
            K.QUOTA_EXHAUSTED,
            id="limit 0",
        ),
        pytest.param(
            429, error(SPENT, "Your prepayment credits are depleted."), K.QUOTA_EXHAUSTED, id="prepaid"
        ),
        pytest.param(
            429,
            error(SPENT, "You exceeded your current quota", quota("GenerateRequestsPerMinutePerProject")),
            K.RATE_LIMITED,
            id="quota of the minute",
        ),
        pytest.param(499, error("CANCELLED", "x"), K.SERVER_ERROR, id="499"),
        pytest.param(500, error("INTERNAL", "x"), K.SERVER_ERROR, id="500"),
        pytest.param(503, error("UNAVAILABLE", "The model is overloaded."), K.OVERLOADED, id="503"),
        pytest.param(504, error("DEADLINE_EXCEEDED", "x"), K.SERVER_ERROR, id="504"),
        pytest.param(400, error(BAD, "Please use a valid role."), K.BAD_REQUEST, id="bad request"),
        pytest.param(302, b"", K.MALFORMED, id="redirect"),
        pytest.param(405, b"", K.MALFORMED, id="wrong address"),
        pytest.param(502, b"<html>Bad Gateway</html>", K.SERVER_ERROR, id="a proxy"),
        pytest.param(400, [error(BAD, "x", info("API_KEY_INVALID"))], K.KEY_REFUSED, id="an array of errors"),
        pytest.param(429, b"", K.RATE_LIMITED, id="empty"),
        pytest.param(429, {"error": "text"}, K.RATE_LIMITED, id="a text"),
        pytest.param(503, {"error": {"details": 5}}, K.OVERLOADED, id="odd details"),
    ],
)
def test_what_an_error_means(status: int, body: object, kind: FailureKind) -> None:
    failure = classified(status, body)

    assert (failure.kind, failure.status) == (kind, status)


@pytest.mark.parametrize(
    ("body", "param"),
    [
        pytest.param(error(BAD, "Penalty is not enabled for models/x"), "presence_penalty", id="penalty"),
        pytest.param(error(BAD, "x", violation("a.frequency_penalty")), "frequency_penalty", id="field"),
        pytest.param(error(BAD, "Multiple candidates is not enabled for models/x"), "n", id="candidates"),
        pytest.param(error(BAD, "Logprobs is not enabled for models/x"), "logprobs", id="logprobs"),
        pytest.param(
            error(BAD, "Thinking level MINIMAL is not supported."),
            "reasoning_effort",
            id="level",
        ),
        pytest.param(error(BAD, "Thinking is not enabled for models/x"), "reasoning_effort", id="thinking"),
        pytest.param(
            error(BAD, "Function calling with a response mime type: 'application/json' is unsupported"),
            "response_format",
            id="JSON beside tools",
        ),
        pytest.param(error(BAD, "Function calling is not enabled for models/x"), "tools", id="tools"),
        pytest.param(error(BAD, "Invalid value at 'a.temperature'"), "temperature", id="temperature"),
        pytest.param(error(BAD, "x", violation("generation_config.top_p")), "top_p", id="top_p"),
        pytest.param(error(BAD, "x", violation("generation_config.topK")), "top_k", id="top_k"),
        pytest.param(error(BAD, "Invalid value at 'generation_config.seed' (TYPE_INT32)"), "seed", id="seed"),
        pytest.param(
            error(BAD, "Function call is missing a thought_signature in functionCall parts."),
            "messages",
            id="thought signature",
        ),
        pytest.param(error(BAD, "Search as a tool is not enabled"), "web_search_options", id="search"),
        pytest.param(error(BAD, "Unsupported MIME type: image/gif"), "messages", id="MIME type"),
        pytest.param(error(BAD, "Developer instruction is not enabled"), "messages", id="instruction"),
    ],
)
def test_a_parameter_that_is_refused_is_named_as_openai_names_it(body: object, param: str) -> None:
    failure = classified(400, body)

    assert (failure.kind, failure.param) == (K.UNSUPPORTED_HERE, param)


def test_one_message_refuses_both_penalties() -> None:
    both = classified(400, error(BAD, "Penalty is not enabled for models/x"))
    one = classified(400, error(BAD, "x", violation("a.presence_penalty")))

    assert (both.param, both.also) == ("presence_penalty", ("frequency_penalty",))
    assert (one.param, one.also) == ("presence_penalty", ())


@pytest.mark.parametrize(
    ("body", "headers", "seconds"),
    [
        pytest.param(error(SPENT, "x", {"@type": "RetryInfo", "retryDelay": "17s"}), {}, 17, id="RetryInfo"),
        pytest.param(error(SPENT, "x", {"retryDelay": "1.5s"}), {"retry_after": "9"}, 1.5, id="both"),
        pytest.param(error(SPENT, "x", {"retryDelay": "soon"}), {"retry_after": "9"}, 9, id="header"),
        pytest.param(error(SPENT, "x"), {}, None, id="none"),
    ],
)
def test_how_long_to_wait(body: object, headers: dict[str, str], seconds: float | None) -> None:
    assert classified(429, body, **headers).retry_after_s == seconds


def test_the_words_are_googles() -> None:
    failure = classified(400, error(BAD, "Bad key", info("X")))

    assert failure.message == "Bad key"
