"""A request for a response as the conversation that it stands for."""

from app.simulator import chat as said
from app.simulator.openai.responses.items import (
    CustomToolCall,
    CustomToolCallOutput,
    FunctionCall,
    FunctionCallOutput,
    Given,
    InputImage,
    InputText,
    Item,
    Message,
    OutputText,
)
from app.simulator.openai.responses.request import Asked
from app.simulator.openai.responses.tools import ChosenTool, FunctionTool, Tool, WebSearchTool


def to_chat(asked: Asked) -> said.ChatBody:
    """The conversation; reasoning and searches are no part of what was said."""
    body = asked.body
    messages = [said.Message("system", body.instructions)] if body.instructions else []
    if isinstance(body.input, str):
        messages.append(said.Message("user", body.input))
    messages += [message for item in asked.items if (message := _message(item)) is not None]
    return said.ChatBody(
        model=body.model,
        messages=messages,
        max_completion_tokens=body.max_output_tokens,
        tools=[_tool(tool) for tool in asked.tools],
        tool_choice=_choice(body.tool_choice),
        parallel_tool_calls=body.parallel_tool_calls,
        response_format=_format(asked),
    )


def _message(item: Item) -> said.Message | None:
    match item:
        case Message():
            content = (
                item.content if isinstance(item.content, str) else [_part(part) for part in item.content]
            )
            return said.Message(item.role, content)
        case FunctionCall():
            return said.Message("assistant", item.arguments)
        case CustomToolCall():
            return said.Message("assistant", item.input)
        case FunctionCallOutput() | CustomToolCallOutput():
            return said.Message("tool", item.output if isinstance(item.output, str) else _parts(item.output))
        case _:
            return None


def _parts(given: list[Given]) -> list[said.Part]:
    return [_part(part) for part in given]


def _part(part: object) -> said.Part:
    match part:
        case InputText() | OutputText():
            return said.Part("text", part.text)
        case InputImage():
            return said.Part("image_url")
        case _:
            return said.Part("other")


def _tool(tool: Tool) -> said.Tool:
    if isinstance(tool, WebSearchTool):
        return said.Tool(tool.type)
    if isinstance(tool, FunctionTool):
        return said.Tool("function", said.Function(tool.name, tool.parameters or {}))
    return said.Tool("custom", custom=said.NamedFunction(tool.name))


def _choice(choice: str | ChosenTool | None) -> str | said.NamedTool | None:
    if not isinstance(choice, ChosenTool):
        return choice
    named = [said.NamedTool(said.NamedFunction(name)) for name in choice.names]
    return said.NamedTool(allowed_tools=said.AllowedTools(named))


def _format(asked: Asked) -> said.ResponseFormat:
    wanted = asked.body.text.format
    return said.ResponseFormat(wanted.type, said.JsonSchema(wanted.schema or {}))
