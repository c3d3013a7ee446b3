"""The parts of messages, as Mistral's content chunks. Their order is meaning, and kept."""

import re
from collections.abc import Sequence
from typing import Final

from app.chat.data_url import InlineBytes, read_base64, read_data_url
from app.chat.messages import Audio, File, Image, Message, Part, Refusal, Text
from app.providers.facts.mistral import MistralModel
from app.providers.verdicts import Verdicts
from app.providers.writing import JsonObject

_DETAILS: Final = frozenset({"auto", "low", "high"})
# Mistral's own files: those of other providers have names like `file-…`.
_FILE_ID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_PDF: Final = "application/pdf"


def text_chunk(text: str) -> JsonObject:
    """A chunk of text."""
    return {"type": "text", "text": text}


def to_mistral_texts(message: Message, verdicts: Verdicts) -> str | Sequence[JsonObject]:
    """The content of a message that may hold text alone."""
    for part in message.parts:
        if not isinstance(part, Text | Refusal):
            verdicts.refuse(part.place, f"Mistral takes text alone from the {message.role}")
    _note_caches(message, verdicts)
    texts = [part.text for part in message.parts if isinstance(part, Text | Refusal)]
    return [text_chunk(text) for text in texts] if len(texts) > 1 else "".join(texts)


def to_mistral_content(
    message: Message, model: MistralModel, verdicts: Verdicts
) -> str | Sequence[JsonObject]:
    """The content of a user's message."""
    if all(isinstance(part, Text) for part in message.parts):
        return to_mistral_texts(message, verdicts)
    _note_caches(message, verdicts)
    chunks = [_chunk(part, model, verdicts) for part in message.parts]
    return [chunk for chunk in chunks if chunk is not None]


def _chunk(part: Part, model: MistralModel, verdicts: Verdicts) -> JsonObject | None:
    match part:
        case Text() | Refusal():
            return text_chunk(part.text)
        case Image():
            if model.sees is False:
                verdicts.refuse(part.place, "the model sees no images")
            return _image(part, verdicts)
        case Audio():
            if model.hears is False:
                verdicts.refuse(part.place, "the model hears no sound")
            return {"type": "input_audio", "input_audio": part.base64}
        case File():
            return _file(part, verdicts)
        case _:
            verdicts.refuse(part.place, f"Mistral has no parts of the type {part.type}")
            return None


def _image(image: Image, verdicts: Verdicts) -> JsonObject:
    url = image.url
    if url[:5].lower() == "data:":
        inline = read_data_url(url)
        if inline is None:
            verdicts.refuse_value(image.place, "its data URL cannot be read")
        else:
            url = _data_url(inline)
    if image.detail is not None and image.detail not in _DETAILS:
        verdicts.adapt(f"{image.place}.image_url.detail", "auto", f"Mistral has no detail {image.detail}")
    elif image.detail is not None:
        return {"type": "image_url", "image_url": {"url": url, "detail": image.detail}}
    return {"type": "image_url", "image_url": {"url": url}}


def _file(file: File, verdicts: Verdicts) -> JsonObject | None:
    if file.content is None:
        if file.file_id is not None and _FILE_ID.fullmatch(file.file_id):
            return {"type": "file", "file_id": file.file_id}
        verdicts.refuse(file.place, "Mistral has no such file")
        return None
    is_url = file.content[:5].lower() == "data:"
    inline = read_data_url(file.content) if is_url else read_base64(file.content, "")
    if inline is None:
        verdicts.refuse_value(file.place, "its content is no base64")
        return None
    if inline.media_type != _PDF:
        verdicts.refuse(file.place, "Mistral reads PDF files alone")
        return None
    document = {"type": "document_url", "document_url": _data_url(inline)}
    return document if file.filename is None else {**document, "document_name": file.filename}


def _data_url(inline: InlineBytes) -> str:
    return f"data:{inline.media_type};base64,{inline.base64}"


def _note_caches(message: Message, verdicts: Verdicts) -> None:
    """Mistral caches by `prompt_cache_key`; marks inside messages only ever made things cheaper."""
    if any(isinstance(part, Text | Image | File) and part.cache is not None for part in message.parts):
        verdicts.note("messages.prompt_cache_breakpoint")
