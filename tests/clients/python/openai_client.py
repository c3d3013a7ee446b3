"""OpenAI's own client, and what its scenarios have in common."""

from collections.abc import AsyncIterator
from functools import cache

from openai import AsyncOpenAI
from openai.types.chat import ChatCompletionChunk
from scenarios import Target, http


@cache
def client(target: Target) -> AsyncOpenAI:
    return AsyncOpenAI(base_url=target.url, api_key=target.key, max_retries=0, http_client=http())


def said(text: str) -> list[dict[str, str]]:
    return [{"role": "user", "content": text}]


async def gathered(stream: AsyncIterator[ChatCompletionChunk]) -> dict[str, object]:
    chunks = [chunk async for chunk in stream]
    choices = [choice for chunk in chunks for choice in chunk.choices]
    deltas = [choice.delta for choice in choices]
    return {
        "text": "".join(delta.content or "" for delta in deltas),
        "roles": [delta.role for delta in deltas if delta.role],
        "finish": [choice.finish_reason for choice in choices if choice.finish_reason],
        "usages": [chunk.usage.total_tokens for chunk in chunks if chunk.usage],
        "without_choices": sum(not chunk.choices for chunk in chunks),
        "ids": len({chunk.id for chunk in chunks}),
        "pieces": sum(bool(delta.content) for delta in deltas),
    }
