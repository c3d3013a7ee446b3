"""What moderation found, told as the chat route tells it."""

import json
from typing import Any

import pytest

from tests.providers.responding import (
    events_of,
    message,
    objections,
    plain,
    response,
    streamed,
    text,
    translated,
)

Json = dict[str, Any]

RESULT: Json = {
    "type": "moderation_result",
    "model": "omni-moderation-latest",
    "flagged": True,
    "categories": {"violence": True},
    "category_scores": {"violence": 0.9},
    "category_applied_input_types": {"violence": ["text"]},
}
ERROR: Json = {"type": "error", "code": "server_error", "message": "It did not answer"}
LISTED: Json = {"type": "moderation_results", "model": "omni-moderation-latest", "results": [RESULT]}


@pytest.mark.parametrize(
    ("found", "told"),
    [
        pytest.param({"input": RESULT, "output": RESULT}, {"input": LISTED, "output": LISTED}, id="results"),
        pytest.param({"input": RESULT, "output": ERROR}, {"input": LISTED, "output": ERROR}, id="an error"),
    ],
)
def test_results_are_lists_and_errors_stay(found: Json, told: Json) -> None:
    whole = response([message(text("Well"))], moderation=found)

    _, answer = plain(translated(), whole)

    assert answer["moderation"] == told


@pytest.mark.parametrize("shows_usage", [True, False], ids=["usage", "no usage"])
def test_a_stream_ends_with_a_chunk_of_it(shows_usage: bool) -> None:
    whole = response([message(text("Well"))], moderation={"input": RESULT, "output": RESULT})
    exchange = translated(stream=True, stream_options={"include_usage": shows_usage})

    _, chunks = streamed(exchange, events_of(whole))

    bodies = [json.loads(chunk.body) for chunk in chunks]
    (told,) = (body for body in bodies if "moderation" in body)
    assert (told["choices"], told["moderation"]) == ([], {"input": LISTED, "output": LISTED})
    assert bodies.index(told) == len(bodies) - (2 if shows_usage else 1)
    assert ("usage" in told) is shows_usage


def test_several_choices_are_not_moderated_as_one_answer() -> None:
    assert objections(moderation={"model": "omni-moderation-latest"}, n=2) == [("n", "unsupported_value")]
    assert translated(moderation=None, n=2).copies == 2
