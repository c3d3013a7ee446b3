"""What holds for any answer of any provider, and for any conversation that goes on from it."""

import base64
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.chat.messages import ReasoningDetail
from app.chat.reading import PARAMETER_NAMES
from app.core.provider_name import ProviderName
from app.providers.base import Answer, Recall, recall_nothing
from app.providers.verdicts import CannotServe
from scripts.provider_table import MODELS, PROBES
from tests.providers import parties
from tests.providers.exchanging import HI, Row, events_in, folded, shown
from tests.providers.recorded import RECORDINGS, TOOLS, Recorded, Recording, Said

RICH = Said("Grüße\u2028 日本 👋🏽", "Hm, «so» 🤔", "EqQB+/g=", ({"ort": "Köln\u2029"}, {}))
EVERYBODY = pytest.mark.parametrize("recording", RECORDINGS.values(), ids=RECORDINGS)

_TEXT = st.text(st.characters(codec="utf-8"), max_size=6)
_SIGNATURE = st.binary(min_size=3, max_size=8).map(lambda it: base64.b64encode(it).decode())
_ARGUMENTS = st.dictionaries(_TEXT, st.integers() | _TEXT | st.booleans() | st.none(), max_size=2)
_CALLS = st.lists(_ARGUMENTS, max_size=2)
# A text of blanks alone is left out of conversations.
_SAID = st.builds(Said, _TEXT, _TEXT, _SIGNATURE, _CALLS).filter(
    lambda it: bool(it.text.strip() or (it.arguments and not it.text))
)


def streamed(recording: Recording, stream: bytes, size: int = 0) -> list[Row]:
    """The chunks of a stream, each of which OpenAI's SDK can read."""
    return recording.asked.streamed(stream, size=size, tools=TOOLS)


@EVERYBODY
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
def test_a_stream_that_comes_in_small_pieces_gives_the_same_chunks(
    recording: Recording, newline: str
) -> None:
    recorded = recording.of(RICH)
    at_once = streamed(recording, recorded.stream())

    for size in (1, 2, 3, 5, 64):
        assert streamed(recording, recorded.stream(newline), size) == at_once


@EVERYBODY
@given(cuts=st.lists(st.integers(0, 20_000), max_size=20), newline=st.sampled_from(["\n", "\r\n", "\r"]))
@settings(max_examples=30, deadline=None)
def test_a_stream_that_is_split_anywhere_gives_the_same_chunks(
    recording: Recording, cuts: list[int], newline: str
) -> None:
    stream = recording.of(RICH).stream(newline)
    ends = sorted({cut % len(stream) for cut in cuts} | {0, len(stream)})
    pieces = [stream[start:end] for start, end in pairwise(ends)]
    decoder = recording.asked.exchange(recording.asked.chat(stream=True, tools=TOOLS)).stream()

    chunks = [it for event in events_in(pieces) for it in decoder.feed(event.event, event.data)]

    assert shown([*chunks, *decoder.end()]) == streamed(recording, stream)


@EVERYBODY
@given(said=_SAID)
@settings(max_examples=40, deadline=None)
def test_a_stream_adds_up_to_the_plain_answer(recording: Recording, said: Said) -> None:
    recorded = recording.of(said)

    plain = json.loads(_answered(recording, recorded).body)["choices"][0]
    choice = folded(streamed(recording, recorded.stream()))

    assert (choice["message"]["content"] or "") == said.text
    assert _tidy(choice) == _tidy(plain)


def _answered(recording: Recording, recorded: Recorded) -> Answer:
    body = json.dumps(recorded.answer, ensure_ascii=False).encode()
    return recording.asked.decoded(body, tools=TOOLS)


def _tidy(choice: Row) -> Row:
    message = {name: value for name, value in choice["message"].items() if value is not None}
    # A server's second name for its reasoning.
    message.pop("reasoning", None)
    return {"message": message, "finish_reason": choice["finish_reason"]}


@EVERYBODY
@pytest.mark.parametrize("keeps", ["everything", "no more than it knows"])
@pytest.mark.parametrize("is_streamed", [False, True], ids=["plain", "streamed"])
@given(said=_SAID)
@settings(max_examples=30, deadline=None)
def test_a_conversation_goes_on_with_every_block_that_the_provider_wants_back(
    recording: Recording, is_streamed: bool, keeps: str, said: Said
) -> None:
    asked, recorded = recording.asked, recording.of(said)
    message, details = _told(recording, said, is_streamed=is_streamed)
    recall: Recall = recall_nothing
    if keeps != "everything":
        message, recall = _known(message), _remembering(details)

    results = [
        {"role": "tool", "tool_call_id": it["id"], "content": "42"} for it in message.get("tool_calls", ())
    ]
    body = asked.sent(messages=[HI, message, *(results or [HI])], tools=TOOLS, recall=recall)

    # What is remembered is remembered by its calls.
    wanted = recorded.state if keeps == "everything" or said.arguments else ()
    sent = [json.dumps(it, sort_keys=True) for it in _inside(body)]
    assert [it for it in wanted if json.dumps(it, sort_keys=True) not in sent] == []


def _told(recording: Recording, said: Said, *, is_streamed: bool) -> tuple[Row, tuple[ReasoningDetail, ...]]:
    """The message that the client has, and the state that the gateway saw."""
    asked, recorded = recording.asked, recording.of(said)
    if not is_streamed:
        answer = _answered(recording, recorded)
        return json.loads(answer.body)["choices"][0]["message"], answer.details
    decoder = asked.exchange(asked.chat(stream=True, tools=TOOLS)).stream()
    chunks = [it for event in events_in([recorded.stream()]) for it in decoder.feed(event.event, event.data)]
    message: Row = folded(shown([*chunks, *decoder.end()]))["message"]
    return message, decoder.details


def _known(message: Row) -> Row:
    """What is left where the client keeps OpenAI's own fields alone."""
    known: Row = {name: message[name] for name in ("role", "content", "refusal") if name in message}
    calls = [{name: it[name] for name in ("id", "type", "function")} for it in message.get("tool_calls", ())]
    return {**known, "tool_calls": calls} if calls else known


def _remembering(details: tuple[ReasoningDetail, ...]) -> Recall:
    return lambda call_id: tuple(it for it in details if it.call_id == call_id)


def _inside(value: object) -> Iterator[object]:
    yield value
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for it in inner:
        yield from _inside(it)


def _bodies() -> list[bytes]:
    """The native bodies of conversations that have everything in them."""
    bodies = []
    for recording in RECORDINGS.values():
        message, _ = _told(recording, RICH, is_streamed=False)
        results = [
            {"role": "tool", "tool_call_id": it["id"], "content": "42"} for it in message["tool_calls"]
        ]
        chat = recording.asked.chat(messages=[HI, message, *results], tools=TOOLS, stop=["a", "b"], user="u")
        bodies.append(recording.asked.exchange(chat).request.body)
    return bodies


def test_every_process_translates_a_conversation_to_the_same_bytes() -> None:
    script = (
        "import sys; from tests.providers.test_properties import _bodies;"
        "sys.stdout.buffer.write(b'\\n'.join(_bodies()))"
    )

    elsewhere = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "PYTHONHASHSEED": "7"},
        check=True,
        capture_output=True,
    ).stdout

    assert elsewhere == b"\n".join(_bodies())


@pytest.mark.parametrize("provider", [it for it in MODELS if it is not ProviderName.CUSTOM])
def test_every_native_request_is_one_to_the_providers_own_sdk(provider: ProviderName) -> None:
    sent = 0
    for model in MODELS[provider]:
        asked = getattr(parties, provider.value.lower())(model)
        for probe in (it for it in PROBES if it.param in PARAMETER_NAMES):
            try:
                asked.exchange(probe.chat(model))
            except CannotServe:
                continue
            sent += 1

    assert sent > len(PROBES) // 2
