"""OpenAI's responses: the object, and the items of its output."""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from app.simulator.api import Json
from app.simulator.chat import Choice, ToolCall
from app.simulator.openai.models import REFUSAL, Model
from app.simulator.openai.responses.request import ResponseBody
from app.simulator.openai.responses.sealing import sealed

# Where the simulator finds everything.
_PAGE: Json = {"title": "Simulated answers", "url": "https://example.com/answers"}


@dataclass(frozen=True, slots=True)
class Reply:
    """One response, and what it costs. `key` is what all its ids end with.

    `failure` is the error of one that failed, `reason` why one is not whole.
    """

    key: str
    created_at: int
    body: ResponseBody
    model: Model
    choice: Choice
    input_tokens: int
    cached_tokens: int = 0
    failure: Json | None = None
    reason: str | None = None
    is_refusal: bool = False
    has_search: bool = False
    has_usage: bool = True

    @property
    def status(self) -> str:
        """How it ended."""
        if self.failure is not None:
            return "failed"
        return "completed" if self.reason is None else "incomplete"


def whole(reply: Reply) -> Json:
    """The response as it is at its end."""
    ended: Json = {
        "status": reply.status,
        "completed_at": reply.created_at if reply.status == "completed" else None,
        "error": reply.failure,
        "incomplete_details": {"reason": reply.reason} if reply.reason is not None else None,
        "output": output(reply),
    }
    if reply.body.moderation is not None:
        judged = _moderated(reply.body.moderation.model)
        ended["moderation"] = {"input": judged, "output": judged}
    return begun(reply) | ended | ({"usage": _usage(reply)} if reply.has_usage else {})


def begun(reply: Reply) -> Json:
    """The response as it is at its beginning."""
    body = reply.body
    return {
        "id": f"resp_{reply.key}",
        "object": "response",
        "created_at": reply.created_at,
        "status": "in_progress",
        "background": False,
        "completed_at": None,
        "error": None,
        "incomplete_details": None,
        "instructions": body.instructions,
        "max_output_tokens": body.max_output_tokens,
        "max_tool_calls": body.max_tool_calls,
        "metadata": body.metadata or {},
        "model": body.model,
        "output": [],
        "parallel_tool_calls": body.parallel_tool_calls is not False,
        "previous_response_id": None,
        "prompt_cache_key": body.prompt_cache_key,
        "reasoning": {
            "effort": (body.effort or reply.model.effort) if reply.model.efforts else None,
            "summary": body.summary,
        },
        "safety_identifier": body.safety_identifier,
        "service_tier": "default",
        "store": body.store is not False,
        "temperature": 1.0 if body.temperature is None else body.temperature,
        "text": {
            "format": msgspec.to_builtins(body.text.format),
            "verbosity": body.text.verbosity or "medium",
        },
        "tool_choice": msgspec.to_builtins(body.tool_choice) or "auto",
        "tools": [_declared(raw) for raw in body.tools or ()],
        "top_logprobs": body.top_logprobs or 0,
        "top_p": 1.0 if body.top_p is None else body.top_p,
        "truncation": body.truncation or "disabled",
        "user": body.user,
    }


def output(reply: Reply) -> list[Json]:
    """The items of the output."""
    items: list[Json] = []
    if reply.choice.thoughts:
        items.append(_reasoning(reply))
    if reply.has_search:
        query: Json = {"type": "search", "query": "simulated answers"}
        items.append(
            {"id": f"ws_{reply.key}", "type": "web_search_call", "status": "completed", "action": query}
        )
    if reply.choice.tokens or reply.is_refusal:
        items.append(_message(reply))
    items += [_call(call) for call in reply.choice.calls]
    if reply.reason is not None and items and "status" in items[-1]:
        items[-1]["status"] = "incomplete"
    return items


def logprobs(pieces: Sequence[str]) -> list[Json]:
    """The log probabilities of tokens."""
    return [
        {"token": token, "logprob": -0.01, "bytes": list(token.encode()), "top_logprobs": []}
        for token in pieces
    ]


def _reasoning(reply: Reply) -> Json:
    reasoning_id = f"rs_{reply.key}"
    summary = [reply.choice.reasoning] if reply.body.summary is not None else []
    item: Json = {
        "id": reasoning_id,
        "type": "reasoning",
        "summary": [{"type": "summary_text", "text": text} for text in summary],
    }
    if "reasoning.encrypted_content" in reply.body.included:
        item["encrypted_content"] = sealed(reasoning_id, summary, reply.model)
    return item


def _message(reply: Reply) -> Json:
    parts: list[Json] = []
    text = reply.choice.text
    if text:
        told = logprobs(reply.choice.tokens) if "message.output_text.logprobs" in reply.body.included else []
        cited: Json = {"type": "url_citation", "start_index": 0, "end_index": len(text)} | _PAGE
        annotations = [cited] if reply.has_search else []
        parts.append({"type": "output_text", "text": text, "annotations": annotations, "logprobs": told})
    if reply.is_refusal:
        parts.append({"type": "refusal", "refusal": REFUSAL})
    return {
        "id": f"msg_{reply.key}",
        "type": "message",
        "status": "completed",
        "role": "assistant",
        "content": parts,
    }


def _call(call: ToolCall) -> Json:
    named: Json = {"status": "completed", "call_id": call.id, "name": call.name}
    key = call.id.removeprefix("call_")
    if call.is_custom:
        return {"id": f"ctc_{key}", "type": "custom_tool_call"} | named | {"input": call.arguments}
    return {"id": f"fc_{key}", "type": "function_call"} | named | {"arguments": call.arguments}


def _usage(reply: Reply) -> Json:
    asked = reply.input_tokens + reply.cached_tokens
    answered = reply.choice.billed_tokens
    return {
        "input_tokens": asked,
        "input_tokens_details": {"cached_tokens": reply.cached_tokens, "cache_write_tokens": 0},
        "output_tokens": answered,
        "output_tokens_details": {"reasoning_tokens": len(reply.choice.thoughts)},
        "total_tokens": asked + answered,
    }


def _moderated(model: str) -> Json:
    return {
        "type": "moderation_result",
        "model": model,
        "flagged": False,
        "categories": {"violence": False},
        "category_scores": {"violence": 0.0001},
        "category_applied_input_types": {"violence": ["text"]},
    }


def _declared(raw: msgspec.Raw) -> Json:
    """A tool as it was declared, with what is so where nothing was said."""
    tool: Json = msgspec.json.decode(raw)
    defaults: Json = {"description": None, "parameters": None, "strict": True}
    return defaults | tool if tool["type"] == "function" else tool
