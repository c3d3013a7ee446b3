"""The state machine of failover: which candidate is tried next, and after how long a wait. Pure."""

import random
from collections.abc import Callable, Sequence

import msgspec

from app.gateway.failover import Action, action_after
from app.gateway.known import Candidate
from app.providers.base import Failure, FailureKind

_BACKOFF_S = 0.25


class Try(msgspec.Struct, frozen=True, gc=False):
    """What to do next."""

    candidate: Candidate
    wait_s: float
    # Who would be tried after this one; nobody where the budget is spent.
    left: tuple[Candidate, ...]


class Schedule:
    """One completion's tries, within one budget for retries and fallbacks together."""

    def __init__(
        self,
        candidates: Sequence[Candidate],
        *,
        retry_attempts: int,
        max_attempts: int,
        retry_after_max_s: float,
        content_policy_fallback: bool = False,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._waiting = list(candidates)
        self._retry_attempts = retry_attempts
        self._retries_left = retry_attempts
        self._attempts_left = max_attempts
        self._retry_after_max_s = retry_after_max_s
        self._content_policy_fallback = content_policy_fallback
        self._jitter = jitter
        self._current: Candidate | None = None

    def first(self) -> Try | None:
        """The first try; None without a candidate."""
        return self._advance()

    def after(self, failure: Failure) -> Try | None:
        """The try that follows a failed one; None where the completion ends here."""
        action = self._action_after(failure)
        if action is Action.RETURN or self._attempts_left <= 0:
            return None
        if action is Action.OTHER_MODEL:
            failed_model = self._current.model if self._current else None
            self._waiting = [candidate for candidate in self._waiting if candidate.model != failed_model]
        wait_s = self._wait_before_retry(action, failure.retry_after_s)
        return self._advance() if wait_s is None else self._again(wait_s)

    def again(self) -> Try | None:
        """The same candidate at once, within the budget: the next request to it will be another one."""
        return self._take(0.0) if self._attempts_left > 0 else None

    def pass_by(self) -> Try | None:
        """The try in the place of one that was never made: its candidate cannot serve the request."""
        self._attempts_left += 1
        return self._advance()

    def _action_after(self, failure: Failure) -> Action:
        if failure.kind is FailureKind.CONTENT_POLICY and self._content_policy_fallback:
            return Action.NEXT
        return action_after(failure)

    def _wait_before_retry(self, action: Action, hint_s: float | None) -> float | None:
        """Seconds until the same candidate may be tried again; None: move on."""
        if action not in {Action.RETRY, Action.WAIT} or self._retries_left <= 0:
            return None
        if hint_s is not None:
            return hint_s if hint_s <= self._retry_after_max_s else None
        if action is Action.WAIT:
            # Without a word on when, a rate limit is best left to another candidate.
            return None
        tries_so_far = self._retry_attempts - self._retries_left
        return float(_BACKOFF_S * 2**tries_so_far * self._jitter())

    def _again(self, wait_s: float) -> Try | None:
        self._retries_left -= 1
        return self._take(wait_s)

    def _advance(self) -> Try | None:
        self._current = self._waiting.pop(0) if self._waiting else None
        self._retries_left = self._retry_attempts
        return self._take(0.0)

    def _take(self, wait_s: float) -> Try | None:
        if self._current is None:
            return None
        self._attempts_left -= 1
        return Try(self._current, wait_s, tuple(self._waiting) if self._attempts_left > 0 else ())
