"""What the client is told when nothing helped."""

import pytest

from app.gateway.failover import RULES, summarise
from app.providers.base import Failure, FailureKind


def test_every_kind_of_failure_has_a_rule() -> None:
    assert set(RULES) == set(FailureKind)


def test_a_failure_that_may_pass_speaks_before_one_that_will_not() -> None:
    failures = [
        ("first", Failure(FailureKind.OVERLOADED, "busy", 503, retry_after_s=4)),
        ("second", Failure(FailureKind.MODEL_NOT_FOUND, "no such model", 404)),
    ]

    error = summarise(failures)

    assert (error.http_status, error.code, error.facts.can_retry) == (503, "overloaded", True)
    assert error.facts.retry_after_s == 4


def test_what_goes_back_at_once_speaks_for_itself() -> None:
    failures = [
        ("first", Failure(FailureKind.SERVER_ERROR, "oops", 500)),
        (
            "second",
            Failure(FailureKind.BAD_REQUEST, "bad image", 400, code="invalid_image", param="messages"),
        ),
    ]

    error = summarise(failures)

    assert (error.http_status, error.code, error.param) == (400, "invalid_image", "messages")
    assert error.message == "second: bad image"


def test_the_smallest_retry_after_is_passed_on() -> None:
    failures = [
        ("first", Failure(FailureKind.RATE_LIMITED, "slow down", 429, retry_after_s=30)),
        ("second", Failure(FailureKind.RATE_LIMITED, "slow down", 429, retry_after_s=7)),
    ]

    error = summarise(failures)

    assert error.facts.retry_after_s == 7
    assert [attempt["provider"] for attempt in error.facts.attempts] == ["first", "second"]


def test_a_provider_that_says_not_to_try_again_is_believed() -> None:
    failures = [
        ("first", Failure(FailureKind.OVERLOADED, "busy", 503)),
        ("second", Failure(FailureKind.SERVER_ERROR, "oops", 500, should_retry=False)),
    ]

    alone, both = summarise(failures[1:]), summarise(failures)

    assert (alone.http_status, alone.facts.can_retry) == (502, False)
    assert (both.http_status, both.facts.can_retry) == (503, True)


@pytest.mark.parametrize("kind", [kind for kind in FailureKind if kind != "bad_request"])
def test_no_failure_is_shown_as_the_clients_bad_key(kind: FailureKind) -> None:
    error = summarise([("first", Failure(kind, "x", 401, type="t", code="invalid_api_key"))])

    assert error.http_status != 401
