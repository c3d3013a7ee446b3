from typing import Any

import pytest

from tests.providers.exchanging import CALLED, HI, RESULT, Party, Row
from tests.providers.mistral_exchange import MISTRAL, check, text

PNG = "iVBORw0KGgo="
PDF = "JVBERi0xLjQK"
USER: Row = {"role": "user", "content": "Hi"}


def system(content: Any, role: str = "system") -> Row:
    return {"role": role, "content": content}


def result(call_id: str, content: Any = "42") -> Row:
    return {"role": "tool", "tool_call_id": call_id, "content": content}


@pytest.mark.parametrize(
    ("messages", "native"),
    [
        pytest.param(
            [system("A"), system([text("B"), text("C")], "developer"), HI],
            [system("A"), system([text("B"), text("C")]), USER],
            id="leading instructions, all parts",
        ),
        pytest.param([HI, system("later")], [USER, system("later")], id="instruction after the user"),
        pytest.param([{**HI, "name": "ada"}], [USER], id="name"),
        pytest.param(
            [system(""), {"role": "user", "content": []}], [system(""), system("", "user")], id="empty"
        ),
        pytest.param(
            [HI, {"role": "assistant", "content": "A"}, HI],
            [USER, {"role": "assistant", "content": "A"}, USER],
            id="history",
        ),
        pytest.param(
            [HI, {"role": "assistant", "content": None, "refusal": "No."}, HI],
            [USER, {"role": "assistant", "content": "No."}, USER],
            id="refusal",
        ),
        pytest.param(
            [HI, {"role": "assistant", "content": "So", "prefix": True}],
            [USER, {"role": "assistant", "content": "So", "prefix": True}],
            id="prefix",
        ),
    ],
)
def test_sends_messages(messages: list[Row], native: list[Row]) -> None:
    assert MISTRAL.messages(*messages) == native


def user(kind: str, content: object) -> list[Row]:
    return [{"role": "user", "content": [{"type": kind, kind: content}]}]


IMAGE = {"url": "https://h/i"}
PDF_URL = f"data:application/pdf;base64,{PDF}"
SOUND = {"data": "UklG", "format": "wav"}
FILE_ID = "0f5a9b8e-1111-2222-3333-444455556666"


@pytest.mark.parametrize(
    ("kind", "content", "native"),
    [
        pytest.param("image_url", IMAGE, {"type": "image_url", "image_url": IMAGE}, id="image"),
        pytest.param(
            "image_url",
            {"url": f"data:image/jpg;base64,{PNG[:-1]}", "detail": "low"},
            {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{PNG}", "detail": "low"}},
            id="image in a data URL",
        ),
        pytest.param(
            "file",
            {"file_data": PDF_URL, "filename": "a.pdf"},
            {"type": "document_url", "document_url": PDF_URL, "document_name": "a.pdf"},
            id="PDF",
        ),
        pytest.param(
            "file", {"file_data": PDF}, {"type": "document_url", "document_url": PDF_URL}, id="bare base64"
        ),
        pytest.param("file", {"file_id": FILE_ID}, {"type": "file", "file_id": FILE_ID}, id="Mistral's file"),
        pytest.param("input_audio", SOUND, {"type": "input_audio", "input_audio": "UklG"}, id="sound"),
    ],
)
def test_sends_parts(kind: str, content: Row, native: Row) -> None:
    assert MISTRAL.messages(*user(kind, content)) == [{"role": "user", "content": [native]}]


def test_parts_keep_their_order() -> None:
    parts = [text("a"), {"type": "image_url", "image_url": IMAGE}, text("b")]

    assert MISTRAL.messages({"role": "user", "content": parts}) == [{"role": "user", "content": parts}]


ADAPTED = [
    pytest.param(
        [HI, {"role": "assistant", "content": "A"}, system("later"), HI],
        [system("later"), USER, {"role": "assistant", "content": "A"}, USER],
        "messages[2]",
        "messages[2]=hoisted",
        id="instruction after the assistant",
    ),
    pytest.param(
        [{**HI, "name": "ada"}, {**HI, "name": "bob"}],
        [USER, USER],
        "messages.name",
        "messages.name=left_out",
        id="names that tell people apart",
    ),
    pytest.param(
        [
            {
                "role": "user",
                "content": [{"type": "image_url", "image_url": {"url": "https://h/i", "detail": "original"}}],
            }
        ],
        [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "https://h/i"}}]}],
        "messages[0].content[0].image_url.detail",
        "messages[0].content[0].image_url.detail=auto",
        id="detail",
    ),
]


@pytest.mark.parametrize(("messages", "native", "param", "note"), ADAPTED)
def test_what_has_no_twin_is_adapted_and_reported_or_refused_where_strict(
    messages: list[Row], native: list[Row], param: str, note: str
) -> None:
    assert MISTRAL.messages(*messages) == native
    assert MISTRAL.notes(messages=messages) == (note,)
    assert MISTRAL.objections(is_strict=True, messages=messages) == {param: "unsupported_value"}


def test_between_a_tool_and_the_user_the_assistant_speaks() -> None:
    messages = [HI, CALLED, RESULT, HI]

    roles = [message["role"] for message in MISTRAL.messages(*messages)]

    assert roles == ["user", "assistant", "tool", "assistant", "user"]
    assert MISTRAL.notes(messages=messages) == ("messages[3]=bridged",)
    assert MISTRAL.objections(is_strict=True, messages=messages) == {"messages[3]": "unsupported_value"}


def test_cache_marks_are_reported() -> None:
    messages = [{"role": "user", "content": [{**text("a"), "cache_control": {"type": "ephemeral"}}]}]

    assert MISTRAL.messages(*messages) == [{"role": "user", "content": "a"}]
    assert MISTRAL.notes(messages=messages) == ("messages.prompt_cache_breakpoint=ignored",)


TEXT_FILE = {"file_data": "data:text/plain;base64,SGk="}
FROM_TOOL = result("call_1", [{"type": "image_url", "image_url": IMAGE}])
PREFIX = {"role": "assistant", "content": "A", "prefix": True}


@pytest.mark.parametrize(
    ("model", "messages", "param"),
    [
        ("mistral-large-4", [HI, {"role": "assistant", "content": "A"}], "messages[1]"),
        ("mistral-large-4", [PREFIX, HI], "messages[0].prefix"),
        ("mistral-large-4", user("video", 1), "messages[0].content[0]"),
        ("mistral-large-4", user("file", {"file_id": "file-abc"}), "messages[0].content[0]"),
        ("mistral-large-4", user("file", TEXT_FILE), "messages[0].content[0]"),
        ("mistral-large-4", user("image_url", {"url": "data:image/png;base64,!"}), "messages[0].content[0]"),
        ("codestral-2508", user("image_url", IMAGE), "messages[0].content[0]"),
        ("mistral-small-latest", user("input_audio", SOUND), "messages[0].content[0]"),
        ("mistral-large-4", [HI, CALLED, FROM_TOOL], "messages[2].content[0]"),
        ("mistral-large-4", [HI, {"role": "assistant", "audio": {"id": "a"}}, HI], "messages[1].audio"),
    ],
    ids=[
        "nobody to answer",
        "prefix in the middle",
        "unknown part",
        "another provider's file",
        "text file",
        "broken image",
        "blind model",
        "deaf model",
        "image from a tool",
        "sound of an earlier answer",
    ],
)
def test_refuses_what_nobody_may_drop(model: str, messages: list[Row], param: str) -> None:
    assert list(Party(MISTRAL.dialect, model, check).objections(messages=messages)) == [param]
