"""Asking the simulated Anthropic through the official SDK, and what came of it."""

import pytest
from anthropic import AsyncAnthropic
from anthropic.types import Message, MessageParam, TextBlock, ToolUseBlock

HELLO: list[MessageParam] = [{"role": "user", "content": "Hello, world"}]
both = pytest.mark.parametrize("how", ["plain", "stream"])


async def said_whole(claude: AsyncAnthropic, model: str, **more: object) -> Message:
    body = {"model": model, "max_tokens": 2000, "messages": HELLO} | more
    return await claude.post("/v1/messages", cast_to=Message, body=body)


async def said_in_stream(claude: AsyncAnthropic, model: str, **more: object) -> Message:
    """The same, put together from a stream by the SDK."""
    body = {"max_tokens": 2000, "messages": HELLO} | more
    async with claude.messages.stream(model=model, **body) as stream:  # type: ignore[arg-type]  # untyped rows
        return await stream.get_final_message()


async def said(claude: AsyncAnthropic, how: str, model: str, **more: object) -> Message:
    ask = said_in_stream if how == "stream" else said_whole
    return await ask(claude, model, **more)


def text_of(message: Message) -> str:
    return "".join(block.text for block in message.content if isinstance(block, TextBlock))


def tool_turns(message: Message, result: str = "21 degrees") -> list[MessageParam]:
    """The conversation with the answer and a result for each of its calls."""
    calls = [block for block in message.content if isinstance(block, ToolUseBlock)]
    return [
        *HELLO,
        message.to_param(),
        {
            "role": "user",
            "content": [{"type": "tool_result", "tool_use_id": call.id, "content": result} for call in calls],
        },
    ]
