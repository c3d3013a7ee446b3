"""A request for a chat completion: read as far as it is heeded, refused where its model cannot take it."""

import msgspec

from app.simulator.chat import ChatBody
from app.simulator.openai.errors import invalid, refused
from app.simulator.openai.models import known


def read_chat(body: bytes) -> ChatBody:
    """The request. Raises Refused."""
    try:
        chat = msgspec.json.decode(body, type=ChatBody)
    except msgspec.ValidationError as problem:
        message, _, path = str(problem).partition(" - at `$.")
        raise invalid(message, path.rstrip("`") or None, "invalid_value") from problem
    except (msgspec.DecodeError, UnicodeDecodeError) as problem:
        raise invalid("We could not parse the JSON body of your request.", None, "invalid_json") from problem
    _check_model(chat)
    return chat


def _check_model(chat: ChatBody) -> None:
    model = known(chat.model)
    if not model.has_chat:
        message = "This model is only supported in v1/responses and not in v1/chat/completions."
        raise refused(404, None, message, "model")
    if chat.tools and not model.has_tools_while_reasoning and model.reasons(chat.reasoning_effort):
        raise invalid(
            f"Function tools with reasoning_effort are not supported for {model.id} in "
            "/v1/chat/completions. To use function tools, use /v1/responses or set reasoning_effort to "
            "'none'.",
            "reasoning_effort",
        )
