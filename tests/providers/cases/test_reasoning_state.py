"""Reasoning state that goes out with an answer and must come back as it was."""

import json

import msgspec
import pytest
from openai.lib.streaming.chat import ChatCompletionStreamState
from openai.types.chat import ChatCompletionChunk

from app.chat.request import ChatRequest
from tests.providers import google_exchange as g
from tests.providers.anthropic_exchange import events_of, message, sse
from tests.providers.cases.native import TOOLS
from tests.providers.exchanging import CALLED, HI, RESULT, Party, Row, folded, remembering
from tests.providers.parties import anthropic, custom, google

USE: Row = {"type": "tool_use", "id": "toolu_1", "name": "look_up", "input": {"a": 1}}
THOUGHT: Row = {"type": "thinking", "thinking": "Hm", "signature": "EqQBCg=="}
UNTOLD: Row = {"type": "thinking", "thinking": "", "signature": "EqQBCg=="}
REDACTED: Row = {"type": "redacted_thinking", "data": "EmwKAhgB"}
SAID: Row = {"type": "text", "text": "So"}
DONE: Row = {"role": "tool", "content": "42"}


def told(asked: Party, content: list[Row], *, is_streamed: bool) -> Row:
    """The message that a client has of these blocks."""
    native = message(*content, stop_reason="tool_use")
    if is_streamed:
        choice = folded(asked.streamed(sse(events_of(native)), tools=TOOLS))
    else:
        choice = asked.choice(native, tools=TOOLS)
    said: Row = choice["message"]
    return said


@pytest.mark.parametrize("is_streamed", [False, True], ids=["plain", "streamed"])
@pytest.mark.parametrize(
    ("content", "reasoning"),
    [
        pytest.param([THOUGHT, SAID, USE], "Hm", id="a signed thought, a text, a call"),
        pytest.param([REDACTED, THOUGHT, USE], "Hm", id="a redacted thought"),
        pytest.param([UNTOLD, USE], None, id="a signature without a thought"),
    ],
)
def test_anthropics_thoughts_come_back_before_the_call(
    content: list[Row], reasoning: str | None, is_streamed: bool
) -> None:
    asked = anthropic()

    said = told(asked, content, is_streamed=is_streamed)
    back = asked.messages(HI, said, {**DONE, "tool_call_id": "toolu_1"}, tools=TOOLS)

    assert said.get("reasoning_content") == reasoning
    assert back[1] == {"role": "assistant", "content": content}


STEPS: list[Row] = [
    g.call("look_up", {"a": 1}, id="g1", thoughtSignature="U0lH"),
    g.call("get_time", {}, id="g2", thoughtSignature="U0lI"),
]
SUMMED = [
    pytest.param(
        anthropic(),
        sse(events_of(message(REDACTED, THOUGHT, SAID, USE, stop_reason="tool_use"))),
        "messages",
        {"role": "assistant", "content": [REDACTED, THOUGHT, SAID, USE]},
        id="anthropic",
    ),
    pytest.param(
        google(),
        g.sse(g.frame(*STEPS, finish="STOP")),
        "contents",
        {"role": "model", "parts": STEPS},
        id="google",
    ),
]


@pytest.mark.parametrize(("asked", "stream", "name", "sent"), SUMMED)
def test_state_comes_back_from_what_openais_helper_adds_up(
    asked: Party, stream: bytes, name: str, sent: Row
) -> None:
    helper = ChatCompletionStreamState()
    for chunk in asked.streamed(stream, tools=TOOLS):
        helper.handle_chunk(ChatCompletionChunk.model_validate(chunk))

    said: Row = helper.get_final_completion().choices[0].message.to_dict(exclude_unset=False)
    results = [{**DONE, "tool_call_id": call["id"]} for call in said["tool_calls"]]
    back = asked.sent(messages=[HI, said, *results], tools=TOOLS)[name]

    assert [it["index"] for it in said["reasoning_details"]] == [0, 1]
    assert back[1] == sent


def test_anthropics_thoughts_come_back_byte_for_byte() -> None:
    asked = anthropic()
    block = b'{"type": "thinking",  "signature":"a\\u002fb", "thinking":"\\u00fc \xc3\xbc", "new": 1.50}'
    native = json.dumps(message({"type": "x"}, USE, stop_reason="tool_use")).encode()
    answer = asked.decoded(native.replace(b'{"type": "x"}', block), tools=TOOLS)
    said = msgspec.json.decode(answer.body, type=_Completion).choices[0].message
    result = {**DONE, "tool_call_id": "toolu_1"}

    body = msgspec.json.encode({"model": asked.model, "messages": [HI, said, result]})
    sent = asked.exchange(ChatRequest.parse(body)).request.body

    assert block in sent
    assert sent.index(block) < sent.index(b'"tool_use"')


class _Choice(msgspec.Struct):
    message: msgspec.Raw


class _Completion(msgspec.Struct):
    choices: list[_Choice]


@pytest.mark.parametrize("has_details", [True, False], ids=["details", "signature of the call alone"])
def test_googles_signature_comes_back_on_the_call_that_had_it(has_details: bool) -> None:
    asked = google()
    parts = [
        g.call("look_up", {"a": 1}, id="g1", thoughtSignature="U0lH"),
        g.call("get_time", {}, id="g2"),
    ]
    said = asked.choice(g.frame(*parts, finish="STOP"), tools=TOOLS)["message"]
    if not has_details:
        del said["reasoning_details"]

    results = [{**DONE, "tool_call_id": call["id"]} for call in said["tool_calls"]]
    back = asked.sent(messages=[HI, said, *results], tools=TOOLS)["contents"]

    assert [it["role"] for it in back] == ["user", "model", "user"]
    calls = back[1]["parts"]
    assert [it.get("thoughtSignature") for it in calls] == ["U0lH", None]
    assert [it["functionCall"]["name"] for it in calls] == ["look_up", "get_time"]
    assert len(back[2]["parts"]) == 2


@pytest.mark.parametrize(
    ("remembered", "sent", "notes"),
    [
        pytest.param("Hm", "Hm", (), id="remembered"),
        pytest.param(None, "", ("messages[1].reasoning_content=empty",), id="forgotten"),
    ],
)
def test_deepseek_gets_the_reasoning_of_its_calls_or_an_empty_one(
    remembered: str | None, sent: str, notes: tuple[str, ...]
) -> None:
    asked = custom("deepseek")
    said = {**CALLED, "reasoning_content": "Hm"}
    answer = {"id": "a", "object": "chat.completion", "created": 1, "model": "m"}
    choices = [{"index": 0, "message": said, "finish_reason": "tool_calls"}]
    details = asked.answered({**answer, "choices": choices}, tools=TOOLS).details
    recall = remembering(*(json.loads(msgspec.json.encode(it)) for it in details if remembered))

    exchange = asked.exchange(asked.chat(messages=[HI, CALLED, RESULT], tools=TOOLS), recall=recall)

    assert json.loads(exchange.request.body)["messages"][1] == {**CALLED, "reasoning_content": sent}
    assert exchange.notes == notes
