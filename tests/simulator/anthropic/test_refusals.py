"""What the simulated Anthropic refuses, in the provider's words."""

import httpx
import pytest

from tests.simulator.anthropic.bodies import (
    CACHED,
    CALL,
    RESULT,
    SONNET,
    TEXT,
    THOUGHT,
    USER,
    Row,
    by,
    form,
    picture,
    refusal,
    tool,
)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"messages": []}, "messages: at least one message is required"),
        ({"messages": [{"role": "tool", "content": "x"}]}, "messages.0.role: Invalid enum value 'tool'"),
        ({"messages": [{"role": "user", "content": ""}]}, "messages.0: user messages must have non-empty"),
        ({"messages": [by("user")]}, "messages.0: user messages must have non-empty content"),
        ({"messages": [by("user", TEXT | {"text": ""})]}, "messages: text content blocks must be non-empty"),
        (
            {"messages": [by("user", TEXT | {"text": " \n"})]},
            "messages: text content blocks must contain non",
        ),
        ({"messages": [by("user", {"type": "video"})]}, "messages.0.content.0: Input tag 'video' found"),
        ({"messages": [by("user", TEXT | {"name": "x"})]}, "messages.0.content.0.name: Extra inputs are not"),
        ({"messages": [by("user", CALL)]}, "messages.0.content.0: `tool_use` blocks can only be in `assis"),
        ({"messages": [USER, by("assistant", TEXT)]}, "This model does not support assistant message pref"),
        (
            {"messages": [USER, by("assistant", CALL), USER]},
            "messages.2: `tool_use` ids were found without `tool_result` blocks immediately after: toolu_1.",
        ),
        (
            {"messages": [USER, by("assistant", CALL), by("user", TEXT, RESULT)]},
            "messages.2: `tool_use` ids were found without `tool_result` blocks immediately after: toolu_1.",
        ),
        (
            {"messages": [by("user", RESULT)]},
            "messages.0.content.0: unexpected `tool_use_id` found in `tool_result` blocks: toolu_1.",
        ),
        (
            {"messages": [USER, by("assistant", CALL), by("user", RESULT, RESULT)]},
            "messages.2.content: each tool_use must have a single result.",
        ),
        (
            {"messages": [USER, by("assistant", CALL, CALL), by("user", RESULT)]},
            "messages.1.content: `tool_use` ids must be unique",
        ),
        (
            {"messages": [USER, by("assistant", CALL | {"id": "a b"}), by("user", RESULT)]},
            "messages.1.content.0.tool_use.id: String should match pattern '^[a-zA-Z0-9_-]+$'",
        ),
        (
            {"messages": [by("user", picture("image/tiff", ""))]},
            "messages.0.content.0.image.source.base64.media_type: Input should be 'image/png'",
        ),
        (
            {"messages": [by("user", picture("image/png", "?"))]},
            "messages.0.content.0.image.source.base64.data: The file is not valid base64",
        ),
        (
            {"messages": [by("user", picture("image/jpeg", "iVBORw0KGgo="))]},
            "messages.0.content.0.image.source.base64: The file does not match the provided media type",
        ),
        (
            {"messages": [USER, by("assistant", THOUGHT), USER]},
            "messages.1.content.0: Invalid `signature` in",
        ),
        ({"messages": [by("user", *[CACHED] * 5)]}, "A maximum of 4 blocks with cache_control may be"),
    ],
)
async def test_refuses_a_conversation(http: httpx.AsyncClient, body: Row, message: str) -> None:
    said = await refusal(http, SONNET, {"tools": [tool()]} | body)

    assert said.startswith(message)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"temperature": 1}, "temperature: Extra inputs are not permitted"),
        ({"n": 1}, "n: Extra inputs are not permitted"),
        ({"max_tokens": None}, "max_tokens: Expected `int`, got `null`"),
        ({"max_tokens": 0}, "max_tokens: Expected `int` >= 1"),
        ({"max_tokens": 128_001}, "max_tokens: 128001 > 128000, which is the maximum allowed number of outp"),
        ({"system": " "}, "system: text content blocks must contain non-whitespace text"),
        ({"stop_sequences": ["\n"]}, "stop_sequences: each stop sequence must contain non-whitespace"),
        ({"metadata": {"user_id": "u" * 257}}, "metadata.user_id: Expected `str` of length <= 256"),
        ({"metadata": {"team": "a"}}, "metadata.team: Extra inputs are not permitted"),
        ({"tool_choice": {"type": "auto"}}, "tool_choice: may only be specified while providing `tools`."),
        (
            {"tools": [tool()], "tool_choice": {"type": "tool", "name": "x"}},
            "tool_choice.name: Tool 'x' not found in provided tools",
        ),
        ({"tools": [tool(), tool()]}, "tools: Tool names must be unique."),
        ({"tools": [tool("a.b")]}, "tools.0.custom.name: String should match pattern"),
        ({"tools": [tool(type="string")]}, "tools.0.custom.input_schema.type: Input should be 'object'"),
        ({"tools": [tool(anyOf=[])]}, "tools.0.custom.input_schema: input_schema does not support oneOf, al"),
        ({"tools": [{"name": "a", "input_schema": {}}]}, "tools.0.custom.input_schema.type: Field required"),
        ({"tools": [{"name": "a"}]}, "tools.0.custom.input_schema: Field required"),
        (
            {"tools": [tool(properties={"a": {"type": "object", "properties": {"$b": {}}}})]},
            "tools.0.custom.input_schema.properties: Property keys should match pattern",
        ),
        (
            {"tools": [tool() | {"strict": True}]},
            "tools.0.custom: For 'object' type, 'additionalProperties' must be explicitly set to false",
        ),
        (form(), "output_config.format.schema: For 'object' type, 'additionalProperties' must be expl"),
        (
            form(additionalProperties=False, properties={"a": {"type": "integer", "minimum": 1}}),
            "output_config.format.schema: For 'integer' type, property 'minimum' is not supported",
        ),
        (
            form(additionalProperties=False, properties={"a": {"type": "array", "minItems": 2}}),
            "output_config.format.schema: For 'array' type, 'minItems' values other than 0 or 1",
        ),
        (
            form(additionalProperties=False, properties={"a": {"type": "string", "format": "phone"}}),
            "output_config.format.schema: For 'string' type, format 'phone' is not supported",
        ),
        (
            form(additionalProperties=False, properties={"a": {"$ref": "#"}}),
            "output_config.format.schema: Circular '$ref' is not supported: #",
        ),
        ({"output_config": {"effort": "xhigh"}}, "This model does not support effort level 'xhigh'."),
        (
            {"thinking": {"type": "enabled", "budget_tokens": 1000}},
            "thinking.enabled.budget_tokens: Input should be greater than or equal to 1024",
        ),
        (
            {"thinking": {"type": "enabled", "budget_tokens": 2000}},
            "`max_tokens` must be greater than `thinking.budget_tokens`.",
        ),
        ({"thinking": {"type": "between_tools"}}, '"thinking.type.between_tools" is not supported for this'),
    ],
)
async def test_refuses_a_setting(http: httpx.AsyncClient, body: Row, message: str) -> None:
    said = await refusal(http, SONNET, body)

    assert said.startswith(message)
