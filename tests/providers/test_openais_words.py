"""What a client may mend is told in OpenAI's words, whoever says it in which."""

import json

import pytest

from app.core.provider_name import ProviderName
from app.gateway.failover import to_error
from app.providers.registry import DIALECTS
from tests.providers.exchanging import Row


def anthropic(kind: str, message: str) -> Row:
    """An error of Anthropic's."""
    return {"type": "error", "error": {"type": kind, "message": message}}


def google(code: int, status: str, message: str) -> Row:
    """An error of Google's."""
    return {"error": {"code": code, "status": status, "message": message}}


def mistral(kind: str, code: str, message: str) -> Row:
    """An error of Mistral's."""
    return {"object": "error", "message": message, "type": kind, "param": None, "code": code}


def vllm(code: int, message: str) -> Row:
    """An error of vLLM's, which numbers its codes."""
    return {"error": {"message": message, "type": "BadRequestError", "param": None, "code": code}}


LONG = "context_length_exceeded"
UNKNOWN = "model_not_found"
WRONG = "invalid_value"
NOT_TAKEN = "unsupported_parameter"
ERRORS = [
    pytest.param("ANTHROPIC", 400, anthropic("invalid_request_error", "prompt is too long: 9 > 2"), LONG),
    pytest.param("ANTHROPIC", 404, anthropic("not_found_error", "model: claude-9"), UNKNOWN),
    pytest.param("ANTHROPIC", 413, anthropic("request_too_large", "Too large"), "request_too_large"),
    pytest.param("ANTHROPIC", 400, anthropic("invalid_request_error", "Names must be unique."), WRONG),
    pytest.param(
        "GOOGLE",
        400,
        google(
            400, "INVALID_ARGUMENT", "The input token count (9) exceeds the maximum number of tokens (2)."
        ),
        LONG,
    ),
    pytest.param("GOOGLE", 404, google(404, "NOT_FOUND", "models/gemini-9 is not found."), UNKNOWN),
    pytest.param("GOOGLE", 400, google(400, "INVALID_ARGUMENT", "Please use a valid role."), WRONG),
    pytest.param("GOOGLE", 400, google(400, "INVALID_ARGUMENT", "Logprobs is not enabled."), NOT_TAKEN),
    pytest.param("COHERE", 400, {"message": "too many tokens: 9 exceed 2"}, LONG),
    pytest.param("COHERE", 404, {"message": "model 'command-9' not found"}, UNKNOWN),
    pytest.param("COHERE", 422, {"message": "invalid request: no turn may be empty"}, WRONG),
    pytest.param("MISTRAL", 400, mistral("invalid_model", "1500", "Invalid model: mistral-9"), UNKNOWN),
    pytest.param(
        "MISTRAL",
        400,
        mistral(
            "invalid_request_prompt", "3051", "Prompt contains 9 tokens, too large for model with 2 maximum"
        ),
        LONG,
    ),
    pytest.param("MISTRAL", 403, mistral("guardrail_blocked", "4000", "No."), "content_policy_violation"),
]


@pytest.mark.parametrize(("provider", "status", "body", "code"), ERRORS)
def test_a_translated_providers_error_has_openais_type_and_code(
    provider: str, status: int, body: Row, code: str
) -> None:
    failure = DIALECTS[ProviderName(provider)].classify(status, {}, json.dumps(body).encode())

    facts = to_error(provider, failure).facts

    assert (facts.type, facts.code) == ("invalid_request_error", code)


@pytest.mark.parametrize("provider", ["OPENAI", "CUSTOM"])
def test_who_speaks_openais_dialect_has_words_of_its_own(provider: str) -> None:
    body = {"error": {"message": "No.", "type": "image_parse_error", "param": "x", "code": "invalid_image"}}

    failure = DIALECTS[ProviderName(provider)].classify(400, {}, json.dumps(body).encode())
    facts = to_error(provider, failure).facts

    assert (facts.type, facts.code, facts.param) == ("image_parse_error", "invalid_image", "x")


@pytest.mark.parametrize(
    ("status", "words", "code"),
    [
        pytest.param(400, "This model's maximum context length is 4096 tokens.", LONG, id="too long"),
        pytest.param(404, "The model `m` does not exist.", UNKNOWN, id="no such model"),
    ],
)
def test_a_number_is_no_code(status: int, words: str, code: str) -> None:
    failure = DIALECTS[ProviderName.CUSTOM].classify(status, {}, json.dumps(vllm(status, words)).encode())

    assert to_error(None, failure).facts.code == code
