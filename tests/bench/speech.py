"""What the mock upstream says, in the words of two providers, ready for the socket."""

import json
from collections.abc import Iterable
from dataclasses import dataclass

from tests.front_door import Row

CHUNKS = 50
_TEXT = (
    "A gateway stands between those who ask and those who answer, and should not be noticed by any of them. "
    * 3
)
_WORD = " answer"


@dataclass(frozen=True, slots=True)
class Speech:
    """A plain answer, and a stream in the pieces that go out one interval apart."""

    plain: bytes
    stream: tuple[bytes, ...]


def _plain(body: Row) -> bytes:
    encoded = _encoded(body)
    head = f"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {len(encoded)}\r\n\r\n"
    return head.encode() + encoded


def _stream(start: Iterable[bytes], word: bytes, end: Iterable[bytes]) -> tuple[bytes, ...]:
    """A word an interval; what a provider sends around them goes out with the first, and after the last."""
    head = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
    first = head + _framed(b"".join(start) + word)
    return first, *[_framed(word)] * (CHUNKS - 1), _framed(b"".join(end)) + b"0\r\n\r\n"


def _framed(piece: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(piece), piece)


def _encoded(body: Row) -> bytes:
    return json.dumps(body, separators=(",", ":")).encode()


def _openai() -> Speech:
    usage = {"prompt_tokens": 60, "completion_tokens": CHUNKS, "total_tokens": 60 + CHUNKS}
    about = {"id": "chatcmpl-B1a2c3d4e5f6g7h8i9j0", "created": 1764000000, "model": "bench"}

    def event(choices: list[Row], more: Row) -> bytes:
        body = about | {"object": "chat.completion.chunk", "choices": choices} | more
        return b"data: " + _encoded(body) + b"\n\n"

    def delta(delta: Row, finish_reason: str | None = None) -> bytes:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish_reason}
        return event([choice], {"usage": None})

    message = {"role": "assistant", "content": _TEXT, "refusal": None}
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}
    return Speech(
        _plain(about | {"object": "chat.completion", "choices": [choice], "usage": usage}),
        _stream(
            [delta({"role": "assistant", "content": ""})],
            delta({"content": _WORD}),
            [delta({}, "stop"), event([], {"usage": usage}), b"data: [DONE]\n\n"],
        ),
    )


def _anthropic() -> Speech:
    usage = {"input_tokens": 60, "cache_creation_input_tokens": 0, "cache_read_input_tokens": 0}
    message: Row = {
        "id": "msg_01A2b3C4d5E6f7G8h9",
        "type": "message",
        "role": "assistant",
        "model": "claude-sonnet-4-5",
        "content": [],
        "stop_reason": None,
        "stop_sequence": None,
        "usage": usage | {"output_tokens": 1},
    }
    ended = {"stop_reason": "end_turn", "stop_sequence": None}
    total = {"usage": usage | {"output_tokens": CHUNKS}}

    def event(kind: str, more: Row) -> bytes:
        return f"event: {kind}\ndata: ".encode() + _encoded({"type": kind} | more) + b"\n\n"

    def delta(text: str) -> bytes:
        return event("content_block_delta", {"index": 0, "delta": {"type": "text_delta", "text": text}})

    return Speech(
        _plain(message | {"content": [{"type": "text", "text": _TEXT}]} | ended | total),
        _stream(
            [
                event("message_start", {"message": message}),
                event("content_block_start", {"index": 0, "content_block": {"type": "text", "text": ""}}),
                event("ping", {}),
            ],
            delta(_WORD),
            [
                event("content_block_stop", {"index": 0}),
                event("message_delta", {"delta": ended} | total),
                event("message_stop", {}),
            ],
        ),
    )


OPENAI = _openai()
ANTHROPIC = _anthropic()
