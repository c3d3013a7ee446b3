"""Why Google's answers end, and which of them are none."""

import json

import pytest

from app.chat.usage import Usage
from app.providers.base import FailureKind, StreamFailure
from tests.providers.google_exchange import Row, answered, call, choice, frame


@pytest.mark.parametrize(
    ("native", "told", "notes"),
    [
        ("STOP", "stop", ()),
        ("MAX_TOKENS", "length", ()),
        *[
            (reason, "content_filter", ())
            for reason in (
                "SAFETY",
                "BLOCKLIST",
                "PROHIBITED_CONTENT",
                "SPII",
                "RECITATION",
                "LANGUAGE",
                "MODEL_ARMOR",
                "IMAGE_SAFETY",
                "IMAGE_PROHIBITED_CONTENT",
                "IMAGE_RECITATION",
            )
        ],
        *[
            (reason, "stop", (f"finish_reason={reason}",))
            for reason in ("OTHER", "NO_IMAGE", "ESCALATION", "NEVER_HEARD_OF")
        ],
        ("CONTINUATION", "length", ("finish_reason=CONTINUATION",)),
    ],
)
def test_why_it_ended(native: str, told: str, notes: tuple[str, ...]) -> None:
    answer = answered(frame({"text": "x"}, finish=native))

    assert json.loads(answer.body)["choices"][0]["finish_reason"] == told
    assert answer.notes == notes


def test_a_reason_of_its_own_goes_before_calls() -> None:
    assert choice(frame(call(), finish="MAX_TOKENS"))["finish_reason"] == "length"


@pytest.mark.parametrize(
    ("finish", "kind", "param"),
    [
        pytest.param("MALFORMED_FUNCTION_CALL", FailureKind.MALFORMED, None, id="malformed call"),
        pytest.param("MALFORMED_RESPONSE", FailureKind.MALFORMED, None, id="malformed"),
        pytest.param("UNEXPECTED_TOOL_CALL", FailureKind.MALFORMED, None, id="call without tools"),
        pytest.param("TOO_MANY_TOOL_CALLS", FailureKind.MALFORMED, None, id="calls without end"),
        pytest.param("OTHER", FailureKind.SERVER_ERROR, None, id="nothing, for no reason"),
        pytest.param("MISSING_THOUGHT_SIGNATURE", FailureKind.UNSUPPORTED_HERE, "messages", id="signature"),
    ],
)
@pytest.mark.parametrize("content", [{}, None], ids=["empty content", "no content"])
def test_an_answer_that_nobody_can_use_is_a_failure(
    content: Row | None, finish: str, kind: FailureKind, param: str | None
) -> None:
    with pytest.raises(StreamFailure) as raised:
        answered(frame(finish=finish, content=content, finishMessage="Broken"))

    failure = raised.value.failure
    assert (failure.kind, failure.code, failure.message, failure.param) == (kind, finish, "Broken", param)


@pytest.mark.parametrize("content", [{}, {"role": "model"}, {"parts": []}, None], ids=str)
def test_a_finish_without_content_is_an_empty_answer(content: Row | None) -> None:
    first = choice(frame(finish="STOP", content=content))

    assert (first["finish_reason"], first["message"]["content"]) == ("stop", "")


@pytest.mark.parametrize("candidates", [{}, {"candidates": []}, {"candidates": None}], ids=str)
def test_a_blocked_prompt_is_an_answer(candidates: Row) -> None:
    feedback = {"promptFeedback": {"blockReason": "SAFETY"}, "usageMetadata": {"promptTokenCount": 7}}

    answer = answered({**feedback, **candidates, "responseId": "r"})

    first = json.loads(answer.body)["choices"][0]
    assert first["finish_reason"] == "content_filter"
    assert first["message"] == {
        "role": "assistant",
        "content": None,
        "refusal": "Google blocked the prompt: SAFETY",
    }
    assert answer.usage == Usage(input_tokens=7)


@pytest.mark.parametrize("part", [5, {"text": 5}, {"functionCall": "f"}], ids=str)
def test_a_part_that_is_none_is_a_failure(part: Row) -> None:
    with pytest.raises(StreamFailure) as raised:
        answered(frame(part, finish="STOP"))

    assert raised.value.failure.kind == FailureKind.MALFORMED
