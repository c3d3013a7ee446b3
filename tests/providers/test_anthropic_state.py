import json
from typing import Any

import msgspec
import pytest

from app.chat.messages import ReasoningDetail
from app.chat.request import ChatRequest
from app.providers.base import Answer, Target
from tests.providers.anthropic_exchange import (
    ANTHROPIC,
    ENDPOINT,
    HAIKU,
    OPUS,
    USER,
    Row,
    completion,
    decoded,
    events_of,
    fed,
    folded,
    message,
    refused,
    sent,
    shown,
    sse,
    translate,
)

THOUGHT = {"type": "thinking", "thinking": "Hm", "signature": "EqQBCg=="}
SIGNED = {"type": "thinking", "thinking": "", "signature": "EqQBCg=="}
REDACTED = {"type": "redacted_thinking", "data": "EmwKAhgB"}
SEARCH = {"type": "server_tool_use", "id": "srvtoolu_1", "name": "web_search", "input": {"query": "x"}}
FOUND = {"type": "web_search_tool_result", "tool_use_id": "srvtoolu_1", "content": []}
CITED = {
    "type": "text",
    "text": "So it is",
    "citations": [
        {
            "type": "web_search_result_location",
            "url": "https://h/1",
            "title": "T",
            "cited_text": "c",
            "encrypted_index": "e",
        }
    ],
}


def text(value: str) -> Row:
    return {"type": "text", "text": value}


def call(number: int) -> Row:
    return {"type": "tool_use", "id": f"toolu_{number}", "name": "f", "input": {"a": number}}


TURNS = [
    pytest.param([THOUGHT, text("a"), call(1)], id="thought, text, call"),
    pytest.param([SIGNED, call(1), call(2)], id="signature alone, two calls"),
    pytest.param([REDACTED, THOUGHT, text("a"), call(1)], id="redacted"),
    pytest.param([text("a"), THOUGHT, call(1)], id="thought behind the text"),
    pytest.param([THOUGHT, call(1), THOUGHT, call(2)], id="thoughts between calls"),
    pytest.param([THOUGHT, text("a")], id="no call"),
    pytest.param([text("a"), SEARCH, FOUND, text("b"), call(1)], id="search between texts"),
    pytest.param([SEARCH, FOUND, CITED], id="citations"),
    pytest.param([text("a"), text("b")], id="two texts"),
]


def follow_up(told: Row) -> list[Row]:
    results = [
        {"role": "tool", "tool_call_id": it["id"], "content": "done"} for it in told.get("tool_calls", [])
    ]
    return [USER, told, *(results or [USER])]


@pytest.mark.parametrize("is_streamed", [False, True], ids=["plain", "streamed"])
@pytest.mark.parametrize("content", TURNS)
def test_every_native_block_comes_back_as_it_was(content: list[Row], is_streamed: bool) -> None:
    native = message(*content, stop_reason="tool_use")
    if is_streamed:
        told = folded(shown(fed(translate(stream=True).stream(), sse(events_of(native)))))
        del told["finish_reason"]
    else:
        told = completion(decoded(native))["choices"][0]["message"]

    body = sent(translate(messages=follow_up(told)))

    assert body["messages"][1] == {"role": "assistant", "content": content}


def test_blocks_come_back_byte_for_byte() -> None:
    block = b'{"type": "thinking",  "signature":"a\\u002fb", "thinking":"\\u00fc \xc3\xbc", "new": 1.50}'
    native = json.dumps(message({"type": "x"}, text("a"))).encode().replace(b'{"type": "x"}', block)
    answer = translate().decode(native)
    assert isinstance(answer, Answer)
    question = b'{"model":"m","messages":[{"role":"user","content":"q"},%s,{"role":"user","content":"r"}]}'
    told = b'{"role":"assistant","content":"a","reasoning_details":[%s]}' % msgspec.json.encode(
        answer.details[0]
    )

    request = ChatRequest.parse(question % told)

    assert block in ANTHROPIC.translate(request, Target(OPUS, ENDPOINT)).request.body


def details_of(*content: Row, model: str = OPUS) -> list[Row]:
    native = message(*content, stop_reason="tool_use")
    details: list[Row] = completion(decoded(native, translate(model)))["choices"][0]["message"][
        "reasoning_details"
    ]
    return details


def test_details_belong_to_the_call_that_they_precede() -> None:
    details = details_of(THOUGHT, call(1), REDACTED, call(2), THOUGHT)

    assert [(it["call_id"], it["position"]) for it in details] == [
        ("toolu_1", 0),
        ("toolu_2", 2),
        ("toolu_2", 4),
    ]


def test_what_the_client_dropped_is_recalled_by_its_calls() -> None:
    details = decoded(message(THOUGHT, text("a"), call(1), REDACTED, call(2), stop_reason="tool_use")).details
    memory: dict[str, tuple[ReasoningDetail, ...]] = {
        "toolu_1": (details[0],),
        "toolu_2": (details[1],),
    }
    calls = [
        {
            "id": f"toolu_{number}",
            "type": "function",
            "function": {"name": "f", "arguments": f'{{"a":{number}}}'},
        }
        for number in (1, 2)
    ]

    exchange = translate(
        messages=follow_up({"role": "assistant", "content": "a", "tool_calls": calls}),
        recall=lambda call_id: memory.get(call_id, ()),
    )

    assert sent(exchange)["messages"][1]["content"] == [THOUGHT, text("a"), call(1), REDACTED, call(2)]


@pytest.mark.parametrize(
    ("details", "kept"),
    [
        pytest.param([{"type": "google.thought", "model": "m", "position": 0, "block": {}}], 0, id="foreign"),
        pytest.param([{"type": "reasoning.text", "text": "x"}], 0, id="another gateway's"),
        pytest.param(
            [{"type": "anthropic.thinking", "model": "claude-opus-5", "position": 0, "block": THOUGHT}],
            0,
            id="bound to another model",
        ),
        pytest.param(
            [{"type": "anthropic.thinking", "model": OPUS, "position": 0, "block": THOUGHT}], 1, id="own"
        ),
        pytest.param(
            [
                {"type": "reasoning.text", "text": "x"},
                {"type": "anthropic.thinking", "model": OPUS, "position": 0, "block": THOUGHT},
                None,
            ],
            1,
            id="own among what is not ours",
        ),
        pytest.param({"type": "anthropic.thinking"}, 0, id="no list"),
    ],
)
def test_only_state_that_holds_here_comes_back(details: object, kept: int) -> None:
    answer = {"role": "assistant", "content": "a", "reasoning_details": details}

    content = sent(translate(messages=[USER, answer, USER]))["messages"][1]["content"]

    assert content == [*([THOUGHT] * kept), text("a")]


def test_text_that_the_client_changed_is_the_text_that_counts() -> None:
    told = completion(decoded(message(SEARCH, FOUND, CITED)))["choices"][0]["message"]

    exchange = translate(messages=[USER, {**told, "content": "Or not"}, USER])

    assert sent(exchange)["messages"][1]["content"] == [SEARCH, FOUND, text("Or not")]


def tool_turn(**fields: Any) -> list[Row]:
    made = {"id": "a", "type": "function", "function": {"name": "f", "arguments": "{}"}}
    return follow_up({"role": "assistant", "tool_calls": [made], **fields})


def test_reasoning_with_a_budget_needs_the_thoughts_before_a_call() -> None:
    thought = {"type": "anthropic.thinking", "model": HAIKU, "position": 0, "block": THOUGHT}

    assert refused(HAIKU, messages=tool_turn(), reasoning_effort="low")[0][0] == "messages[1]"
    native = sent(translate(HAIKU, messages=tool_turn(reasoning_details=[thought]), reasoning_effort="low"))
    assert native["messages"][1]["content"][0] == THOUGHT
    assert translate(HAIKU, messages=tool_turn()).notes == ()


def test_instructions_do_not_move_ahead_of_bound_reasoning() -> None:
    thought = {"type": "anthropic.thinking", "model": OPUS, "position": 0, "block": THOUGHT}
    answer = {"role": "assistant", "content": "a", "reasoning_details": [thought]}

    objections = refused(messages=[USER, answer, {"role": "system", "content": "Be brief"}, USER])

    assert objections == [("messages[2]", "unsupported_parameter")]


def test_a_thought_that_was_never_signed_is_not_kept() -> None:
    answer = decoded(
        message({"type": "thinking", "thinking": "Hm", "signature": ""}, stop_reason="max_tokens")
    )

    assert answer.details == ()
    assert completion(answer)["choices"][0]["message"]["reasoning_content"] == "Hm"
