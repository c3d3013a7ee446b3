"""The rules of a chat completion request that types cannot say. Each names the parameter that breaks it."""

from collections.abc import Sequence
from typing import Final

from app.chat.parameters import AllowedTools, ContentPart, Message, Parameters, Tool, ToolCall, ToolChoice
from app.errors import InvalidValue, MissingParameter

_ROLES: Final = frozenset({"developer", "system", "user", "assistant", "tool", "function"})
_SPEAKERS: Final = frozenset({"user", "assistant", "tool"})
_OPENERS: Final = _SPEAKERS | {"system"}
_CHOICES: Final = frozenset({"none", "auto", "required"})
_FUNCTION_CHOICES: Final = frozenset({"none", "auto"})
_ALLOWED_MODES: Final = frozenset({"auto", "required"})
_MODEL_LENGTH: Final = 200


def check_model(model: str | None) -> str:
    """The model's name. Raises MissingParameter or InvalidValue."""
    if model is None:
        raise MissingParameter("Missing required parameter: 'model'.", "model")
    if not model or len(model) > _MODEL_LENGTH:
        raise InvalidValue(f"Invalid 'model': expected a name of 1 to {_MODEL_LENGTH} characters.", "model")
    if not model.isprintable() and any(_is_control(character) for character in model):
        raise InvalidValue("Invalid 'model': a name holds no control characters.", "model")
    return model


def _is_control(character: str) -> bool:
    return character < " " or "\x7f" <= character <= "\x9f"


def check_messages(messages: Sequence[Message] | None) -> int:
    """The number of characters in the conversation. Raises MissingParameter or InvalidValue."""
    if messages is None:
        raise MissingParameter("Missing required parameter: 'messages'.", "messages")
    if not messages:
        raise InvalidValue("Invalid 'messages': expected at least one message.", "messages")
    characters = 0
    for index, message in enumerate(messages):
        content = message.content
        if message.role not in _ROLES:
            param = f"messages[{index}].role"
            raise InvalidValue(f"Invalid '{param}': expected one of {_listed(_ROLES)}.", param)
        if isinstance(content, str):
            characters += len(content)
        elif content is None:
            _check_absent_content(message, f"messages[{index}].content")
        else:
            characters += _check_parts(content, f"messages[{index}].content")
        if message.tool_calls:
            characters += _check_tool_calls(message.tool_calls, f"messages[{index}].tool_calls")
        if message.role == "tool" and message.tool_call_id is None:
            raise _missing(f"messages[{index}].tool_call_id")
    return characters


def are_plain(messages: Sequence[Message]) -> bool:
    """Whether the messages are texts and tool calls alone, with one instruction at most, at their head."""
    speakers = _OPENERS
    for message in messages:
        if (
            message.role not in speakers
            or message.name is not None
            or isinstance(message.content, list)
            or message.function_call is not None
            or message.holds_reasoning
        ):
            return False
        speakers = _SPEAKERS
    return True


def check_combinations(given: Parameters) -> None:
    """Nothing, where the parameters go together. Raises InvalidValue or MissingParameter."""
    if given.stream_options is not None and not given.stream:
        raise InvalidValue(
            "The 'stream_options' parameter is only allowed when 'stream' is true.", "stream_options"
        )
    if (
        given.max_tokens is not None
        and given.max_completion_tokens is not None
        and given.max_tokens != given.max_completion_tokens
    ):
        raise InvalidValue(
            "'max_tokens' and 'max_completion_tokens' are two names of one limit and must not differ.",
            "max_completion_tokens",
        )
    if given.tools:
        _check_tools(given.tools)
    if given.tool_choice is not None:
        _check_tool_choice(given.tool_choice, given.tools or ())
    _check_functions(given)


def _check_absent_content(message: Message, param: str) -> None:
    if message.role == "function":
        return
    if message.role != "assistant":
        raise _missing(param)
    if not (
        message.tool_calls
        or message.function_call
        or message.refusal is not None
        or message.audio is not None
        or message.reasoning_content is not None
        or message.reasoning is not None
    ):
        raise _missing(param)


def _check_parts(parts: Sequence[ContentPart], param: str) -> int:
    characters = 0
    for index, part in enumerate(parts):
        if isinstance(part.text, str):
            characters += len(part.text)
        elif part.type == "text":
            if part.text is None:
                raise _missing(f"{param}[{index}].text")
            raise InvalidValue(
                f"Invalid type for '{param}[{index}].text': expected a string.", f"{param}[{index}].text"
            )
    return characters


def _check_tool_calls(calls: Sequence[ToolCall], param: str) -> int:
    characters = 0
    for index, call in enumerate(calls):
        if call.function is not None:
            characters += len(call.function.name) + len(call.function.arguments)
        elif call.custom is not None:
            characters += len(call.custom.name) + len(call.custom.input)
        elif call.type in {"function", "custom"}:
            raise _missing(f"{param}[{index}].{call.type}")
    return characters


def _check_tools(tools: Sequence[Tool]) -> None:
    for index, tool in enumerate(tools):
        is_declared = (tool.type != "function" or tool.function) and (tool.type != "custom" or tool.custom)
        if not is_declared:
            raise _missing(f"tools[{index}].{tool.type}")


def _check_functions(given: Parameters) -> None:
    if given.functions and given.tools:
        raise InvalidValue(
            "'functions' and 'tools' are two names of one thing and do not go together.", "functions"
        )
    if given.function_call is not None and not given.functions:
        raise InvalidValue("'function_call' is only allowed when 'functions' are specified.", "function_call")
    if isinstance(given.function_call, str) and given.function_call not in _FUNCTION_CHOICES:
        raise InvalidValue(
            f"Invalid 'function_call': expected an object or one of {_listed(_FUNCTION_CHOICES)}.",
            "function_call",
        )


def _check_tool_choice(choice: str | ToolChoice, tools: Sequence[Tool]) -> None:
    if not tools:
        raise InvalidValue("'tool_choice' is only allowed when 'tools' are specified.", "tool_choice")
    if isinstance(choice, str):
        if choice not in _CHOICES:
            raise InvalidValue(
                f"Invalid 'tool_choice': expected an object or one of {_listed(_CHOICES)}.", "tool_choice"
            )
    elif choice.type == "allowed_tools":
        if choice.allowed_tools is None:
            raise _missing("tool_choice.allowed_tools")
        _check_allowed(choice.allowed_tools, tools, "tool_choice.allowed_tools")
    else:
        _check_chosen(choice, tools, "tool_choice")


def _check_allowed(allowed: AllowedTools, tools: Sequence[Tool], param: str) -> None:
    if allowed.mode not in _ALLOWED_MODES:
        raise InvalidValue(
            f"Invalid '{param}.mode': expected one of {_listed(_ALLOWED_MODES)}.", f"{param}.mode"
        )
    if not allowed.tools:
        raise InvalidValue(f"Invalid '{param}.tools': expected at least one tool.", f"{param}.tools")
    for index, chosen in enumerate(allowed.tools):
        _check_chosen(chosen, tools, f"{param}.tools[{index}]")


def _check_chosen(choice: ToolChoice, tools: Sequence[Tool], param: str) -> None:
    if choice.type not in {"function", "custom"}:
        return
    chosen = choice.function if choice.type == "function" else choice.custom
    if chosen is None:
        raise _missing(f"{param}.{choice.type}")
    declared = (tool.function if choice.type == "function" else tool.custom for tool in tools)
    if not any(tool is not None and tool.name == chosen.name for tool in declared):
        raise InvalidValue(
            "Invalid 'tool_choice': the chosen tool is not among 'tools'.", f"{param}.{choice.type}.name"
        )


def _missing(param: str) -> MissingParameter:
    return MissingParameter(f"Missing required parameter: '{param}'.", param)


def _listed(names: frozenset[str]) -> str:
    return ", ".join(f"'{name}'" for name in sorted(names))
