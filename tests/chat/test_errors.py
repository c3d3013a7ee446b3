import json

from app.chat.errors import error_body
from app.chat.estimate import estimate_tokens


def test_an_error_has_all_four_keys() -> None:
    body = error_body("no", type="invalid_request_error", param=None, code=None)

    assert json.loads(body) == {
        "error": {"message": "no", "type": "invalid_request_error", "param": None, "code": None}
    }


def test_attempts_stand_inside_the_error() -> None:
    attempt = {"provider": "OPENAI", "status": 500}

    body = error_body("no", type="server_error", param="n", code="upstream_error", attempts=[attempt])

    assert json.loads(body)["error"]["attempts"] == [attempt]


def test_a_message_that_is_no_unicode_is_still_sent() -> None:
    body = error_body("half \ud83d", type="server_error", param=None, code=None)

    assert json.loads(body)["error"]["message"] == "half ?"


def test_a_token_is_about_four_characters() -> None:
    assert [estimate_tokens(characters) for characters in (0, 1, 4, 5, 400)] == [0, 1, 1, 2, 100]
