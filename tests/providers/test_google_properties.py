"""What holds for any answer of Google's, however it comes."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from app.providers.base import StreamFailure
from tests.providers.google_exchange import (
    HI,
    Row,
    call,
    chat,
    choice,
    contents,
    exchange,
    fold,
    frame,
    grounding,
    result,
    shown,
    sse,
    streamed,
)

_TEXT = st.text(max_size=4)
_PARTS = st.one_of(
    st.builds(lambda text: {"text": text}, _TEXT),
    st.builds(lambda text: {"text": text, "thought": True}, _TEXT),
    st.builds(lambda text: {"text": text, "thoughtSignature": "U0lH"}, _TEXT),
    st.builds(
        lambda args: call("f", args),
        st.dictionaries(st.text(max_size=3), st.integers() | st.text(max_size=3)),
    ),
    st.builds(lambda name: call("f", id=name, thoughtSignature="VGg="), st.sampled_from(["a", "b c"])),
    st.just({"executableCode": {"code": "1"}}),
    st.just({"thoughtSignature": "U0lH"}),
)


@given(
    st.lists(st.lists(_PARTS, max_size=3), max_size=5),
    st.sampled_from(["STOP", "MAX_TOKENS", "SAFETY"]),
    st.booleans(),
)
def test_a_stream_adds_up_to_the_plain_answer(
    groups: list[list[Row]], finish: str, has_grounding: bool
) -> None:
    more: dict[str, Any] = {"groundingMetadata": grounding(0, 1)} if has_grounding else {}
    parts = [part for group in groups for part in group]

    plain = choice(frame(*parts, finish=finish, **more))
    chunks = streamed(sse(*(frame(*group) for group in groups), frame(finish=finish, **more)))

    assert fold(shown(chunks)) == plain


@given(st.binary(max_size=100))
def test_any_event_gives_chunks_or_a_failure(data: bytes) -> None:
    try:
        chunks = exchange(chat(stream=True)).stream().feed("message", data)
    except StreamFailure:
        return

    shown(chunks)


@given(st.lists(_PARTS, min_size=1, max_size=6), st.booleans())
def test_an_answer_goes_back_with_every_part_that_google_wants(parts: list[Row], is_streamed: bool) -> None:
    whole = frame(*parts, finish="STOP")
    made = fold(shown(streamed(sse(whole)))) if is_streamed else choice(whole)
    message = made["message"]
    results = [result(call["id"]) for call in message.get("tool_calls", [])]

    back = contents(HI, message, *results or [HI])

    model = back[1]["parts"] if len(back) > 1 else []
    assert [it for it in parts if _is_state(it) and _as_sent(it) not in model] == []
    answered = back[2]["parts"] if results else []
    asked = [it["functionCall"] for it in model if "functionCall" in it]
    assert [it["functionResponse"].get("id") for it in answered] == [it.get("id") for it in asked]


def _is_state(part: Row) -> bool:
    return "thoughtSignature" in part or "executableCode" in part


def _as_sent(part: Row) -> Row:
    return {"text": "", **part} if part.keys() == {"thoughtSignature"} else part
