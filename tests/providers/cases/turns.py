"""Conversations so far, in OpenAI's words and in the providers' own."""

from typing import Any

from tests.providers.exchanging import Party, Row

SYSTEM: Row = {"role": "system", "content": "Be brief."}
THANKS: Row = {"role": "user", "content": "Thanks"}
FOREIGN: Row = {"thoughtSignature": "skip_thought_signature_validator"}


def turns(asked: Party, *messages: Row, **fields: Any) -> list[Row]:
    """The native turns of a conversation."""
    body = asked.sent(messages=list(messages), **fields)
    given: list[Row] = body.get("messages") or body.get("contents") or body["input"]
    return given


def calling(*calls: Row, content: object = None, **fields: Any) -> Row:
    """An earlier answer that calls."""
    return {"role": "assistant", "content": content, "tool_calls": list(calls), **fields}


def result(call_id: str, content: object = "42") -> Row:
    """The result of a call."""
    return {"role": "tool", "tool_call_id": call_id, "content": content}


def use(call_id: str, **given: Any) -> Row:
    """Anthropic's block of a call."""
    return {"type": "tool_use", "id": call_id, "name": "look_up", "input": given}


def used(call_id: str, content: object = "42") -> Row:
    """Anthropic's block of a result."""
    return {"type": "tool_result", "tool_use_id": call_id, "content": content}


def text(words: str) -> Row:
    """A block of text."""
    return {"type": "text", "text": words}


def user(*parts: Row) -> Row:
    """A turn of Google's user."""
    return {"role": "user", "parts": list(parts)}


def model(*parts: Row) -> Row:
    """A turn of Google's model."""
    return {"role": "model", "parts": list(parts)}


def ran(name: str = "look_up", **fields: Any) -> Row:
    """Google's part of a call."""
    return {"functionCall": {"name": name, "args": {}, **fields}}


def gave(name: str = "look_up", output: str = "42", **fields: Any) -> Row:
    """Google's part of a result."""
    return {"functionResponse": {"name": name, "response": {"output": output}, **fields}}
