"""The answer to `POST /v1/responses`."""

from dataclasses import replace

from app.core.clock import now
from app.core.ids import new_id
from app.simulator.api import Json, Plain, Stream, encoded
from app.simulator.chat import answer, prompt_tokens
from app.simulator.directives import Directives
from app.simulator.openai.errors import error, invalid
from app.simulator.openai.models import known
from app.simulator.openai.responses.answer import Reply, whole
from app.simulator.openai.responses.conversation import to_chat
from app.simulator.openai.responses.events import error_event, stream
from app.simulator.openai.responses.request import Asked, read
from app.simulator.openai.responses.rules import check
from app.simulator.openai.responses.sealing import check_reasoning
from app.simulator.openai.responses.tools import WebSearchTool

_MOST_INPUT_TOKENS = 1_000_000


def respond(body: bytes, told: Directives) -> Plain | Stream:
    """The response, whole or streamed. Raises Refused."""
    asked = read(body)
    model = known(asked.body.model)
    check(asked, model)
    check_reasoning(asked, model)
    reply = _reply(asked, told)
    if not asked.body.stream:
        return Plain(encoded(whole(reply)), told.status)
    *events, last = stream(reply)
    return Stream(iter(events), last, error_event=error_event(told.code, (told.error_event or 1) - 1))


def _reply(asked: Asked, told: Directives) -> Reply:
    chat, model = to_chat(asked), known(asked.body.model)
    asked_tokens = prompt_tokens(chat)
    if asked_tokens + told.cached > _MOST_INPUT_TOKENS:
        message = (
            "Your input exceeds the context window of this model. Please adjust your input and try again."
        )
        raise invalid(message, "input", "context_length_exceeded")
    thinks = model.reasons(asked.body.effort) or (told.think and bool(model.efforts))
    (choice,) = answer(chat, replace(told, think=thinks))
    return Reply(
        key=new_id().hex,
        created_at=int(now().timestamp()),
        body=asked.body,
        model=model,
        choice=choice,
        input_tokens=asked_tokens,
        cached_tokens=told.cached,
        failure=_failure(told) if told.finish == "failed" else None,
        reason=_reason(choice.finish_reason, told),
        is_refusal=told.refuse,
        has_search=not choice.calls and any(isinstance(tool, WebSearchTool) for tool in asked.tools),
        has_usage=not told.no_usage,
    )


def _failure(told: Directives) -> Json:
    said = error(500, told.code)["error"]
    message = said["message"] if isinstance(said, dict) else ""
    return {"code": told.code or "server_error", "message": message}


def _reason(finish_reason: str, told: Directives) -> str | None:
    """Why the answer is not whole; a reason that was told is in the provider's words."""
    if told.finish is not None:
        return None if told.finish in {"completed", "failed"} else told.finish
    return "max_output_tokens" if finish_reason == "length" else None
