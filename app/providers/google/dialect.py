"""Google's dialect: Gemini's generateContent."""

from collections.abc import Mapping
from typing import Final
from urllib.parse import quote, urlsplit, urlunsplit

import msgspec

from app.chat.conversation import Conversation
from app.chat.reading import read_conversation
from app.chat.request import ChatRequest
from app.core.clock import now
from app.providers.base import Endpoint, Exchange, Failure, NativeRequest, Target
from app.providers.extensions import own_options
from app.providers.facts.google import google_model
from app.providers.google.answers import GoogleStream, PlainReader, Reading
from app.providers.google.failures import classify_answer
from app.providers.google.history import History
from app.providers.google.messages import MessageTranslation
from app.providers.google.parameters import ParameterTranslation
from app.providers.google.reading import Expected
from app.providers.google.tools import legal_name, tool_fields
from app.providers.tool_names import ToolNames, names_of
from app.providers.verdicts import Verdicts
from app.providers.writing import JsonObject

_FIELDS: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])
_VERSIONS: Final = ("/v1beta", "/v1alpha", "/v1")


class GoogleDialect:
    """The dialect of the Gemini API."""

    @property
    def default_base_url(self) -> str:
        """Google's public endpoint."""
        return "https://generativelanguage.googleapis.com"

    def translate(self, chat: ChatRequest, target: Target) -> Exchange:
        """The request in Google's words. Raises CannotServe, InvalidValue and NeedsMedia."""
        conversation = read_conversation(chat)
        verdicts = Verdicts(chat.is_strict)
        name = target.model.removeprefix("models/")
        model = google_model(name)
        names = names_of(conversation, legal_name)
        history = History(names, model, target, verdicts)
        messages = MessageTranslation(conversation.messages, history, model, verdicts).fields()
        tools = tool_fields(conversation, names, model, verdicts)
        parameters = ParameterTranslation(chat, conversation, target, model, verdicts).result()
        generation = {"generationConfig": parameters.generation} if parameters.generation else {}
        body = _merged(
            {**messages, **tools, **generation, **parameters.fields},
            own_options(conversation.extensions, "google"),
        )
        notes = verdicts.close()
        url = _chat_url(target.endpoint.base_url, name, stream=chat.stream)
        headers = _headers(target.endpoint, "text/event-stream" if chat.stream else "application/json")

        def asking(fields: JsonObject) -> NativeRequest:
            return NativeRequest("POST", url, headers, msgspec.json.encode(fields))

        reading = Reading(
            chat,
            _expected(conversation, names, name),
            frozenset(tool.name for tool in conversation.tools if tool.is_custom),
            lambda token: asking({**body, "continuationToken": token}),
        )
        plain = PlainReader(reading)
        return Exchange(asking(body), plain.decode, lambda: GoogleStream(reading), notes, parameters.copies)

    def classify(self, status: int, headers: Mapping[str, str], body: bytes) -> Failure:
        """What a non-2xx answer means."""
        return classify_answer(status, headers, body, now())

    def check_request(self, endpoint: Endpoint) -> NativeRequest:
        """A question for the list of models, which is free."""
        url = _url(endpoint.base_url, "/models", "pageSize=1000")
        return NativeRequest("GET", url, _headers(endpoint, "application/json"), b"")


def _expected(conversation: Conversation, names: ToolNames, model: str) -> Expected:
    called = [message.place for message in conversation.messages if message.tool_calls]
    return Expected(
        model=model,
        to_client=names.to_client,
        last_call_place=called[-1] if called else "messages",
        has_functions=conversation.has_functions,
    )


def _chat_url(base_url: str, model: str, *, stream: bool) -> str:
    method, query = ("streamGenerateContent", "alt=sse") if stream else ("generateContent", "")
    # The name is one segment of the path, whatever a client writes into it; tuned models have a collection of
    # their own.
    collection = "tunedModels" if model.startswith("tunedModels/") else "models"
    name = quote(model.removeprefix("tunedModels/"), safe="")
    return _url(base_url, f"/{collection}/{name}:{method}", query)


def _url(base_url: str, path: str, query: str) -> str:
    """The address of `path`, whether or not the base URL ends in a version or a slash."""
    parts = urlsplit(base_url)
    root = parts.path.rstrip("/")
    if not root.endswith(_VERSIONS):
        root += "/v1beta"
    joined = "&".join(filter(None, (parts.query, query)))
    return urlunsplit((parts.scheme, parts.netloc, root + path, joined, ""))


def _headers(endpoint: Endpoint, accept: str) -> tuple[tuple[str, str], ...]:
    common = (
        ("content-type", "application/json"),
        ("accept", accept),
        ("accept-encoding", "identity"),
        ("user-agent", "perpetuo"),
    )
    # In a header and never as `?key=`, which lands in logs.
    return (("x-goog-api-key", endpoint.secret), *common) if endpoint.secret else common


def _merged(body: JsonObject, options: Mapping[str, msgspec.Raw]) -> JsonObject:
    """The body with the client's own fields for Google; where both are objects, with those of either."""
    merged = dict(body)
    for name, value in options.items():
        ours = merged.get(name)
        if isinstance(ours, Mapping) and bytes(value).startswith(b"{"):
            merged[name] = {**ours, **_FIELDS.decode(value)}
        else:
            merged[name] = value
    return merged
