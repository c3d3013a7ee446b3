"""Tool calls on their way to the client."""

import json
import re
from unittest.mock import ANY

import pytest

from tests.providers import cohere_exchange as c
from tests.providers import google_exchange as g
from tests.providers import mistral_exchange as m
from tests.providers.anthropic_exchange import message
from tests.providers.cases.native import (
    TOOLS,
    argued,
    choice,
    chunk,
    claude,
    made,
    opened,
    thought,
    told,
    told_both_ways,
    use,
    words,
)
from tests.providers.exchanging import CALL, Party, Row, folded, sse
from tests.providers.parties import anthropic, cohere, custom, google, mistral

ROLE: Row = {"role": "assistant", "content": ""}
CALLED: Row = {"finish_reason": "tool_calls"}
THINKING: Row = {"type": "thinking", "thinking": "Hm", "signature": "U0lH"}
LONG = "call-" + "x" * 60

STREAMS = [
    pytest.param(
        anthropic(),
        claude(
            thought(0, "Hm", "U0lH"),
            words(1, "So"),
            use(2, "toolu_1", '{"a":1}'),
            use(3, "toolu_2", '{"a":2}'),
            stop_reason="tool_use",
        ),
        [
            {"reasoning_content": "Hm"},
            {"content": "So"},
            opened(0, "toolu_1"),
            argued(0, '{"a":1}'),
            opened(1, "toolu_2"),
            argued(1, '{"a":2}'),
        ],
        id="anthropic numbers calls by themselves, behind a thought and a text",
    ),
    pytest.param(
        anthropic(),
        claude(use(0, "toolu_1"), stop_reason="tool_use"),
        [opened(0, "toolu_1"), argued(0, "{}")],
        id="anthropic call without any input delta has an empty object",
    ),
    pytest.param(
        anthropic(),
        claude(use(0, "toolu_1", ""), use(1, "toolu_2", "", '{"a":2}'), stop_reason="tool_use"),
        [opened(0, "toolu_1"), argued(0, "{}"), opened(1, "toolu_2"), argued(1, '{"a":2}')],
        id="anthropic call with an empty input delta alone has an empty object",
    ),
    pytest.param(
        anthropic(),
        claude(
            use(0, "toolu_1", "", '{"a', '": "\\', "u00", 'fc", ', '"b": 1.', "50}"), stop_reason="tool_use"
        ),
        [
            opened(0, "toolu_1"),
            *(argued(0, it) for it in ('{"a', '": "\\', "u00", 'fc", ', '"b": 1.', "50}")),
        ],
        id="anthropic input in many deltas goes on fragment by fragment as it is",
    ),
    pytest.param(
        google(),
        g.sse(g.frame(g.call("look_up", {"a": 1}, id="g1")), g.frame(finish="STOP")),
        [opened(0, "g1"), argued(0, '{"a":1}')],
        id="google ends the choice after the call, where the end comes in a frame of its own",
    ),
    pytest.param(
        google(),
        g.sse(
            g.frame(
                g.call("look_up", {"a": 1}, id="g1", thoughtSignature="U0lH"),
                g.call("get_time", id="g2"),
                finish="STOP",
            )
        ),
        [
            {"tool_calls": [{"index": 0, **made("g1", "", extra_content=ANY)}]},
            argued(0, '{"a":1}'),
            opened(1, "g2", "get_time"),
            argued(1, "{}"),
        ],
        id="google signature of the first of two parallel calls is on the first alone",
    ),
    pytest.param(
        cohere(),
        sse(
            c.start(),
            *c.called(4, CALL, '{"a"', ":1}"),
            *c.called(7, {**CALL, "id": "call_2"}, '{"a":2}'),
            c.end("TOOL_CALL"),
        ),
        [
            opened(0, "call_1"),
            argued(0, '{"a"'),
            argued(0, ":1}"),
            opened(1, "call_2"),
            argued(1, '{"a":2}'),
        ],
        id="cohere calls are both told, numbered from nought, their arguments apart",
    ),
    pytest.param(
        cohere(),
        sse(
            c.start(),
            c.event("tool-plan-delta", tool_plan="I will "),
            c.event("tool-plan-delta", tool_plan="look."),
            *c.called(0, CALL, '{"a":1}'),
            c.end("TOOL_CALL"),
        ),
        [
            {"reasoning_content": "I will "},
            {"reasoning_content": "look."},
            opened(0, "call_1"),
            argued(0, '{"a":1}'),
        ],
        id="cohere plan is reasoning",
    ),
    pytest.param(
        mistral(),
        sse(
            m.chunk(tool_calls=[{**made("abcdefghi", ""), "function": {"name": "look_up", "arguments": {}}}]),
            m.chunk("tool_calls", tool_calls=[made("jklmnopqr", '{"a": 2}')], usage=m.USAGE),
        ),
        [opened(0, "abcdefghi"), argued(0, "{}"), opened(1, "jklmnopqr"), argued(1, '{"a": 2}')],
        id="mistral calls come whole, without a number, their arguments an object",
    ),
]


@pytest.mark.parametrize(("asked", "stream", "expected"), STREAMS)
def test_a_streamed_call_is_opened_once_and_ends_the_choice_once(
    asked: Party, stream: bytes, expected: list[Row]
) -> None:
    assert told(asked, stream, tools=TOOLS) == [ROLE, *expected, CALLED]


def test_a_signature_is_on_the_call_that_google_signed() -> None:
    parts = [g.call("look_up", {"a": 1}, id="g1", thoughtSignature="U0lH"), g.call("get_time", id="g2")]
    frame = g.frame(*parts, finish="STOP")

    calls = told_both_ways(google(), frame, g.sse(frame), tools=TOOLS)["message"]["tool_calls"]

    assert calls == [
        made("g1", '{"a":1}', extra_content={"google": {"thought_signature": "U0lH"}}),
        made("g2", "{}", "get_time"),
    ]


LOOKING = g.call("look_up", {"a": 1}, id="g1")
ANSWERS = [
    pytest.param(
        google(),
        g.frame({"text": "Wait."}, LOOKING, finish="STOP"),
        g.sse(g.frame({"text": "Wa"}), g.frame({"text": "it."}), g.frame(LOOKING), g.frame(finish="STOP")),
        choice("Wait.", "tool_calls", tool_calls=[made("g1", '{"a":1}')]),
        id="google text before a call",
    ),
    pytest.param(
        google(),
        g.frame(LOOKING, {"text": "Wait."}, finish="STOP"),
        g.sse(g.frame(LOOKING), g.frame({"text": "Wait."}, finish="STOP")),
        choice("Wait.", "tool_calls", tool_calls=[made("g1", '{"a":1}')]),
        id="google text behind a call",
    ),
    pytest.param(
        anthropic(),
        message(
            THINKING,
            {"type": "text", "text": "So"},
            {"type": "tool_use", "id": "toolu_1", "name": "look_up", "input": {"a": 1}},
            {"type": "tool_use", "id": "toolu_2", "name": "look_up", "input": {}},
            stop_reason="tool_use",
        ),
        claude(
            thought(0, "Hm", "U0lH"),
            words(1, "So"),
            use(2, "toolu_1", '{"a":1}'),
            use(3, "toolu_2"),
            stop_reason="tool_use",
        ),
        choice(
            "So",
            "tool_calls",
            reasoning_content="Hm",
            tool_calls=[made("toolu_1", '{"a":1}'), made("toolu_2", "{}")],
        ),
        id="anthropic calls without input among others",
    ),
    pytest.param(
        cohere(),
        c.answer(
            tool_plan="I will look.",
            tool_calls=[CALL, {**CALL, "id": "call_2"}],
            finish_reason="TOOL_CALL",
        ),
        sse(
            c.start(),
            c.event("tool-plan-delta", tool_plan="I will look."),
            *c.called(0, CALL, '{"a":1}'),
            *c.called(1, {**CALL, "id": "call_2"}, '{"a":1}'),
            c.end("TOOL_CALL"),
        ),
        choice(
            None,
            "tool_calls",
            reasoning_content="I will look.",
            tool_calls=[made("call_1", '{"a":1}'), made("call_2", '{"a":1}')],
        ),
        id="cohere plan and both calls",
    ),
]


@pytest.mark.parametrize(("asked", "answer", "stream", "expected"), ANSWERS)
def test_calls_are_told_with_all_that_was_said_beside_them(
    asked: Party, answer: Row, stream: bytes, expected: Row
) -> None:
    assert told_both_ways(asked, answer, stream, tools=TOOLS) == expected


IDS = [
    pytest.param(google(), g.frame(g.call("look_up"), finish="STOP"), None, id="google gave none"),
    pytest.param(google(), g.frame(g.call("look_up", id=LONG), finish="STOP"), None, id="google long"),
    pytest.param(google(), g.frame(g.call("look_up", id="g1"), finish="STOP"), "g1", id="google short"),
    pytest.param(
        cohere(), c.answer(tool_calls=[made(LONG, "{}")], finish_reason="TOOL_CALL"), None, id="cohere long"
    ),
    pytest.param(
        cohere(),
        c.answer(tool_calls=[made("look_up_8k2", "{}")], finish_reason="TOOL_CALL"),
        "look_up_8k2",
        id="cohere short",
    ),
    pytest.param(
        mistral(),
        m.message(tool_calls=[made("null", "{}")], finish_reason="tool_calls"),
        None,
        id="mistral gave none",
    ),
]


@pytest.mark.parametrize(("asked", "answer", "kept"), IDS)
def test_a_calls_id_is_one_that_openai_takes_back(asked: Party, answer: Row, kept: str | None) -> None:
    [call] = asked.choice(answer, tools=TOOLS)["message"]["tool_calls"]

    assert call["id"] == kept if kept else re.fullmatch(r"call_[A-Za-z0-9]{1,35}", call["id"])


def test_a_server_that_finishes_in_every_chunk_finishes_once() -> None:
    deltas = [{"role": "assistant"}, {"content": "a"}, {"content": "b"}, {}]
    stream = sse(*(chunk(delta, "stop") for delta in deltas))

    chunks = custom("unknown").streamed(stream)

    finishes = [it["choices"][0]["finish_reason"] for it in chunks]
    assert folded(chunks)["message"]["content"] == "ab"
    assert finishes == [*([None] * (len(chunks) - 1)), "stop"]
    assert json.dumps(chunks[-1]["choices"][0]["delta"]) == "{}"
