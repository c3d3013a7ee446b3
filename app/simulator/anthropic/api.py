"""Anthropic's API: messages and models."""

from dataclasses import replace

from app.core.ids import new_id
from app.simulator.anthropic.answer import STOP, Reasoning, Reply, Search, event, stream, whole
from app.simulator.anthropic.conversation import says, searches, thinks, to_chat
from app.simulator.anthropic.errors import error, invalid, refused
from app.simulator.anthropic.models import Model, described, known, listed
from app.simulator.anthropic.request import MessageBody, read
from app.simulator.anthropic.rules import check_settings
from app.simulator.anthropic.thinking import check_signatures, prefix_of, sign
from app.simulator.anthropic.turns import check_turns, turns
from app.simulator.api import Plain, Stream, bearer_key, encoded, model_in_body
from app.simulator.chat import Choice, answer, prompt_tokens
from app.simulator.connection import Request
from app.simulator.directives import Directives

# A prompt with this text has its reasoning redacted, here as with the provider itself.
REDACTING = (
    "ANTHROPIC_MAGIC_STRING_TRIGGER_REDACTED_THINKING_"
    "46C9A13E193C177646C7398A98432ECCCE4C1253D5E2D82641AC0E52CC2876CB"
)


class AnthropicApi:
    """Anthropic's API below `/anthropic`, in the versions 2023-06-01 and 2026-10-21."""

    prefix = "/anthropic"
    id_header = "request-id"

    def secret(self, request: Request) -> str | None:
        """The key of `x-api-key`, which wins, or the bearer key."""
        return request.headers.get("x-api-key", "").strip() or bearer_key(request)

    def model(self, request: Request) -> str:
        """The body's model."""
        return model_in_body(request)

    def reply(self, request: Request, told: Directives) -> Plain | Stream:
        """The answer to a message, or to a request for models. Raises Refused."""
        path, _, query = request.path.partition("?")
        if self.secret(request) is None:
            raise refused(401, "x-api-key header is required")
        if path.startswith("/v1/models"):
            return _models(request.method, path.removeprefix("/v1/models").strip("/"), query)
        if path != "/v1/messages":
            raise refused(404, "Not found")
        if request.method != "POST":
            raise refused(405, "Method Not Allowed")
        asked = read(request.body, request.headers.get("anthropic-version"))
        model = known(asked.model)
        check_settings(asked, model)
        check_turns(asked, model)
        check_signatures(asked, model)
        reply = _reply(asked, model, told)
        return Stream(stream(reply), STOP) if asked.stream else Plain(encoded(whole(reply)), told.status)

    def error(self, status: int, code: str | None = None, message: str | None = None) -> bytes:
        """Anthropic's error body."""
        return encoded(error(status, code, message))

    def error_event(self, code: str | None) -> bytes:
        """An event `error`: overloaded, where nothing else is told."""
        return event(error(529, code))


def _models(method: str, name: str, query: str) -> Plain:
    if method != "GET":
        raise refused(405, "Method Not Allowed")
    return Plain(encoded(described(known(name)) if name else listed(query)))


def _reply(asked: MessageBody, model: Model, told: Directives) -> Reply:
    chat = to_chat(asked)
    asked_tokens = prompt_tokens(chat)
    if asked_tokens + told.cached > model.max_input_tokens:
        raise invalid(
            f"prompt is too long: {asked_tokens + told.cached} tokens > {model.max_input_tokens} maximum"
        )
    (choice,) = answer(chat, replace(told, think=thinks(asked, model, told)))
    return Reply(
        id=f"msg_{new_id().hex}",
        model=model.id,
        choice=choice,
        reasoning=_reasoning(asked, model, choice) if choice.thoughts else None,
        input_tokens=asked_tokens,
        cached_tokens=told.cached,
        search=_search(asked) if not choice.calls else None,
        has_usage=not told.no_usage,
    )


def _search(asked: MessageBody) -> Search | None:
    paused_at = turns(asked.messages)[-1].paused_at
    if paused_at is not None:
        return Search(paused_at, is_resumed=True)
    return Search(f"srvtoolu_{new_id().hex[-24:]}") if searches(asked) else None


def _reasoning(asked: MessageBody, model: Model, choice: Choice) -> Reasoning:
    prefix = prefix_of(asked, model)
    if any(says(message.blocks, REDACTING) for message in asked.messages):
        return Reasoning("", sign("", prefix), is_redacted=True)
    wanted = asked.thinking.display if asked.thinking is not None else None
    text = choice.reasoning if (wanted or model.display) == "summarized" else ""
    return Reasoning(text, sign(text, prefix))
