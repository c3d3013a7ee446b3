"""Request bodies for the tests."""

import json
from typing import Any

USER = {"role": "user", "content": "Hello"}
WEATHER = {"type": "function", "function": {"name": "weather", "parameters": {"type": "object"}}}
CALL = {"id": "call_1", "type": "function", "function": {"name": "weather", "arguments": "{}"}}


def allowed(mode: str, *names: str) -> dict[str, Any]:
    """The choice of some functions."""
    tools = [{"type": "function", "function": {"name": name}} for name in names]
    return {"type": "allowed_tools", "allowed_tools": {"mode": mode, "tools": tools}}


def body(**fields: Any) -> bytes:
    """A small valid request, and `fields`."""
    return json.dumps({"model": "gpt-4o", "messages": [USER], **fields}).encode()


def message(**fields: Any) -> bytes:
    """A request whose second message is `fields`."""
    return body(messages=[USER, fields])
