"""Citations and log probabilities."""

import pytest

from tests.providers.google_exchange import Row, choice, frame, grounding


def test_log_probabilities() -> None:
    result: Row = {
        "chosenCandidates": [{"token": "Ü", "logProbability": -0.5}, {"token": "\ufffd"}],
        "topCandidates": [{"candidates": [{"token": "Ü", "logProbability": -0.5}]}],
    }

    shown = choice(frame({"text": "Ü"}, finish="STOP", logprobsResult=result))["logprobs"]["content"]

    top = {"token": "Ü", "logprob": -0.5, "bytes": [195, 156]}
    assert shown == [
        {**top, "top_logprobs": [top]},
        {"token": "\ufffd", "logprob": 0.0, "bytes": None, "top_logprobs": []},
    ]


TEXT = "Übung macht den Meister 日本 😀 end"


@pytest.mark.parametrize(
    ("parts", "words", "more"),
    [
        pytest.param([TEXT], "Übung", {}, id="umlaut"),
        pytest.param([TEXT], "日本", {}, id="CJK"),
        pytest.param([TEXT], "😀 end", {"text": "😀 end"}, id="emoji"),
        pytest.param([TEXT[:9], TEXT[9:]], "日本", {"text": "日本"}, id="over fragments"),
        pytest.param(["Äh. ", TEXT], "😀", {"text": "😀", "partIndex": 1}, id="in the second part"),
    ],
)
def test_citations_are_at_the_right_characters(parts: list[str], words: str, more: Row) -> None:
    counted = parts[more["partIndex"]] if "partIndex" in more else "".join(parts)
    start = len(counted[: counted.index(words)].encode())
    metadata = grounding(start, start + len(words.encode()), **more)

    native = frame(*[{"text": part} for part in parts], finish="STOP", groundingMetadata=metadata)

    message = choice(native)["message"]
    (annotation,) = message["annotations"]
    citation = annotation["url_citation"]
    assert message["content"][citation["start_index"] : citation["end_index"]] == words
    assert (citation["url"], citation["title"]) == ("https://a.example", "A")


def test_a_citation_that_fits_nowhere_is_left_out() -> None:
    native = frame({"text": "abc"}, finish="STOP", groundingMetadata=grounding(1, 99, text="xyz"))

    assert "annotations" not in choice(native)["message"]
