"""Time limits of a provider key, where they differ from those of the settings."""

from typing import Final

import msgspec


class Timeouts(msgspec.Struct, frozen=True, omit_defaults=True):
    """Seconds; None: the setting decides; 0: no limit.

    Named as the settings: HEADER_TIMEOUT_S, ANSWER_TIMEOUT_S, FIRST_TOKEN_TIMEOUT_S, STREAM_IDLE_TIMEOUT_S.
    """

    header_s: float | None = None
    answer_s: float | None = None
    first_token_s: float | None = None
    stream_idle_s: float | None = None


FROM_SETTINGS: Final = Timeouts()
