"""From a request and a candidate to what is sent, with what this worker has learnt before."""

from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, field
from functools import partial

from msgspec.structs import replace

from app.chat.data_url import InlineBytes
from app.chat.inlining import inlined
from app.chat.request import ChatRequest
from app.errors import RouteError
from app.gateway.known import Caller, Candidate
from app.gateway.memory import Lessons, ReasoningMemory
from app.providers.base import Endpoint, Exchange, Failure, FailureKind, Target
from app.providers.registry import DIALECTS
from app.providers.verdicts import TUNING, CannotServe, NeedsMedia, Objection, RemoteMedia
from app.upstream.media import NotFetched

# A choice is a request of its own where a provider gives one at a time; each costs the whole prompt.
_MOST_COPIES = 8

# What is at addresses, within the seconds that are left.
Fetch = Callable[[Collection[str], float | None], Awaitable[Mapping[str, InlineBytes | NotFetched]]]


class TranslationFailed(RouteError):
    """A mistake of ours: nobody foresaw that the candidate's dialect fails at such a request."""

    http_status = 500
    type = "server_error"


@dataclass(slots=True)
class Translator:
    """What translating needs; one a process."""

    memory: ReasoningMemory = field(default_factory=ReasoningMemory)
    lessons: Lessons = field(default_factory=Lessons)

    def translate(self, chat: ChatRequest, candidate: Candidate, caller: Caller) -> Exchange:
        """What to send.

        Raises CannotServe and NeedsMedia, InvalidValue where nobody can serve `chat`, and TranslationFailed.
        """
        key = candidate.provider_key
        dialect = DIALECTS[key.provider]
        target = Target(
            candidate.model,
            Endpoint(key.base_url or dialect.default_base_url or "", key.secret),
            partial(self.memory.recall, caller.workspace_id),
            self.lessons.refused_by(candidate),
        )
        try:
            exchange = dialect.translate(chat, target)
        except (CannotServe, NeedsMedia, RouteError):
            raise
        except Exception as error:
            raise TranslationFailed("The gateway failed at a translation; its log knows more.") from error
        if exchange.copies > _MOST_COPIES:
            reason = f"costs a request for each choice here, and {_MOST_COPIES} are the most"
            raise CannotServe((Objection("n", reason, "unsupported_value"),))
        return exchange

    def learn(self, chat: ChatRequest, candidate: Candidate, failure: Failure) -> bool:
        """Whether the candidate may be asked again: without the tuning parameters that it has refused."""
        if failure.kind is not FailureKind.UNSUPPORTED_HERE or chat.is_strict:
            return False
        news = (TUNING & {failure.param, *failure.also}) - self.lessons.refused_by(candidate)
        if news.isdisjoint(chat.fields):
            return False
        self.lessons.learn(candidate, news)
        return True


class Translation:
    """One completion's request, in the words of whichever candidate is to be asked.

    What is at an address is fetched once the first candidate needs it, and kept for the others.
    """

    def __init__(self, translator: Translator, fetch: Fetch, chat: ChatRequest, caller: Caller) -> None:
        self.chat = chat
        self._translator = translator
        self._fetch = fetch
        self._caller = caller
        self._inlined = chat
        # What was fetched by its address: why it could not be, or None.
        self._fetched: dict[str, NotFetched | None] = {}

    async def exchange(self, candidate: Candidate, time_left_s: float | None) -> Exchange:
        """What to send.

        Raises CannotServe, InvalidValue where nobody can serve the request, and TranslationFailed.
        """
        try:
            return self._exchange(candidate)
        except NeedsMedia as needed:
            await self._add({it.url for it in needed.media} - self._fetched.keys(), time_left_s)
        return self._exchange(candidate)

    def can_serve(self, candidate: Candidate) -> bool:
        """Whether `candidate` can do what is asked for, as far as can be known without fetching anything."""
        try:
            self._exchange(candidate)
        except NeedsMedia:
            return True
        except (CannotServe, RouteError):
            return False
        return True

    def _exchange(self, candidate: Candidate) -> Exchange:
        try:
            return self._translator.translate(self.chat, candidate, self._caller)
        except NeedsMedia as needed:
            if any(it.url not in self._fetched for it in needed.media):
                raise
            media = needed.media
        self._refuse_missing(media)
        exchange = self._translator.translate(self._inlined, candidate, self._caller)
        return replace(exchange, notes=(*exchange.notes, *(f"{it.param}=inlined" for it in media)))

    def _refuse_missing(self, media: Collection[RemoteMedia]) -> None:
        objections = [
            Objection(f"{it.param}.url", missing.reason, missing.code)
            for it in media
            if (missing := self._fetched[it.url]) is not None
        ]
        if objections:
            raise CannotServe(tuple(objections))

    async def _add(self, urls: Collection[str], time_left_s: float | None) -> None:
        fetched = await self._fetch(urls, time_left_s)
        found = {url: it for url, it in fetched.items() if isinstance(it, InlineBytes)}
        self._fetched |= {url: it if isinstance(it, NotFetched) else None for url, it in fetched.items()}
        if found:
            self._inlined = inlined(self._inlined, found)
