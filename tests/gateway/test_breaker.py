"""A candidate that keeps failing is rested, then probed."""

from app.gateway.breaker import Breaker
from tests.gateway.builders import a_candidate


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


A, B = a_candidate("A"), a_candidate("B")


def test_rests_after_failures_in_a_row() -> None:
    breaker = Breaker(3, 15, Clock())

    for _ in range(3):
        assert not breaker.is_resting(A)
        breaker.failed(A)

    assert breaker.is_resting(A)
    assert breaker.order([A, B]) == [B, A]


def test_a_success_in_between_starts_the_count_anew() -> None:
    breaker = Breaker(2, 15, Clock())
    breaker.failed(A)
    breaker.succeeded(A)

    breaker.failed(A)

    assert not breaker.is_resting(A)


def test_one_probe_at_a_time_ends_a_rest() -> None:
    clock = Clock()
    breaker = Breaker(1, 15, clock)
    breaker.failed(A)
    clock.now += 15

    may_probe = not breaker.is_resting(A)
    breaker.starting(A)

    assert may_probe
    assert breaker.is_resting(A)


def test_a_failed_probe_rests_it_again_and_a_good_one_ends_it() -> None:
    clock = Clock()
    breaker = Breaker(1, 15, clock)
    breaker.failed(A)
    clock.now += 15
    breaker.starting(A)
    breaker.failed(A)

    is_resting_again = breaker.is_resting(A)
    clock.now += 15
    breaker.starting(A)
    breaker.succeeded(A)

    assert is_resting_again
    assert not breaker.is_resting(A)


def test_a_probe_that_says_nothing_leaves_room_for_the_next() -> None:
    clock = Clock()
    breaker = Breaker(1, 15, clock)
    breaker.failed(A)
    clock.now += 15
    breaker.starting(A)

    breaker.released(A)

    assert not breaker.is_resting(A)


def test_the_same_key_with_another_model_is_another_candidate() -> None:
    breaker = Breaker(1, 15, Clock())
    other = type(A)(A.provider_key, "gpt-5")

    breaker.failed(A)

    assert breaker.is_resting(A)
    assert not breaker.is_resting(other)


def test_can_be_turned_off() -> None:
    breaker = Breaker(1, 0, Clock())

    breaker.failed(A)

    assert not breaker.is_resting(A)
