"""Anthropic's requests in the words that the simulated model understands."""

from collections.abc import Iterator

from app.simulator.anthropic.blocks import AnyBlock, Document, Image, Text, ToolResult
from app.simulator.anthropic.models import Model
from app.simulator.anthropic.request import Message, MessageBody, ToolChoice
from app.simulator.chat import (
    ChatBody,
    Function,
    JsonSchema,
    NamedFunction,
    NamedTool,
    Part,
    ResponseFormat,
    Tool,
)
from app.simulator.chat import Message as ChatMessage
from app.simulator.directives import Directives


def to_chat(asked: MessageBody) -> ChatBody:
    """What is asked, in OpenAI's words."""
    wanted = asked.output_config.format
    choice = asked.tool_choice
    system = [ChatMessage("system", block.text) for block in asked.system_blocks]
    return ChatBody(
        model=asked.model,
        messages=[*system, *(said for message in asked.messages for said in _messages(message))],
        max_tokens=asked.max_tokens,
        stop=list(asked.stop_sequences),
        tools=[
            Tool("function", Function(tool.name, tool.input_schema))
            for tool in asked.tools
            if tool.input_schema is not None
        ],
        tool_choice=_tool_choice(choice) if choice is not None else None,
        parallel_tool_calls=choice is None or not choice.disable_parallel_tool_use,
        response_format=ResponseFormat("json_schema", JsonSchema(wanted.schema)) if wanted else None,
    )


def thinks(asked: MessageBody, model: Model, told: Directives) -> bool:
    """Whether the answer begins with reasoning: asked for, or told and not switched off."""
    if asked.tool_choice is not None and asked.tool_choice.type in {"any", "tool"}:
        return False
    if asked.thinking is not None:
        return asked.thinking.type in {"adaptive", "enabled"}
    return told.think or (model.thinks and asked.output_config.effort is not None)


def searches(asked: MessageBody) -> bool:
    """Whether the model may search the web."""
    is_off = asked.tool_choice is not None and asked.tool_choice.type == "none"
    return not is_off and any(tool.type != "custom" for tool in asked.tools)


def _tool_choice(choice: ToolChoice) -> str | NamedTool:
    if choice.type == "tool" and choice.name is not None:
        return NamedTool(NamedFunction(choice.name))
    return "required" if choice.type == "any" else choice.type


def _messages(message: Message) -> Iterator[ChatMessage]:
    """A message of its own for each result of a tool, and one for everything else."""
    others: list[Part] = []
    for block in message.blocks:
        if isinstance(block, ToolResult):
            yield ChatMessage("tool", _result(block))
        elif isinstance(block, Text | Image | Document):
            others.append(_part(block))
    if others:
        yield ChatMessage(message.role, others)


def _part(block: Text | Image | Document) -> Part:
    if isinstance(block, Text):
        return Part("text", block.text)
    return Part("image_url" if isinstance(block, Image) else "file")


def _result(block: ToolResult) -> str:
    if isinstance(block.content, str):
        return block.content
    return " ".join(part.text for part in block.content if isinstance(part, Text))


def says(blocks: list[AnyBlock], text: str) -> bool:
    """Whether `text` is part of what the blocks say."""
    return any(isinstance(block, Text) and text in block.text for block in blocks)
