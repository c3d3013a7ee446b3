"""A stream that its provider paused, and that cannot be gone on with."""

import json

import httpx
import pytest

from app.chat.request import ChatRequest
from app.gateway.attempts import AttemptFailed, ProviderStream
from app.providers.anthropic import AnthropicDialect
from app.providers.base import Endpoint, Failure, FailureKind, NativeRequest, StreamFailure, Target
from app.upstream import UpstreamAnswer

USAGE = {"input_tokens": 3, "output_tokens": 1}
MESSAGE = {"id": "msg_1", "type": "message", "role": "assistant", "content": [], "usage": USAGE}
PAUSED: list[dict[str, object]] = [
    {"type": "message_start", "message": {**MESSAGE, "model": "claude-opus-5-5"}},
    {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
    {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "So far"}},
    {"type": "content_block_stop", "index": 0},
    {"type": "message_delta", "delta": {"stop_reason": "pause_turn"}, "usage": USAGE},
    {"type": "message_stop"},
]


async def test_what_came_before_the_pause_is_shown_and_then_the_failure() -> None:
    body = b'{"model":"claude-opus-5-5","stream":true,"messages":[{"role":"user","content":"x"}]}'
    target = Target("claude-opus-5-5", Endpoint("http://localhost", "secret"))
    exchange = AnthropicDialect().translate(ChatRequest.parse(body), target)
    events = "".join(f"event: {event['type']}\ndata: {json.dumps(event)}\n\n" for event in PAUSED).encode()
    asked: list[NativeRequest] = []

    async def refuse(request: NativeRequest) -> UpstreamAnswer:
        asked.append(request)
        raise AttemptFailed(Failure(FailureKind.RATE_LIMITED, "Slow down.", 429))

    stream = ProviderStream(
        UpstreamAnswer(200, [], httpx.ByteStream(events)), exchange.stream(), refuse, 10_000
    )

    chunks = await stream.read()
    with pytest.raises(StreamFailure) as caught:
        await stream.read()
    await stream.close()

    assert chunks is not None
    assert b"So far" in b"".join(chunk.body for chunk in chunks)
    assert caught.value.failure.kind is FailureKind.RATE_LIMITED
    assert len(asked) == 1
    assert not stream.is_complete
