"""Reasoning in words that an earlier answer came with, for those who do not take it back."""

import pytest

from tests.providers.exchanging import HI, Party
from tests.providers.parties import anthropic, cohere, custom, google, mistral, openai

DROPPING = [
    pytest.param(openai("gpt-4.1"), id="openai"),
    pytest.param(openai("gpt-5-pro"), id="openai responses"),
    pytest.param(anthropic(), id="anthropic"),
    pytest.param(google(), id="google"),
    pytest.param(cohere("command-a-03-2025"), id="cohere"),
    pytest.param(mistral("open-mistral-nemo"), id="mistral"),
    pytest.param(custom("azure"), id="azure"),
]


@pytest.mark.parametrize("asked", DROPPING)
def test_thoughts_that_cannot_go_back_are_left_out_and_reported(asked: Party) -> None:
    messages = [HI, {"role": "assistant", "content": "Hello", "reasoning_content": "A greeting."}, HI]

    exchange = asked.exchange(asked.chat(messages=messages))

    assert b"A greeting." not in exchange.request.body
    [note] = exchange.notes
    assert note.endswith("reasoning_content=left_out")
