"""The state machine of failover."""

import pytest

from app.gateway.schedule import Schedule, Try
from app.providers.base import Failure, FailureKind
from tests.gateway.builders import a_candidate

A, B, C = a_candidate("A"), a_candidate("B"), a_candidate("C", model="gpt-5")


def schedule(*, retry_attempts: int = 1, max_attempts: int = 6) -> Schedule:
    return Schedule(
        [A, B, C],
        retry_attempts=retry_attempts,
        max_attempts=max_attempts,
        retry_after_max_s=3,
        jitter=lambda: 1.0,
    )


def failure(kind: str, **facts: object) -> Failure:
    return Failure(FailureKind(kind), "x", **facts)  # type: ignore[arg-type] # the rows name real fields


def label(step: Try | None) -> str | None:
    return step.candidate.provider_key.label if step else None


def test_content_policy_is_routed_around_only_where_a_setting_says_so() -> None:
    steps = Schedule(
        [A, B], retry_attempts=1, max_attempts=6, retry_after_max_s=3, content_policy_fallback=True
    )
    steps.first()

    assert label(steps.after(failure("content_policy"))) == "B"


WHAT_FOLLOWS: list[tuple[str, dict[str, object], str | None]] = [
    ("bad_request", {}, None),
    ("content_policy", {}, None),
    ("no_connection_free", {}, "B"),
    ("server_error", {}, "A"),
    ("server_error", {"should_retry": False}, "B"),
    ("overloaded", {"retry_after_s": 2.0}, "A"),
    ("overloaded", {"retry_after_s": 60.0}, "B"),
    ("connection", {}, "A"),
    ("malformed", {}, "A"),
    ("answer_too_large", {}, "B"),
    ("cut", {}, "A"),
    ("conflict", {}, "A"),
    ("rate_limited", {"retry_after_s": 2.0}, "A"),
    ("rate_limited", {"retry_after_s": 4.0}, "B"),
    ("rate_limited", {}, "B"),
    ("rate_limited", {"should_retry": True}, "A"),
    ("rate_limited", {"should_retry": True, "retry_after_s": 4.0}, "B"),
    ("rate_limited", {"should_retry": False, "retry_after_s": 2.0}, "B"),
    ("silence", {}, "B"),
    ("silence", {"should_retry": True}, "B"),
    ("quota_exhausted", {}, "B"),
    ("quota_exhausted", {"should_retry": True}, "B"),
    ("key_refused", {}, "B"),
    ("permission", {}, "B"),
    ("model_not_found", {}, "B"),
    ("unsupported_here", {}, "B"),
    ("request_too_large", {}, "B"),
    ("context_too_long", {}, "C"),
]


@pytest.mark.parametrize(("kind", "facts", "expected"), WHAT_FOLLOWS)
def test_what_follows_a_failure(kind: str, facts: dict[str, object], expected: str | None) -> None:
    tries = schedule()
    tries.first()

    step = tries.after(failure(kind, **facts))

    assert label(step) == expected


def test_every_kind_of_failure_has_a_row_above() -> None:
    assert {row[0] for row in WHAT_FOLLOWS} == set(FailureKind)


def test_the_same_candidate_is_tried_again_once_only() -> None:
    tries = schedule()

    seen = [label(tries.first())] + [label(tries.after(failure("server_error"))) for _ in range(6)]

    assert seen == ["A", "A", "B", "B", "C", "C", None]


def test_retries_can_be_turned_off() -> None:
    tries = schedule(retry_attempts=0)

    seen = [label(tries.first())] + [label(tries.after(failure("server_error"))) for _ in range(3)]

    assert seen == ["A", "B", "C", None]


def test_one_budget_bounds_retries_and_fallbacks_together() -> None:
    tries = schedule(max_attempts=3)

    seen = [label(tries.first())] + [label(tries.after(failure("server_error"))) for _ in range(3)]

    assert seen == ["A", "A", "B", None]


def test_waits_as_long_as_the_provider_says() -> None:
    tries = schedule()
    tries.first()

    step = tries.after(failure("rate_limited", retry_after_s=2.5))

    assert step is not None
    assert step.wait_s == 2.5


def test_backs_off_before_a_retry_and_not_before_a_fallback() -> None:
    tries = schedule()
    tries.first()

    retry, fallback = tries.after(failure("server_error")), tries.after(failure("server_error"))

    assert retry is not None
    assert retry.wait_s > 0
    assert fallback is not None
    assert fallback.wait_s == 0


def test_nobody_is_left_where_the_budget_is_spent() -> None:
    tries = schedule(retry_attempts=0, max_attempts=2)

    steps = [tries.first(), tries.after(failure("silence"))]

    assert [len(step.left) for step in steps if step] == [2, 0]


def test_knows_the_last_candidate() -> None:
    tries = schedule(retry_attempts=0)

    steps = [tries.first(), tries.after(failure("silence")), tries.after(failure("silence"))]

    assert [len(step.left) for step in steps if step] == [2, 1, 0]
