"""OpenAI's rules for the form of an answer, and for schemas that are kept to strictly."""

import re
from collections.abc import Iterator

from app.simulator.api import Json
from app.simulator.openai.errors import invalid
from app.simulator.openai.responses.items import InputText, Message
from app.simulator.openai.responses.request import Asked, Format
from app.simulator.openai.responses.tools import FunctionTool

_NAME = re.compile(r"[a-zA-Z0-9_-]{1,64}")


def check_formats(asked: Asked) -> None:
    """Nothing, if the answer and the calls can be held to their schemas. Raises Refused."""
    for index, tool in enumerate(asked.tools):
        if isinstance(tool, FunctionTool) and tool.strict and tool.parameters is not None:
            where = f"Invalid schema for function '{tool.name}'"
            _check_strict(tool.parameters, where, f"tools[{index}].parameters", "invalid_function_parameters")
    wanted = asked.body.text.format
    if wanted.type == "json_object" and not _mentions_json(asked):
        raise invalid(
            "Response input messages must contain the word 'json' in some form to use 'text.format' of type "
            "'json_object'.",
            "input",
        )
    if wanted.type == "json_schema":
        _check_schema(wanted)


def _check_schema(wanted: Format) -> None:
    for name, value in (("name", wanted.name), ("schema", wanted.schema)):
        if value is None:
            param = f"text.format.{name}"
            raise invalid(f"Missing required parameter: '{param}'.", param, "missing_required_parameter")
    if not _NAME.fullmatch(wanted.name or ""):
        message = "Invalid 'text.format.name': string does not match pattern '^[a-zA-Z0-9_-]+$'."
        raise invalid(message, "text.format.name", "invalid_value")
    if wanted.strict:
        where = f"Invalid schema for response_format '{wanted.name}'"
        _check_strict(wanted.schema or {}, where, "text.format.schema", "invalid_json_schema")


def _check_strict(schema: Json, where: str, param: str, code: str) -> None:
    if schema.get("type") != "object":
        kind = schema.get("type", "None")
        words = f"{where}: schema must be a JSON Schema of 'type: \"object\"', got 'type: \"{kind}\"'."
        raise invalid(words, param, code)
    for path, part in _objects(schema, ()):
        context = f"{where}: In context={path!r}, "
        if part.get("additionalProperties") is not False:
            words = f"{context}'additionalProperties' is required to be supplied and to be false."
            raise invalid(words, param, code)
        required = part.get("required")
        for name in _mapping(part.get("properties")):
            if not isinstance(required, list) or name not in required:
                words = (
                    f"{context}'required' is required to be supplied and to be an array including every key "
                    f"in properties. Missing '{name}'."
                )
                raise invalid(words, param, code)


def _objects(schema: Json, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Json]]:
    """The schemas of objects inside a schema, each with the way to it."""
    if schema.get("type") == "object" or "properties" in schema:
        yield path, schema
    for keyword in ("properties", "$defs"):
        for name, part in _mapping(schema.get(keyword)).items():
            yield from _objects(_mapping(part), (*path, keyword, name))
    yield from _objects_of(schema.get("items"), (*path, "items"))
    variants = schema.get("anyOf")
    for number, part in enumerate(variants if isinstance(variants, list) else ()):
        yield from _objects_of(part, (*path, "anyOf", str(number)))


def _objects_of(schema: object, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Json]]:
    if isinstance(schema, dict):
        yield from _objects(schema, path)


def _mapping(value: object) -> Json:
    return value if isinstance(value, dict) else {}


def _mentions_json(asked: Asked) -> bool:
    said = [asked.body.input] if isinstance(asked.body.input, str) else []
    for item in asked.items:
        if isinstance(item, Message):
            said += [item.content] if isinstance(item.content, str) else []
            said += [part.text for part in item.parts if isinstance(part, InputText)]
    return any("json" in text.lower() for text in (*said, asked.body.instructions or ""))
