"""Parts of a message that are no text, in Google's words."""

import mimetypes
import re
from collections.abc import Mapping
from typing import Final

from app.chat.data_url import InlineBytes, read_base64, read_data_url
from app.chat.messages import Audio, File, Image, Part, Refusal, Text, UnknownPart
from app.providers.facts.google import GoogleModel
from app.providers.verdicts import Verdicts
from app.providers.writing import JsonObject

_RESOLUTIONS: Final[Mapping[str, str]] = {"low": "MEDIA_RESOLUTION_LOW", "high": "MEDIA_RESOLUTION_HIGH"}
# ai.google.dev/gemini-api/docs/image-understanding, November 2026: png, jpeg, webp, heic and heif.
_NO_IMAGES: Final = frozenset({"image/gif", "image/svg+xml", "image/tiff", "image/bmp"})
_OWN_FILES: Final = "https://generativelanguage.googleapis.com/"
# Takes what clients write, where `urlsplit` raises.
_PATH: Final = re.compile(r"[^:]*://[^/?#]*([^?#]*)")
_FILES: Final = ("application/pdf", "application/json", "text/", "image/", "audio/", "video/")


def native_part(part: Part, model: GoogleModel, verdicts: Verdicts) -> JsonObject | None:
    """The native part; None where there is none, which the verdicts then know."""
    match part:
        case Text(text=text) | Refusal(text=text):
            return {"text": text}
        case Image():
            return _image(part, model, verdicts)
        case Audio():
            return _audio(part, verdicts)
        case File():
            return _file(part, model, verdicts)
        case UnknownPart():
            verdicts.refuse(part.place, f"parts of the type {part.type!r} are not Google's")
            return None


def _image(part: Image, model: GoogleModel, verdicts: Verdicts) -> JsonObject | None:
    source = _source(part.url, part.place, model, verdicts)
    if source is None or part.detail in {None, "auto"}:
        return source
    level = _RESOLUTIONS.get(part.detail or "")
    if level is None or not model.has_media_parts:
        verdicts.note(f"{part.place}.image_url.detail")
        return source
    return {**source, "mediaResolution": {"level": level}}


def _source(url: str, place: str, model: GoogleModel, verdicts: Verdicts) -> JsonObject | None:
    if url[:5].lower() == "data:":
        return _inline(read_data_url(url), place, verdicts)
    scheme = url.partition(":")[0].lower()
    if scheme not in {"https", "http", "gs"}:
        verdicts.refuse_value(place, "expected a https: or data: URL")
        return None
    if model.fetches_urls or url.startswith(_OWN_FILES):
        return _at(url)
    if scheme == "gs":
        verdicts.refuse(place, "this model fetches no URLs")
    else:
        verdicts.need(f"{place}.image_url", url)
    return None


def _at(url: str) -> JsonObject:
    found = _PATH.match(url)
    guessed, _ = mimetypes.guess_type(found[1] if found else "")
    return {"fileData": {**({"mimeType": guessed} if guessed else {}), "fileUri": url}}


def _inline(content: InlineBytes | None, place: str, verdicts: Verdicts) -> JsonObject | None:
    if content is None:
        verdicts.refuse_value(place, "the base64 cannot be read")
        return None
    if content.media_type in _NO_IMAGES:
        verdicts.refuse_value(place, f"Google does not read {content.media_type}")
        return None
    return {"inlineData": {"mimeType": content.media_type, "data": content.base64}}


def _audio(part: Audio, verdicts: Verdicts) -> JsonObject | None:
    return _inline(read_base64(part.base64, f"audio/{part.format}"), part.place, verdicts)


def _file(part: File, model: GoogleModel, verdicts: Verdicts) -> JsonObject | None:
    if part.content is None:
        # Google's own files have addresses for ids.
        known = "https://" if model.fetches_urls else _OWN_FILES
        if part.file_id is not None and part.file_id.startswith(known):
            return _at(part.file_id)
        verdicts.refuse(f"{part.place}.file.file_id", "Google does not have this file")
        return None
    if part.content[:5].lower() == "data:":
        content = read_data_url(part.content)
    else:
        guessed, _ = mimetypes.guess_type(part.filename or "")
        content = read_base64(part.content, guessed or "application/pdf")
    if content is not None and not content.media_type.startswith(_FILES):
        verdicts.refuse(part.place, f"Google does not read files of the type {content.media_type}")
        return None
    if part.filename is not None:
        verdicts.note(f"{part.place}.file.filename")
    return _inline(content, part.place, verdicts)
