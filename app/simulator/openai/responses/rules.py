"""What OpenAI refuses on the Responses route although its shape is right, in the words that users report."""

import re
from collections.abc import Iterator

from app.simulator.api import Refused
from app.simulator.openai.errors import invalid, refused
from app.simulator.openai.models import Model
from app.simulator.openai.responses.items import (
    Call,
    CustomToolCall,
    CustomToolCallOutput,
    FunctionCall,
    FunctionCallOutput,
    Item,
    Message,
    Output,
    OutputText,
    RefusalPart,
)
from app.simulator.openai.responses.request import Asked, ResponseBody
from app.simulator.openai.responses.schemas import check_formats
from app.simulator.openai.responses.tools import ChosenTool, WebSearchTool

_NAME = re.compile(r"[a-zA-Z0-9_-]+")
_LONGEST_ID = 64
# What the ids of items that have been given out begin with.
_PREFIXES = {
    "message": "msg",
    "function_call": "fc",
    "custom_tool_call": "ctc",
    "reasoning": "rs",
    "web_search_call": "ws",
}


def check(asked: Asked, model: Model) -> None:
    """Nothing, if the model can answer the request. Raises Refused for the first thing that is wrong."""
    for problem in _problems(asked, model):
        raise problem
    check_formats(asked)


def _problems(asked: Asked, model: Model) -> Iterator[Refused]:
    yield from _stored(asked.body)
    yield from _abilities(asked.body, model)
    yield from _tools(asked)
    for index, item in enumerate(asked.items):
        yield from _ids(item, f"input[{index}]")
        if isinstance(item, Message):
            yield from _parts(item, f"input[{index}]")
    yield from _calls(asked.items)


def _stored(body: ResponseBody) -> Iterator[Refused]:
    """What only a provider with a store can go on from."""
    if body.previous_response_id is not None:
        message = f"Previous response with id '{body.previous_response_id}' not found."
        yield invalid(message, "previous_response_id", "previous_response_not_found")
    if body.conversation is not None:
        yield refused(404, None, "Conversation not found.", "conversation")
    if body.prompt is not None:
        yield refused(404, None, "Prompt not found.", "prompt")
    if body.background:
        yield invalid("Background mode is not available to this organization.", "background")


def _abilities(body: ResponseBody, model: Model) -> Iterator[Refused]:
    if "reasoning.encrypted_content" in body.included and not model.efforts:
        yield invalid("Encrypted content is not supported with this model.", "include")
    if body.effort is not None and not model.efforts:
        yield _unsupported("reasoning.effort")
    elif body.effort is not None and body.effort not in model.efforts:
        levels = ", ".join(f"'{level}'" for level in model.efforts)
        yield invalid(
            f"Unsupported value: '{body.effort}' is not supported with the '{model.id}' model. Supported "
            f"values are: {levels}.",
            "reasoning.effort",
            "unsupported_value",
        )
    if model.reasons(body.effort):
        for name in ("temperature", "top_p", "top_logprobs"):
            if getattr(body, name) is not None:
                yield _unsupported(name)


def _unsupported(name: str) -> Refused:
    message = f"Unsupported parameter: '{name}' is not supported with this model."
    return invalid(message, name, "unsupported_parameter")


def _tools(asked: Asked) -> Iterator[Refused]:
    for index, tool in enumerate(asked.tools):
        if not isinstance(tool, WebSearchTool) and not _NAME.fullmatch(tool.name):
            message = (
                f"Invalid 'tools[{index}].name': string does not match pattern. Expected a string that "
                "matches the pattern '^[a-zA-Z0-9_-]+$'."
            )
            yield invalid(message, f"tools[{index}].name", "invalid_value")
    choice = asked.body.tool_choice
    if choice == "required" and not asked.tools:
        message = "Tool choice 'required' must be specified with 'tools' parameter."
        yield invalid(message, "tool_choice", "missing_required_parameter")
    names = {tool.name for tool in asked.tools if not isinstance(tool, WebSearchTool)}
    for name in choice.names if isinstance(choice, ChosenTool) else ():
        if name not in names:
            yield invalid(f"Tool choice '{name}' not found in 'tools' parameter.", "tool_choice")


def _ids(item: Item, place: str) -> Iterator[Refused]:
    given = {"id": item.id} | ({"call_id": item.call_id} if isinstance(item, Call | Output) else {})
    for name, value in given.items():
        if value is not None and len(value) > _LONGEST_ID:
            message = (
                f"Invalid '{place}.{name}': string too long. Expected a string with maximum length "
                f"{_LONGEST_ID}, but got a string with length {len(value)} instead."
            )
            yield invalid(message, f"{place}.{name}", "string_above_max_length")
    prefix = _PREFIXES.get(item.type)
    if item.id is not None and prefix is not None and not item.id.startswith(prefix):
        message = f"Invalid '{place}.id': '{item.id}'. Expected an ID that begins with '{prefix}'."
        yield invalid(message, f"{place}.id", "invalid_value")


def _parts(message: Message, place: str) -> Iterator[Refused]:
    """The model's words go by other names than those of everybody else."""
    is_own = message.role == "assistant"
    wanted = "'output_text' and 'refusal'" if is_own else "'input_text', 'input_image' and 'input_file'"
    for index, part in enumerate(message.parts):
        if isinstance(part, OutputText | RefusalPart) is not is_own:
            kind = part.__struct_config__.tag
            words = f"Invalid value: '{kind}'. Supported values are: {wanted}."
            yield invalid(words, f"{place}.content[{index}]", "invalid_value")


def _calls(items: tuple[Item, ...]) -> Iterator[Refused]:
    """Calls and outputs go in pairs, the call first."""
    for calls, outputs, kind in (
        (FunctionCall, FunctionCallOutput, "function call"),
        (CustomToolCall, CustomToolCallOutput, "custom tool call"),
    ):
        waiting: dict[str, None] = {}
        for item in items:
            if isinstance(item, calls):
                waiting[item.call_id] = None
            elif isinstance(item, outputs):
                if item.call_id not in waiting:
                    words = f"No tool call found for {kind} output with call_id {item.call_id}."
                    yield invalid(words, "input")
                waiting.pop(item.call_id, None)
        for call_id in waiting:
            yield invalid(f"No tool output found for {kind} {call_id}.", "input")
