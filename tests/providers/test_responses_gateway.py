"""The Responses route through the running gateway: a client speaks chat, and loses no reasoning."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from app.settings import Settings
from tests.front_door import Account, open_gateway
from tests.providers.responding import HI, TOOL, events_of, function_call, message, reasoning, response, text
from tests.serving import serving

Json = dict[str, Any]


@dataclass
class Provider:
    """A provider that answers each request with the next of its responses, and keeps what it was asked."""

    responses: list[Json]
    asked: list[Json] = field(default_factory=list)
    error: Json | None = None

    async def answer(self, request: Request) -> Response:
        """The next response, streamed where it was asked for so."""
        body = await request.json()
        self.asked.append(body)
        if self.error is not None:
            return JSONResponse({"error": self.error}, 400)
        whole = self.responses[len(self.asked) - 1]
        if not body.get("stream"):
            return JSONResponse(whole)
        frames = [f"event: {it['type']}\ndata: {json.dumps(it)}\n\n".encode() for it in events_of(whole)]
        return StreamingResponse(_each(frames), media_type="text/event-stream")


async def _each(frames: list[bytes]) -> AsyncIterator[bytes]:
    for frame in frames:
        yield frame


@asynccontextmanager
async def opened(settings: Settings, provider: Provider) -> AsyncIterator[Account]:
    """An account whose OPENAI key points to the provider."""
    app = Starlette(routes=[Route("/v1/responses", provider.answer, methods=["POST"])])
    async with serving(app) as url, open_gateway(settings) as gateway:
        account = await gateway.sign_up()
        values = {
            "workspaceId": account.workspace_id,
            "provider": "OPENAI",
            "apiKey": "sk-some-key-0001",
            "baseUrl": f"{url}/v1",
        }
        add = "mutation($input: AddProviderKeyInput!) { addProviderKey(input: $input) { id } }"
        await account.graphql(add, input=values)
        yield account


CALLING = response([reasoning("Hm"), message(text("Let me see")), function_call("call_1", "f", '{"x":1}')])
TELLING = response([message(text("It is 1"))])


async def test_a_tool_round_trip_keeps_the_reasoning_of_a_client_that_drops_it(settings: Settings) -> None:
    provider = Provider([CALLING, TELLING])
    async with opened(settings, provider) as account:
        first = (await account.complete({"model": "gpt-5.5", "messages": [HI], "tools": [TOOL]})).json()
        said = first["choices"][0]["message"]
        turn = {"role": "assistant", "content": said["content"], "tool_calls": said["tool_calls"]}
        result = {"role": "tool", "tool_call_id": "call_1", "content": "1"}
        body = {"model": "gpt-5.5", "messages": [HI, turn, result], "tools": [TOOL]}
        second = await account.complete(body)

    assert first["choices"][0]["finish_reason"] == "tool_calls"
    assert second.json()["choices"][0]["message"]["content"] == "It is 1"
    assert [it.get("type", it.get("role")) for it in provider.asked[1]["input"]] == [
        "user",
        "reasoning",
        "assistant",
        "function_call",
        "function_call_output",
    ]
    assert provider.asked[1]["input"][1] == CALLING["output"][0]


async def test_the_official_client_streams_through_it(settings: Settings) -> None:
    async with opened(settings, Provider([CALLING])) as account:
        stream = await account.openai().chat.completions.create(
            model="gpt-5.5",
            messages=[{"role": "user", "content": "Hi"}],
            tools=[{"type": "function", "function": {"name": "f"}}],
            stream=True,
            stream_options={"include_usage": True},
        )
        chunks = [chunk async for chunk in stream]
        row = await account.log()

    words = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
    assert (words, chunks[-2].choices[0].finish_reason) == ("Let me see", "tool_calls")
    assert chunks[-1].usage is not None
    assert (chunks[-1].usage.total_tokens, row["inputTokens"], row["outputTokens"]) == (29, 20, 9)
    assert (row["statusCode"], row["tokensEstimated"]) == (200, False)


async def test_a_refused_parameter_goes_by_its_name_in_chat(settings: Settings) -> None:
    error = {
        "message": "Unsupported value",
        "type": "invalid_request_error",
        "param": "reasoning.effort",
        "code": "unsupported_value",
    }
    async with opened(settings, Provider([], error=error)) as account:
        answer = await account.complete({"model": "gpt-5.5", "messages": [HI], "tools": [TOOL]})

    assert (answer.status_code, answer.json()["error"]["param"]) == (400, "reasoning_effort")
