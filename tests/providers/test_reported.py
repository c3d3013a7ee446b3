from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.providers.base import Failure, FailureKind
from app.providers.reported import (
    ReportedError,
    masked,
    read_error,
    retry_after_s,
    should_retry,
    without_secrets,
)

NOON = datetime(2026, 11, 23, 12, 0, 0, tzinfo=UTC)


def shown(body: bytes, secret: str = "") -> str:
    """The words of a body, as somebody reads them."""
    failure = Failure(FailureKind.KEY_REFUSED, read_error(body).message)
    return without_secrets(failure, secret).message


@pytest.mark.parametrize(
    ("body", "error"),
    [
        pytest.param(
            b'{"error":{"message":"No","type":"t","param":"n","code":"c"}}',
            ReportedError("No", "t", "c", "n"),
            id="OpenAI",
        ),
        pytest.param(b'{"error":"No"}', ReportedError("No"), id="error text"),
        pytest.param(b'{"message":"No"}', ReportedError("No"), id="message"),
        pytest.param(b'{"detail":"No"}', ReportedError("No"), id="detail"),
        pytest.param(b'{"detail":[{"msg":"No"}]}', ReportedError('[{"msg":"No"}]'), id="list of details"),
        pytest.param(
            b'{"object":"error","message":"No","type":"t","param":null,"code":400}',
            ReportedError("No", "t", "400", None, 400),
            id="older vLLM",
        ),
        pytest.param(
            b'[{"error":{"message":"No","code":503}}]', ReportedError("No", None, "503", None, 503), id="list"
        ),
        pytest.param(
            b'{"type":"error","error":{"type":"overloaded_error","message":"No"}}',
            ReportedError("No", "overloaded_error"),
            id="Anthropic",
        ),
        pytest.param(
            b'{"error":{"message":"No","code":null,"innererror":{"code":"ResponsibleAIPolicyViolation"}}}',
            ReportedError("No", None, "ResponsibleAIPolicyViolation"),
            id="Azure",
        ),
        pytest.param(b"", ReportedError("the provider gave no reason"), id="empty"),
        pytest.param(b"{}", ReportedError("the provider gave no reason"), id="empty object"),
        pytest.param(b"[]", ReportedError("the provider gave no reason"), id="empty list"),
        pytest.param(b"12", ReportedError("the provider gave no reason"), id="number"),
        pytest.param(b'"No"', ReportedError("No"), id="string"),
        pytest.param(b"upstream  timed\nout", ReportedError("upstream timed out"), id="text"),
        pytest.param(
            b"<html><head><title>x</title></head><body><h1>502 Bad Gateway</h1><hr>nginx</body></html>",
            ReportedError("502 Bad Gateway nginx"),
            id="HTML",
        ),
        pytest.param(b"\xff\xfe", ReportedError("��"), id="no UTF-8"),
    ],
)
def test_reads_every_shape_of_an_error(body: bytes, error: ReportedError) -> None:
    assert read_error(body) == error


@pytest.mark.parametrize(
    "secret",
    [
        "sk-abcdefgh12345678",
        "sk-proj-abc_DEF-123456789012345",
        "sk-abc***************xyz1",
        "sk-ant-api03-abcdefghijk",
        "gsk_abcdefghijklmnop",
        "xai-abcdefghijklmnop",
        "hf_abcdefghijklmnop",
        "AIzaSyA1234567890abcdefg",
        "0123456789abcdef0123456789abcdef",
    ],
)
def test_masks_what_looks_like_a_key(secret: str) -> None:
    assert masked(f"Incorrect API key provided: {secret}, try another.").count(secret[:12]) == 0


def test_masks_what_follows_bearer() -> None:
    assert masked("got Bearer my.own.token1 here") == "got Bearer [key] here"


@pytest.mark.parametrize(
    "text",
    ["The model gpt-4o-mini-2024-07-18 is away", "request 0190a0b0-1111-7222-8333-944455556666 failed"],
)
def test_leaves_other_words_alone(text: str) -> None:
    assert masked(text) == text


def test_no_half_key_survives_the_cut() -> None:
    key = "sk-" + "a1" * 30

    message = shown(b"x " * 240 + key.encode())

    assert len(message) <= 500
    assert "sk-" not in message


@pytest.mark.parametrize(
    "secret", ["team-a.prod_secret-77", "gsk_Zz", "aGVs/bG8+d29ybGQ=", "0190a0b0-1111-7222-8333-944455556666"]
)
@pytest.mark.parametrize("length", [1, 490, 990])
def test_the_secret_that_was_sent_is_masked_whatever_it_looks_like(secret: str, length: int) -> None:
    whole = f"{secret} " * (length // (len(secret) + 1))

    message = shown(f"{whole:.<{length}} {secret}".encode(), secret)

    assert secret[:6] not in message
    assert secret[6:] == "" or secret[6:] not in message


def test_a_secret_too_short_to_be_one_mangles_no_words() -> None:
    assert shown(b"No test today", "test") == "No test today"


def test_the_secret_is_masked_in_every_word_of_a_failure() -> None:
    secret = "team-a.prod_secret-77"
    failure = Failure(FailureKind.BAD_REQUEST, "m", type=f"t {secret}", code=f"c {secret}", param=secret)

    clean = without_secrets(failure, secret)

    assert (clean.type, clean.code, clean.param) == ("t [key]", "c [key]", "[key]")


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        pytest.param({}, None, id="none"),
        pytest.param({"retry-after": "2"}, 2.0, id="seconds"),
        pytest.param({"retry-after": "0.5"}, 0.5, id="half a second"),
        pytest.param({"retry-after-ms": "250", "retry-after": "9"}, 0.25, id="milliseconds win"),
        pytest.param({"retry-after-ms": "soon", "retry-after": "9"}, 9.0, id="bad milliseconds"),
        pytest.param({"retry-after": "Mon, 23 Nov 2026 12:00:30 GMT"}, 30.0, id="date"),
        pytest.param({"retry-after": "Mon, 23 Nov 2026 12:00:30 -0000"}, 30.0, id="date without zone"),
        pytest.param({"retry-after": "Mon, 23 Nov 2026 11:00:00 GMT"}, 0.0, id="past date"),
        pytest.param({"retry-after": "-3"}, 0.0, id="negative"),
        pytest.param({"retry-after": "nan"}, None, id="nan"),
        pytest.param({"retry-after": "inf"}, None, id="inf"),
        pytest.param({"retry-after": "tomorrow"}, None, id="word"),
        pytest.param({"retry-after": "Mon, 99 Nov 2026 12:00:30 GMT"}, None, id="bad date"),
    ],
)
def test_reads_how_long_to_wait(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after_s(headers, NOON) == seconds


def test_reads_the_providers_own_verdict() -> None:
    values = ["true", "False", "maybe"]

    assert [should_retry({"x-should-retry": value}) for value in values] == [True, False, None]


@given(st.binary(max_size=200))
def test_any_body_can_be_read(body: bytes) -> None:
    assert read_error(body).message


@given(st.text(max_size=60))
def test_any_hint_can_be_read(hint: str) -> None:
    seconds = retry_after_s({"retry-after": hint}, NOON)

    assert seconds is None or seconds >= 0
