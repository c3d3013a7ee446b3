import json

import pytest

from app.chat.data_url import InlineBytes
from app.chat.inlining import inlined
from app.chat.request import ChatRequest

URL = "https://x.example/y.png"
DATA = "data:image/png;base64,AA=="
IMAGES = {URL: InlineBytes("image/png", "AA==")}


def with_parts(*parts: str) -> bytes:
    message = b'{"role":"user","content":[%s]}' % ",".join(parts).encode()
    return (
        b'{"model":"m","messages":[{"role":"user","content":"Hi"},%s],"seed":12345678901234567890}' % message
    )


def part(image: str, more: str = "") -> str:
    return f'{{"type":"image_url","image_url":{image}{more}}}'


def test_every_mention_of_an_address_becomes_the_image() -> None:
    parts = part(f'{{"url":"{URL}","detail":"low"}}', ',"cache_control":{"ttl":1.50}'), part(f'"{URL}"')
    chat = ChatRequest.parse(with_parts(*parts))

    made = inlined(chat, IMAGES)

    expected = with_parts(
        part(f'{{"url":"{DATA}","detail":"low"}}', ',"cache_control":{"ttl":1.50}'), part(f'"{DATA}"')
    )
    assert made.body == expected
    assert made.fields == ChatRequest.parse(expected).fields
    assert made.input_characters == chat.input_characters


def test_an_escaped_address_is_the_same_address() -> None:
    chat = ChatRequest.parse(with_parts(part('{"url":"https:\\/\\/x.example\\/y.png"}')))

    assert inlined(chat, IMAGES).body == with_parts(part(f'{{"url":"{DATA}"}}'))


@pytest.mark.parametrize(
    "other",
    [
        '{"type":"text","text":"https://x.example/y.png"}',
        part('{"url":"https://x.example/z.png"}'),
        part("5"),
        part('{"url":5}'),
        part("null"),
        part("{}"),
    ],
)
def test_everything_else_stays(other: str) -> None:
    chat = ChatRequest.parse(with_parts(other))

    assert json.loads(inlined(chat, IMAGES).body) == json.loads(chat.body)
