"""Requests to compatible servers, and what became of them."""

import json
from typing import Any

import pytest

from app.chat.request import ChatRequest
from app.providers.base import Endpoint, Exchange, Target
from app.providers.openai import CompatibleDialect
from app.providers.verdicts import CannotServe

Json = dict[str, Any]

CUSTOM = CompatibleDialect()
HI = {"role": "user", "content": "Hi"}
TOOL = {"type": "function", "function": {"name": "f", "parameters": {"type": "object", "properties": {}}}}
OTHER_TOOL = {"type": "function", "function": {"name": "g"}}
CUSTOM_TOOL = {"type": "custom", "custom": {"name": "c"}}
CALL = {"id": "a", "type": "function", "function": {"name": "f", "arguments": "{}"}}
RESULT = {"role": "tool", "tool_call_id": "a", "content": "y"}

URLS = {
    "azure": "https://res.openai.azure.com/openai/v1",
    "openrouter": "https://openrouter.ai/api/v1",
    "groq": "https://api.groq.com/openai/v1",
    "deepseek": "https://api.deepseek.com",
    "together": "https://api.together.xyz/v1",
    "fireworks": "https://api.fireworks.ai/inference/v1",
    "xai": "https://api.x.ai/v1",
    "ollama": "http://localhost:11434/v1",
    "vllm": "http://vllm.internal:8000/v1",
    "llama.cpp": "http://llama-server:8080/v1",
    "unknown": "http://localhost:9999/v1",
}


def chat(*, is_strict: bool = False, **fields: Any) -> ChatRequest:
    body = {"model": "m", "messages": [HI], **fields}
    return ChatRequest.parse(json.dumps(body).encode(), is_strict=is_strict)


def translated(server: str, *, is_strict: bool = False, model: str = "m", **fields: Any) -> Exchange:
    target = Target(model, Endpoint(URLS[server], "secret"))
    return CUSTOM.translate(chat(is_strict=is_strict, **fields), target)


def body_of(exchange: Exchange) -> Json:
    body: Json = json.loads(exchange.request.body)
    return body


def objections(
    server: str, *, is_strict: bool = False, model: str = "m", **fields: Any
) -> list[tuple[str, str]]:
    with pytest.raises(CannotServe) as refused:
        translated(server, is_strict=is_strict, model=model, **fields)
    return [(it.param, it.code) for it in refused.value.objections]
