"""A client that reads slowly gets everything in its order, and holds its provider up meanwhile."""

import asyncio
import json
from urllib.parse import urlsplit

from tests.front_door import HELLO, Account
from tests.scripted import ScriptedProvider
from tests.upstream.servers import Exchange, serve, until

# Far more than all sockets on the way hold.
CHUNKS, TEXT = 8_000, "x" * 5_000
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"


def event(delta: dict[str, str], finish_reason: str | None = None) -> bytes:
    """An event of OpenAI's."""
    choice = {"index": 0, "delta": delta, "finish_reason": finish_reason}
    chunk = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]}
    return b"data: %b\n\n" % json.dumps(chunk).encode()


async def test_a_slow_client_gets_everything_in_order(account: Account) -> None:
    providers: list[Exchange] = []

    async def handler(exchange: Exchange) -> None:
        providers.append(exchange)
        await exchange.write(HEAD + event({"role": "assistant", "content": ""}))
        for number in range(CHUNKS):
            await exchange.write(event({"content": f"{number} {TEXT}"}))
            # So that most of them come alone: here all share one loop.
            for _ in range(3):
                await asyncio.sleep(0)
        await exchange.write(event({}, "stop") + b"data: [DONE]\n\n")
        raise ConnectionError

    def is_held_up() -> bool:
        return bool(providers) and providers[0].writer.transport.get_write_buffer_size() > 0

    async with serve(handler) as server:
        await account.add_provider(ScriptedProvider(server))
        gateway = urlsplit(account.url)
        reader, writer = await asyncio.open_connection(gateway.hostname, gateway.port, limit=100_000)
        body = json.dumps({"model": "gpt-4o", "stream": True, "messages": [HELLO]}).encode()
        head = f"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {account.api_key}\r\n"
        writer.write(head.encode() + b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        await until(is_held_up)

        numbers: list[int] = []
        async for line in reader:
            if line.startswith(b"data: {"):
                text = json.loads(line[6:])["choices"][0]["delta"].get("content")
                numbers += [int(text.split()[0])] if text else []
            elif line.startswith(b"data: [DONE]"):
                break
        writer.close()

    assert numbers == list(range(CHUNKS))
    assert (await account.log())["statusCode"] == 200
