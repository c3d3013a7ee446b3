"""A conversation that no provider takes is refused in the same words whoever is asked."""

import json

import pytest

from app.chat.request import ChatRequest
from app.core.provider_name import ProviderName
from app.errors import InvalidValue
from app.providers.base import Endpoint, Target
from app.providers.registry import DIALECTS

TRANSLATED = {
    ProviderName.ANTHROPIC: "claude-sonnet-4-6",
    ProviderName.GOOGLE: "gemini-3.8-flash",
    ProviderName.COHERE: "command-a-03-2025",
    ProviderName.MISTRAL: "mistral-large-4",
    # The Responses route; the chat route is OpenAI's own to judge.
    ProviderName.OPENAI: "gpt-5-pro",
}
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
