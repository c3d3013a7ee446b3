"""A request that goes on as the client made it, but for its draft's changes."""

from functools import partial
from typing import Final

import msgspec

from app.chat.request import NULL, ChatRequest, Fields
from app.providers.base import Exchange, NativeRequest, Target
from app.providers.extensions import PROVIDER_OPTIONS, own_options
from app.providers.facts.compatible import Profile
from app.providers.headers import accepted, request_headers
from app.providers.openai.addressing import api_url
from app.providers.openai.answers import read_answer
from app.providers.openai.draft import Draft
from app.providers.openai.habits import Habits
from app.providers.openai.stream import OpenAIStream

_FIELDS: Final = msgspec.json.Decoder(Fields)
_TRUE: Final = msgspec.Raw(b"true")
_USUAL: Final = Habits()
_ORDINARY: Final = Profile("openai")


def native(chat: ChatRequest, draft: Draft, target: Target, profile: Profile = _ORDINARY) -> NativeRequest:
    """The draft as it goes to the target's chat route."""
    if target.model != chat.model:
        draft.write("model", target.model)
    if chat.stream and not chat.include_usage:
        options = draft.get("stream_options") or NULL
        fields = {} if options == NULL else _FIELDS.decode(options)
        # The gateway counts, whether or not the client wants to see it.
        draft.write("stream_options", {**fields, "include_usage": _TRUE})
    endpoint = target.endpoint
    return NativeRequest(
        "POST",
        api_url(endpoint.base_url, "/chat/completions", root=profile.root),
        request_headers(endpoint, accepted(is_stream=chat.stream), key_header=profile.key_header),
        draft.body,
    )


def usual(chat: ChatRequest) -> Habits:
    """How answers are read where nothing else is known."""
    if chat.choices == 1 and not chat.include_usage:
        return _USUAL
    return Habits(shows_usage=chat.include_usage, choices=chat.choices)


def passed_on(
    request: NativeRequest, habits: Habits, notes: tuple[str, ...] = (), copies: int = 1
) -> Exchange:
    """The exchange of a request whose answers are in OpenAI's dialect already."""
    decode, stream = partial(read_answer, habits=habits), partial(OpenAIStream, habits)
    return Exchange(request, decode, stream, notes, copies)


def merge_options(chat: ChatRequest, draft: Draft, provider: str) -> None:
    """Puts the client's options for `provider` into the body, and takes those for others out."""
    options = own_options(chat.fields, provider)
    draft.remove(PROVIDER_OPTIONS)
    for name, value in options.items():
        draft.set(name, value)
