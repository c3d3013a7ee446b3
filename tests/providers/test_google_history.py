"""Earlier answers with calls: their results, and the thought signatures that Google wants back."""

import json
from typing import Any

import pytest

from tests.providers.google_exchange import (
    HI,
    Row,
    as_detail,
    body_of,
    called,
    calling,
    chat,
    contents,
    detail,
    exchange,
    objections,
    remembering,
    result,
    signed,
    translated,
)

SKIP = "skip_thought_signature_validator"


def past(*messages: Row, model: str = "gemini-2.5-flash") -> list[Row]:
    return contents(*messages, model=model)


def response(name: str, output: str, **more: Any) -> Row:
    return {"functionResponse": {**more, "name": name, "response": {"output": output}}}


def test_text_and_calls_of_one_answer_stay_in_their_order() -> None:
    texts = [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]
    messages = [
        HI,
        calling(called("c", arguments='{"n": 12345678901234567890, "x": 1.50}'), content=texts),
        result("c"),
    ]

    body = exchange(chat(model="gemini-2.5-pro", messages=messages)).request.body

    assert json.loads(body)["contents"][1] == {
        "role": "model",
        "parts": [
            {"text": "a"},
            {"text": "b"},
            {"functionCall": {"name": "get_weather", "args": {"n": 12345678901234567890, "x": 1.5}}},
        ],
    }
    assert b'{"n": 12345678901234567890, "x": 1.50}' in body


@pytest.mark.parametrize("content", [None, "", []], ids=["null", "empty", "no parts"])
def test_a_call_without_text_has_no_text_part(content: object) -> None:
    made = past(HI, calling(called("c"), content=content), result("c"))

    assert made[1]["parts"] == [{"functionCall": {"name": "get_weather", "args": {}}}]


@pytest.mark.parametrize(
    ("arguments", "native", "notes"),
    [
        pytest.param("", {}, [], id="empty"),
        pytest.param(" \n", {}, [], id="blank"),
        pytest.param("null", {}, [], id="null"),
        pytest.param("{}", {}, [], id="nothing"),
        pytest.param("[1]", {"__raw": "[1]"}, ["wrapped"], id="no object"),
        pytest.param('{"a":', {"__raw": '{"a":'}, ["wrapped"], id="broken"),
    ],
)
def test_arguments_are_an_object(arguments: str, native: Row, notes: list[str]) -> None:
    fields: Row = {
        "model": "gemini-2.5-pro",
        "messages": [HI, calling(called("c", arguments=arguments)), result("c")],
    }

    made = exchange(chat(**fields))

    assert json.loads(made.request.body)["contents"][1]["parts"][0]["functionCall"]["args"] == native
    place = "messages[1].tool_calls[0].function.arguments"
    assert made.notes == tuple(f"{place}={note}" for note in notes)
    assert [it.param for it in objections(is_strict=True, **fields)] == [place for _ in notes]


def test_parallel_results_are_one_content_and_the_users_text_the_next() -> None:
    messages = [
        HI,
        calling(called("a"), called("b", "get_time"), called("c")),
        result("c", "3"),
        result("a", [{"type": "text", "text": "1"}, {"type": "text", "text": "one"}]),
        result("b", ""),
        {"role": "user", "content": "Thanks"},
    ]

    assert past(*messages)[2:] == [
        {
            "role": "user",
            "parts": [
                response("get_weather", "1\none"),
                response("get_time", ""),
                response("get_weather", "3"),
            ],
        },
        {"role": "user", "parts": [{"text": "Thanks"}]},
    ]


def test_the_same_id_in_two_turns_is_paired_by_position() -> None:
    messages = [
        HI,
        calling(called("call_0")),
        result("call_0", "first"),
        calling(called("call_0", "get_time")),
        result("call_0", "second"),
    ]

    made = past(*messages)

    assert [made[2]["parts"], made[4]["parts"]] == [
        [response("get_weather", "first")],
        [response("get_time", "second")],
    ]


def test_an_image_in_a_result_needs_the_third_generation() -> None:
    picture = {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw0KGgo="}}
    messages = [HI, calling(signed("a", "U0lH")), result("a", [{"type": "text", "text": "see"}, picture])]

    made = past(*messages, model="gemini-3-flash")[2]["parts"][0]["functionResponse"]
    refused = objections(model="gemini-2.5-flash", messages=messages)

    assert made["response"] == {"output": "see"}
    assert made["parts"] == [{"inlineData": {"mimeType": "image/png", "data": "iVBORw0KGgo="}}]
    assert [it.param for it in refused] == ["messages[2].content[1]"]


def test_history_with_calls_needs_no_declarations() -> None:
    body = translated(model="gemini-2.5-pro", messages=[HI, calling(called("c")), result("c")])

    assert "tools" not in body


def test_a_foreign_history_gets_a_placeholder_on_the_first_call_of_each_step() -> None:
    messages = [
        HI,
        calling(called("a"), called("b")),
        result("a"),
        result("b"),
        calling(called("c")),
        result("c"),
    ]

    made = exchange(chat(model="gemini-3-flash", messages=messages))

    turns = json.loads(made.request.body)["contents"]
    signatures = [[part.get("thoughtSignature") for part in turns[turn]["parts"]] for turn in (1, 3)]
    assert signatures == [[SKIP, None], [SKIP]]
    assert made.notes == (
        "messages[1].tool_calls[0].extra_content=placeholder_signature",
        "messages[4].tool_calls[0].extra_content=placeholder_signature",
    )


def test_older_models_get_no_placeholder() -> None:
    made = past(HI, calling(called("a")), result("a"), model="gemini-2.5-flash")

    assert made[1]["parts"] == [{"functionCall": {"name": "get_weather", "args": {}}}]


def test_a_signature_in_extra_content_goes_back_on_its_call_alone() -> None:
    messages = [HI, calling(signed("fc-1", "SIG+/w=="), called("fc-2")), result("fc-1"), result("fc-2")]

    made = past(*messages, model="gemini-3-flash")

    assert made[1]["parts"] == [
        {"functionCall": {"id": "fc-1", "name": "get_weather", "args": {}}, "thoughtSignature": "SIG+/w=="},
        {"functionCall": {"name": "get_weather", "args": {}}},
    ]
    assert made[2]["parts"][0]["functionResponse"]["id"] == "fc-1"


def test_an_id_that_is_ours_stays_with_us() -> None:
    ours = "call_" + "a" * 24

    made = past(HI, calling(signed(ours, "U0lH")), result(ours), model="gemini-3-flash")

    assert "id" not in made[1]["parts"][0]["functionCall"]
    assert "id" not in made[2]["parts"][0]["functionResponse"]


BLOCK: Row = {
    "functionCall": {"id": "g 1", "name": "get_weather", "args": {"a": 1}},
    "thoughtSignature": "U0lH",
}


@pytest.mark.parametrize("is_remembered", [False, True], ids=["from the client", "from memory"])
def test_state_goes_back_byte_for_byte(is_remembered: bool) -> None:
    thought: Row = {"thought": True, "text": "hm", "thoughtSignature": "VGg="}
    code: Row = {"executableCode": {"language": "PYTHON", "code": "1"}}
    state = [
        detail("google.function_call", BLOCK, position=2, call_id="c"),
        detail("google.thought", thought, position=0, call_id="c"),
        detail("google.part", code, position=1, call_id="c"),
    ]
    sent: Row = {} if is_remembered else {"reasoning_details": state}
    recall = remembering(*map(as_detail, state)) if is_remembered else remembering()
    messages = [HI, calling(called("c", arguments='{"a": 1}'), content="text", **sent), result("c")]

    made = body_of(chat(model="gemini-3-flash", messages=messages), recall=recall)["contents"]

    assert made[1]["parts"] == [thought, code, {"text": "text"}, BLOCK]
    assert made[2]["parts"] == [response("get_weather", "42", id="g 1")]


@pytest.mark.parametrize(
    "block", [5, None, "x", [], {"text": 5}, {"functionCall": []}, {"functionCall": {"id": {}}}], ids=str
)
@pytest.mark.parametrize("kind", ["google.function_call", "google.text", "google.part"])
def test_state_that_makes_no_sense_stays_out(kind: str, block: Any) -> None:
    state = [detail(kind, block, call_id="c")]
    messages = [HI, calling(called("c"), content="a", reasoning_details=state), result("c")]

    assert past(*messages) == past(HI, calling(called("c"), content="a"), result("c"))


def test_an_older_model_is_sent_no_ids() -> None:
    state = [detail("google.function_call", BLOCK, call_id="c")]
    messages = [HI, calling(called("c", arguments='{"a":1}'), reasoning_details=state), result("c")]

    made = past(*messages, model="gemini-2.5-flash")

    call = {"name": "get_weather", "args": {"a": 1}}
    assert made[1]["parts"] == [{"functionCall": call, "thoughtSignature": "U0lH"}]
    assert made[2]["parts"] == [response("get_weather", "42")]


def test_a_call_that_the_client_changed_goes_back_changed() -> None:
    state = [detail("google.function_call", BLOCK, call_id="c")]
    messages = [HI, calling(called("c", arguments='{"a":2}'), reasoning_details=state), result("c")]

    made = past(*messages, model="gemini-3-flash")[1]["parts"]

    changed = {"id": "g 1", "name": "get_weather", "args": {"a": 2}}
    assert made == [{"functionCall": changed, "thoughtSignature": "U0lH"}]


@pytest.mark.parametrize(
    ("content", "block", "parts"),
    [
        pytest.param("ab", {"text": "b"}, ["a", "b*"], id="the end was signed"),
        pytest.param("ab", {"text": ""}, ["ab", "*"], id="an empty part was signed"),
        pytest.param("ab", {}, ["ab", "*"], id="nothing was signed"),
        pytest.param("aXaY", {"text": "a"}, ["aX", "a*", "Y"], id="the last that fits"),
        pytest.param("changed", {"text": "b"}, ["changed"], id="the client changed it"),
    ],
)
def test_a_signed_text_goes_back_as_it_was(content: str, block: Row, parts: list[str]) -> None:
    whole: Row = {**block, "thoughtSignature": "U0lH"}
    answer = {"role": "assistant", "content": content, "reasoning_details": [detail("google.text", whole)]}

    made = past(HI, answer, HI, model="gemini-3-flash")[1]["parts"]

    assert all("text" in part for part in made)
    told = [part["text"] + ("*" if "thoughtSignature" in part else "") for part in made]
    assert told == parts
