import random

import pytest

from app.management.durations import percentile_ms
from app.models import DURATION_EDGES_MS


def histogram(**buckets: int) -> list[int]:
    """Counts by bucket, as in `_3=2`."""
    counts = [0] * (len(DURATION_EDGES_MS) + 1)
    for name, count in buckets.items():
        counts[int(name[1:])] = count
    return counts


@pytest.mark.parametrize(
    ("counts", "share", "expected"),
    [
        pytest.param(histogram(_0=10), 0.5, 25.0, id="inside the first bucket"),
        pytest.param(histogram(_3=4), 0.5, 375.0, id="inside a later bucket"),
        pytest.param(histogram(_0=50, _3=50), 0.5, 50.0, id="on an edge"),
        pytest.param(histogram(_0=50, _3=50), 0.95, 475.0, id="behind an empty bucket"),
        pytest.param(histogram(_1=1, _11=99), 0.95, 60_000.0, id="beyond the last edge"),
        pytest.param(histogram(_2=1), 1.0, 250.0, id="the slowest one"),
    ],
)
def test_a_percentile_is_interpolated_inside_its_bucket(
    counts: list[int], share: float, expected: float
) -> None:
    assert percentile_ms(counts, share) == expected


@pytest.mark.parametrize("counts", [pytest.param(histogram(), id="zeros"), pytest.param((), id="nothing")])
def test_without_requests_there_is_no_percentile(counts: list[int]) -> None:
    assert percentile_ms(counts, 0.5) is None


@pytest.mark.parametrize("share", [0.5, 0.95])
@pytest.mark.parametrize("seed", range(20))
def test_an_estimate_is_as_close_to_the_truth_as_it_is_said_to_be(seed: int, share: float) -> None:
    chance = random.Random(seed)
    durations = sorted(min(chance.lognormvariate(6, 1.5), 59_999) for _ in range(chance.randint(1, 500)))
    counts = histogram()
    for duration in durations:
        counts[next(number for number, edge in enumerate(DURATION_EDGES_MS) if duration <= edge)] += 1

    estimate = percentile_ms(counts, share)

    # The smallest duration that at least this share of the requests kept to.
    true = next(it for number, it in enumerate(durations, start=1) if number >= share * len(durations))
    assert estimate is not None
    assert abs(estimate - true) < 50 or 1 / 2.5 < estimate / true < 2.5
