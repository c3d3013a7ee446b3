"""A conversation that no provider takes is refused in the same words whoever is asked."""

import json
from collections.abc import Iterator

import pytest

from app.chat.request import ChatRequest
from app.core.provider_name import ProviderName
from app.errors import InvalidValue
from app.providers.base import Endpoint, Target
from app.providers.registry import DIALECTS
from tests.providers.exchanging import Party, function
from tests.providers.parties import anthropic, cohere, mistral, openai

TRANSLATED = {
    ProviderName.ANTHROPIC: "claude-sonnet-4-6",
    ProviderName.GOOGLE: "gemini-3.8-flash",
    ProviderName.COHERE: "command-a-03-2025",
    ProviderName.MISTRAL: "mistral-large-4",
    # The Responses route; the chat route is OpenAI's own to judge.
    ProviderName.OPENAI: "gpt-5-pro",
}
NAMES = ["cohere", "openai responses", "anthropic", "mistral"]
USER = {"role": "user", "content": "Hi"}
CALL = {"id": "a", "type": "function", "function": {"name": "f", "arguments": "{}"}}
RESULT = {"role": "tool", "tool_call_id": "b", "content": "x"}


@pytest.mark.parametrize(
    ("messages", "param"),
    [
        ([USER, RESULT], "messages[1].tool_call_id"),
        ([USER, {"role": "assistant", "tool_calls": [CALL]}, USER], "messages[1].tool_calls[0]"),
    ],
    ids=["a result without call", "a call without result"],
)
def test_calls_and_results_are_checked_alike(messages: list[object], param: str) -> None:
    told = set()

    for provider, model in TRANSLATED.items():
        chat = ChatRequest.parse(json.dumps({"model": model, "messages": messages}).encode())
        dialect = DIALECTS[provider]
        target = Target(model, Endpoint(dialect.default_base_url or "", "secret"))
        with pytest.raises(InvalidValue) as refused:
            dialect.translate(chat, target)
        told.add((refused.value.message, refused.value.param))

    assert [named for _, named in told] == [param]


def test_the_pass_through_leaves_it_to_the_server() -> None:
    chat = ChatRequest.parse(json.dumps({"model": "gpt-4.1", "messages": [USER, RESULT]}).encode())

    for provider in (ProviderName.OPENAI, ProviderName.CUSTOM):
        exchange = DIALECTS[provider].translate(chat, Target("gpt-4.1", Endpoint("http://localhost/v1", "")))

        assert exchange.request.body == chat.body


@pytest.mark.parametrize("asked", [cohere(), openai("gpt-5-pro"), anthropic(), mistral()], ids=NAMES)
def test_calls_that_share_an_id_are_told_apart(asked: Party) -> None:
    twice = {"role": "assistant", "content": None, "tool_calls": [CALL, CALL]}
    once = {"role": "assistant", "content": None, "tool_calls": [CALL]}
    result = {"role": "tool", "tool_call_id": "a", "content": "x"}

    body = asked.sent(messages=[USER, twice, result, result, once, result], tools=[function("f")])

    calls, results = ids_in(body)
    assert calls == results
    assert len(set(calls)) == 3


def ids_in(value: object) -> tuple[list[str], list[str]]:
    """The ids of calls and those of results, in their order, whatever the provider calls them."""
    calls: list[str] = []
    results: list[str] = []
    for it in inside(value):
        if isinstance(it, dict) and it.get("type") in {"function", "tool_use"} and "id" in it:
            calls.append(it["id"])
        elif isinstance(it, dict) and it.get("type") == "function_call":
            calls.append(it["call_id"])
        elif isinstance(it, dict) and {"tool_call_id", "tool_use_id", "output"} & it.keys():
            results.append(str(it.get("tool_call_id") or it.get("tool_use_id") or it.get("call_id")))
    return calls, results


def inside(value: object) -> Iterator[object]:
    """The value, and all values in it."""
    yield value
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for part in parts:
        yield from inside(part)
