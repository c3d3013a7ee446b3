"""Which pages bear out which words of an answer, as OpenAI's annotations; and its log probabilities."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from app.providers.google.native import Grounding, LogprobsResult, Segment, Token
from app.providers.writing import JsonObject


@dataclass(slots=True)
class VisibleText:
    """The visible text of a choice as it came: native parts by number, with where each begins."""

    text: str = ""
    _starts: dict[int, int] = field(default_factory=dict)

    def add(self, text: str, part: int) -> None:
        """Adds what the native part of this number says."""
        self._starts[part] = len(self.text)
        self.text += text

    def place(self, segment: Segment) -> tuple[int, int] | None:
        """Where the segment is, in characters; None where it is nowhere.

        Google counts bytes from the start of a part. In a stream the parts are fragments of the one it means;
        so the whole text is tried first, then the part, and then the words themselves.
        """
        for base in dict.fromkeys((0, self._starts.get(segment.part_index or 0, 0))):
            found = _cut(self.text[base:], segment)
            if found is not None and segment.text in {None, self.text[base:][slice(*found)]}:
                return base + found[0], base + found[1]
        start = self.text.find(segment.text) if segment.text else -1
        return (start, start + len(segment.text or "")) if start >= 0 else None


def annotations(grounding: Grounding, visible: VisibleText) -> list[JsonObject]:
    """One annotation for each page and the stretch of text that it bears out."""
    sources = grounding.grounding_chunks or []
    found: list[JsonObject] = []
    for support in grounding.grounding_supports or []:
        place = visible.place(support.segment) if support.segment else None
        for number in support.grounding_chunk_indices or []:
            web = sources[number].web if 0 <= number < len(sources) else None
            if place is None or web is None or not web.uri:
                continue
            citation = {
                "start_index": place[0],
                "end_index": place[1],
                "title": web.title or web.uri,
                "url": web.uri,
            }
            found.append({"type": "url_citation", "url_citation": citation})
    return found


def logprobs(result: LogprobsResult) -> list[JsonObject]:
    """OpenAI's entry for each token."""
    tops = result.top_candidates or []
    entries: list[JsonObject] = []
    for number, chosen in enumerate(result.chosen_candidates or []):
        others = (tops[number].candidates if number < len(tops) else None) or []
        entries.append({**_token(chosen), "top_logprobs": [_token(other) for other in others]})
    return entries


def _token(token: Token) -> JsonObject:
    text = token.token or ""
    logprob = token.log_probability if token.log_probability is not None else 0.0
    # A token that ends within a character is shown with a replacement, whose bytes are not its own.
    is_whole = "\ufffd" not in text
    return {"token": text, "logprob": logprob, "bytes": list(text.encode()) if is_whole else None}


def _cut(text: str, segment: Segment) -> tuple[int, int] | None:
    """The characters that the segment's bytes are; None where they end within one, or after the text."""
    encoded = text.encode()
    start, end = segment.start_index or 0, segment.end_index or 0
    if not 0 <= start < end <= len(encoded):
        return None
    return _characters(encoded[:start]), _characters(encoded[:end])


def _characters(encoded: Sequence[int]) -> int:
    """How many characters begin in these bytes of UTF-8."""
    return sum(byte & 0xC0 != 0x80 for byte in encoded)
