"""Names in a history that nobody could declare: other gateways and clients call tools by them."""

import json

import pytest

from tests.providers import mistral_exchange as m
from tests.providers.anthropic_exchange import message
from tests.providers.cases.native import claude, made, use
from tests.providers.cases.turns import calling, result
from tests.providers.exchanging import HI, Party, Row, folded, function, sse
from tests.providers.parties import anthropic, mistral

ALIAS = "ns_look_up_2"
MESSAGES = [HI, calling(made("call_1", "{}", "ns.look_up")), result("call_1")]
# What the alias would be is the name of another tool.
TOOLS = [function("ns_look_up")]


def test_anthropic_knows_a_called_tool_by_a_legal_name() -> None:
    asked = anthropic()

    turns = asked.messages(*MESSAGES, tools=TOOLS)
    declared = asked.sent(messages=MESSAGES)["tools"]

    assert turns[1]["content"][0]["name"] == ALIAS
    assert [tool["name"] for tool in declared] == ["ns_look_up"]


def test_mistral_knows_a_called_tool_by_a_legal_name() -> None:
    turns = mistral().messages(*MESSAGES, tools=TOOLS)

    assert turns[1]["tool_calls"][0]["function"]["name"] == ALIAS
    assert turns[2]["name"] == ALIAS


@pytest.mark.parametrize(("asked", "longest"), [(anthropic(), 128), (mistral(), 64)])
def test_no_name_is_longer_than_what_is_taken(asked: Party, longest: int) -> None:
    turns = asked.messages(HI, calling(made("call_1", "{}", "x" * 200)), result("call_1"), tools=TOOLS)

    assert "x" * longest in json.dumps(turns)
    assert "x" * (longest + 1) not in json.dumps(turns)


NATIVE: Row = {"type": "tool_use", "id": "toolu_1", "name": ALIAS, "input": {}}
ANSWERS = [
    pytest.param(
        anthropic(),
        message(NATIVE, stop_reason="tool_use"),
        claude(use(0, "toolu_1")).replace(b'"look_up"', f'"{ALIAS}"'.encode()),
        id="anthropic",
    ),
    pytest.param(
        mistral(),
        m.message(tool_calls=[made("abcdefghi", "{}", ALIAS)], finish_reason="tool_calls"),
        sse(m.chunk("tool_calls", tool_calls=[made("abcdefghi", "{}", ALIAS, index=0)])),
        id="mistral",
    ),
]


@pytest.mark.parametrize(("asked", "answer", "stream"), ANSWERS)
def test_a_call_comes_back_by_the_clients_name(asked: Party, answer: Row, stream: bytes) -> None:
    plain = asked.choice(answer, messages=MESSAGES, tools=TOOLS)
    streamed = folded(asked.streamed(stream, messages=MESSAGES, tools=TOOLS))

    for choice in (plain, streamed):
        assert choice["message"]["tool_calls"][0]["function"]["name"] == "ns.look_up"
