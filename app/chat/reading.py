"""From a chat request to a conversation."""

import base64
import hashlib
from collections.abc import Mapping, Sequence
from typing import Final

import msgspec
from msgspec.structs import replace

from app.chat.conversation import AnswerSchema, Conversation, Tool, ToolChoice
from app.chat.messages import (
    Audio,
    File,
    Image,
    Message,
    Part,
    ReasoningDetail,
    Refusal,
    Role,
    Text,
    ToolCall,
    UnknownPart,
)
from app.chat.pairing import OpenCalls
from app.chat.parameters import Parameters
from app.chat.request import ChatRequest
from app.chat.shapes import (
    GivenAllowed,
    GivenCalled,
    GivenChoice,
    GivenDeclared,
    GivenFile,
    GivenMessage,
    GivenNamed,
    GivenPart,
    GivenSound,
    GivenTool,
    GivenUrl,
    GivenWhole,
)

PARAMETER_NAMES: Final = frozenset(Parameters.__struct_fields__)
_WHOLE: Final = msgspec.json.Decoder(GivenWhole)
_GIVEN: Final = msgspec.json.Decoder(Parameters)
_ROLES: Final[Mapping[str, Role]] = {
    "system": "system",
    "developer": "system",
    "user": "user",
    "assistant": "assistant",
    "tool": "tool",
    "function": "tool",
}
_DETAILS: Final = msgspec.json.Decoder(list[msgspec.Raw])
_DETAIL: Final = msgspec.json.Decoder(ReasoningDetail)


def read_conversation(chat: ChatRequest) -> Conversation:
    """The conversation that `chat` holds; every call in it has its result, directly after it.

    Raises InvalidValue where a part makes no sense.
    """
    whole = chat.read(_WHOLE)
    given = chat.read(_GIVEN)
    tools, has_functions = _tools(whole)
    stop = () if whole.stop is None else whole.stop
    return Conversation(
        messages=_messages(whole.messages),
        tools=tools,
        tool_choice=_tool_choice(whole, has_functions=has_functions) if tools else None,
        given=given,
        named=tuple([name for name in chat.fields if name in PARAMETER_NAMES]),
        extensions={
            name: value
            for name, value in chat.fields.items()
            if name not in PARAMETER_NAMES and bytes(value) != b"null"
        },
        schema=_schema(whole),
        stop=(stop,) if isinstance(stop, str) else tuple(stop),
        has_functions=has_functions,
        tool_choice_place="function_call" if has_functions else "tool_choice",
    )


def _schema(whole: GivenWhole) -> AnswerSchema | None:
    given = whole.response_format.json_schema if whole.response_format else None
    if given is None:
        return None
    return AnswerSchema(given.name, given.description, _present(given.schema), given.strict)


def _messages(given: Sequence[GivenMessage]) -> tuple[Message, ...]:
    messages: list[Message] = []
    called: dict[str, str] = {}
    open_calls = OpenCalls()
    for index, message in enumerate(given):
        place = f"messages[{index}]"
        tool_calls = _tool_calls(message, place, index)
        if message.function_call is not None:
            called[message.function_call.name] = tool_calls[-1].id
        tool_call_id, param = message.tool_call_id or "", f"{place}.tool_call_id"
        if message.role == "function":
            tool_call_id, param = called.get(message.name or "", ""), f"{place}.name"
        if _ROLES[message.role] == "tool":
            open_calls.close(tool_call_id, param)
        else:
            open_calls.open(tool_calls)
        messages.append(
            Message(
                role=_ROLES[message.role],
                place=place,
                parts=_parts(message, place),
                name=message.name,
                tool_call_id=tool_call_id,
                tool_calls=tool_calls,
                reasoning=message.reasoning_content or _as_text(message.reasoning),
                details=_details(message.reasoning_details),
                is_prefix=message.prefix is True,
            )
        )
    open_calls.check()
    return tuple(messages)


def _parts(message: GivenMessage, place: str) -> tuple[Part, ...]:
    content = message.content
    cache = _present(message.cache_control)
    parts: list[Part] = []
    if isinstance(content, str):
        parts.append(Text(content, f"{place}.content", cache))
    elif content is not None:
        parts += [_part(part, f"{place}.content[{index}]") for index, part in enumerate(content)]
        parts = _marked(parts, cache)
    if message.refusal:
        parts.append(Refusal(message.refusal, f"{place}.refusal"))
    if _present(message.audio) is not None:
        parts.append(UnknownPart("audio", f"{place}.audio"))
    return tuple(parts)


def _marked(parts: list[Part], cache: msgspec.Raw | None) -> list[Part]:
    """The parts with the mark of their message, which is that of the last one unless it has its own."""
    if cache is None or not parts:
        return parts
    last = parts[-1]
    if isinstance(last, Text | Image | File) and last.cache is None:
        last = replace(last, cache=cache)
    return [*parts[:-1], last]


def _part(part: GivenPart, place: str) -> Part:
    cache = _present(part.cache_control) or _present(part.prompt_cache_breakpoint)
    match part:
        case GivenPart(type="text", text=str(text)):
            return Text(text, place, cache)
        case GivenPart(type="refusal", refusal=str(text)):
            return Refusal(text, place)
        case GivenPart(type="image_url", image_url=str(url)):
            return Image(url, place, None, cache)
        case GivenPart(type="image_url", image_url=GivenUrl() as image):
            return Image(image.url, place, image.detail, cache)
        case GivenPart(type="input_audio", input_audio=GivenSound() as sound):
            return Audio(sound.data, sound.format, place)
        case GivenPart(type="file", file=GivenFile() as file):
            return File(place, file.file_data, file.filename, file.file_id, cache)
        case _:
            return UnknownPart(part.type, place)


def _tool_calls(message: GivenMessage, place: str, index: int) -> tuple[ToolCall, ...]:
    calls = []
    for number, call in enumerate(message.tool_calls or ()):
        called = call.function or call.custom or GivenCalled(name="")
        google = call.extra_content.google if call.extra_content else None
        calls.append(
            ToolCall(
                id=call.id,
                name=called.name,
                arguments=called.arguments if call.function else called.input,
                place=f"{place}.tool_calls[{number}]",
                is_custom=call.function is None,
                signature=google.thought_signature if google else None,
            )
        )
    if message.function_call is not None:
        made = message.function_call
        calls.append(
            ToolCall(_made_up_id(index, made.name), made.name, made.arguments, f"{place}.function_call")
        )
    return tuple(calls)


def _made_up_id(index: int, name: str) -> str:
    """An id for a call of the days when calls had none; the same for the same conversation."""
    digest = hashlib.sha256(f"{index}:{name}".encode()).digest()
    return "call_" + base64.b32encode(digest).decode()[:24]


def _as_text(reasoning: object) -> str | None:
    return reasoning if isinstance(reasoning, str) else None


def _present(raw: msgspec.Raw) -> msgspec.Raw | None:
    """The value; None where it is absent or null."""
    return None if bytes(raw) in {b"", b"null"} else raw


def _details(raw: msgspec.Raw) -> tuple[ReasoningDetail, ...]:
    """The details that are ours; those of other gateways are foreign state and stay out."""
    if _present(raw) is None:
        return ()
    try:
        entries = _DETAILS.decode(raw)
    except msgspec.DecodeError:
        return ()
    return tuple([detail for entry in entries if (detail := _detail(entry)) is not None])


def _detail(raw: msgspec.Raw) -> ReasoningDetail | None:
    try:
        return _DETAIL.decode(raw)
    except msgspec.DecodeError:
        return None


def _tools(whole: GivenWhole) -> tuple[tuple[Tool, ...], bool]:
    if whole.tools:
        return tuple(_tool(tool, f"tools[{index}]") for index, tool in enumerate(whole.tools)), False
    functions = whole.functions or ()
    declared = (
        _declared("function", function, f"functions[{index}]") for index, function in enumerate(functions)
    )
    return tuple(declared), bool(functions)


def _tool(tool: GivenTool, place: str) -> Tool:
    declared = tool.function or tool.custom
    if declared is None or tool.type not in {"function", "custom"}:
        return Tool(tool.type, "", place)
    return _declared(tool.type, declared, f"{place}.{tool.type}", _present(tool.cache_control))


def _declared(kind: str, declared: GivenDeclared, place: str, cache: msgspec.Raw | None = None) -> Tool:
    return Tool(
        kind=kind,
        name=declared.name,
        place=place,
        description=declared.description,
        parameters=_present(declared.parameters),
        is_strict=declared.strict is True,
        has_grammar=declared.format is not None and declared.format.type != "text",
        cache=cache or _present(declared.cache_control),
    )


def _tool_choice(whole: GivenWhole, *, has_functions: bool) -> ToolChoice | None:
    choice: str | GivenNamed | GivenChoice | None = (
        whole.function_call if has_functions else whole.tool_choice
    )
    match choice:
        case None:
            return None
        case str():
            return ToolChoice("none" if choice == "none" else "required" if choice == "required" else "auto")
        case GivenNamed(name=name):
            return ToolChoice("required", (name,), is_single=True)
        case GivenChoice(allowed_tools=GivenAllowed() as allowed):
            return ToolChoice(allowed.mode, tuple(_name_of(tool) for tool in allowed.tools))
        case _:
            return ToolChoice("required", (_name_of(choice),), is_single=True)


def _name_of(choice: GivenChoice) -> str:
    named = choice.function or choice.custom
    return named.name if named else ""
