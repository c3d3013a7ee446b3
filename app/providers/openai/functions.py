"""`functions` and `function_call`, as they were before there were tools, in the words of tools."""

from typing import Final

import msgspec

from app.chat.reading import read_conversation
from app.chat.request import NULL, ChatRequest, Fields
from app.providers.facts.compatible import Profile
from app.providers.openai.draft import Draft
from app.providers.openai.messages import edit_messages, has_calls, without
from app.providers.openai.parameters import refuse
from app.providers.verdicts import Verdicts

_RAWS: Final = msgspec.json.Decoder(list[msgspec.Raw])
_MESSAGES: Final = msgspec.json.Decoder(list[Fields])
_FUNCTION: Final = msgspec.Raw(b'"function"')
_FALSE: Final = msgspec.Raw(b"false")


def functions_as_tools(chat: ChatRequest, draft: Draft, profile: Profile, verdicts: Verdicts) -> bool:
    """Whether the client speaks of functions; then the draft speaks of tools, one call at a time.

    Calls of functions in the conversation so far become calls of tools, whatever is declared now.
    """
    if not chat.has_plain_messages:
        _translate_history(chat, draft)
    functions = draft.read("functions", _RAWS)
    if functions and not profile.has_single_calls:
        reason = f"{profile.name} cannot be held to one call at a time"
        refuse(draft, verdicts, ("functions", "function_call"), reason)
        return False
    draft.remove("functions")
    if not functions:
        return False
    draft.write("tools", [{"type": _FUNCTION, "function": function} for function in functions])
    choice = draft.get("function_call")
    draft.remove("function_call")
    if choice is not None:
        is_named = bytes(choice).startswith(b"{")
        draft.write("tool_choice", {"type": _FUNCTION, "function": choice} if is_named else choice)
    draft.set("parallel_tool_calls", _FALSE)
    return True


def _translate_history(chat: ChatRequest, draft: Draft) -> None:
    messages = draft.read("messages", _MESSAGES) or []
    if not any(_calls_function(message) or message.get("role") == _FUNCTION for message in messages):
        return
    # The conversation has an id for each call, made up the same way every time.
    read = read_conversation(chat).messages

    def edit(message: Fields, index: int) -> Fields:
        if _calls_function(message):
            calls = _RAWS.decode(message["tool_calls"]) if has_calls(message) else []
            made = message["function_call"]
            call = {"id": read[index].tool_calls[-1].id, "type": _FUNCTION, "function": made}
            kept = without(message, frozenset({"function_call"}))
            return {**kept, "tool_calls": msgspec.Raw(msgspec.json.encode([*calls, call]))}
        if message.get("role") == _FUNCTION:
            kept = without(message, frozenset({"name"}))
            call_id = msgspec.Raw(msgspec.json.encode(read[index].tool_call_id))
            return {**kept, "role": msgspec.Raw(b'"tool"'), "tool_call_id": call_id}
        return message

    edit_messages(draft, edit)


def _calls_function(message: Fields) -> bool:
    return message.get("function_call", NULL) != NULL
