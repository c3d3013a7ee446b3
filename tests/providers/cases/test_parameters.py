"""Parameters on their way to a provider: sent, left out and reported, or refused by name."""

import json

import pytest

from app.errors import InvalidValue
from app.providers.verdicts import CannotServe
from tests.providers.cases.native import TOOLS
from tests.providers.exchanging import HI, SCHEMA, Party, Row, function
from tests.providers.parties import anthropic, custom, google, mistral, openai

LOOK_UP = {"name": "look_up", "input_schema": {"type": "object", "properties": {}}}
FORMAT: Row = {"type": "json_schema", "json_schema": {"name": "n", "schema": SCHEMA, "strict": True}}
CLOSED = {**SCHEMA, "additionalProperties": False}
REQUIRED: Row = {"tools": TOOLS, "tool_choice": "required"}
CLAUDE: Row = {
    "model": "claude-opus-5-5",
    "messages": [{"role": "user", "content": [{"type": "text", "text": "Hi"}]}],
    "max_tokens": 128_000,
}
GEMINI: Row = {
    "contents": [{"role": "user", "parts": [{"text": "Hi"}]}],
    "generationConfig": {"thinkingConfig": {"includeThoughts": True}},
}
NESTED: Row = {
    "type": "object",
    "properties": {
        "place": {"$ref": "#/$defs/place"},
        "when": {"type": "array", "items": {"type": "object", "properties": {"day": {"enum": [1, 2]}}}},
    },
    "required": ["place"],
    "additionalProperties": False,
    "$defs": {
        "place": {"type": "object", "properties": {"city": {"type": "string"}}, "additionalProperties": False}
    },
}

SENT = [
    pytest.param(
        mistral(),
        {
            "stream": True,
            "stream_options": {"include_usage": True},
            "max_completion_tokens": 100,
            "store": False,
            "user": "ada",
            "messages": [{**HI, "name": "ada"}],
        },
        {"model": "mistral-large-4", "messages": [HI], "stream": True, "max_tokens": 100},
        id="mistral body has none of the fields that it refuses, and the limit in its own name",
    ),
    pytest.param(
        mistral(),
        {"presence_penalty": 0.5},
        {"model": "mistral-large-4", "messages": [HI], "presence_penalty": 0.5},
        id="mistral presence penalty",
    ),
    pytest.param(
        openai("gpt-5.6"),
        {"reasoning_effort": "max"},
        {"model": "gpt-5.6", "messages": [HI], "reasoning_effort": "max"},
        id="openai highest effort where the model has it",
    ),
    pytest.param(
        openai("gpt-5.6"),
        {"max_tokens": 100},
        {"model": "gpt-5.6", "messages": [HI], "max_completion_tokens": 100},
        id="openai limit in its newer name",
    ),
    pytest.param(
        anthropic("claude-sonnet-5"),
        {"temperature": 1},
        {**CLAUDE, "model": "claude-sonnet-5"},
        id="anthropic default temperature is no wish",
    ),
    pytest.param(
        anthropic(),
        {},
        CLAUDE,
        id="anthropic limit is the model's own where the client has none",
    ),
    pytest.param(
        anthropic(),
        {"frequency_penalty": 0, "presence_penalty": 0.0},
        CLAUDE,
        id="anthropic penalty of nought is no wish",
    ),
    pytest.param(
        google("gemini-2.5-flash"),
        {"frequency_penalty": 0},
        GEMINI,
        id="google penalty of nought is no wish",
    ),
    pytest.param(
        anthropic(),
        {"response_format": FORMAT},
        {
            **CLAUDE,
            "output_config": {"format": {"type": "json_schema", "schema": CLOSED}},
        },
        id="anthropic schema of the answer",
    ),
    pytest.param(
        anthropic(),
        {"response_format": FORMAT, "tools": [TOOLS[0]]},
        {
            **CLAUDE,
            "output_config": {"format": {"type": "json_schema", "schema": CLOSED}},
            "tools": [LOOK_UP],
        },
        id="anthropic schema of the answer beside tools, and no tool of the gateway's own",
    ),
    pytest.param(
        google(),
        {"tools": [function(parameters=NESTED)]},
        {
            **GEMINI,
            "toolConfig": {"functionCallingConfig": {"mode": "AUTO"}},
            "tools": [{"functionDeclarations": [{"name": "look_up", "parametersJsonSchema": NESTED}]}],
        },
        id="google schema of a tool goes on as it is",
    ),
]


@pytest.mark.parametrize("is_strict", [False, True], ids=["", "strict"])
@pytest.mark.parametrize(("asked", "fields", "body"), SENT)
def test_what_can_be_had_is_sent_and_nothing_else(
    asked: Party, fields: Row, body: Row, is_strict: bool
) -> None:
    sent = asked.sent(is_strict=is_strict, **fields)

    assert sent == body


LEFT_OUT = [
    pytest.param(anthropic("claude-sonnet-5"), "temperature", 0, "parameter", id="anthropic temperature"),
    pytest.param(
        anthropic("claude-haiku-4-5"), "temperature", 1.5, "value", id="anthropic temperature out of range"
    ),
    pytest.param(anthropic(), "frequency_penalty", 0.4, "parameter", id="anthropic frequency penalty"),
    pytest.param(anthropic(), "presence_penalty", 0.4, "parameter", id="anthropic presence penalty"),
    pytest.param(
        google("gemini-2.5-flash"), "frequency_penalty", 0.4, "parameter", id="google frequency penalty"
    ),
    pytest.param(
        google("gemini-2.5-flash"), "presence_penalty", 0.4, "parameter", id="google presence penalty"
    ),
]


@pytest.mark.parametrize(("asked", "param", "value", "kind"), LEFT_OUT)
def test_tuning_that_cannot_be_had_is_left_out_and_reported_and_refused_where_strict(
    asked: Party, param: str, value: float, kind: str
) -> None:
    given: Row = {param: value}

    assert asked.sent(**given) == asked.sent()
    assert asked.notes(**given) == (f"{param}=left_out",)
    assert asked.objections(is_strict=True, **given) == {param: f"unsupported_{kind}"}


REFUSED = [
    pytest.param(
        openai("gpt-6-astra"),
        {"tools": TOOLS, "reasoning_effort": "none"},
        {"reasoning_effort": "unsupported_value"},
        id="openai no reasoning from a model that always reasons",
    ),
    pytest.param(
        openai("gpt-5.6"),
        {"reasoning_effort": "minimal"},
        {"reasoning_effort": "unsupported_value"},
        id="openai effort that the model lacks",
    ),
    pytest.param(
        anthropic(),
        REQUIRED,
        {"tool_choice": "unsupported_value"},
        id="anthropic demanded call from a model that cannot be made to call",
    ),
    pytest.param(
        anthropic(),
        {"reasoning_effort": "none"},
        {"reasoning_effort": "unsupported_value"},
        id="anthropic no reasoning from a model that always reasons",
    ),
    pytest.param(
        google("gemini-2.5-flash"),
        {"response_format": FORMAT, "tools": TOOLS},
        {"response_format": "unsupported_parameter"},
        id="google schema of the answer beside tools before the third generation",
    ),
    pytest.param(
        anthropic(),
        {"tools": [function(parameters={"type": "object", "anyOf": [SCHEMA]})]},
        {"tools[0].function.parameters": "unsupported_value"},
        id="anthropic alternatives at a schema's root",
    ),
    pytest.param(
        anthropic(),
        {"tools": [function(parameters={"type": "object", "properties": {"a b": {}}})]},
        {"tools[0].function.parameters": "unsupported_value"},
        id="anthropic property with a space in its name",
    ),
    pytest.param(
        anthropic(),
        {"tools": [function(parameters={"type": "object", "properties": {"$a": {}}})]},
        {"tools[0].function.parameters": "unsupported_value"},
        id="anthropic property with a dollar sign in its name",
    ),
]


@pytest.mark.parametrize("is_strict", [False, True], ids=["", "strict"])
@pytest.mark.parametrize(("asked", "fields", "objections"), REFUSED)
def test_what_is_meant_and_cannot_be_had_is_refused_by_name(
    asked: Party, fields: Row, objections: Row, is_strict: bool
) -> None:
    assert asked.objections(is_strict=is_strict, **fields) == objections


@pytest.mark.parametrize("key", ["a b", "$a"])
def test_a_property_that_cannot_be_had_is_named(key: str) -> None:
    asked = anthropic()
    chat = asked.chat(tools=[function(parameters={"type": "object", "properties": {key: {}}})])

    with pytest.raises(CannotServe, match=key.replace("$", r"\$")):
        asked.exchange(chat)


def test_tools_of_a_model_that_reasons_unasked_go_by_the_other_route_with_its_defaults_undone() -> None:
    asked = openai("gpt-5.5")

    exchange = asked.exchange(asked.chat(tools=[function(parameters=SCHEMA)]))

    assert exchange.request.url == "https://api.openai.com/v1/responses"
    assert json.loads(exchange.request.body) == {
        "model": "gpt-5.5",
        "input": [HI],
        "store": False,
        "include": ["reasoning.encrypted_content"],
        "tools": [{"type": "function", "name": "look_up", "parameters": SCHEMA, "strict": False}],
    }


def test_the_limit_has_its_name_on_the_other_route() -> None:
    sent = openai("gpt-5.6").sent(tools=TOOLS, max_tokens=100)

    assert (sent["max_output_tokens"], "max_tokens" in sent) == (100, False)


def test_a_tools_name_with_a_dot_is_refused_as_openai_refuses_it() -> None:
    with pytest.raises(InvalidValue) as refused:
        anthropic().sent(tools=[function("look.up")])

    assert refused.value.param == "tools[0].function.name"


@pytest.mark.parametrize("options", [None, {"openai": None, "anthropic": None, "custom": None}], ids=str)
@pytest.mark.parametrize(
    "asked",
    [openai("gpt-4.1"), openai("gpt-5-pro"), anthropic(), custom("unknown"), custom("vllm")],
    ids=["openai", "responses", "anthropic", "custom", "vllm"],
)
def test_options_that_are_null_ask_for_nothing(asked: Party, options: Row | None) -> None:
    assert asked.sent(provider_options=options) == asked.sent()
