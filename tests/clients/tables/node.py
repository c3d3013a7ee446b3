"""What the clients in JavaScript see."""

from collections.abc import Mapping

from tests.clients.driving import NODE, PROGRAMS
from tests.clients.expecting import (
    ARGUMENTS,
    CITY,
    CUT,
    FORCED_CALL,
    HEARD_IN_CITY,
    LIMITED,
    PIECES,
    SAID,
    SCHEMA_BESIDE_TOOLS,
    UNKNOWN_MODEL,
    WRONG_KEY,
    Client,
    Failure,
    Thoughts,
    Whole,
)

_RUN = {"roles": "user,assistant,tool,assistant", "text": HEARD_IN_CITY}

OPENAI_NODE = Client(
    name="openai-node",
    command=(NODE, PROGRAMS / "node/with_openai.mjs"),
    departures=3,
    refused_as="BadRequestError",
    given={
        "plain": {"text": SAID, "finish": "stop", "usage": Whole()},
        "raw": {"names_provider": True, "has_id": True},
        "stream": {"text": SAID, "finish": ["stop"], "usages": [Whole()], "pieces": PIECES},
        "stream_helper": {"text": SAID, "pieces": PIECES},
        "choices": {"texts": 2},
        "tools": _RUN,
        "tools_streamed": _RUN,
        "tools_in_parallel": {**_RUN, "roles": "user,assistant,tool,tool,assistant"},
        "tools_parsed": {"arguments": [ARGUMENTS]},
        "structured": CITY,
        "structured_streamed": CITY,
        "abort": {"left": True},
    },
    failures={
        "wrong_key": Failure("AuthenticationError", WRONG_KEY, 401),
        "unknown_model": Failure("NotFoundError", UNKNOWN_MODEL, 404),
        "limited": Failure("RateLimitError", LIMITED, 429),
        "cut": Failure("APIError", CUT),
        "cut_in_helper": Failure("APIError", CUT),
        "abort_helper": Failure("APIUserAbortError", "aborted"),
        "abort_plain": Failure("APIConnectionTimeoutError", "timed out"),
    },
)

_STREAMED = {"text": SAID, "pieces": PIECES, "arguments": [], "usage": Whole()}
_STREAMED_CALL = {"text": HEARD_IN_CITY, "pieces": Whole(), "arguments": [ARGUMENTS], "usage": Whole()}

_GIVEN: Mapping[str, object] = {
    "plain": {"text": SAID, "finish": "stop", "usage": Whole()},
    "stream": _STREAMED,
    "tools": {"arguments": [ARGUMENTS], "text": HEARD_IN_CITY},
    "tools_streamed": _STREAMED_CALL,
    "tools_in_parallel": {**_STREAMED_CALL, "arguments": [ARGUMENTS, ARGUMENTS]},
    "tools_forced": {"arguments": [ARGUMENTS]},
    "structured": CITY,
    "structured_as_object": CITY,
    "structured_streamed": CITY,
    "structured_with_tools": CITY,
    "abort": {"last": "abort"},
}
_REFUSALS = {"tools_forced": (FORCED_CALL,), "structured_with_tools": (SCHEMA_BESIDE_TOOLS,)}
_FAILURES: Mapping[str, Failure] = {
    "wrong_key": Failure("AI_APICallError", WRONG_KEY, 401),
    "unknown_model": Failure("AI_APICallError", UNKNOWN_MODEL, 404),
    "limited": Failure("AI_APICallError", LIMITED, 429),
    "abort_plain": Failure("TimeoutError", "aborted due to timeout"),
}

AI_OPENAI = Client(
    name="ai-sdk-openai",
    command=(NODE, PROGRAMS / "node/with_ai_openai.mjs"),
    departures=2,
    refused_as="AI_APICallError",
    # This provider has no place for reasoning.
    given={**_GIVEN, "reasoning": {"reasoning": ""}},
    refusals=_REFUSALS,
    failures={**_FAILURES, "cut": Failure("AI_StreamProviderError", CUT, 500)},
)

AI_COMPATIBLE = Client(
    name="ai-sdk-compatible",
    command=(NODE, PROGRAMS / "node/with_ai_compatible.mjs"),
    departures=2,
    refused_as="AI_APICallError",
    given={**_GIVEN, "reasoning": Thoughts},
    refusals=_REFUSALS,
    failures={**_FAILURES, "cut": Failure("AI_StreamProviderError", CUT)},
)
