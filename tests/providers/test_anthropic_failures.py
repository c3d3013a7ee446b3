import json
from typing import Any

import pytest

from app.providers.base import FailureKind
from tests.providers.anthropic_exchange import ANTHROPIC


def error(kind: str, message: str = "Something is wrong", **details: Any) -> bytes:
    inner = {"type": kind, "message": message} | ({"details": details} if details else {})
    return json.dumps({"type": "error", "error": inner, "request_id": "req_1"}).encode()


INVALID = "invalid_request_error"


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        pytest.param(401, error("authentication_error"), FailureKind.KEY_REFUSED, id="key"),
        pytest.param(402, error("billing_error"), FailureKind.QUOTA_EXHAUSTED, id="billing"),
        pytest.param(403, error("permission_error"), FailureKind.PERMISSION, id="permission"),
        pytest.param(
            404, error("not_found_error", "model: claude-x"), FailureKind.MODEL_NOT_FOUND, id="model"
        ),
        pytest.param(409, error("conflict_error"), FailureKind.CONFLICT, id="conflict"),
        pytest.param(413, error("request_too_large"), FailureKind.REQUEST_TOO_LARGE, id="too large"),
        pytest.param(429, error("rate_limit_error"), FailureKind.RATE_LIMITED, id="rate"),
        pytest.param(500, error("api_error"), FailureKind.SERVER_ERROR, id="server"),
        pytest.param(504, error("timeout_error"), FailureKind.SERVER_ERROR, id="timeout"),
        pytest.param(529, error("overloaded_error"), FailureKind.OVERLOADED, id="overloaded"),
        pytest.param(
            400,
            error(INVALID, "Your credit balance is too low to access"),
            FailureKind.QUOTA_EXHAUSTED,
            id="credit",
        ),
        pytest.param(
            400,
            error(INVALID, "You have reached your specified API usage limits. You will regain access"),
            FailureKind.QUOTA_EXHAUSTED,
            id="own limit",
        ),
        pytest.param(
            429,
            error("rate_limit_error", error_code="enforced_spend_limit_reached"),
            FailureKind.QUOTA_EXHAUSTED,
            id="enforced limit",
        ),
        pytest.param(
            429,
            error("rate_limit_error", error_code="contract_spend_limit_reached"),
            FailureKind.QUOTA_EXHAUSTED,
            id="contract's limit",
        ),
        pytest.param(
            429,
            error("rate_limit_error", error_code="ramp_limit_exceeded"),
            FailureKind.RATE_LIMITED,
            id="ramp",
        ),
        pytest.param(
            400,
            error(INVALID, "prompt is too long: 208310 tokens > 200000 maximum"),
            FailureKind.CONTEXT_TOO_LONG,
            id="context",
        ),
        pytest.param(
            400,
            error(INVALID, "input length and `max_tokens` exceed context limit: 1 + 2 > 2"),
            FailureKind.CONTEXT_TOO_LONG,
            id="context with the limit",
        ),
        pytest.param(
            400,
            error(INVALID, "Output blocked by content filtering policy"),
            FailureKind.CONTENT_POLICY,
            id="content policy",
        ),
        pytest.param(
            400,
            error(INVALID, "messages.1.content.0: the signature is bound to a different conversation"),
            FailureKind.BAD_REQUEST,
            id="bound reasoning",
        ),
        pytest.param(
            400,
            error(INVALID, "messages.1.content.0: Invalid `signature` in `thinking` block"),
            FailureKind.BAD_REQUEST,
            id="signature",
        ),
        pytest.param(
            400,
            error(
                INVALID,
                "messages.1.content.0.type: Expected `thinking` or `redacted_thinking`, but found "
                "`tool_use`. When `thinking` is enabled, a final `assistant` message must start with it.",
            ),
            FailureKind.BAD_REQUEST,
            id="missing reasoning",
        ),
        pytest.param(
            400, error(INVALID, "messages: at least one"), FailureKind.BAD_REQUEST, id="bad request"
        ),
        pytest.param(502, b"<html>Bad Gateway</html>", FailureKind.SERVER_ERROR, id="a proxy's page"),
        pytest.param(503, b"", FailureKind.OVERLOADED, id="empty"),
        pytest.param(301, b"", FailureKind.MALFORMED, id="redirect"),
        pytest.param(405, b"", FailureKind.MALFORMED, id="method"),
        pytest.param(404, b"<html>", FailureKind.MODEL_NOT_FOUND, id="page not found"),
    ],
)
def test_an_error_is_understood(status: int, body: bytes, kind: FailureKind) -> None:
    failure = ANTHROPIC.classify(status, {}, body)

    assert (failure.kind, failure.status, failure.param) == (kind, status, None)


@pytest.mark.parametrize(
    ("message", "param"),
    [
        ("`temperature` is deprecated for this model.", "temperature"),
        ("temperature: Extra inputs are not permitted", "temperature"),
        ("`temperature` may only be set to 1 when thinking is enabled or in adaptive mode.", "temperature"),
        ("`top_k` must be unset when thinking is enabled or in adaptive mode.", "top_k"),
        ("`top_p` must be greater than or equal to 0.95 or unset when thinking is enabled.", "top_p"),
        ("This model does not support the effort parameter.", "reasoning_effort"),
        ('"thinking.type.disabled" is not supported for this model.', "reasoning_effort"),
        ('tool_choice: type "any" is not supported on this model. Use "auto".', "tool_choice"),
        ("Thinking may not be enabled when tool_choice forces tool use.", "tool_choice"),
        ("output_config.format: this model does not support structured outputs", "response_format"),
        (
            "max_tokens: 64000 > 8192, which is the maximum allowed number of output tokens for claude-x",
            "max_completion_tokens",
        ),
        ("This model does not support assistant message prefill.", "messages"),
        ("brand_new: Extra inputs are not permitted", "brand_new"),
    ],
)
def test_what_the_model_does_not_take_is_named_as_openai_names_it(message: str, param: str) -> None:
    failure = ANTHROPIC.classify(400, {}, error(INVALID, message))

    assert (failure.kind, failure.param) == (FailureKind.UNSUPPORTED_HERE, param)


def test_of_two_sampling_parameters_the_second_is_named() -> None:
    message = "`temperature` and `top_p` cannot both be specified for this model. Please use only one."

    failure = ANTHROPIC.classify(400, {}, error(INVALID, message))

    assert failure.param == "top_p"


LIMITS = {
    "anthropic-ratelimit-requests-remaining": "10",
    "anthropic-ratelimit-requests-reset": "2099-01-01T00:00:00Z",
    "anthropic-ratelimit-tokens-remaining": "0",
    "anthropic-ratelimit-tokens-reset": "2020-01-01T00:00:00Z",
}


@pytest.mark.parametrize(
    ("headers", "wait_s"),
    [
        pytest.param({"retry-after": "7"}, 7.0, id="told"),
        pytest.param({**LIMITS, "retry-after": "7"}, 7.0, id="told and implied"),
        pytest.param(LIMITS, 0.0, id="implied by the limit that is used up"),
        pytest.param({"anthropic-ratelimit-tokens-remaining": "0"}, None, id="implied without a time"),
        pytest.param({}, None, id="not told"),
    ],
)
def test_the_wait_is_the_providers_hint(headers: dict[str, str], wait_s: float | None) -> None:
    assert ANTHROPIC.classify(429, headers, error("rate_limit_error")).retry_after_s == wait_s


def test_the_provider_says_whether_to_retry() -> None:
    assert ANTHROPIC.classify(500, {"x-should-retry": "false"}, error("api_error")).should_retry is False
