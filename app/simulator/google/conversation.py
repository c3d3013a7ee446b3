"""Google's requests in the words that the simulated model understands."""

import json
from collections.abc import Iterator

import msgspec

from app.simulator.api import Json
from app.simulator.chat import (
    ChatBody,
    Function,
    JsonSchema,
    Message,
    Part,
    ResponseFormat,
    Tool,
)
from app.simulator.directives import Directives
from app.simulator.google.models import Model
from app.simulator.google.request import Content, ContentBody, Declaration, FunctionResponse, Schema
from app.simulator.google.request import Part as ContentPart


def to_chat(asked: ContentBody, model: Model) -> ChatBody:
    """What is asked, in OpenAI's words."""
    config = asked.config
    calling = asked.calling
    allowed = calling.allowed_function_names
    instructions = asked.system_instruction.parts if asked.system_instruction is not None else []
    return ChatBody(
        model=model.id,
        messages=[
            *(Message("system", part.text or "") for part in instructions),
            *(said for content in asked.contents for said in _messages(content)),
        ],
        n=config.candidate_count,
        max_tokens=config.max_output_tokens,
        stop=config.stop_sequences,
        tools=[_tool(function) for function in asked.declarations if not allowed or function.name in allowed],
        tool_choice="none" if calling.mode == "NONE" else None,
        response_format=_response_format(asked),
    )


def thinks(asked: ContentBody, told: Directives) -> bool:
    """Whether the answer begins with reasoning: asked for, or told and not switched off."""
    thinking = asked.thinking
    if thinking.thinking_budget is not None:
        return thinking.thinking_budget != 0
    return bool(told.think or thinking.thinking_level or thinking.include_thoughts)


def _messages(content: Content) -> Iterator[Message]:
    """A message of its own for each result of a function, and one for everything else."""
    for response in content.responses:
        yield Message("tool", _result(response))
    parts = [_part(part) for part in content.parts if part.function_response is None and not part.thought]
    if parts:
        yield Message("assistant" if content.role == "model" else "user", parts)


def _part(part: ContentPart) -> Part:
    if part.text is not None:
        return Part("text", part.text)
    file = part.inline_data or part.file_data
    is_image = file is not None and (file.mime_type or "").startswith("image/")
    return Part("image_url" if is_image else "file")


def _result(response: FunctionResponse) -> str:
    said = response.response.get("output", response.response.get("result"))
    return said if isinstance(said, str) else json.dumps(response.response, ensure_ascii=False)


def _tool(function: Declaration) -> Tool:
    schema = function.parameters_json_schema
    if schema is None:
        schema = _json_schema(function.parameters) if function.parameters is not None else {}
    return Tool("function", Function(function.name, schema))


def _response_format(asked: ContentBody) -> ResponseFormat | None:
    config = asked.config
    if config.response_json_schema is not None:
        return ResponseFormat("json_schema", JsonSchema(config.response_json_schema))
    if config.response_schema is not None:
        return ResponseFormat("json_schema", JsonSchema(_json_schema(config.response_schema)))
    return ResponseFormat("json_object") if config.response_mime_type == "application/json" else None


def _json_schema(schema: Schema) -> Json:
    """The provider's own kind of schema as JSON Schema."""
    said = msgspec.to_builtins(schema)
    written = {name: value for name, value in said.items() if value is not None}
    if schema.type is not None:
        written["type"] = schema.type.lower()
    if schema.properties is not None:
        written["properties"] = {name: _json_schema(part) for name, part in schema.properties.items()}
    if schema.items is not None:
        written["items"] = _json_schema(schema.items)
    if schema.any_of is not None:
        written["anyOf"] = [_json_schema(part) for part in schema.any_of]
    return written
