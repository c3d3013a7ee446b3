"""However a provider frames what it says, the client gets the same text or an error, never half of it."""

import gzip
import json
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack

import openai
import pytest
import pytest_asyncio
from openai.types.chat.chat_completion_chunk import Choice

from tests.front_door import HELLO, Account
from tests.providers.recorded import RECORDINGS, Recorded, Said
from tests.scripted import Scripted, ScriptedProvider, scripted

pytestmark = pytest.mark.asyncio(loop_scope="module")

TEXT = "Grüße\u2028aus\u2029日本 👋🏽\x85 “so”\n\tdone."
# A stream is broken off here: behind some text, and before the rest.
CUT_AT = "ß"
STREAM = "text/event-stream"
LIMIT_BYTES = 2_000_000
Script = Callable[[Recorded], Scripted]


def whole(name: str, text: str = TEXT) -> Recorded:
    """The provider's answer of that text."""
    return RECORDINGS[name].of(Said(text, signature=""))


def streamed(*pieces: bytes, content_type: str = STREAM, **fields: object) -> Scripted:
    """A stream in these pieces."""
    return Scripted(pieces, content_type, **fields)  # type: ignore[arg-type] # the rows name real fields


def by_size(data: bytes, size: int) -> Sequence[bytes]:
    """The bytes in pieces of a size."""
    return [data[at : at + size] for at in range(0, len(data), size)]


def framed(recorded: Recorded, *between: str) -> bytes:
    """The stream with something between its events."""
    return "".join(f"{it}\n\n{''.join(between)}" for it in recorded.texts).encode()


def mixed_lines(recorded: Recorded) -> bytes:
    """The stream with every kind of line end in turn."""
    ends = ("\n\n", "\r\n\r\n", "\r\r", "\n\r\n", "\r\n\n")
    return "".join(it + ends[at % len(ends)] for at, it in enumerate(recorded.texts)).encode()


def many_lines(recorded: Recorded) -> bytes:
    """The stream with the JSON of each event over many lines."""
    data = [json.dumps(it, indent=1, ensure_ascii=False).replace("\n", "\ndata: ") for it in recorded.events]
    names = [f"event: {it['type']}\n" if recorded.is_named else "" for it in recorded.events]
    events = [f"{name}data: {it}\n\n" for name, it in zip(names, data, strict=True)]
    return "".join([*events, f"data: {recorded.marker}\n\n" if recorded.marker else ""]).encode()


def with_broken_event(recorded: Recorded, broken: str) -> bytes:
    """The stream with an event in its middle that makes no sense."""
    texts = recorded.texts
    middle = len(texts) // 2
    return "".join(f"{it}\n\n" for it in (*texts[:middle], broken, *texts[middle:])).encode()


WHOLE_STREAMS = {
    "CRLF": lambda it: streamed(it.stream("\r\n")),
    "CR": lambda it: streamed(it.stream("\r")),
    "mixed line ends": lambda it: streamed(mixed_lines(it)),
    "comments": lambda it: streamed(b": hello\n\n", framed(it, ": keep-alive\n\n", ":\n", "\n\n")),
    "pings": lambda it: streamed(framed(it, 'event: ping\ndata: {"type": "ping"}\n\n')),
    "other fields": lambda it: streamed(b"retry: 10\nid: 7\n\n", framed(it, "id: 8\nnonsense\n\n")),
    "no space behind the colon": lambda it: streamed(it.stream().replace(b"data: ", b"data:")),
    "data of many lines": lambda it: streamed(many_lines(it)),
    "a byte order mark": lambda it: streamed(b"\xef\xbb\xbf" + it.stream()),
    "single bytes": lambda it: streamed(*by_size(it.stream("\r\n"), 1)),
    "sevens": lambda it: streamed(*by_size(it.stream(), 7)),
    "gzip": lambda it: streamed(
        *by_size(gzip.compress(it.stream()), 50), headers=("Content-Encoding: gzip",)
    ),
    "escaped characters": lambda it: streamed(b"".join(_escaped(text) + b"\n\n" for text in it.texts)),
    "an event of broken JSON": lambda it: streamed(with_broken_event(it, 'data: {"broken')),
    "an event that is no object": lambda it: streamed(with_broken_event(it, "data: 7")),
    "an event that is no UTF-8": lambda it: streamed(
        with_broken_event(it, "data: {}").replace(b"data: {}", b'data: {"a":"\xff"}')
    ),
    "no marker at its end": lambda it: streamed(it.stream().removesuffix(b"data: [DONE]\n\n")),
    "no blank line at its end": lambda it: streamed(it.stream().rstrip(b"\n")),
    "another content type": lambda it: streamed(it.stream(), content_type="text/plain"),
    "no charset that is true": lambda it: streamed(it.stream(), content_type=f"{STREAM}; charset=latin-1"),
    "a cut behind all that matters": lambda it: streamed(it.stream(), is_cut=True),
}


def _escaped(text: str) -> bytes:
    head, data, body = text.partition("data: ")
    is_json = body.startswith("{")
    return (head + data + (json.dumps(json.loads(body)) if is_json else body)).encode()


@pytest.fixture(scope="module")
def standing_limits() -> Mapping[str, object]:
    return {"max_answer_bytes": LIMIT_BYTES, "retry_attempts": 0}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def providers(standing_account: Account) -> AsyncIterator[Mapping[str, ScriptedProvider]]:
    """Every provider, each asked for a model that is named as it is."""
    async with AsyncExitStack() as stack:
        yield {
            name: await stack.enter_async_context(
                scripted(
                    standing_account,
                    name,
                    Scripted([]),
                    provider=name.split()[0].upper(),
                    target=recording.asked.model,
                )
            )
            for name, recording in RECORDINGS.items()
        }


async def read(account: Account, model: str) -> tuple[str, list[str], openai.APIError | None]:
    """The text and the finish reasons of a stream, and the error that it ends in."""
    choices: list[Choice] = []
    error = None
    try:
        stream = await account.openai().chat.completions.create(model=model, messages=[HELLO], stream=True)
        async for chunk in stream:
            choices += chunk.choices
    except openai.APIError as raised:
        error = raised
    text = "".join(choice.delta.content or "" for choice in choices)
    return text, [choice.finish_reason for choice in choices if choice.finish_reason], error


@pytest.mark.parametrize("script", WHOLE_STREAMS.values(), ids=WHOLE_STREAMS)
@pytest.mark.parametrize("name", RECORDINGS)
async def test_a_whole_stream_is_the_same_text_however_it_is_framed(
    standing_account: Account, providers: Mapping[str, ScriptedProvider], name: str, script: Script
) -> None:
    providers[name].plays(script(whole(name)))

    told = await read(standing_account, name)

    assert told == (TEXT, ["stop"], None)


ERROR = 'data: {"error": {"message": "Broken.", "type": "server_error", "code": 500, "status": "INTERNAL"}}'
ANTHROPIC_ERROR = (
    'event: error\ndata: {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}'
)
COHERE_ERROR = (
    'event: message-end\ndata: {"type": "message-end", "delta": {"finish_reason": "ERROR", "error": "x"}}'
)
RESPONSES_ERROR = (
    'event: error\ndata: {"type": "error", "code": "server_error", "message": "x", "param": null}'
)
ERRORS = {"anthropic": ANTHROPIC_ERROR, "cohere": COHERE_ERROR, "openai responses": RESPONSES_ERROR}
HTML = b"<!doctype html><html><body><h1>502 Bad Gateway</h1></body></html>"


def until_error(name: str, recorded: Recorded, kept: int) -> Scripted:
    """The stream with an error in the place of all but its first events."""
    texts = [*recorded.texts[:kept], ERRORS.get(name, ERROR)]
    return streamed("".join(f"{it}\n\n" for it in texts).encode())


BROKEN_STREAMS = {
    "an error before the text": lambda name, it: until_error(name, it, 0),
    "an error after some text": lambda name, it: until_error(name, it, middle(it)),
    "its end in the middle of an event": lambda name, it: streamed(up_to_middle(it)[:-5]),
    "its end between two events": lambda name, it: streamed(up_to_middle(it)),
    "a cut in the middle of an event": lambda name, it: streamed(up_to_middle(it)[:-5], is_cut=True),
    "a cut between two events": lambda name, it: streamed(up_to_middle(it), is_cut=True),
    "an event over the limit": lambda name, it: streamed(
        up_to_middle(it), b"data: " + b"x" * LIMIT_BYTES + b"\n\n", it.stream()
    ),
    "a line without end": lambda name, it: streamed(up_to_middle(it), *[b"x" * 100_000] * 21),
    "gzip that is cut": lambda name, it: streamed(
        gzip.compress(it.stream())[:200], headers=("Content-Encoding: gzip",)
    ),
    "gzip that is none": lambda name, it: streamed(it.stream(), headers=("Content-Encoding: gzip",)),
    "HTML with 200": lambda name, it: Scripted([HTML], "text/html"),
    "HTML with 502": lambda name, it: Scripted([HTML], "text/html", status=502),
    "HTML as a stream": lambda name, it: streamed(HTML),
    "a stream that is called JSON": lambda name, it: Scripted([it.stream()]),
    "a plain answer": lambda name, it: Scripted([json.dumps(it.answer).encode()]),
    "a plain answer that is called a stream": lambda name, it: streamed(json.dumps(it.answer).encode()),
    "nothing with 200": lambda name, it: Scripted([]),
    "nothing in a stream": lambda name, it: streamed(),
    "nothing but comments": lambda name, it: streamed(b": a\n\n: b\n\n"),
    "nothing but a marker": lambda name, it: streamed(b"data: [DONE]\n\n"),
}


def middle(recorded: Recorded) -> int:
    """So many events are those up to some text."""
    return next(at for at, it in enumerate(recorded.texts) if CUT_AT in it) + 1


def up_to_middle(recorded: Recorded) -> bytes:
    """The events up to some text."""
    return "".join(f"{it}\n\n" for it in recorded.texts[: middle(recorded)]).encode()


@pytest.mark.parametrize("script", BROKEN_STREAMS.values(), ids=BROKEN_STREAMS)
@pytest.mark.parametrize("name", RECORDINGS)
async def test_a_broken_stream_is_an_error_and_never_looks_complete(
    standing_account: Account,
    providers: Mapping[str, ScriptedProvider],
    name: str,
    script: Callable[[str, Recorded], Scripted],
) -> None:
    providers[name].plays(script(name, whole(name)))

    text, reasons, error = await read(standing_account, name)

    assert error is not None
    assert reasons == []
    assert TEXT.startswith(text)
    assert text != TEXT


@pytest.mark.parametrize("name", RECORDINGS)
async def test_a_huge_event_is_one(
    standing_account: Account, providers: Mapping[str, ScriptedProvider], name: str
) -> None:
    text = "ü" * 500_000
    stream = whole(name, "☃").stream().replace("☃".encode(), text.encode())
    providers[name].plays(streamed(*by_size(stream, 65_536)))

    said, reasons, error = await read(standing_account, name)

    assert (said == text, reasons, error) == (True, ["stop"], None)


WHOLE_ANSWERS = {
    "as it is": lambda it: Scripted([it]),
    "single bytes": lambda it: Scripted(by_size(it, 1)),
    "gzip": lambda it: Scripted([gzip.compress(it)], headers=("Content-Encoding: gzip",)),
    "another content type": lambda it: Scripted([it], "text/plain; charset=latin-1"),
    "white space around it": lambda it: Scripted([b"\r\n  ", it, b"\n\n"]),
    "escaped characters": lambda it: Scripted([json.dumps(json.loads(it)).encode()]),
    "many lines": lambda it: Scripted([json.dumps(json.loads(it), indent=2).replace("\n", "\r\n").encode()]),
}
BROKEN_ANSWERS = {
    "its end in the middle": lambda it: Scripted([it[: len(it) // 2]]),
    "a cut in the middle": lambda it: Scripted([it[: len(it) // 2]], is_cut=True),
    "gzip that is cut": lambda it: Scripted([gzip.compress(it)[:100]], headers=("Content-Encoding: gzip",)),
    "gzip that is none": lambda it: Scripted([it], headers=("Content-Encoding: gzip",)),
    "HTML with 200": lambda it: Scripted([HTML], "text/html"),
    "HTML with 502": lambda it: Scripted([HTML], "text/html", status=502),
    "nothing": lambda it: Scripted([]),
    "nothing but an object": lambda it: Scripted([b"{}"]),
    "nothing but null": lambda it: Scripted([b"null"]),
    "a byte order mark, which JSON has none of": lambda it: Scripted([b"\xef\xbb\xbf" + it]),
    "no UTF-8": lambda it: Scripted([it.replace("ß".encode(), b"\xff")]),
    "more than the limit": lambda it: Scripted([it, *[b" " * 100_000] * 21]),
    "an error with 200": lambda it: Scripted(
        [b'{"type": "error", "error": {"type": "api_error", "message": "x", "code": 500}}']
    ),
}


@pytest.mark.parametrize("script", WHOLE_ANSWERS.values(), ids=WHOLE_ANSWERS)
@pytest.mark.parametrize("name", RECORDINGS)
async def test_a_whole_answer_is_the_same_text_however_it_is_sent(
    standing_account: Account,
    providers: Mapping[str, ScriptedProvider],
    name: str,
    script: Callable[[bytes], Scripted],
) -> None:
    providers[name].plays(script(json.dumps(whole(name).answer, ensure_ascii=False).encode()))

    answer = await standing_account.openai().chat.completions.create(model=name, messages=[HELLO])

    assert (answer.choices[0].message.content, answer.choices[0].finish_reason) == (TEXT, "stop")


@pytest.mark.parametrize("script", BROKEN_ANSWERS.values(), ids=BROKEN_ANSWERS)
@pytest.mark.parametrize("name", RECORDINGS)
async def test_a_broken_answer_is_an_error(
    standing_account: Account,
    providers: Mapping[str, ScriptedProvider],
    name: str,
    script: Callable[[bytes], Scripted],
) -> None:
    providers[name].plays(script(json.dumps(whole(name).answer, ensure_ascii=False).encode()))

    with pytest.raises(openai.InternalServerError) as caught:
        await standing_account.openai().chat.completions.create(model=name, messages=[HELLO])

    assert caught.value.status_code in {502, 503, 504}
    assert caught.value.body
