"""Percentiles of durations, estimated from the histograms that the daily sums keep."""

from collections.abc import Sequence
from itertools import accumulate

from app.models import DURATION_EDGES_MS

# The last bucket has no upper edge of its own.
_BUCKETS = tuple(zip((0, *DURATION_EDGES_MS), (*DURATION_EDGES_MS, DURATION_EDGES_MS[-1]), strict=True))


def percentile_ms(histogram: Sequence[int], share: float) -> float | None:
    """The duration in milliseconds that `share` (above 0, up to 1) of the requests kept to; None without any.

    The requests of a bucket are taken to be spread evenly over it. The true value lies in the same bucket:
    the error is below 50 ms in the first one, below a factor of 2.5 in the others. What took longer than the
    last edge, a minute, reads as a minute.
    """
    # An empty one is as good as one of zeros.
    rank = share * sum(histogram)
    reached = 0.0
    for (low, high), count, total in zip(_BUCKETS, histogram, accumulate(histogram), strict=False):
        if count and total >= rank:
            return round(low + (high - low) * (rank - reached) / count, 1)
        reached = total
    return None
