"""From a chat request to the Responses route."""

from typing import Any

import pytest

from app.errors import InvalidValue
from tests.providers.responding import HI, SCHEMA, TOOL, body_of, objections, translated

Json = dict[str, Any]


def test_a_request_with_tools_names_what_differs_by_default() -> None:
    assert body_of(translated()) == {
        "model": "gpt-5.5",
        "input": [HI],
        "store": False,
        "include": ["reasoning.encrypted_content"],
        "tools": [
            {"type": "function", "name": "f", "description": "d", "parameters": SCHEMA, "strict": False}
        ],
    }


@pytest.mark.parametrize(
    ("fields", "sent"),
    [
        pytest.param({"reasoning_effort": "high"}, {"reasoning": {"effort": "high"}}, id="effort"),
        pytest.param({"reasoning": {"summary": "auto"}}, {"reasoning": {"summary": "auto"}}, id="summary"),
        pytest.param({"verbosity": "low"}, {"text": {"verbosity": "low"}}, id="verbosity"),
        pytest.param({"max_tokens": 100}, {"max_output_tokens": 100}, id="limit by its old name"),
        pytest.param({"max_completion_tokens": 100}, {"max_output_tokens": 100}, id="limit"),
        pytest.param({"store": True}, {"store": True}, id="stored"),
        pytest.param({"stream": True}, {"stream": True}, id="stream"),
        pytest.param(
            {"stream": True, "stream_options": {"include_obfuscation": False, "include_usage": True}},
            {"stream": True, "stream_options": {"include_obfuscation": False}},
            id="obfuscation",
        ),
        pytest.param({"parallel_tool_calls": False}, {"parallel_tool_calls": False}, id="one at a time"),
        pytest.param(
            {"metadata": {"a": "b"}, "user": "u", "safety_identifier": "s", "service_tier": "flex"},
            {"metadata": {"a": "b"}, "user": "u", "safety_identifier": "s", "service_tier": "flex"},
            id="metadata, user, tier",
        ),
        pytest.param({"moderation": {"model": "m"}}, {"moderation": {"model": "m"}}, id="moderation"),
        pytest.param(
            {"prompt_cache_key": "k", "prompt_cache_options": {"mode": "implicit"}},
            {"prompt_cache_key": "k", "prompt_cache_options": {"mode": "implicit"}},
            id="prompt cache",
        ),
        pytest.param(
            {"response_format": {"type": "json_schema", "json_schema": {"name": "n", "schema": SCHEMA}}},
            {"text": {"format": {"type": "json_schema", "name": "n", "schema": SCHEMA}}},
            id="schema",
        ),
        pytest.param(
            {"response_format": {"type": "json_object"}},
            {"text": {"format": {"type": "json_object"}}},
            id="JSON",
        ),
        pytest.param(
            {"response_format": {"type": "json_object", "json_schema": None}},
            {"text": {"format": {"type": "json_object"}}},
            id="JSON after no schema",
        ),
        pytest.param({"response_format": {"type": "text"}}, {}, id="text"),
        pytest.param({"tool_choice": "required"}, {"tool_choice": "required"}, id="any tool"),
        pytest.param(
            {"tool_choice": {"type": "function", "function": {"name": "f"}}},
            {"tool_choice": {"type": "function", "name": "f"}},
            id="one tool",
        ),
        pytest.param(
            {
                "tool_choice": {
                    "type": "allowed_tools",
                    "allowed_tools": {
                        "mode": "auto",
                        "tools": [{"type": "function", "function": {"name": "f"}}],
                    },
                }
            },
            {
                "tool_choice": {
                    "type": "allowed_tools",
                    "mode": "auto",
                    "tools": [{"type": "function", "name": "f"}],
                }
            },
            id="allowed tools",
        ),
        pytest.param(
            {"modalities": ["text"], "n": 1, "logit_bias": {}, "moderation": None}, {}, id="neutral"
        ),
        pytest.param(
            {"provider_options": {"openai": {"truncation": "auto"}}}, {"truncation": "auto"}, id="options"
        ),
        pytest.param(
            {"provider_options": {"openai": {"reasoning": {"summary": "auto"}}}, "reasoning_effort": "low"},
            {"reasoning": {"effort": "low", "summary": "auto"}},
            id="options beside ours",
        ),
    ],
)
def test_a_parameter_has_its_place(fields: Json, sent: Json) -> None:
    ordinary = body_of(translated())

    body = body_of(translated(**fields))

    assert body == {**ordinary, **sent}


@pytest.mark.parametrize(
    ("fields", "param", "code"),
    [
        ({"logit_bias": {"1": 1}}, "logit_bias", "unsupported_parameter"),
        ({"prediction": {"type": "content", "content": "x"}}, "prediction", "unsupported_parameter"),
        ({"modalities": ["text", "audio"]}, "modalities", "unsupported_parameter"),
        ({"audio": {"voice": "x", "format": "wav"}}, "audio", "unsupported_parameter"),
        ({"unheard_of": 1}, "unheard_of", "unsupported_parameter"),
        ({"max_completion_tokens": 15}, "max_completion_tokens", "unsupported_value"),
        ({"max_tokens": 1}, "max_tokens", "unsupported_value"),
        ({"logprobs": True}, "logprobs", "unsupported_parameter"),
        ({"tools": [TOOL, {"type": "browser"}]}, "tools[1]", "unsupported_parameter"),
        (
            {
                "messages": [
                    {
                        "role": "user",
                        "content": [{"type": "input_audio", "input_audio": {"data": "", "format": "wav"}}],
                    }
                ]
            },
            "messages[0].content[0]",
            "unsupported_parameter",
        ),
    ],
)
def test_what_has_no_place_is_refused(fields: Json, param: str, code: str) -> None:
    model = "gpt-5-pro" if "prediction" in fields else "gpt-5.5"

    assert objections(model=model, **fields) == [(param, code)]


def test_tuning_is_left_out_and_reported() -> None:
    exchange = translated(seed=1, temperature=0.5, frequency_penalty=0.5, presence_penalty=0)

    assert body_of(exchange).keys() == body_of(translated()).keys()
    assert sorted(exchange.notes) == ["frequency_penalty=left_out", "seed=left_out", "temperature=left_out"]
    assert objections(is_strict=True, seed=1) == [("seed", "unsupported_parameter")]


def test_choices_are_so_many_requests() -> None:
    exchange = translated(n=3)

    assert (exchange.copies, "n" in body_of(exchange)) == (3, False)


def test_log_probabilities_are_asked_for_in_other_words() -> None:
    body = body_of(translated(model="gpt-4o", web_search_options={}, logprobs=True, top_logprobs=2))

    assert (body["include"], body["top_logprobs"]) == (["message.output_text.logprobs"], 2)


def test_searching_the_web_is_a_tool() -> None:
    place = {"city": "Porto", "country": "PT"}
    options = {"search_context_size": "low", "user_location": {"type": "approximate", "approximate": place}}

    exchange = translated(model="gpt-4o", tools=None, web_search_options=options, temperature=0.5)

    body = body_of(exchange)
    assert body["tools"] == [
        {
            "type": "web_search",
            "search_context_size": "low",
            "user_location": {"type": "approximate", **place},
        }
    ]
    assert (body["temperature"], "include" in body, exchange.notes) == (
        0.5,
        False,
        ("web_search_options=tool",),
    )


def test_what_only_the_tool_knows_of_a_search_goes_along() -> None:
    filters = {"allowed_domains": ["example.com"]}

    body = body_of(translated(model="gpt-4o", tools=None, web_search_options={"filters": filters}))

    assert body["tools"] == [{"type": "web_search", "filters": filters}]


def test_a_search_near_nowhere_is_a_search() -> None:
    options = {"search_context_size": None, "user_location": {"type": "approximate", "approximate": None}}

    body = body_of(translated(model="gpt-4o", tools=None, web_search_options=options))

    assert body["tools"] == [{"type": "web_search", "user_location": {"type": "approximate"}}]


@pytest.mark.parametrize(
    ("options", "place"),
    [
        pytest.param({"user_location": "Berlin"}, "user_location", id="a name"),
        pytest.param(
            {"user_location": {"approximate": "Berlin"}}, "user_location.approximate", id="no place"
        ),
        pytest.param({"search_context_size": 1}, "search_context_size", id="no size"),
    ],
)
def test_a_search_that_makes_no_sense_is_nobodys(options: Json, place: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        translated(model="gpt-4o", tools=None, web_search_options=options)

    assert refused.value.param == "web_search_options"
    assert place in refused.value.message


def test_custom_tools_keep_their_format() -> None:
    grammar = {"type": "grammar", "grammar": {"definition": "start: /a/", "syntax": "lark"}}
    tools = [{"type": "custom", "custom": {"name": "c", "format": grammar}}]

    body = body_of(translated(tools=tools, tool_choice={"type": "custom", "custom": {"name": "c"}}))

    assert body["tools"] == [
        {
            "type": "custom",
            "name": "c",
            "format": {"type": "grammar", "definition": "start: /a/", "syntax": "lark"},
        }
    ]
    assert body["tool_choice"] == {"type": "custom", "name": "c"}


def test_a_custom_tool_without_a_grammar_has_none() -> None:
    tools = [{"type": "custom", "custom": {"name": "c", "format": {"type": "text", "grammar": None}}}]

    assert body_of(translated(tools=tools))["tools"][0]["format"] == {"type": "text"}


def test_a_grammar_that_is_none_is_nobodys() -> None:
    tools = [{"type": "custom", "custom": {"name": "c", "format": {"type": "grammar", "grammar": "a"}}}]

    with pytest.raises(InvalidValue) as refused:
        translated(tools=tools)

    assert refused.value.param == "tools[0].custom.format.grammar"


def test_functions_become_tools_one_at_a_time() -> None:
    declared = {"name": "f", "parameters": SCHEMA}

    body = body_of(translated(tools=None, functions=[declared], function_call={"name": "f"}))

    assert body["tools"] == [{"type": "function", "name": "f", "parameters": SCHEMA, "strict": False}]
    assert (body["tool_choice"], body["parallel_tool_calls"]) == ({"type": "function", "name": "f"}, False)
