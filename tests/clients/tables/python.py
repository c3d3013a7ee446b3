"""What the clients in Python see."""

import sys
from dataclasses import replace
from pathlib import Path

from tests.clients.driving import MODELS, PROGRAMS, PYTHON
from tests.clients.expecting import (
    ARGUMENTS,
    CITY,
    CUT,
    EMPTY_RESULT,
    FORCED_CALL,
    HEARD,
    HEARD_IN_CITY,
    JSON_WITHOUT_SCHEMA,
    LIMITED,
    ONE_CALL,
    PIECES,
    SAID,
    SCHEMA_BESIDE_TOOLS,
    UNKNOWN_FIELD,
    UNKNOWN_MODEL,
    WRONG_KEY,
    Client,
    Failure,
    Thoughts,
    Whole,
)

_CALLED = {"arguments": [ARGUMENTS], "text": HEARD}
_CALLED_TWICE = {"arguments": [ARGUMENTS, ARGUMENTS], "text": HEARD}
_LEFT = {"left": True}
_STREAMED = {"text": SAID, "roles": ["assistant"], "finish": ["stop"], "ids": 1, "pieces": PIECES}

OPENAI = Client(
    name="openai",
    command=(PYTHON, PROGRAMS / "python/with_openai.py"),
    departures=3,
    refused_as="openai.BadRequestError",
    given={
        "plain": {"text": SAID, "finish": "stop", "names_model": True, "usage": Whole()},
        "plain_in_step": {"text": SAID},
        "raw": {"attempts": "1", "names_both": True, "text": SAID},
        "raw_stream": {"attempts": "1", "names_both": True, "last": "data: [DONE]"},
        "stream": {**_STREAMED, "usages": [Whole()], "without_choices": 1},
        "stream_without_usage": {**_STREAMED, "usages": [], "without_choices": 0},
        "stream_helper": {"text": SAID, "finish": "stop", "pieces": PIECES},
        "reasoning": Thoughts,
        "reasoning_streamed": Thoughts,
        "choices": {"texts": 2},
        "choices_streamed": {"texts": 2, "usages": 1},
        "tools": _CALLED,
        "tools_streamed": _CALLED,
        "tools_in_parallel": _CALLED_TWICE,
        "tools_forced": {"arguments": [ARGUMENTS]},
        "structured": CITY,
        "structured_streamed": CITY,
        "structured_with_tools": CITY,
        "unknown_field": {"text": SAID},
        "abort": _LEFT,
        "abort_helper": _LEFT,
    },
    refusals={
        "tools_forced": (ONE_CALL, FORCED_CALL),
        "structured_with_tools": (SCHEMA_BESIDE_TOOLS,),
        "unknown_field": (UNKNOWN_FIELD,),
    },
    failures={
        "wrong_key": Failure("openai.AuthenticationError", WRONG_KEY, 401),
        "unknown_model": Failure("openai.NotFoundError", UNKNOWN_MODEL, 404),
        "limited": Failure("openai.RateLimitError", LIMITED, 429),
        "cut": Failure("openai.APIError", CUT),
        "cut_in_helper": Failure("openai.APIError", CUT),
        "abort_plain": Failure("openai.APITimeoutError", "timed out"),
        "models": Failure("openai.NotFoundError", "What exists is POST /v1/chat/completions", 404),
    },
)

# The newest, which the others do not take yet.
OPENAI_NEWEST = replace(
    OPENAI, name="openai-newest", command=(Path(sys.executable), PROGRAMS / "python/with_openai.py")
)

LANGCHAIN = Client(
    name="langchain",
    command=(PYTHON, PROGRAMS / "python/with_langchain.py"),
    departures=2,
    refused_as="langchain_openai.OpenAIInvalidRequestError",
    given={
        "plain": {"text": SAID, "finish": "stop", "usage": Whole()},
        "stream": {"text": SAID, "finish": "stop", "usages": [Whole()], "pieces": PIECES},
        "reasoning": {"text": SAID, "finish": "stop", "usages": [Whole()], "pieces": PIECES},
        "several": {"texts": 2},
        "tools": {"arguments": [ARGUMENTS], "text": HEARD_IN_CITY},
        "tools_streamed": _CALLED,
        "tools_in_parallel": _CALLED_TWICE,
        "tools_forced": {"arguments": [ARGUMENTS]},
        "structured": CITY,
        "structured_strictly": CITY,
        "structured_by_call": CITY,
        "structured_streamed": CITY,
        "abort": _LEFT,
    },
    refusals={"tools_forced": (FORCED_CALL,), "structured_by_call": (ONE_CALL, FORCED_CALL)},
    failures={
        "wrong_key": Failure("langchain_openai.OpenAIAuthenticationError", WRONG_KEY, 401),
        "unknown_model": Failure("langchain_openai.OpenAIModelNotFoundError", UNKNOWN_MODEL, 404),
        "limited": Failure("langchain_openai.OpenAIRateLimitError", LIMITED, 429),
        "cut": Failure("openai.APIError", CUT),
        "abort_plain": Failure("langchain_openai.OpenAITimeoutError", "timed out"),
    },
)

LLAMA_INDEX = Client(
    name="llama-index",
    command=(PYTHON, PROGRAMS / "python/with_llama_index.py"),
    departures=2,
    refused_as="openai.BadRequestError",
    given={
        "plain": {"text": SAID, "usage": Whole()},
        "completed": {"text": SAID},
        "stream": {"text": SAID, "pieces": PIECES},
        "reasoning": {"text": SAID, "pieces": PIECES},
        "tools": _CALLED,
        "tools_streamed": _CALLED,
        "tools_by_agent": {"arguments": [ARGUMENTS], "text": HEARD_IN_CITY},
        "structured": CITY,
        "structured_streamed": CITY,
        "structured_by_call": CITY,
        "abort": _LEFT,
    },
    refusals={
        "tools": (ONE_CALL,),
        "tools_streamed": (ONE_CALL,),
        "structured_by_call": (ONE_CALL, FORCED_CALL),
    },
    failures={
        "wrong_key": Failure("openai.AuthenticationError", WRONG_KEY, 401),
        "unknown_model": Failure("openai.NotFoundError", UNKNOWN_MODEL, 404),
        "limited": Failure("openai.RateLimitError", LIMITED, 429),
        "cut": Failure("openai.APIError", CUT),
        "abort_plain": Failure("openai.APITimeoutError", "timed out"),
    },
)

_TURNS = ["user-prompt", "tool-call", "tool-return", "text"]
_TURNS_IN_PARALLEL = ["user-prompt", "tool-call", "tool-call", "tool-return", "tool-return", "text"]

PYDANTIC_AI = Client(
    name="pydantic-ai",
    command=(PYTHON, PROGRAMS / "python/with_pydantic_ai.py"),
    departures=2,
    refused_as="pydantic_ai.ModelHTTPError",
    given={
        "plain": {"text": SAID, "finish": "stop", "usage": Whole()},
        "stream": {"text": SAID, "pieces": PIECES, "usage": Whole()},
        "reasoning": Thoughts,
        "tools": {"kinds": _TURNS, "text": HEARD_IN_CITY},
        "tools_streamed": {"kinds": _TURNS, "text": HEARD_IN_CITY},
        "tools_in_parallel": {"kinds": _TURNS_IN_PARALLEL, "text": HEARD_IN_CITY},
        "tools_without_result": {"kinds": _TURNS},
        # A conversation that began with one model goes on with every other.
        "handed_over": {"kinds": [_TURNS] * len(MODELS)},
        "structured": CITY,
        "structured_by_default": CITY,
        "structured_by_tool": CITY,
        "structured_by_prompt": ["answer"],
        "structured_streamed": CITY,
        "structured_with_tools": CITY,
        "abort": _LEFT,
    },
    refusals={
        "tools_without_result": (EMPTY_RESULT,),
        "structured_by_default": (FORCED_CALL,),
        "structured_by_tool": (FORCED_CALL,),
        "structured_by_prompt": (JSON_WITHOUT_SCHEMA,),
        "structured_with_tools": (SCHEMA_BESIDE_TOOLS,),
    },
    failures={
        "wrong_key": Failure("pydantic_ai.ModelHTTPError", WRONG_KEY, 401),
        "unknown_model": Failure("pydantic_ai.ModelHTTPError", UNKNOWN_MODEL, 404),
        "limited": Failure("pydantic_ai.ModelHTTPError", LIMITED, 429),
        "cut": Failure("openai.APIError", CUT),
        "abort_plain": Failure("pydantic_ai.ModelAPIError", "timed out"),
    },
)

INSTRUCTOR = Client(
    name="instructor",
    command=(PYTHON, PROGRAMS / "python/with_instructor.py"),
    departures=2,
    refused_as="instructor.InstructorRetryException",
    given={
        "tools": CITY,
        "tools_strict": CITY,
        "json_schema": CITY,
        "json_mode": ["answer"],
        "several_calls": [CITY],
        "partial": CITY,
        "partial_json_schema": CITY,
        "abort": _LEFT,
    },
    refusals={
        "tools": (FORCED_CALL,),
        "tools_strict": (FORCED_CALL,),
        "json_mode": (JSON_WITHOUT_SCHEMA,),
        "several_calls": (FORCED_CALL,),
        "partial": (FORCED_CALL,),
    },
    failures={
        "wrong_key": Failure("instructor.InstructorRetryException", WRONG_KEY),
        "unknown_model": Failure("instructor.InstructorRetryException", UNKNOWN_MODEL),
        "limited": Failure("instructor.InstructorRetryException", LIMITED),
        "cut": Failure("openai.APIError", CUT),
        "abort_plain": Failure("instructor.InstructorRetryException", "timed out"),
    },
)
