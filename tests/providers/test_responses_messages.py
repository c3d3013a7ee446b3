"""Messages as items of the Responses route, and the reasoning that goes back among them."""

import json
from typing import Any

import msgspec
import pytest

from app.chat.messages import ReasoningDetail
from tests.providers.responding import CUSTOM_TOOL, HI, TOOL, body_of, objections, translated

Json = dict[str, Any]


@pytest.mark.parametrize(
    ("given", "item"),
    [
        pytest.param({"role": "system", "content": "x"}, {"role": "system", "content": "x"}, id="system"),
        pytest.param(
            {"role": "developer", "content": "x"}, {"role": "developer", "content": "x"}, id="developer"
        ),
        pytest.param(
            {
                "role": "user",
                "content": [
                    {"type": "text", "text": "a"},
                    {"type": "image_url", "image_url": {"url": "https://x/y.png"}},
                    {
                        "type": "image_url",
                        "image_url": {"url": "data:image/png;base64,AA==", "detail": "low"},
                    },
                    {
                        "type": "file",
                        "file": {"file_data": "data:application/pdf;base64,AA==", "filename": "f"},
                    },
                    {"type": "file", "file": {"file_id": "file-1"}},
                    {"type": "text", "text": "b", "prompt_cache_breakpoint": {"mode": "explicit"}},
                ],
            },
            {
                "role": "user",
                "content": [
                    {"type": "input_text", "text": "a"},
                    {"type": "input_image", "image_url": "https://x/y.png", "detail": "auto"},
                    {"type": "input_image", "image_url": "data:image/png;base64,AA==", "detail": "low"},
                    {"type": "input_file", "file_data": "data:application/pdf;base64,AA==", "filename": "f"},
                    {"type": "input_file", "file_id": "file-1"},
                    {"type": "input_text", "text": "b", "prompt_cache_breakpoint": {"mode": "explicit"}},
                ],
            },
            id="parts in their order",
        ),
        pytest.param(
            {"role": "assistant", "content": "x"}, {"role": "assistant", "content": "x"}, id="answer"
        ),
    ],
)
def test_a_message_is_an_item(given: Json, item: Json) -> None:
    assert body_of(translated(messages=[given, HI]))["input"] == [item, HI]


def test_an_earlier_refusal_is_one() -> None:
    sent = body_of(translated(messages=[HI, {"role": "assistant", "refusal": "no"}, HI]))["input"][1]

    assert sent["content"] == [{"type": "refusal", "refusal": "no"}]
    assert sent["id"].startswith("msg_")


def test_calls_and_results_are_items_of_their_own() -> None:
    calls = [
        {"id": "a", "type": "function", "function": {"name": "f", "arguments": '{"x":1e2}'}},
        {"id": "b", "type": "custom", "custom": {"name": "c", "input": "say"}},
    ]
    messages = [
        HI,
        {"role": "assistant", "content": "Well", "tool_calls": calls},
        {"role": "tool", "tool_call_id": "a", "content": "y"},
        {
            "role": "tool",
            "tool_call_id": "b",
            "content": [{"type": "text", "text": "1"}, {"type": "text", "text": "2"}],
        },
    ]

    assert body_of(translated(messages=messages, tools=[TOOL, CUSTOM_TOOL]))["input"][1:] == [
        {"role": "assistant", "content": "Well"},
        {"type": "function_call", "call_id": "a", "name": "f", "arguments": '{"x":1e2}'},
        {"type": "custom_tool_call", "call_id": "b", "name": "c", "input": "say"},
        {"type": "function_call_output", "call_id": "a", "output": "y"},
        {
            "type": "custom_tool_call_output",
            "call_id": "b",
            "output": [{"type": "input_text", "text": "1"}, {"type": "input_text", "text": "2"}],
        },
    ]


BLOCK = b'{"id":"rs_1", "type":"reasoning","summary":[ ],"encrypted_content":"g\\u0041"}'


@pytest.mark.parametrize(("call_id", "is_kept"), [("c" * 64, True), ("c" * 65, False)], ids=["short", "long"])
def test_a_call_and_its_result_share_an_id_that_fits(call_id: str, is_kept: bool) -> None:
    call = {"id": call_id, "type": "function", "function": {"name": "f", "arguments": "{}"}}
    messages = [
        HI,
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": call_id, "content": "y"},
    ]

    made, answered = (it["call_id"] for it in body_of(translated(messages=messages))["input"][1:])

    assert made == answered
    assert (made == call_id, len(made) <= 64) == (is_kept, True)


CALL = {"id": "a", "type": "function", "function": {"name": "f", "arguments": "{}"}}
RESULT = {"role": "tool", "tool_call_id": "a", "content": "y"}


def test_sound_of_an_earlier_answer_is_refused_beside_calls_too() -> None:
    turn = {"role": "assistant", "content": None, "audio": {"id": "audio_1"}, "tool_calls": [CALL]}

    assert objections(messages=[HI, turn, RESULT]) == [("messages[1].audio", "unsupported_parameter")]


@pytest.mark.parametrize("content", [None, "", [{"type": "text", "text": ""}]], ids=str)
def test_nothing_said_beside_calls_is_no_item(content: object) -> None:
    turn = {"role": "assistant", "content": content, "tool_calls": [CALL]}

    assert kinds(body_of(translated(messages=[HI, turn, RESULT]))["input"])[1] == "function_call"


@pytest.mark.parametrize(
    "mark",
    [{"cache_control": {"type": "ephemeral"}}, {"prompt_cache_breakpoint": {"mode": "explicit"}}],
    ids=lambda mark: str(next(iter(mark))),
)
def test_a_mark_for_the_cache_on_an_answer_is_reported(mark: Json) -> None:
    marked = {"role": "assistant", "content": [{"type": "text", "text": "x", **mark}]}

    exchange = translated(messages=[HI, marked, HI])

    assert body_of(exchange)["input"][1] == {"role": "assistant", "content": "x"}
    assert exchange.notes == (f"messages[1].content[0].{next(iter(mark))}=ignored",)


def detail(*, model: str = "gpt-5.5", position: int = 0, kind: str = "openai.reasoning") -> Json:
    return {"type": kind, "model": model, "position": position, "block": json.loads(BLOCK), "call_id": "a"}


def kinds(items: list[Json]) -> list[str]:
    return [str(item.get("type") or item["role"]) for item in items]


@pytest.mark.parametrize(
    ("details", "expected"),
    [
        pytest.param([detail()], ["user", "reasoning", "assistant", "function_call"], id="before the text"),
        pytest.param(
            [detail(position=1)], ["user", "assistant", "reasoning", "function_call"], id="before the call"
        ),
        pytest.param(
            [detail(position=2)], ["user", "assistant", "function_call"], id="where nothing follows it"
        ),
        pytest.param([detail(model="gpt-5.4")], ["user", "assistant", "function_call"], id="another model's"),
        pytest.param(
            [detail(kind="anthropic.thinking")], ["user", "assistant", "function_call"], id="foreign"
        ),
    ],
)
def test_reasoning_goes_back_to_where_it_stood(details: list[Json], expected: list[str]) -> None:
    turn = {"role": "assistant", "content": "x", "tool_calls": [CALL], "reasoning_details": details}

    items = body_of(translated(messages=[HI, turn, RESULT]))["input"]

    assert kinds(items) == [*expected, "function_call_output"]


def test_reasoning_that_a_client_dropped_is_remembered_byte_for_byte() -> None:
    turn = {"role": "assistant", "content": None, "tool_calls": [CALL, {**CALL, "id": "b"}]}
    kept = ReasoningDetail("openai.reasoning", "gpt-5.5", 0, msgspec.Raw(BLOCK), "a")

    exchange = translated(
        messages=[HI, turn, RESULT, {**RESULT, "tool_call_id": "b"}], recall=lambda _: (kept,)
    )

    assert exchange.request.body.count(BLOCK) == 1
    assert kinds(body_of(exchange)["input"])[1:4] == ["reasoning", "function_call", "function_call"]


def test_participants_names_are_reported() -> None:
    ann, bob = {**HI, "name": "ann"}, {**HI, "name": "bob"}

    assert translated(messages=[ann, bob]).notes == ("messages.name=left_out",)
    assert translated(messages=[ann, ann]).notes == ("messages.name=ignored",)
    assert objections(is_strict=True, messages=[ann, bob]) == [("messages.name", "unsupported_value")]


def test_the_same_request_gives_the_same_bytes() -> None:
    messages = [HI, {"role": "assistant", "content": "x", "refusal": "no"}, HI]

    assert translated(messages=messages).request == translated(messages=messages).request
