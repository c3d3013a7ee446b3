"""The parts of messages as Anthropic's blocks."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, assert_never

import msgspec

from app.chat.conversation import Tool
from app.chat.data_url import InlineBytes, read_base64, read_data_url
from app.chat.messages import Audio, File, Image, Part, Refusal, Text, UnknownPart
from app.providers.anthropic.caching import MOST_MARKS, to_mark
from app.providers.anthropic.translation import Block, Translation

_PICTURES: Final = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp"})
_PDF: Final = "application/pdf"
_PLAIN: Final = "text/plain"
# Ids of OpenAI's files begin with `file-`.
_OWN_FILE: Final = "file_"
# Pairs, for a union is made anew at each look.
_WORDS: Final = (Text, Refusal)
_UNMARKED: Final = (Audio, Refusal, UnknownPart)


@dataclass(slots=True)
class Content:
    """Translates parts; counts the marks for the prompt cache as it goes."""

    translation: Translation
    marks: int = 0

    def text_blocks(self, parts: Sequence[Part]) -> list[Block]:
        """The blocks of a system message, which holds text alone."""
        for part in parts:
            if not isinstance(part, Text):
                self.translation.verdicts.refuse(part.place, "a system message holds text alone")
        return self.blocks([part for part in parts if isinstance(part, Text)])

    def blocks(self, parts: Sequence[Part]) -> list[Block]:
        """The blocks in their order.

        Anthropic refuses blocks of white space, so that joins the text before or after it; an empty text is
        nothing.
        """
        blocks: list[Block] = []
        blank = ""
        for part in parts:
            if not isinstance(part, _WORDS):
                blocks += self._block(part)
                continue
            text = blank + part.text
            if text.strip():
                blocks.append({"type": "text", "text": text} | self.mark(part))
                blank = ""
            elif blocks and blocks[-1]["type"] == "text":
                blocks[-1]["text"] = f"{blocks[-1]['text']}{text}"
            else:
                blank = text
        if blank and blocks:
            self.translation.verdicts.adapt(parts[-1].place, "left_out", "white space alone is no text here")
        return blocks

    def mark(self, part: Part | Tool) -> Block:
        """The member `cache_control` of a part's block or a tool's, where it has such a mark."""
        cache = None if isinstance(part, _UNMARKED) else part.cache
        if cache is None:
            return {}
        self.count_mark(part.place)
        return {"cache_control": to_mark(self.translation, cache, part.place)}

    def count_mark(self, place: str) -> None:
        """One mark more; the fifth is one too many."""
        self.marks += 1
        if self.marks == MOST_MARKS + 1:
            self.translation.verdicts.refuse_value(
                place, f"a prompt has at most {MOST_MARKS} marks for the cache"
            )

    def _block(self, part: Image | Audio | File | UnknownPart) -> list[Block]:
        verdicts = self.translation.verdicts
        match part:
            case Image():
                source = self._picture(part)
                return [{"type": "image", "source": source} | self.mark(part)] if source else []
            case File():
                source = self._document(part)
                title = {"title": part.filename} if part.filename else {}
                return [{"type": "document", "source": source} | title | self.mark(part)] if source else []
            case Audio():
                verdicts.refuse(part.place, "Anthropic's models do not hear")
            case UnknownPart():
                verdicts.refuse(part.place, f"Anthropic has no part of the type '{part.type}'")
            case _:
                assert_never(part)
        return []

    def _picture(self, image: Image) -> Block | None:
        verdicts = self.translation.verdicts
        if image.detail not in {None, "auto"}:
            verdicts.note(f"{image.place}.detail")
        if image.url.lower().startswith("https://"):
            return {"type": "url", "url": image.url}
        content = read_data_url(image.url)
        if content is None:
            verdicts.refuse_value(image.place, "an image is a 'https:' URL or a 'data:' URL in base64")
        elif content.media_type not in _PICTURES:
            verdicts.refuse_value(image.place, "an image is a JPEG, PNG, GIF or WebP")
        else:
            return {"type": "base64", "media_type": content.media_type, "data": content.base64}
        return None

    def _document(self, file: File) -> Block | None:
        verdicts = self.translation.verdicts
        if file.content is None:
            if file.file_id is not None and file.file_id.startswith(_OWN_FILE):
                return {"type": "file", "file_id": file.file_id}
            verdicts.refuse_value(file.place, "Anthropic has no file of this id")
            return None
        content = read_data_url(file.content) or read_base64(file.content, _guessed(file))
        if content is not None and content.media_type == _PDF:
            return {"type": "base64", "media_type": _PDF, "data": content.base64}
        text = _text(content)
        if text is None:
            verdicts.refuse_value(file.place, "a file is a PDF or plain text in UTF-8")
            return None
        return {"type": "text", "media_type": _PLAIN, "data": text}


def _guessed(file: File) -> str:
    """The media type of a file that does not say: bare base64."""
    return _PLAIN if (file.filename or "").lower().endswith(".txt") else _PDF


def _text(content: InlineBytes | None) -> str | None:
    if content is None or content.media_type != _PLAIN:
        return None
    try:
        return msgspec.json.decode(f'"{content.base64}"', type=bytes).decode()
    except UnicodeDecodeError:
        return None
