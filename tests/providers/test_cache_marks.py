"""Marks for the prompt cache as clients of Anthropic's write them, where others answer."""

import pytest

from tests.providers.exchanging import HI, Party, Row, function
from tests.providers.parties import cohere, google, mistral, openai

MARK: Row = {"cache_control": {"type": "ephemeral"}}
WITHOUT_MARKS = [
    pytest.param(google(), "messages[0].content.cache", id="google"),
    pytest.param(cohere(), "messages.prompt_cache_breakpoint", id="cohere"),
    pytest.param(mistral(), "messages.prompt_cache_breakpoint", id="mistral"),
    pytest.param(openai("gpt-5-pro"), "messages[0].content.cache_control", id="openai responses"),
]


@pytest.mark.parametrize(("asked", "message"), WITHOUT_MARKS)
def test_marks_on_messages_and_tools_are_reported(asked: Party, message: str) -> None:
    marked = [HI | MARK]

    exchange = asked.exchange(asked.chat(messages=marked, tools=[function(), function("g") | MARK]))

    assert exchange.notes == (f"{message}=ignored", "tools[1].function.cache_control=ignored")
    assert b"cache_control" not in exchange.request.body
