import base64
from typing import Any

import pytest

from tests.providers.anthropic_exchange import Row, body_of, refused, sent, translate

PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n" + b"\0" * 8).decode()
PDF = base64.b64encode(b"%PDF-1.7").decode()


def user(content: object) -> Row:
    return {"role": "user", "content": content}


def text(value: str) -> Row:
    return {"type": "text", "text": value}


def turns(*messages: Row) -> Any:
    return body_of(messages=list(messages))["messages"]


@pytest.mark.parametrize(
    ("content", "blocks"),
    [
        pytest.param([text("a"), text(""), text("b")], [text("a"), text("b")], id="empty part"),
        pytest.param(
            [text("a"), text("\n"), text("b")], [text("a\n"), text("b")], id="blank part in between"
        ),
        pytest.param([text(" "), text("b")], [text(" b")], id="blank part first"),
        pytest.param(
            [{"type": "image_url", "image_url": "https://h/a.png"}, text("a")],
            [{"type": "image", "source": {"type": "url", "url": "https://h/a.png"}}, text("a")],
            id="order kept",
        ),
        pytest.param(
            [{"type": "image_url", "image_url": {"url": f"data:image/jpg;base64,{PNG[:-2]}"}}],
            [{"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": PNG}}],
            id="media type as the bytes say",
        ),
        pytest.param(
            [
                {
                    "type": "file",
                    "file": {"file_data": f"data:application/pdf;base64,{PDF}", "filename": "a.pdf"},
                }
            ],
            [
                {
                    "type": "document",
                    "source": {"type": "base64", "media_type": "application/pdf", "data": PDF},
                    "title": "a.pdf",
                }
            ],
            id="PDF",
        ),
        pytest.param(
            [{"type": "file", "file": {"file_data": "data:text/plain,Gr%C3%BC%C3%9Fe"}}],
            [{"type": "document", "source": {"type": "text", "media_type": "text/plain", "data": "Grüße"}}],
            id="plain text",
        ),
        pytest.param(
            [{"type": "file", "file": {"file_id": "file_011C"}}],
            [{"type": "document", "source": {"type": "file", "file_id": "file_011C"}}],
            id="a file of Anthropic's",
        ),
    ],
)
def test_parts_become_blocks_in_their_order(content: list[Row], blocks: list[Row]) -> None:
    assert turns(user(content)) == [user(blocks)]


@pytest.mark.parametrize(
    ("message", "place"),
    [
        pytest.param(user(""), "messages[0].content", id="empty text"),
        pytest.param(user(" \n"), "messages[0].content", id="blank text"),
        pytest.param(user([]), "messages[0].content", id="no parts"),
        pytest.param(user([{"type": "hologram"}]), "messages[0].content[0]", id="unknown part"),
        pytest.param(
            user([{"type": "input_audio", "input_audio": {"data": "AA", "format": "wav"}}]),
            "messages[0].content[0]",
            id="sound",
        ),
        pytest.param(
            user([{"type": "image_url", "image_url": {"url": "data:image/svg+xml,%3Csvg/%3E"}}]),
            "messages[0].content[0]",
            id="SVG",
        ),
        pytest.param(
            user([{"type": "image_url", "image_url": {"url": "http://h/a.png"}}]),
            "messages[0].content[0]",
            id="image without TLS",
        ),
        pytest.param(
            user([{"type": "file", "file": {"file_id": "file-abc"}}]),
            "messages[0].content[0]",
            id="foreign file",
        ),
        pytest.param(
            {"role": "assistant", "content": "A prefix", "prefix": True},
            "messages[0]",
            id="prefix on a new model",
        ),
        pytest.param({"role": "assistant", "content": "An answer"}, "messages[0]", id="ends with an answer"),
        pytest.param({"role": "assistant", "audio": {"id": "a"}}, "messages[0].audio", id="spoken answer"),
        pytest.param({"role": "system", "content": "Be kind"}, "messages", id="nobody to answer"),
        pytest.param(
            {"role": "system", "content": [{"type": "image_url", "image_url": "https://h/a.png"}]},
            "messages[0].content[0]",
            id="image in a system message",
        ),
    ],
)
def test_messages_that_anthropic_cannot_take_are_refused(message: Row, place: str) -> None:
    assert refused(messages=[message])[0][0] == place


@pytest.mark.parametrize(
    ("mark", "native", "notes"),
    [
        pytest.param(
            {"cache_control": {"type": "ephemeral"}}, {"type": "ephemeral"}, (), id="Anthropic's own mark"
        ),
        pytest.param(
            {"prompt_cache_breakpoint": {"mode": "explicit"}},
            {"type": "ephemeral", "ttl": "1h"},
            ("prompt_cache_breakpoint=1h",),
            id="OpenAI's mark",
        ),
    ],
)
def test_marks_for_the_cache_stay_on_their_blocks(mark: Row, native: Row, notes: tuple[str, ...]) -> None:
    exchange = translate(messages=[user([{**text("a"), **mark}, text("b")])])

    assert sent(exchange)["messages"][0]["content"] == [{**text("a"), "cache_control": native}, text("b")]
    assert exchange.notes == notes


def test_the_mark_of_a_message_is_that_of_its_last_part() -> None:
    mark = {"cache_control": {"type": "ephemeral"}}
    messages = [
        {"role": "system", "content": "Be brief", **mark},
        {**user([text("a"), text("b")]), **mark},
        {"role": "assistant", "content": [text("c") | {"cache_control": {"type": "ephemeral", "ttl": "1h"}}]}
        | mark,
        user("d"),
    ]

    body = body_of(messages=messages)

    assert body["system"] == [text("Be brief") | mark]
    assert body["messages"][0]["content"] == [text("a"), text("b") | mark]
    assert body["messages"][1]["content"][0]["cache_control"] == {"type": "ephemeral", "ttl": "1h"}


def test_a_fifth_mark_is_one_too_many() -> None:
    marked = {**text("a"), "cache_control": {"type": "ephemeral"}}

    assert len(turns(user([marked] * 4))) == 1
    assert refused(messages=[user([marked] * 5)]) == [("messages[0].content[4]", "unsupported_value")]
    assert (
        refused(messages=[user([marked] * 4)], cache_control={"type": "ephemeral"})[0][0] == "cache_control"
    )
