import base64
from typing import Any

import pytest

from app.providers.verdicts import CannotServe
from tests.providers.anthropic_exchange import HAIKU, OPUS, Row, body_of, refused, sent, translate

PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n" + b"\0" * 8).decode()


def user(content: object, **fields: Any) -> Row:
    return {"role": "user", "content": content, **fields}


def text(value: str) -> Row:
    return {"type": "text", "text": value}


def called(*ids: str, arguments: str = "{}", **fields: Any) -> Row:
    calls = [{"id": it, "type": "function", "function": {"name": "f", "arguments": arguments}} for it in ids]
    return {"role": "assistant", "tool_calls": calls, **fields}


def result(call_id: str, content: object = "done") -> Row:
    return {"role": "tool", "tool_call_id": call_id, "content": content}


def turns(*messages: Row, model: str = OPUS) -> list[Row]:
    native: list[Row] = body_of(model, messages=list(messages))["messages"]
    return native


def test_the_first_system_messages_become_the_system_prompt_part_by_part() -> None:
    body = body_of(
        messages=[
            {"role": "system", "content": "a"},
            {"role": "developer", "content": [text("b"), text(""), text("c")]},
            {"role": "system", "content": " "},
            user("Hi"),
        ]
    )

    assert body["system"] == [text("a"), text("b"), text("c")]
    assert [message["role"] for message in body["messages"]] == ["user"]


LATER = [user("Hi"), {"role": "system", "content": "Be brief"}, {"role": "system", "content": "Be kind"}]


def test_a_later_system_message_keeps_its_place_where_the_model_has_one() -> None:
    exchange = translate("claude-opus-5", messages=LATER)

    assert sent(exchange)["messages"] == [
        user([text("Hi")]),
        {"role": "system", "content": [text("Be brief"), text("Be kind")]},
    ]
    assert exchange.notes == ()


@pytest.mark.parametrize(
    ("model", "following"),
    [
        pytest.param("claude-sonnet-4-6", [], id="model without system turns"),
        pytest.param("claude-sonnet-5", [], id="newer model without system turns"),
        pytest.param("claude-opus-5", [user("Go on")], id="before a user's turn"),
    ],
)
def test_a_later_system_message_is_hoisted_and_reported(model: str, following: list[Row]) -> None:
    exchange = translate(model, messages=[*LATER, *following])

    assert sent(exchange)["system"] == [text("Be brief"), text("Be kind")]
    assert all(message["role"] == "user" for message in sent(exchange)["messages"])
    assert exchange.notes == ("messages[1]=hoisted", "messages[2]=hoisted")
    assert refused(model, is_strict=True, messages=[*LATER, *following])[0][0] == "messages[1]"


def test_neighbours_of_one_role_become_one_turn() -> None:
    assert turns(
        user("a"),
        user("b"),
        {"role": "assistant", "content": "c"},
        {"role": "assistant", "content": "d"},
        user("e"),
    ) == [
        user([text("a"), text("b")]),
        {"role": "assistant", "content": [text("c"), text("d")]},
        user([text("e")]),
    ]


def test_results_stand_together_before_what_the_user_says() -> None:
    native = turns(user("Hi"), called("a", "b", "c"), result("b"), result("a"), result("c"), user("And now?"))

    ids = [block.get("tool_use_id") for block in native[-1]["content"]]
    assert [message["role"] for message in native] == ["user", "assistant", "user"]
    assert ids == ["b", "a", "c", None]
    assert native[-1]["content"][-1] == text("And now?")


@pytest.mark.parametrize(
    ("content", "block"),
    [
        pytest.param("", "", id="empty"),
        pytest.param("23 degrees", "23 degrees", id="text"),
        pytest.param([text("a"), text("b")], [text("a"), text("b")], id="all parts"),
        pytest.param([], "", id="no parts"),
        pytest.param(
            [text("a"), {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{PNG}"}}],
            [
                text("a"),
                {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": PNG}},
            ],
            id="image",
        ),
    ],
)
def test_a_result_keeps_all_its_parts(content: object, block: object) -> None:
    assert turns(user("Hi"), called("a"), result("a", content))[-1]["content"] == [
        {"type": "tool_result", "tool_use_id": "a", "content": block}
    ]


@pytest.mark.parametrize(
    ("arguments", "native"),
    [
        pytest.param("", b'"input":{}', id="empty"),
        pytest.param(" \n", b'"input":{}', id="blank"),
        pytest.param("null", b'"input":{}', id="null"),
        pytest.param(
            '{"a": 1.50, "b": 12345678901234567890}',
            b'"input":{"a": 1.50, "b": 12345678901234567890}',
            id="numbers",
        ),
        pytest.param('{"a":"\\u00fc\\n"}', b'"input":{"a":"\\u00fc\\n"}', id="escapes"),
        pytest.param("[1]", b'"input":{"__raw":"[1]"}', id="no object"),
        pytest.param("[" * 100_000, b'"input":{"__raw":"[[', id="nested without measure"),
        pytest.param('{"a": ', b'"input":{"__raw":"{\\"a\\": "}', id="broken"),
    ],
)
def test_arguments_are_an_object_in_the_models_own_spelling(arguments: str, native: bytes) -> None:
    exchange = translate(messages=[user("Hi"), called("a", arguments=arguments), result("a")])

    assert native in exchange.request.body
    assert bool(exchange.notes) is (b"__raw" in native)


@pytest.mark.parametrize("content", [None, ""], ids=["null", "empty"])
def test_a_call_without_words_is_a_call_alone(content: str | None) -> None:
    native = turns(user("Hi"), called("a", content=content), result("a"))

    assert [block["type"] for block in native[1]["content"]] == ["tool_use"]


def test_words_come_before_calls() -> None:
    native = turns(user("Hi"), called("a", content="Let me see"), result("a"))

    assert [block["type"] for block in native[1]["content"]] == ["text", "tool_use"]


def test_ids_are_made_legal_and_unique_on_both_sides() -> None:
    messages = [user("Hi"), called("0", "a:b"), result("a:b"), result("0"), called("0"), result("0")]

    native = turns(*messages)

    first, second = native[1]["content"], native[3]["content"]
    ids = [block["id"] for block in first + second]
    assert [block["tool_use_id"] for block in native[2]["content"]] == [ids[1], ids[0]]
    assert [block["tool_use_id"] for block in native[4]["content"]] == [ids[2]]
    assert ids[0] == "0"
    assert len(set(ids)) == 3
    assert all(len(it) <= 40 for it in ids)
    assert turns(*messages) == native


def test_a_final_answer_is_a_prefix_only_where_that_is_meant() -> None:
    prefix = {"role": "assistant", "content": "The answer is", "prefix": True}

    assert turns(user("Hi"), prefix, model=HAIKU)[-1] == {
        "role": "assistant",
        "content": [text("The answer is")],
    }
    assert refused(HAIKU, messages=[user("Hi"), {**prefix, "prefix": False}])[0][0] == "messages[1]"
    assert refused(HAIKU, messages=[user("Hi"), {**prefix, "content": "The "}])[0][0] == "messages[1].content"


def test_an_empty_answer_in_between_stays_a_turn() -> None:
    assert turns(user("a"), {"role": "assistant", "content": ""}, user("b"))[1]["content"] == []


def test_a_refusal_of_before_is_text() -> None:
    refusal = {"role": "assistant", "content": None, "refusal": "I'd rather not"}

    assert turns(user("a"), refusal, user("b"))[1]["content"] == [text("I'd rather not")]


@pytest.mark.parametrize(
    ("messages", "notes"),
    [
        pytest.param([user("a", name="Ada")], ("messages[0].name=ignored",), id="one name"),
        pytest.param(
            [user("a", name="Ada"), user("b", name="Bob")],
            ("messages[1].name=left_out", "messages[0].name=ignored", "messages[1].name=ignored"),
            id="two names",
        ),
        pytest.param(
            [user([{"type": "image_url", "image_url": {"url": "https://h/a.png", "detail": "low"}}])],
            ("messages[0].content[0].detail=ignored",),
            id="detail",
        ),
        pytest.param(
            [user("a"), {"role": "assistant", "content": "b", "reasoning_content": "hm"}, user("c")],
            ("messages[1].reasoning_content=left_out",),
            id="another provider's reasoning",
        ),
    ],
)
def test_what_has_no_place_is_reported(messages: list[Row], notes: tuple[str, ...]) -> None:
    assert translate(messages=messages).notes == notes


def test_functions_of_old_have_calls_and_results_too() -> None:
    native = turns(
        user("Hi"),
        {"role": "assistant", "content": None, "function_call": {"name": "f", "arguments": "{}"}},
        {"role": "function", "name": "f", "content": "done"},
    )

    assert native[1]["content"][0]["id"] == native[2]["content"][0]["tool_use_id"]


def test_everything_that_is_wrong_is_said_at_once() -> None:
    with pytest.raises(CannotServe) as error:
        translate(messages=[user([{"type": "x"}, {"type": "y"}])], store=True)

    assert len(error.value.objections) == 4
