"""The events of a streamed response."""

from collections.abc import Iterator

from app.simulator.api import Json, encoded
from app.simulator.chat import tokens
from app.simulator.openai.errors import error
from app.simulator.openai.responses.answer import Reply, begun, logprobs, output, whole

# Events with a delta are padded to such a size: their length shall not tell what they say.
_PADDED = 16


def stream(reply: Reply) -> list[bytes]:
    """The events, framed and numbered."""
    return [framed(told | {"sequence_number": number}) for number, told in enumerate(_told(reply))]


def error_event(code: str | None, number: int) -> bytes:
    """What an error is called in the place of the event of this number."""
    said = error(500, code)["error"]
    return framed({"type": "error", "sequence_number": number, "error": said})


def framed(event: Json) -> bytes:
    """`event` as a server-sent event, named as its type."""
    return f"event: {event['type']}\ndata: ".encode() + encoded(event) + b"\n\n"


def _told(reply: Reply) -> Iterator[Json]:
    opened = begun(reply)
    yield {"type": "response.created", "response": opened}
    yield {"type": "response.in_progress", "response": opened}
    for index, item in enumerate(output(reply)):
        place: Json = {"item_id": item["id"], "output_index": index}
        yield {"type": "response.output_item.added", "output_index": index, "item": _emptied(item)}
        for event in _fragments(item, reply):
            yield {"type": f"response.{event['type']}"} | place | _rest(event)
        yield {"type": "response.output_item.done", "output_index": index, "item": item}
    yield {"type": f"response.{reply.status}", "response": whole(reply)}


def _emptied(item: Json) -> Json:
    """The item as it is before anything of it was told."""
    empty: Json = {"summary": [], "content": [], "arguments": "", "input": "", "status": "in_progress"}
    return {name: empty.get(name, value) for name, value in item.items()}


def _rest(event: Json) -> Json:
    return {name: value for name, value in event.items() if name != "type"}


def _fragments(item: Json, reply: Reply) -> Iterator[Json]:
    match item:
        case {"type": "function_call", "arguments": str(text)}:
            yield from _deltas("function_call_arguments", text, reply)
            yield {"type": "function_call_arguments.done", "arguments": text}
        case {"type": "custom_tool_call", "input": str(text)}:
            yield from _deltas("custom_tool_call_input", text, reply)
            yield {"type": "custom_tool_call_input.done", "input": text}
        case {"type": "web_search_call"}:
            for step in ("in_progress", "searching", "completed"):
                yield {"type": f"web_search_call.{step}"}
        case {"type": "reasoning", "summary": list(summary)}:
            # There is one part of it at most.
            for part in summary:
                yield from (event | {"summary_index": 0} for event in _summary_part(part, reply))
        case {"type": "message", "content": list(content)}:
            for index, part in enumerate(content):
                yield from (event | {"content_index": index} for event in _content_part(part, reply))


def _summary_part(part: Json, reply: Reply) -> Iterator[Json]:
    text = str(part["text"])
    yield {"type": "reasoning_summary_part.added", "part": part | {"text": ""}}
    yield from _deltas("reasoning_summary_text", text, reply)
    yield {"type": "reasoning_summary_text.done", "text": text}
    yield {"type": "reasoning_summary_part.done", "part": part}


def _content_part(part: Json, reply: Reply) -> Iterator[Json]:
    match part:
        case {"type": "refusal", "refusal": str(text)}:
            yield {"type": "content_part.added", "part": part | {"refusal": ""}}
            yield from _deltas("refusal", text, reply)
            yield {"type": "refusal.done", "refusal": text}
        case {"text": str(text), "logprobs": list(told), "annotations": list(annotations)}:
            yield {
                "type": "content_part.added",
                "part": part | {"text": "", "annotations": [], "logprobs": []},
            }
            for delta in _deltas("output_text", text, reply):
                yield delta | {"logprobs": logprobs((str(delta["delta"]),)) if told else []}
            for index, annotation in enumerate(annotations):
                yield {
                    "type": "output_text.annotation.added",
                    "annotation_index": index,
                    "annotation": annotation,
                }
            yield {"type": "output_text.done", "text": text, "logprobs": told}
    yield {"type": "content_part.done", "part": part}


def _deltas(kind: str, text: str, reply: Reply) -> Iterator[Json]:
    options = reply.body.stream_options
    is_padded = options is None or options.include_obfuscation
    for token in tokens(text):
        padding: Json = {"obfuscation": "x" * (-len(token) % _PADDED)} if is_padded else {}
        yield {"type": f"{kind}.delta", "delta": token} | padding
