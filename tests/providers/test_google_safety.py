"""What Google thinks of an answer's safety, which OpenAI has no field for."""

import json

import pytest

from tests.providers.google_exchange import Row, answered, choice, frame, shown, sse, streamed

RATINGS = [{"category": "HARM_CATEGORY_HARASSMENT", "probability": "LOW", "probabilityScore": 0.10}]
LATER = [{"category": "HARM_CATEGORY_HARASSMENT", "probability": "HIGH", "blocked": True}]


def extension(ratings: list[Row]) -> Row:
    return {"google": {"safety_ratings": ratings}}


def test_an_answer_has_its_ratings() -> None:
    first = choice(frame({"text": "x"}, finish="STOP", safetyRatings=RATINGS))

    assert first["extra_content"] == extension(RATINGS)


def test_a_blocked_prompt_has_its_ratings() -> None:
    feedback = {"blockReason": "SAFETY", "safetyRatings": LATER}

    body = json.loads(answered({"promptFeedback": feedback, "responseId": "r"}).body)

    assert body["choices"][0]["extra_content"] == extension(LATER)


def test_a_stream_has_the_latest_ratings_where_it_ends() -> None:
    frames = (
        frame({"text": "x"}, safetyRatings=RATINGS),
        frame({"text": "y"}, safetyRatings=LATER),
        frame(finish="SAFETY"),
    )

    choices = [chunk["choices"][0] for chunk in shown(streamed(sse(*frames)))]

    rated = [(it["finish_reason"], it["extra_content"]) for it in choices if "extra_content" in it]
    assert rated == [("content_filter", extension(LATER))]


@pytest.mark.parametrize("given", [{}, {"safetyRatings": []}, {"safetyRatings": None}], ids=str)
def test_without_ratings_nothing_is_added(given: Row) -> None:
    assert "extra_content" not in choice(frame({"text": "x"}, finish="STOP", **given))
