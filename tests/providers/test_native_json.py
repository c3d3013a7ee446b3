"""JSON as providers write it."""

import msgspec
import pytest

from app.providers.native_json import read_json

TEXT = msgspec.json.Decoder(str)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        pytest.param(rb"cut: \ud83d", "cut: \ufffd", id="first half"),
        pytest.param(rb"\uDE00 cut", "\ufffd cut", id="second half"),
        pytest.param(rb"\ud83d\ud83d\ude00", "\ufffd\U0001f600", id="half before a whole one"),
        pytest.param(rb"\ud83d \ude00", "\ufffd \ufffd", id="halves apart"),
        pytest.param(
            rb"ok \ud83d\ude00 and \\ud83d literal, cut: \ud83d",
            "ok \U0001f600 and \\ud83d literal, cut: \ufffd",
            id="beside a whole one and a backslash",
        ),
        pytest.param(rb"\\\ud83d", "\\\ufffd", id="half behind a backslash"),
    ],
)
def test_only_half_a_character_is_replaced(written: bytes, read: str) -> None:
    assert read_json(TEXT, b'"%b"' % written) == read
