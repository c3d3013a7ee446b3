"""What all simulated providers have in common: addresses, faults and how they are told."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field

import httpx
import pytest

from app.core.provider_name import ProviderName
from app.simulator import RunningSimulator

HELLO = [{"role": "user", "content": "Hello, world"}]


@dataclass(frozen=True)
class Provider:
    """How one provider is asked: below its base URL, with a key, for a model."""

    name: ProviderName
    model: str
    path: str
    key: Callable[[str], dict[str, str]]
    body: dict[str, object] = field(default_factory=lambda: {"messages": HELLO})
    streamed: str | None = None

    def request(self, simulator: RunningSimulator, told: str = "", *, stream: bool = False) -> httpx.Request:
        """A request whose model says what is told."""
        path = self.streamed if stream and self.streamed else self.path
        body = {"model": f"{self.model}{told}"} | self.body | ({"stream": True} if stream else {})
        return httpx.Request(
            "POST",
            simulator.base_url_of(self.name) + path.format(model=f"{self.model}{told}"),
            headers=self.key("simulated-key") | {"anthropic-version": "2026-10-21"},
            json=body if self.streamed is None else self.body,
        )


def bearer(key: str) -> dict[str, str]:
    return {"authorization": f"Bearer {key}"}


GOOGLE_BODY: dict[str, object] = {"contents": [{"parts": [{"text": "Hello, world"}]}]}
PROVIDERS = (
    Provider(ProviderName.OPENAI, "gpt-4o", "/chat/completions", bearer),
    Provider(
        ProviderName.ANTHROPIC,
        "claude-sonnet-4-6",
        "/v1/messages",
        lambda key: {"x-api-key": key},
        {"messages": HELLO, "max_tokens": 100},
    ),
    Provider(
        ProviderName.GOOGLE,
        "gemini-2.5-flash",
        "/v1beta/models/{model}:generateContent",
        lambda key: {"x-goog-api-key": key},
        GOOGLE_BODY,
        "/v1beta/models/{model}:streamGenerateContent?alt=sse",
    ),
    Provider(ProviderName.COHERE, "command-a-03-2025", "/v2/chat", bearer),
    Provider(ProviderName.MISTRAL, "mistral-small-latest", "/v1/chat/completions", bearer),
    Provider(ProviderName.OPENAI, "gpt-5.5", "/responses", bearer, {"input": HELLO}),
)

every = pytest.mark.parametrize("provider", PROVIDERS, ids=lambda provider: f"{provider.name}{provider.path}")


async def send(request: httpx.Request) -> tuple[httpx.Response, str, Exception | None]:
    """The answer, the text that came, and the error that it ended with."""
    text = ""
    async with httpx.AsyncClient(trust_env=False) as client:
        answer = await client.send(request, stream=True)
        try:
            async for piece in answer.aiter_text():
                text += piece
        except httpx.TransportError as error:
            return answer, text, error
        finally:
            await answer.aclose()
    return answer, text, None


def events(text: str) -> list[str]:
    """The data of each event."""
    return [line.removeprefix("data: ") for line in text.splitlines() if line.startswith("data: ")]


def is_json(text: str) -> bool:
    try:
        json.loads(text)
    except json.JSONDecodeError:
        return False
    return True


@every
async def test_has_an_address_of_its_own(simulator: RunningSimulator, provider: Provider) -> None:
    answer, text, _ = await send(provider.request(simulator))

    (seen,) = simulator.simulator.requests
    assert answer.status_code == 200, text
    assert "You said: Hello, world" in text
    assert "simulated-key" not in seen.path + str(seen.headers)


@every
@pytest.mark.parametrize("place", ["model", "key", "header"])
async def test_takes_directives(simulator: RunningSimulator, provider: Provider, place: str) -> None:
    told = ";status=503;retry_after=3"
    request = provider.request(simulator, told if place == "model" else "")
    if place == "key":
        request.headers.update(provider.key(f"simulated-key{told}"))
    if place == "header":
        request.headers["x-simulate"] = told[1:].replace(";", ",")

    answer, text, _ = await send(request)

    assert (answer.status_code, answer.headers["retry-after"]) == (503, "3")
    assert is_json(text)


@every
async def test_says_which_directive_makes_no_sense(simulator: RunningSimulator, provider: Provider) -> None:
    answer, text, _ = await send(provider.request(simulator, ";statsu=500"))

    assert answer.status_code == 400
    assert "statsu" in text


@every
async def test_cuts_a_stream(simulator: RunningSimulator, provider: Provider) -> None:
    _, text, error = await send(provider.request(simulator, ";cut=4", stream=True))

    assert isinstance(error, httpx.RemoteProtocolError)
    assert len(events(text)) == 4


@every
async def test_breaks_one_event_and_goes_on(simulator: RunningSimulator, provider: Provider) -> None:
    _, text, error = await send(provider.request(simulator, ";malformed=5", stream=True))

    broken = [number for number, event in enumerate(events(text), start=1) if not is_json(event)]
    assert error is None
    assert [number for number in broken if events(text)[number - 1] != "[DONE]"] == [5]


@every
async def test_breaks_a_plain_answer(simulator: RunningSimulator, provider: Provider) -> None:
    answer, text, _ = await send(provider.request(simulator, ";malformed=1"))

    assert answer.status_code == 200
    assert not is_json(text)


@every
async def test_ends_a_stream_with_an_error(simulator: RunningSimulator, provider: Provider) -> None:
    _, text, error = await send(provider.request(simulator, ";error_event=4", stream=True))

    assert error is None
    assert len(events(text)) == 4
    assert "error" in events(text)[-1].lower()


@every
async def test_answers_with_a_page(simulator: RunningSimulator, provider: Provider) -> None:
    answer, text, _ = await send(provider.request(simulator, ";html;status=502"))

    assert answer.status_code == 502
    assert text.startswith("<html>")


@every
async def test_reports_no_usage_when_told_so(simulator: RunningSimulator, provider: Provider) -> None:
    _, text, _ = await send(provider.request(simulator, ";no_usage"))

    assert '"usage' not in text


@every
async def test_says_so_many_tokens(simulator: RunningSimulator, provider: Provider) -> None:
    _, text, _ = await send(provider.request(simulator, ";tokens=30"))

    assert text.count(" word") == 30 - 21


@pytest.mark.parametrize("provider", PROVIDERS[1:], ids=lambda provider: f"{provider.name}{provider.path}")
async def test_refuses_a_prompt_that_is_too_long(simulator: RunningSimulator, provider: Provider) -> None:
    answer, _, _ = await send(provider.request(simulator, ";cached=2000000"))

    assert answer.status_code in {400, 422}


@pytest.mark.parametrize("provider", PROVIDERS, ids=lambda provider: f"{provider.name}{provider.path}")
async def test_ends_for_a_reason_that_it_is_told(simulator: RunningSimulator, provider: Provider) -> None:
    answer, text, _ = await send(provider.request(simulator, ";finish=STRANGE"))

    assert answer.status_code == 200
    assert '"STRANGE"' in text
    assert "You said" not in text
