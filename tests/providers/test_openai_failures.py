import json
from typing import Any

import pytest

from app.providers.base import Failure, FailureKind
from app.providers.openai import OpenAIDialect

DIALECT = OpenAIDialect()


def error(**fields: Any) -> bytes:
    return json.dumps({"error": {"message": "No.", **fields}}).encode()


def words(text: str) -> bytes:
    return json.dumps({"error": {"message": text}}).encode()


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        pytest.param(401, error(code="invalid_api_key"), "key_refused", id="OpenAI key"),
        pytest.param(401, error(code="invalid_organization"), "key_refused", id="OpenAI organisation"),
        pytest.param(401, error(code="401"), "key_refused", id="Azure key"),
        pytest.param(400, words("Incorrect API key provided: x"), "key_refused", id="xAI key"),
        pytest.param(
            403, error(code="unsupported_country_region_territory"), "permission", id="OpenAI region"
        ),
        pytest.param(403, error(), "permission", id="forbidden"),
        pytest.param(404, error(code="model_not_found"), "model_not_found", id="OpenAI model"),
        pytest.param(404, error(code="DeploymentNotFound"), "model_not_found", id="Azure deployment"),
        pytest.param(404, words("model 'x' not found, try pulling it"), "model_not_found", id="Ollama model"),
        pytest.param(400, words("The model `x` does not exist"), "model_not_found", id="model by words"),
        pytest.param(400, words("x is not a valid model ID"), "model_not_found", id="OpenRouter model"),
        pytest.param(404, b"<html>Not Found</html>", "model_not_found", id="another server"),
        pytest.param(400, error(code="context_length_exceeded"), "context_too_long", id="OpenAI context"),
        pytest.param(
            400, words("This model's maximum context length is 4096"), "context_too_long", id="vLLM context"
        ),
        pytest.param(
            400, error(type="exceed_context_size_error"), "context_too_long", id="llama.cpp context"
        ),
        pytest.param(
            403, words("Input tokens exceed the context window"), "context_too_long", id="Together context"
        ),
        pytest.param(400, error(code="string_above_max_length"), "bad_request", id="OpenAI long string"),
        pytest.param(400, error(code="unsupported_parameter"), "unsupported_here", id="parameter"),
        pytest.param(400, error(code="unsupported_value"), "unsupported_here", id="value"),
        pytest.param(400, error(code="unknown_parameter"), "unsupported_here", id="unknown parameter"),
        pytest.param(
            400,
            error(code="invalid_encrypted_content"),
            "unsupported_here",
            id="reasoning of another account",
        ),
        pytest.param(400, error(code="content_policy_violation"), "content_policy", id="OpenAI policy"),
        pytest.param(400, error(code="invalid_prompt"), "content_policy", id="OpenAI prompt"),
        pytest.param(400, error(code="content_filter"), "content_policy", id="Azure filter"),
        pytest.param(
            400,
            error(code=None, innererror={"code": "ResponsibleAIPolicyViolation"}),
            "content_policy",
            id="Azure inner error",
        ),
        pytest.param(429, error(code="rate_limit_exceeded"), "rate_limited", id="OpenAI rate"),
        pytest.param(429, error(code="slow_down"), "rate_limited", id="OpenAI slow down"),
        pytest.param(429, error(), "rate_limited", id="Azure rate"),
        pytest.param(429, b"", "rate_limited", id="rate without body"),
        pytest.param(429, error(code="insufficient_quota"), "quota_exhausted", id="OpenAI quota"),
        pytest.param(
            429, error(type="insufficient_quota", code="new_code"), "quota_exhausted", id="quota by type"
        ),
        pytest.param(429, error(code="billing_hard_limit_reached"), "quota_exhausted", id="hard limit"),
        pytest.param(429, words("You exceeded your current quota"), "quota_exhausted", id="quota by words"),
        pytest.param(402, words("Insufficient Balance"), "quota_exhausted", id="DeepSeek balance"),
        pytest.param(
            429,
            error(message="Request too large for m on tokens per minute", code="rate_limit_exceeded"),
            "request_too_large",
            id="will never fit",
        ),
        pytest.param(413, b"", "request_too_large", id="too large"),
        pytest.param(400, error(code="resource_unavailable"), "overloaded", id="OpenAI flex"),
        pytest.param(503, error(code="server_is_overloaded"), "overloaded", id="OpenAI overloaded"),
        pytest.param(503, words("Loading model"), "overloaded", id="llama.cpp loading"),
        pytest.param(498, error(code="capacity_exceeded"), "overloaded", id="Groq capacity"),
        pytest.param(529, b"", "overloaded", id="529"),
        pytest.param(400, error(code="tool_use_failed"), "malformed", id="Groq tool use"),
        pytest.param(500, error(), "server_error", id="500"),
        pytest.param(502, b"<html>Bad Gateway</html>", "server_error", id="502 HTML"),
        pytest.param(504, b"", "server_error", id="504"),
        pytest.param(520, b"", "server_error", id="Cloudflare"),
        pytest.param(408, b"", "server_error", id="408"),
        pytest.param(
            500,
            words("Error: Jinja Exception: System message must be at the beginning."),
            "unsupported_here",
            id="llama.cpp template",
        ),
        pytest.param(409, b"", "conflict", id="409"),
        pytest.param(422, b'{"detail":[{"msg":"bad"}]}', "bad_request", id="422"),
        pytest.param(400, error(), "bad_request", id="400"),
        pytest.param(400, b"", "bad_request", id="400 without body"),
        pytest.param(418, b"", "bad_request", id="other 4xx"),
        pytest.param(405, b"", "malformed", id="not this API"),
        pytest.param(302, b"", "malformed", id="redirect"),
    ],
)
def test_understands_a_failure(status: int, body: bytes, kind: str) -> None:
    assert DIALECT.classify(status, {}, body).kind == FailureKind(kind)


def test_a_failure_says_all_that_the_provider_said() -> None:
    body = error(message="Slow down", type="requests", code="rate_limit_exceeded", param="n")

    failure = DIALECT.classify(429, {"retry-after-ms": "1500", "x-should-retry": "false"}, body)

    assert failure == Failure(
        FailureKind.RATE_LIMITED,
        "Slow down",
        status=429,
        type="requests",
        code="rate_limit_exceeded",
        param="n",
        retry_after_s=1.5,
        should_retry=False,
    )


@pytest.mark.parametrize(
    ("body", "param"),
    [
        pytest.param(words("Unrecognized request argument supplied: top_k"), "top_k", id="OpenAI, unknown"),
        pytest.param(
            words("Unsupported parameter: 'temperature' is not supported with this model."),
            "temperature",
            id="OpenAI, by words",
        ),
        pytest.param(words("property 'verbosity' is unsupported"), "verbosity", id="Groq"),
        pytest.param(words("This is not supported by this model"), None, id="no name"),
        pytest.param(words("System message must be at the beginning."), "messages", id="vLLM, template"),
        pytest.param(
            words("Conversation roles must alternate user/assistant/..."), "messages", id="another template"
        ),
        pytest.param(
            error(code="unsupported_value", param="reasoning.effort"), "reasoning_effort", id="effort"
        ),
        pytest.param(
            error(code="unsupported_value", param="max_output_tokens"), "max_completion_tokens", id="limit"
        ),
        pytest.param(
            error(code="unsupported_value", param="text.format.schema"), "response_format", id="format"
        ),
        pytest.param(error(code="unsupported_value", param="input[3].content"), "messages", id="input"),
        pytest.param(error(code="unsupported_value", param="tools[0].name"), "tools[0].name", id="same name"),
    ],
)
def test_a_refused_parameter_is_named_as_in_a_chat_request(body: bytes, param: str | None) -> None:
    failure = DIALECT.classify(400, {}, body)

    assert (failure.kind, failure.param) == (FailureKind.UNSUPPORTED_HERE, param)


def test_both_penalties_are_refused_in_googles_words() -> None:
    failure = DIALECT.classify(400, {}, words("Penalty is not enabled for this model"))

    assert (failure.kind, failure.param, failure.also) == (
        FailureKind.UNSUPPORTED_HERE,
        "presence_penalty",
        ("frequency_penalty",),
    )
