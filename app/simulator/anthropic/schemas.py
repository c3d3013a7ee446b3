"""Anthropic's rules for tools and for the schemas of tools and of structured answers."""

import re
from collections.abc import Iterator

from app.simulator.anthropic.errors import invalid
from app.simulator.anthropic.request import MessageBody, Tool
from app.simulator.api import Json

_TOOL_NAME = re.compile(r"[a-zA-Z0-9_-]{1,128}")
_PROPERTY = re.compile(r"[a-zA-Z0-9_.-]{1,64}")
_CHOICES = ("oneOf", "allOf", "anyOf")
# What a grammar for the answer cannot hold.
_UNSUPPORTED = (
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "minLength",
    "maxLength",
    "pattern",
    "maxItems",
    "uniqueItems",
    "minProperties",
    "maxProperties",
    "patternProperties",
    "propertyNames",
    "oneOf",
    "not",
    "if",
)
_FORMATS = frozenset(
    "date-time time date duration email hostname uri ipv4 ipv6 uuid".split()  # noqa: SIM905 - reads better
)
_STRICT_TOOLS = 20


def check_tools(asked: MessageBody) -> None:
    """Nothing, if the tools can be offered. Raises Refused."""
    names = [tool.name for tool in asked.tools]
    if len(set(names)) < len(names):
        raise invalid("tools: Tool names must be unique.")
    if sum(tool.strict for tool in asked.tools) > _STRICT_TOOLS:
        raise invalid(f"tools: at most {_STRICT_TOOLS} tools can be strict")
    for index, tool in enumerate(asked.tools):
        _check_tool(tool, f"tools.{index}.{tool.type}")


def _check_tool(tool: Tool, where: str) -> None:
    if tool.type != "custom":
        if tool.name != "web_search":
            raise invalid(f"{where}.name: Input should be 'web_search'")
        return
    if tool.input_schema is None:
        raise invalid(f"{where}.input_schema: Field required")
    if not _TOOL_NAME.fullmatch(tool.name):
        raise invalid(f"{where}.name: String should match pattern '^[a-zA-Z0-9_-]{{1,128}}$'")
    if "type" not in tool.input_schema:
        raise invalid(f"{where}.input_schema.type: Field required")
    if tool.input_schema["type"] != "object":
        raise invalid(f"{where}.input_schema.type: Input should be 'object'")
    if any(choice in tool.input_schema for choice in _CHOICES):
        raise invalid(
            f"{where}.input_schema: input_schema does not support oneOf, allOf, or anyOf at the top level"
        )
    for schema in _subschemas(tool.input_schema):
        _check_properties(schema, where)
    if tool.strict:
        check_grammar(tool.input_schema, where)


def _check_properties(schema: Json, where: str) -> None:
    properties = schema.get("properties")
    for key in properties if isinstance(properties, dict) else ():
        if not _PROPERTY.fullmatch(key):
            raise invalid(
                f"{where}.input_schema.properties: Property keys should match pattern "
                f"'^[a-zA-Z0-9_.-]{{1,64}}$', but {key!r} does not"
            )


def check_grammar(schema: Json, where: str) -> None:
    """Nothing, if an answer can be held to the schema. Raises Refused."""
    for part in _subschemas(schema):
        if part.get("type") == "object" and part.get("additionalProperties") is not False:
            raise invalid(
                f"{where}: For 'object' type, 'additionalProperties' must be explicitly set to false"
            )
        for keyword in _UNSUPPORTED:
            if keyword in part:
                kind = part.get("type", "any")
                raise invalid(f"{where}: For '{kind}' type, property '{keyword}' is not supported")
        if part.get("minItems", 0) not in {0, 1}:
            raise invalid(f"{where}: For 'array' type, 'minItems' values other than 0 or 1 are not supported")
        if part.get("type") == "string" and part.get("format", "uri") not in _FORMATS:
            raise invalid(f"{where}: For 'string' type, format '{part['format']}' is not supported")
        if str(part.get("$ref", "#")).partition("#")[0]:
            raise invalid(f"{where}: External '$ref' is not supported")
    _check_recursion(schema, where)


def _check_recursion(schema: Json, where: str) -> None:
    definitions = schema.get("$defs")
    named: dict[str, Json] = {}
    if isinstance(definitions, dict):
        named = {f"#/$defs/{name}": part for name, part in definitions.items()}
    for name, part in {"#": {**schema, "$defs": {}}, **named}.items():
        reached: set[str] = set()
        pending = [part]
        while pending:
            for inner in _subschemas(pending.pop()):
                target = inner.get("$ref")
                if target == name:
                    raise invalid(f"{where}: Circular '$ref' is not supported: {name}")
                if isinstance(target, str) and target in named and target not in reached:
                    reached.add(target)
                    pending.append(named[target])


def _subschemas(schema: Json) -> Iterator[Json]:
    """The schema and every schema inside it."""
    yield schema
    for keyword in ("properties", "$defs", "definitions"):
        named = schema.get(keyword)
        for part in named.values() if isinstance(named, dict) else ():
            yield from _inner(part)
    for keyword in ("items", "additionalProperties"):
        yield from _inner(schema.get(keyword))
    for keyword in ("anyOf", "allOf", "oneOf", "prefixItems"):
        listed = schema.get(keyword)
        for part in listed if isinstance(listed, list) else ():
            yield from _inner(part)


def _inner(part: object) -> Iterator[Json]:
    if isinstance(part, dict):
        yield from _subschemas(part)
