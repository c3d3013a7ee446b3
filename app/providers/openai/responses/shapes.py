"""Responses, their items and their events as they are read (openai 3.54, types/responses)."""

from collections.abc import Mapping

import msgspec


class Annotation(msgspec.Struct):
    """A citation. Those that are no web addresses have no place in a chat answer."""

    type: str = ""
    start_index: int = 0
    end_index: int = 0
    title: str = ""
    url: str = ""

    def as_chat(self, offset: int) -> Mapping[str, object] | None:
        """The citation in chat's shape; `offset`: where the text that it counts in begins."""
        if self.type != "url_citation":
            return None
        cited = {
            "start_index": self.start_index + offset,
            "end_index": self.end_index + offset,
            "title": self.title,
            "url": self.url,
        }
        return {"type": "url_citation", "url_citation": cited}


class Part(msgspec.Struct):
    """A part of a message, or of reasoning."""

    type: str = ""
    text: str = ""
    refusal: str = ""
    annotations: list[Annotation] | None = None
    logprobs: list[dict[str, object]] | None = None


class Item(msgspec.Struct):
    """An item of the output."""

    type: str = ""
    call_id: str = ""
    name: str = ""
    arguments: str = ""
    input: str = ""
    content: list[Part] | None = None
    summary: list[Part] | None = None
    encrypted_content: str | None = None


class InputDetails(msgspec.Struct):
    """What the input's tokens are."""

    cached_tokens: int = 0
    cache_write_tokens: int = 0


class OutputDetails(msgspec.Struct):
    """What the output's tokens are."""

    reasoning_tokens: int | None = None


class Counts(msgspec.Struct):
    """Tokens."""

    input_tokens: int = 0
    output_tokens: int = 0
    input_tokens_details: InputDetails | None = None
    output_tokens_details: OutputDetails | None = None


class IncompleteDetails(msgspec.Struct):
    """Why an answer is not whole."""

    reason: str | None = None


class Moderation(msgspec.Struct):
    """What moderation found: a result, or an error, of what was asked and of what was answered."""

    input: dict[str, object]
    output: dict[str, object]

    def as_chat(self) -> Mapping[str, object]:
        """The same in chat's shape, which has a list where there is one result here."""
        return {"input": _listed(self.input), "output": _listed(self.output)}


def _listed(found: dict[str, object]) -> Mapping[str, object]:
    if found.get("type") != "moderation_result":
        return found
    return {"type": "moderation_results", "model": found.get("model"), "results": [found]}


class Response(msgspec.Struct):
    """A response."""

    id: str = ""
    status: str = ""
    model: str | None = None
    output: list[msgspec.Raw] | None = None
    error: dict[str, object] | None = None
    incomplete_details: IncompleteDetails | None = None
    usage: Counts | None = None
    moderation: Moderation | None = None
    service_tier: str | None = None


class Event(msgspec.Struct):
    """An event of a stream."""

    type: str
    output_index: int = 0
    delta: str = ""
    item: msgspec.Raw = msgspec.Raw(b"{}")
    response: msgspec.Raw = msgspec.Raw(b"{}")
