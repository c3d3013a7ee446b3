import json
from typing import Any

import pytest

from app.chat.request import ChatRequest
from app.providers.base import Endpoint, Target
from app.providers.openai import CompatibleDialect, OpenAIDialect

OPENAI = OpenAIDialect()
CUSTOM = CompatibleDialect()
ENDPOINT = Endpoint("https://api.openai.com/v1", "sk-secret")


def chat(**fields: Any) -> ChatRequest:
    messages = [{"role": "user", "content": "Grüße"}]
    return ChatRequest.parse(json.dumps({"model": "gpt-4o", "messages": messages, **fields}).encode())


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({}, id="plain"),
        pytest.param({"unheard_of": [1.50, {"a": None}]}, id="unknown field"),
        pytest.param({"stream": True, "stream_options": {"include_usage": True}}, id="stream with usage"),
        pytest.param({"max_tokens": 5}, id="max_tokens where it is known"),
    ],
)
def test_bytes_go_on_as_they_came_where_nothing_must_change(fields: dict[str, Any]) -> None:
    request = chat(**fields)

    exchange = OPENAI.translate(request, Target("gpt-4o", ENDPOINT))
    native = exchange.request

    assert native.body is request.body
    assert exchange.notes == ()


def test_the_model_is_replaced_and_nothing_else() -> None:
    body = b'{"temperature":1.0e0,"model":"a","messages":[{"role":"user","content":"\\u00fc"}],"x":[ 1 ]}'

    native = OPENAI.translate(ChatRequest.parse(body), Target('b"ü', ENDPOINT)).request

    assert native.body == (
        b'{"temperature":1.0e0,"model":"b\\"\xc3\xbc",'
        b'"messages":[{"role":"user","content":"\\u00fc"}],"x":[ 1 ]}'
    )


@pytest.mark.parametrize(
    ("options", "sent"),
    [
        pytest.param({}, {"include_usage": True}, id="none"),
        pytest.param({"stream_options": None}, {"include_usage": True}, id="null"),
        pytest.param({"stream_options": {"include_usage": False}}, {"include_usage": True}, id="refused"),
        pytest.param(
            {"stream_options": {"include_obfuscation": False, "new": 1}},
            {"include_obfuscation": False, "new": 1, "include_usage": True},
            id="others stay",
        ),
    ],
)
def test_a_stream_always_asks_for_usage(options: dict[str, Any], sent: dict[str, Any]) -> None:
    native = CUSTOM.translate(chat(stream=True, **options), Target("gpt-4o", ENDPOINT)).request

    assert json.loads(native.body)["stream_options"] == sent


@pytest.mark.parametrize(
    ("model", "is_renamed"),
    [
        ("gpt-4o", False),
        ("gpt-4.1-mini", False),
        ("gpt-35-turbo", False),
        ("gpt-oss-120b", False),
        ("gpt-5", True),
        ("gpt-5.6-mini", True),
        ("gpt-6-sol", True),
        ("o1", True),
        ("o3-mini", True),
        ("o4-mini-2025-04-16", True),
        ("ft:o4-mini:acme::x", True),
    ],
)
def test_the_limit_is_renamed_for_models_that_refuse_the_old_name(model: str, is_renamed: bool) -> None:
    exchange = OPENAI.translate(chat(max_tokens=7), Target(model, ENDPOINT))
    native = exchange.request

    sent = json.loads(native.body)
    assert sent.get("max_completion_tokens" if is_renamed else "max_tokens") == 7
    assert ("max_tokens" in sent) is not is_renamed
    assert exchange.notes == (("max_tokens=max_completion_tokens",) if is_renamed else ())


def test_other_servers_get_the_limit_by_the_name_that_the_client_used() -> None:
    request = chat(model="o3", max_tokens=7)

    assert CUSTOM.translate(request, Target("o3", ENDPOINT)).request.body is request.body


@pytest.mark.parametrize("other", [7, None])
def test_both_names_of_the_limit_become_one(other: int | None) -> None:
    native = OPENAI.translate(chat(max_completion_tokens=other, max_tokens=7), Target("o3", ENDPOINT)).request

    sent = json.loads(native.body)
    assert (sent["max_completion_tokens"], "max_tokens" in sent) == (7, False)


@pytest.mark.parametrize(
    ("base_url", "url"),
    [
        ("https://api.openai.com/v1", "https://api.openai.com/v1/chat/completions"),
        ("https://api.openai.com/v1/", "https://api.openai.com/v1/chat/completions"),
        ("https://api.openai.com", "https://api.openai.com/v1/chat/completions"),
        ("http://localhost:11434", "http://localhost:11434/v1/chat/completions"),
        ("http://localhost:11434/", "http://localhost:11434/v1/chat/completions"),
        ("http://[::1]:8000/v1", "http://[::1]:8000/v1/chat/completions"),
        ("https://api.groq.com/openai/v1", "https://api.groq.com/openai/v1/chat/completions"),
        ("https://h/v1/chat/completions", "https://h/v1/chat/completions"),
        ("https://h/chat/completions/", "https://h/v1/chat/completions"),
        ("https://h/d?api-version=1", "https://h/d/chat/completions?api-version=1"),
    ],
)
def test_the_address_is_found_however_the_base_url_is_written(base_url: str, url: str) -> None:
    assert CUSTOM.translate(chat(), Target("m", Endpoint(base_url, ""))).request.url == url


@pytest.mark.parametrize(("stream", "accept"), [(True, "text/event-stream"), (False, "application/json")])
def test_headers_say_who_asks_and_for_what(stream: bool, accept: str) -> None:
    native = OPENAI.translate(chat(stream=stream), Target("gpt-4o", ENDPOINT)).request

    assert dict(native.headers) == {
        "authorization": "Bearer sk-secret",
        "content-type": "application/json",
        "accept": accept,
        "accept-encoding": "identity",
        "user-agent": "perpetuo",
    }


def test_no_secret_means_no_authorization() -> None:
    native = CUSTOM.translate(chat(), Target("m", Endpoint("http://localhost:11434", ""))).request

    assert "authorization" not in dict(native.headers)


def test_a_key_is_checked_by_asking_for_the_models() -> None:
    native = CUSTOM.check_request(Endpoint("http://localhost:11434/", "s"))

    assert (native.method, native.url, native.body) == ("GET", "http://localhost:11434/v1/models", b"")
    assert dict(native.headers)["authorization"] == "Bearer s"


def test_only_openai_has_a_public_endpoint() -> None:
    assert (OPENAI.default_base_url, CUSTOM.default_base_url) == ("https://api.openai.com/v1", None)
