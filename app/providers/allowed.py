"""The tools that a choice leaves, for providers that take no such choice."""

from app.chat.conversation import Conversation, Tool, ToolChoice
from app.providers.verdicts import Verdicts


def allowed_tools(
    conversation: Conversation, choice: ToolChoice | None, verdicts: Verdicts
) -> tuple[Tool, ...]:
    """Those among which the model may choose: the rest is not declared."""
    if choice is None or not choice.names:
        return conversation.tools
    allowed = tuple(tool for tool in conversation.tools if tool.name in choice.names)
    if len(allowed) < len(set(choice.names)):
        verdicts.refuse_value(conversation.tool_choice_place, "it allows a tool that is not among the tools")
    return allowed
