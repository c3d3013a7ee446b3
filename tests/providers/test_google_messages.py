"""The conversation, as Google's contents."""

import json

import pytest

from app.errors import InvalidValue
from tests.providers.google_exchange import (
    HI,
    PICTURE,
    PNG,
    Row,
    called,
    calling,
    chat,
    contents,
    exchange,
    file,
    image,
    notes,
    objections,
    result,
    translated,
    user,
)

# The place of a message's first part.
FIRST = "messages[0].content[0]"


def system(text: str, role: str = "system") -> Row:
    return {"role": role, "content": text}


def assistant(content: object) -> Row:
    return {"role": "assistant", "content": content}


def test_all_leading_instructions_arrive_with_all_their_parts() -> None:
    parts = [{"type": "text", "text": "b"}, {"type": "text", "text": ""}, {"type": "text", "text": " "}]
    messages = [system("a"), {"role": "developer", "content": parts}, system("d"), HI]

    body = translated(messages=messages)

    assert body["systemInstruction"] == {
        "parts": [{"text": "a"}, {"text": "b"}, {"text": " "}, {"text": "d"}]
    }
    assert body["contents"] == [{"role": "user", "parts": [{"text": "Hi"}]}]


def test_an_empty_instruction_is_left_out() -> None:
    assert "systemInstruction" not in translated(messages=[system(""), HI])


@pytest.mark.parametrize("mark", ["cache_control", "prompt_cache_breakpoint"])
def test_marks_for_the_prompt_cache_are_reported_wherever_they_are(mark: str) -> None:
    marked = [{"type": "text", "text": "a", mark: {}}]
    answer = calling(called("c"), content=marked)
    messages = [{"role": "system", "content": marked}, user(*marked), answer, result("c", marked)]

    noted = notes(*messages, model="gemini-2.5-pro")

    assert noted == tuple(f"messages[{index}].content[0].cache=ignored" for index in range(4))


def test_an_instruction_between_turns_is_hoisted_and_reported_or_refused() -> None:
    messages = [system("a"), HI, system("b", "developer"), user("again")]

    body = translated(messages=messages)

    assert body["systemInstruction"] == {"parts": [{"text": "a"}, {"text": "b"}]}
    assert body["contents"] == [{"role": "user", "parts": [{"text": "Hi"}, {"text": "again"}]}]
    assert notes(*messages) == ("messages[2]=hoisted",)
    assert [it.param for it in objections(messages=messages, is_strict=True)] == ["messages[2]"]


def test_turns_alternate_and_parts_keep_their_order() -> None:
    messages = [
        user("look", image(PICTURE), "", "and say"),
        assistant([{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]),
        assistant("c"),
        user("more"),
    ]

    assert contents(*messages) == [
        {
            "role": "user",
            "parts": [
                {"text": "look"},
                {"inlineData": {"mimeType": "image/png", "data": PNG}},
                {"text": "and say"},
            ],
        },
        {"role": "model", "parts": [{"text": "a"}, {"text": "b"}, {"text": "c"}]},
        {"role": "user", "parts": [{"text": "more"}]},
    ]


def test_an_earlier_refusal_is_text() -> None:
    messages = [HI, {"role": "assistant", "content": None, "refusal": "No."}, HI]

    assert contents(*messages)[1] == {"role": "model", "parts": [{"text": "No."}]}


def test_an_empty_answer_is_left_out_and_reported() -> None:
    messages = [HI, assistant(""), user("again")]

    assert contents(*messages) == [{"role": "user", "parts": [{"text": "Hi"}, {"text": "again"}]}]
    assert notes(*messages) == ("messages[1]=left_out",)


def test_foreign_reasoning_becomes_no_text() -> None:
    foreign = {"type": "anthropic.thinking", "model": "m", "position": 0, "block": {"signature": "x"}}
    answer = {**assistant("a"), "reasoning_content": "hm", "reasoning_details": [foreign]}

    assert contents(HI, answer, HI)[1] == {"role": "model", "parts": [{"text": "a"}]}


@pytest.mark.parametrize(
    ("messages", "params"),
    [
        pytest.param([assistant("a"), HI], ["messages[0]"], id="the model begins"),
        pytest.param([HI, assistant("a")], ["messages[1]"], id="the model ends"),
        pytest.param([HI, {**assistant("a"), "prefix": True}], ["messages[1]"], id="a prefix"),
        pytest.param([system("a")], ["messages"], id="nobody asks"),
        pytest.param([user("")], ["messages[0].content"], id="nothing asked"),
        pytest.param([{"role": "user", "content": []}], ["messages[0].content"], id="no part"),
        pytest.param([user({"type": "video_url", "video_url": {}})], [FIRST], id="video"),
        pytest.param(
            [HI, {"role": "assistant", "content": None, "audio": {"id": "a"}}, HI],
            ["messages[1].audio"],
            id="audio",
        ),
        pytest.param([user(image("ftp://x/y.png"))], [FIRST], id="scheme"),
        pytest.param([user(image("data:image/png;base64,!"))], [FIRST], id="base64"),
        pytest.param([user(image("data:image/gif;base64,R0lGODlh"))], [FIRST], id="gif"),
        pytest.param([user(file(file_id="file-1"))], [f"{FIRST}.file.file_id"], id="file id"),
        pytest.param(
            [user(file(file_data="data:application/zip;base64,UEsDBA=="))],
            [FIRST],
            id="zip",
        ),
        pytest.param(
            [{"role": "system", "content": [image("https://x/y.png")]}, HI],
            [FIRST],
            id="an instruction that is no text",
        ),
    ],
)
def test_what_google_cannot_be_told_is_refused_by_name(messages: list[Row], params: list[str]) -> None:
    assert [it.param for it in objections(messages=messages)] == params


def test_a_message_of_white_space_passes() -> None:
    assert contents(user(" \n"))[0]["parts"] == [{"text": " \n"}]


@pytest.mark.parametrize(
    ("names", "is_strict", "noted"),
    [
        pytest.param(["ada"], True, ["ignored"], id="one"),
        pytest.param(["ada", "ada"], True, ["ignored", "ignored"], id="the same"),
        pytest.param(["ada", "bob"], False, ["left_out", "left_out"], id="two"),
        pytest.param(["ada", "bob"], True, None, id="two, strict"),
    ],
)
def test_participants(names: list[str], is_strict: bool, noted: list[str] | None) -> None:
    messages = [{**HI, "name": name} for name in names]

    if noted is None:
        assert [it.param for it in objections(messages=messages, is_strict=is_strict)] == [
            "messages[0].name",
            "messages[1].name",
        ]
    else:
        told = [f"messages[{index}].name={note}" for index, note in enumerate(noted)]
        assert list(notes(*messages, is_strict=is_strict)) == told


@pytest.mark.parametrize(
    ("messages", "param"),
    [
        pytest.param(
            [HI, {"role": "tool", "tool_call_id": "x", "content": "1"}],
            "messages[1].tool_call_id",
            id="no call",
        ),
        pytest.param(
            [HI, assistant("a"), result("x")],
            "messages[2].tool_call_id",
            id="after a text",
        ),
    ],
)
def test_a_result_without_a_call_is_refused_for_everybody(messages: list[Row], param: str) -> None:
    with pytest.raises(InvalidValue) as refusal:
        exchange(chat(messages=messages))

    assert refusal.value.param == param


def test_text_survives_as_it_is() -> None:
    text = 'a\u2028b \\n \u0000 😀 "quoted" </script>'

    body = exchange(chat(messages=[user(text)])).request.body

    assert json.loads(body)["contents"][0]["parts"] == [{"text": text}]
