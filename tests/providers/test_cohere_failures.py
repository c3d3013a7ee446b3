import json

import pytest

from app.providers.base import Failure, FailureKind
from app.providers.cohere import CohereDialect


def error(message: str = "No.") -> bytes:
    return json.dumps({"id": "e-1", "message": message}).encode()


TRIAL = "You are using a Trial key, which is limited to {} API calls / {}."


@pytest.mark.parametrize(
    ("status", "message", "kind", "param"),
    [
        pytest.param(401, "invalid api token", "key_refused", None, id="key"),
        pytest.param(498, "invalid api token", "key_refused", None, id="blocked key"),
        pytest.param(402, "Please add a payment method", "quota_exhausted", None, id="payment"),
        pytest.param(403, "your API key does not have access", "permission", None, id="forbidden"),
        pytest.param(404, "model 'x' not found, make sure…", "model_not_found", None, id="model"),
        pytest.param(
            400, "model 'x' not found, make sure…", "model_not_found", None, id="model as a bad request"
        ),
        pytest.param(400, "too many tokens: total number of tokens…", "context_too_long", None, id="context"),
        pytest.param(422, "too many tokens", "context_too_long", None, id="context, 422"),
        pytest.param(
            400,
            "invalid request: temperature must be between 0 and 1.0 inclusive.",
            "unsupported_here",
            "temperature",
            id="range",
        ),
        pytest.param(
            400,
            "invalid request: p must be between 0.01 and 0.99 inclusive.",
            "unsupported_here",
            "top_p",
            id="range of a field by another name",
        ),
        pytest.param(
            422,
            "unknown field: parameter 'k' is not a valid field.",
            "unsupported_here",
            "top_k",
            id="unknown field",
        ),
        pytest.param(
            400,
            "invalid request: thinking is not supported for the model 'x'.",
            "unsupported_here",
            "reasoning_effort",
            id="what a model cannot do",
        ),
        pytest.param(400, "invalid request: no.", "bad_request", None, id="400"),
        pytest.param(422, "invalid type", "bad_request", None, id="422"),
        pytest.param(429, TRIAL.format(20, "minute"), "rate_limited", None, id="rate"),
        pytest.param(429, TRIAL.format(1000, "month"), "quota_exhausted", None, id="quota"),
        pytest.param(413, "x", "request_too_large", None, id="too large"),
        pytest.param(409, "x", "conflict", None, id="conflict"),
        pytest.param(499, "request cancelled", "server_error", None, id="cancelled"),
        pytest.param(500, "internal server error", "server_error", None, id="500"),
        pytest.param(501, "not implemented", "server_error", None, id="501"),
        pytest.param(503, "unavailable", "overloaded", None, id="503"),
        pytest.param(504, "timed out", "server_error", None, id="504"),
        pytest.param(405, "method not allowed", "malformed", None, id="not this API"),
        pytest.param(302, "", "malformed", None, id="redirect"),
        pytest.param(418, "x", "bad_request", None, id="other 4xx"),
    ],
)
def test_understands_a_failure(status: int, message: str, kind: str, param: str | None) -> None:
    failure = CohereDialect().classify(status, {}, error(message))

    assert (failure.kind, failure.param) == (FailureKind(kind), param)


@pytest.mark.parametrize("body", [b"", b"<html>Bad Gateway</html>"], ids=["empty", "HTML"])
def test_a_failure_without_cohere_in_it_is_read_by_its_status(body: bytes) -> None:
    assert CohereDialect().classify(502, {}, body).kind == FailureKind.SERVER_ERROR


def test_a_failure_says_all_that_the_provider_said() -> None:
    failure = CohereDialect().classify(429, {"retry-after": "2"}, error("Slow down"))

    assert failure == Failure(FailureKind.RATE_LIMITED, "Slow down", status=429, retry_after_s=2)
