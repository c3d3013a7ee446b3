import json
from typing import Any

import pytest

from app.providers.base import Failure, FailureKind
from app.providers.mistral import MistralDialect


def error(message: str = "No.", **fields: Any) -> bytes:
    whole = {
        "object": "error",
        "message": message,
        "type": "invalid_request_error",
        "param": None,
        "code": None,
    }
    return json.dumps({**whole, **fields}).encode()


def detail(*loc: str | int, kind: str = "extra_forbidden") -> bytes:
    problem = {"type": kind, "loc": ["body", *loc], "msg": "Extra inputs are not permitted", "input": 1}
    return json.dumps({"detail": [problem]}).encode()


@pytest.mark.parametrize(
    ("status", "body", "kind", "param"),
    [
        pytest.param(401, b'{"detail":"Unauthorized"}', "key_refused", None, id="key"),
        pytest.param(
            401, b'{"message":"Unauthorized","request_id":"x"}', "key_refused", None, id="key, gateway"
        ),
        pytest.param(402, error(), "quota_exhausted", None, id="payment"),
        pytest.param(403, error(), "permission", None, id="forbidden"),
        pytest.param(403, error(type="guardrail_blocked"), "content_policy", None, id="guardrail by type"),
        pytest.param(403, error("Request blocked by a guardrail."), "content_policy", None, id="guardrail"),
        pytest.param(404, error(), "model_not_found", None, id="not found"),
        pytest.param(
            400,
            error("Invalid model: x", type="invalid_model", code="1500"),
            "model_not_found",
            None,
            id="model",
        ),
        pytest.param(
            400,
            error("Prompt contains 140000 tokens, too large for model with 131072 maximum", code="3051"),
            "context_too_long",
            None,
            id="context",
        ),
        pytest.param(
            400,
            error(
                "Unexpected role 'user' after role 'tool'", type="invalid_request_message_order", code="3230"
            ),
            "unsupported_here",
            None,
            id="order of messages",
        ),
        pytest.param(
            400,
            error("Tool call id was x", type="invalid_function_call", code="3280"),
            "unsupported_here",
            None,
            id="call id",
        ),
        pytest.param(
            400,
            error("reasoning_effort='max' is not supported for this model.", code="3051"),
            "unsupported_here",
            "reasoning_effort",
            id="effort",
        ),
        pytest.param(
            400,
            error("top_p must be 1 when using greedy sampling.", code="3051"),
            "unsupported_here",
            "top_p",
            id="tuning",
        ),
        pytest.param(400, error(), "bad_request", None, id="400"),
        pytest.param(422, detail("random_seed"), "unsupported_here", "seed", id="field by its other name"),
        pytest.param(422, detail("store"), "unsupported_here", "store", id="forbidden field"),
        pytest.param(
            422,
            detail("messages", 2, "user", "name"),
            "unsupported_here",
            "messages[2].name",
            id="inside a message",
        ),
        pytest.param(
            422,
            json.dumps({"object": "error", "message": json.loads(detail("n"))}).encode(),
            "unsupported_here",
            "n",
            id="detail inside a message",
        ),
        pytest.param(429, error("Rate limit exceeded", code="1300"), "rate_limited", None, id="rate"),
        pytest.param(
            429,
            error("Service tier capacity exceeded for this model.", code="3505"),
            "overloaded",
            None,
            id="capacity",
        ),
        pytest.param(429, error("Monthly usage limit reached"), "quota_exhausted", None, id="quota"),
        pytest.param(413, b"", "request_too_large", None, id="too large"),
        pytest.param(409, b"", "conflict", None, id="conflict"),
        pytest.param(408, b"", "server_error", None, id="timeout"),
        pytest.param(500, error(code="3000"), "server_error", None, id="500"),
        pytest.param(502, b"<html>Bad Gateway</html>", "server_error", None, id="HTML"),
        pytest.param(503, error(), "overloaded", None, id="503"),
        pytest.param(405, b'{"detail":"Method Not Allowed"}', "malformed", None, id="not this API"),
        pytest.param(302, b"", "malformed", None, id="redirect"),
        pytest.param(418, b"", "bad_request", None, id="other 4xx"),
    ],
)
def test_understands_a_failure(status: int, body: bytes, kind: str, param: str | None) -> None:
    failure = MistralDialect().classify(status, {}, body)

    assert (failure.kind, failure.param) == (FailureKind(kind), param)


def test_a_failure_says_all_that_the_provider_said() -> None:
    body = error("Slow down", type="rate_limited", code="1300")

    failure = MistralDialect().classify(429, {"retry-after": "2"}, body)

    assert failure == Failure(
        FailureKind.RATE_LIMITED,
        "Slow down",
        status=429,
        retry_after_s=2,
    )


def test_a_list_of_problems_is_told_in_words() -> None:
    failure = MistralDialect().classify(422, {}, detail("messages", 0, "user", "content", 1, "type"))

    assert failure.message == "messages[0].content[1].type: Extra inputs are not permitted"
