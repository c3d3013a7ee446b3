"""What the headers of an error say beyond its status."""

import pytest

from app.errors import CompletionFailed, FailureFacts, InvalidValue, JournalUnavailable, PerpetuoError
from app.rest.chat_completions import Interrupted
from app.rest.errors import InternalError, headers


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        pytest.param(InternalError("x"), {b"x-should-retry": b"false"}, id="a mistake of ours"),
        pytest.param(Interrupted("x"), {}, id="stopped"),
        pytest.param(JournalUnavailable("x"), {}, id="journal full"),
        # No SDK repeats what has this status.
        pytest.param(InvalidValue("x"), {}, id="bad request"),
        pytest.param(
            CompletionFailed("x", FailureFacts(502, "t", "c")), {b"x-should-retry": b"false"}, id="no use"
        ),
        pytest.param(
            CompletionFailed("x", FailureFacts(503, "t", "c", retry_after_s=0.2, can_retry=True)),
            {b"retry-after": b"1"},
            id="later",
        ),
    ],
)
def test_who_is_told_when_to_ask_again(error: PerpetuoError, expected: dict[bytes, bytes]) -> None:
    told = dict(headers(error))

    assert told == expected
