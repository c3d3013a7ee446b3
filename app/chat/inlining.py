"""A request with the images inside it to which it gave addresses."""

from collections.abc import Mapping
from typing import Final

import msgspec
from msgspec.structs import replace

from app.chat.data_url import InlineBytes
from app.chat.request import ChatRequest, Fields

_LIST: Final = msgspec.json.Decoder(list[Fields])
_OBJECT: Final = msgspec.json.Decoder(Fields)
_TEXT: Final = msgspec.json.Decoder(str)


def inlined(chat: ChatRequest, images: Mapping[str, InlineBytes]) -> ChatRequest:
    """The request with `data:` URLs in the place of these addresses; the rest keeps the client's bytes."""
    messages = [_message(message, images) for message in _LIST.decode(chat.fields["messages"])]
    fields = {**chat.fields, "messages": _raw(messages)}
    return replace(chat, fields=fields, body=msgspec.json.encode(fields))


def _message(message: Fields, images: Mapping[str, InlineBytes]) -> Fields:
    content = message.get("content")
    if content is None or not bytes(content).startswith(b"["):
        return message
    return {**message, "content": _raw([_part(part, images) for part in _LIST.decode(content)])}


def _part(part: Fields, images: Mapping[str, InlineBytes]) -> Fields:
    image = bytes(part.get("image_url", b""))
    if image.startswith(b'"'):
        return {**part, "image_url": _url(part["image_url"], images)}
    if not image.startswith(b"{"):
        return part
    fields = _OBJECT.decode(image)
    if not bytes(fields.get("url", b"")).startswith(b'"'):
        return part
    return {**part, "image_url": _raw({**fields, "url": _url(fields["url"], images)})}


def _url(written: msgspec.Raw, images: Mapping[str, InlineBytes]) -> msgspec.Raw:
    found = images.get(_TEXT.decode(written))
    return written if found is None else _raw(found.data_url)


def _raw(value: object) -> msgspec.Raw:
    return msgspec.Raw(msgspec.json.encode(value))
