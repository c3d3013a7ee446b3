"""What simulated Mistral answers to the official SDK, as plain JSON."""

import json
import re
from typing import cast

from mistralai.client import Mistral

from tests.simulator.mistral.bodies import Body


async def asked(mistral: Mistral, body: Body) -> Body:
    """The answer as the SDK understands it."""
    answer = await mistral.chat.complete_async(**body)  # type: ignore[arg-type]  # plain JSON serves as well
    return cast("Body", json.loads(answer.model_dump_json(by_alias=True)))


async def streamed(mistral: Mistral, body: Body) -> list[Body]:
    """The chunks likewise."""
    stream = await mistral.chat.stream_async(**body)  # type: ignore[arg-type]  # as above
    return [cast("Body", json.loads(event.data.model_dump_json(by_alias=True))) async for event in stream]


def folded(chunks: list[Body], index: int = 0) -> Body:
    """The plain answer's choice that a stream amounts to."""
    message: Body = {"role": "assistant", "content": "", "tool_calls": None, "prefix": False}
    thoughts: list[Body] = []
    choice: Body = {"index": index, "message": message}
    for entry in (entry for chunk in chunks for entry in cast("list[Body]", chunk["choices"])):
        if entry["index"] != index:
            continue
        delta = cast("Body", entry["delta"])
        for part in _parts(delta.get("content")):
            if part["type"] == "thinking":
                thoughts.append(part)
            else:
                message["content"] = f"{message['content']}{part['text']}"
        if "tool_calls" in delta:
            message["tool_calls"] = delta["tool_calls"]
        choice["finish_reason"] = entry["finish_reason"]
    if thoughts:
        spoken = [{"type": "text", "text": message["content"]}] if message["content"] else []
        message["content"] = [_joined(thoughts), *spoken]
    return choice


def _parts(content: object) -> list[Body]:
    if isinstance(content, str):
        return [{"type": "text", "text": content}]
    return cast("list[Body]", content or [])


def _joined(thoughts: list[Body]) -> Body:
    texts = [
        part["text"] for thought in thoughts for part in cast("list[dict[str, str]]", thought["thinking"])
    ]
    return thoughts[-1] | {"thinking": [{"type": "text", "text": "".join(texts)}]}


def without_ids(choice: Body) -> Body:
    """The choice without what is new each time."""
    return cast("Body", json.loads(re.sub(r'"id": "[0-9a-zA-Z]{9}"', '"id": ""', json.dumps(choice))))
