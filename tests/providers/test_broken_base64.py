"""Bytes that a client cut short for display, so that they end in an ellipsis."""

import pytest

from tests.providers.exchanging import Party, Row
from tests.providers.parties import anthropic, cohere, google, mistral

CUT = "iVBORw0KGgo…"
IMAGE: Row = {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{CUT}"}}
FILE: Row = {"type": "file", "file": {"file_data": CUT, "filename": "a.pdf"}}
SOUND: Row = {"type": "input_audio", "input_audio": {"data": CUT, "format": "wav"}}


@pytest.mark.parametrize(
    ("asked", "part"),
    [
        pytest.param(anthropic(), IMAGE, id="anthropic image"),
        pytest.param(anthropic(), FILE, id="anthropic file"),
        pytest.param(google(), IMAGE, id="google image"),
        pytest.param(google(), FILE, id="google file"),
        pytest.param(google(), SOUND, id="google sound"),
        pytest.param(mistral(), IMAGE, id="mistral image"),
        pytest.param(mistral(), FILE, id="mistral file"),
        pytest.param(cohere("command-a-plus-05-2026"), IMAGE, id="cohere image"),
    ],
)
def test_bytes_that_were_cut_short_are_refused_by_their_place(asked: Party, part: Row) -> None:
    messages = [{"role": "user", "content": [part, {"type": "text", "text": "Hi"}]}]

    assert asked.objections(messages=messages) == {"messages[0].content[0]": "unsupported_value"}
