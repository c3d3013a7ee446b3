"""From a chat request to the body of the Responses route."""

from collections.abc import Mapping
from typing import Final

import msgspec

from app.chat.conversation import Conversation
from app.chat.request import NULL, Fields
from app.providers.allowed import check_choice, leave_out_marks
from app.providers.base import Target
from app.providers.extensions import PROVIDER_OPTIONS, own_options
from app.providers.facts.openai import ModelFacts
from app.providers.openai.draft import Draft
from app.providers.openai.parameters import leave_out, refuse
from app.providers.openai.responses.items import to_items
from app.providers.openai.responses.tools import to_tool_choice, to_tools
from app.providers.verdicts import Verdicts

Body = dict[str, object]

_LEAST_LIMIT: Final = 16
_LACKS: Final = "the Responses route has no such parameter"
_UNTUNED: Final = ("seed", "frequency_penalty", "presence_penalty")
_REFUSED: Final = ("logit_bias", "prediction", "modalities", "audio")
_COPIED: Final = (
    "temperature",
    "top_p",
    "metadata",
    "moderation",
    "user",
    "safety_identifier",
    "service_tier",
    "prompt_cache_key",
    "prompt_cache_options",
    "prompt_cache_retention",
)
_TRANSLATED: Final = frozenset(
    {
        "model",
        "messages",
        "n",
        "stream",
        "stream_options",
        "tools",
        "tool_choice",
        "parallel_tool_calls",
        "functions",
        "function_call",
        "response_format",
        "verbosity",
        "reasoning_effort",
        "reasoning",
        "max_tokens",
        "max_completion_tokens",
        "store",
        "logprobs",
        "top_logprobs",
        "web_search_options",
        PROVIDER_OPTIONS,
    }
)
_FIELDS: Final = msgspec.json.Decoder(Fields)
_LOGPROBS: Final = "message.output_text.logprobs"


def to_body(
    conversation: Conversation, draft: Draft, target: Target, facts: ModelFacts, verdicts: Verdicts
) -> Body:
    """The body; objections and notes go to `verdicts`."""
    leave_out(draft, verdicts, _UNTUNED, _LACKS)
    refuse(draft, verdicts, _REFUSED, _LACKS)
    for name in draft.fields.keys() - _TRANSLATED - frozenset(_COPIED):
        if draft.get(name) is not None:
            verdicts.refuse(name, _LACKS)
    given = conversation.given
    if given.moderation is not None and (given.n or 1) > 1:
        verdicts.refuse_value("n", "each choice is a response of its own here, and moderated by itself")
    body: Body = {
        "model": target.model,
        "input": to_items(conversation, draft, target, verdicts),
        # Its default is to store.
        "store": given.store is True,
    }
    body.update({name: value for name in _COPIED if (value := draft.get(name)) is not None})
    if given.stream:
        body["stream"] = True
    _add_limit(body, conversation, verdicts)
    _add_reasoning(body, draft, facts)
    _add_text(body, draft)
    _add_tools(body, conversation, draft, verdicts)
    _add_logprobs(body, conversation)
    options = given.stream_options
    if options is not None and options.include_obfuscation is not None:
        body["stream_options"] = {"include_obfuscation": options.include_obfuscation}
    return _with_options(body, own_options(conversation.extensions, "openai"))


def _add_limit(body: Body, conversation: Conversation, verdicts: Verdicts) -> None:
    limit = conversation.limit
    if limit is None:
        return
    if limit < _LEAST_LIMIT:
        place = conversation.limit_place
        verdicts.refuse_value(place, f"the Responses route takes {_LEAST_LIMIT} tokens or more")
    body["max_output_tokens"] = limit


def _add_reasoning(body: Body, draft: Draft, facts: ModelFacts) -> None:
    # The route's own object, by which a client can ask for a summary.
    given = draft.read("reasoning", _FIELDS)
    reasoning: Body = {**(given or {})}
    effort = draft.get("reasoning_effort")
    if effort is not None:
        reasoning["effort"] = effort
    if reasoning:
        body["reasoning"] = reasoning
    if facts.efforts is None or facts.efforts:
        body["include"] = ["reasoning.encrypted_content"]


def _add_text(body: Body, draft: Draft) -> None:
    text: Body = {}
    answer_format = draft.read("response_format", _FIELDS)
    if answer_format is not None and not draft.is_neutral("response_format"):
        schema = answer_format.get("json_schema", NULL)
        flat = _FIELDS.decode(schema) if schema != NULL else {}
        text["format"] = {"type": answer_format["type"], **flat}
    verbosity = draft.get("verbosity")
    if verbosity is not None:
        text["verbosity"] = verbosity
    if text:
        body["text"] = text


def _add_tools(body: Body, conversation: Conversation, draft: Draft, verdicts: Verdicts) -> None:
    tools = to_tools(draft, verdicts)
    if tools:
        body["tools"] = tools
    check_choice(conversation, verdicts)
    leave_out_marks(conversation, verdicts)
    choice = to_tool_choice(conversation)
    if choice is not None:
        body["tool_choice"] = choice
    parallel = False if conversation.has_functions else conversation.given.parallel_tool_calls
    if conversation.tools and parallel is not None:
        body["parallel_tool_calls"] = parallel


def _add_logprobs(body: Body, conversation: Conversation) -> None:
    given = conversation.given
    if not given.logprobs:
        return
    included = body.get("include")
    body["include"] = [*(included if isinstance(included, list) else ()), _LOGPROBS]
    if given.top_logprobs:
        body["top_logprobs"] = given.top_logprobs


def _with_options(body: Body, options: Mapping[str, msgspec.Raw]) -> Body:
    """The body with the client's own fields; those of objects are added to ours."""
    for name, value in options.items():
        ours = body.get(name)
        is_merged = isinstance(ours, dict) and bytes(value).startswith(b"{")
        body[name] = {**ours, **_FIELDS.decode(value)} if isinstance(ours, dict) and is_merged else value
    return body
