"""What a choice of tools leaves, for providers that have no such choice or not every kind of it."""

from app.chat.conversation import Conversation, Tool, ToolChoice
from app.providers.verdicts import Verdicts


def check_choice(conversation: Conversation, verdicts: Verdicts) -> None:
    """Refuses a choice of what is no tool here: only of OpenAI's own kinds it is known what they mean."""
    choice = conversation.tool_choice
    if choice is not None and not {tool.name for tool in conversation.tools}.issuperset(choice.names):
        verdicts.refuse_value(conversation.tool_choice_place, "it chooses what is not among the tools")


def leave_out_marks(conversation: Conversation, verdicts: Verdicts) -> None:
    """Reports the marks for the prompt cache on tools, for providers that have no place for them."""
    for tool in conversation.tools:
        if tool.cache is not None:
            verdicts.note(f"{tool.place}.cache_control")


def allowed_tools(conversation: Conversation, choice: ToolChoice | None) -> tuple[Tool, ...]:
    """Those among which the model may choose: the rest is not declared."""
    if choice is None or not choice.names:
        return conversation.tools
    return tuple(tool for tool in conversation.tools if tool.name in choice.names)
