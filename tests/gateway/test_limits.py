"""How the settings and a provider key's own time limits add up."""

import pytest

from app.core.timeouts import FROM_SETTINGS, Timeouts
from app.gateway.limits import limits_for, shortest
from app.settings import Settings

SETTINGS = Settings(
    _env_file=None,
    header_timeout_s=1,
    answer_timeout_s=2,
    first_token_timeout_s=3,
    last_first_token_timeout_s=6,
    stream_idle_timeout_s=5,
)


@pytest.mark.parametrize(
    ("own", "reasoning", "first", "last"),
    [
        pytest.param(FROM_SETTINGS, False, 3, 6, id="the settings"),
        pytest.param(FROM_SETTINGS, True, None, 6, id="the settings, with reasoning"),
        pytest.param(Timeouts(first_token_s=2), False, 2, 6, id="shorter"),
        pytest.param(Timeouts(first_token_s=2), True, 2, 6, id="its own, with reasoning"),
        pytest.param(Timeouts(first_token_s=20), False, 20, 20, id="longer than the last one's"),
        pytest.param(Timeouts(first_token_s=0), False, None, None, id="off"),
    ],
)
def test_the_limit_of_the_first_token(
    own: Timeouts, reasoning: bool, first: float | None, last: float | None
) -> None:
    limits = limits_for(own, SETTINGS, is_reasoning=reasoning)

    assert (limits.first_token_s, limits.last_first_token_s) == (first, last)


def test_a_keys_own_limits_go_before_the_settings() -> None:
    settings, own = limits_for(FROM_SETTINGS, SETTINGS), limits_for(Timeouts(7, 8, 9, 10), SETTINGS)

    assert (settings.header_s, settings.answer_s, settings.stream_idle_s) == (1, 2, 5)
    assert (own.header_s, own.answer_s, own.stream_idle_s) == (7, 8, 10)


def test_zero_turns_every_limit_off() -> None:
    off = dict.fromkeys(
        [
            "header_timeout_s",
            "answer_timeout_s",
            "first_token_timeout_s",
            "last_first_token_timeout_s",
            "stream_idle_timeout_s",
        ],
        0.0,
    )

    limits = limits_for(FROM_SETTINGS, SETTINGS.model_copy(update=off))

    assert {
        limits.header_s,
        limits.answer_s,
        limits.first_token_s,
        limits.last_first_token_s,
        limits.stream_idle_s,
    } == {None}


@pytest.mark.parametrize(
    ("limits", "expected"), [((None, None), None), ((None, 2.0), 2.0), ((3.0, 2.0), 2.0)]
)
def test_the_shortest_of_several(limits: tuple[float | None, ...], expected: float | None) -> None:
    assert shortest(*limits) == expected
