"""What the tests of Mistral's dialect share."""

import json
from typing import Any

from mistralai.client.models import ChatCompletionRequest

from app.providers.mistral import MistralDialect
from app.simulator.mistral.request import read
from tests.providers.exchanging import Party, Row

USAGE: Row = {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15}


def check(body: Row) -> None:
    """The SDK knows every field and takes its value; so does the simulator, which takes nothing else."""
    native = ChatCompletionRequest.model_validate(body)
    assert native.model_dump(mode="json", by_alias=True, exclude_unset=True) == body
    read(json.dumps(body).encode())


MISTRAL = Party(MistralDialect(), "mistral-large-4", check)
SMALL = Party(MistralDialect(), "mistral-small-latest", check)
UNKNOWN = Party(MistralDialect(), "mistral-huge-9", check)


def message(**fields: Any) -> Row:
    """A plain answer with one message."""
    finish = fields.pop("finish_reason", "stop")
    choice = {"index": 0, "message": {"role": "assistant", **fields}, "finish_reason": finish}
    return {"id": "m-1", "object": "chat.completion", "model": "m", "choices": [choice], "usage": USAGE}


def chunk(finish: str | None = None, *, usage: Row | None = None, **delta: Any) -> Row:
    """One chunk of a stream."""
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    whole: Row = {"id": "m-1", "object": "chat.completion.chunk", "model": "m", "choices": [choice]}
    return whole if usage is None else {**whole, "usage": usage}


def thinking(text: str, **fields: Any) -> Row:
    """A chunk of thought."""
    return {"type": "thinking", "thinking": [{"type": "text", "text": text}], **fields}


def text(text: str) -> Row:
    """A chunk of text."""
    return {"type": "text", "text": text}
