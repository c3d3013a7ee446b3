"""From a request and a candidate to what is sent, with what this worker has learnt before."""

from dataclasses import dataclass, field
from functools import partial

from app.chat.request import ChatRequest
from app.errors import RouteError
from app.gateway.known import Caller, Candidate
from app.gateway.memory import Lessons, ReasoningMemory
from app.providers.base import Endpoint, Exchange, Failure, FailureKind, Target
from app.providers.registry import DIALECTS
from app.providers.verdicts import TUNING, CannotServe, Objection

# A choice is a request of its own where a provider gives one at a time; each costs the whole prompt.
_MOST_COPIES = 8


@dataclass(slots=True)
class Translator:
    """What translating needs; one a process."""

    memory: ReasoningMemory = field(default_factory=ReasoningMemory)
    lessons: Lessons = field(default_factory=Lessons)

    def translate(self, chat: ChatRequest, candidate: Candidate, caller: Caller) -> Exchange:
        """What to send. Raises CannotServe, and InvalidValue where nobody can serve `chat`."""
        key = candidate.provider_key
        dialect = DIALECTS[key.provider]
        target = Target(
            candidate.model,
            Endpoint(key.base_url or dialect.default_base_url or "", key.secret),
            partial(self.memory.recall, caller.workspace_id),
            self.lessons.refused_by(candidate),
        )
        exchange = dialect.translate(chat, target)
        if exchange.copies > _MOST_COPIES:
            reason = f"costs a request for each choice here, and {_MOST_COPIES} are the most"
            raise CannotServe((Objection("n", reason, "unsupported_value"),))
        return exchange

    def can_serve(self, chat: ChatRequest, candidate: Candidate, caller: Caller) -> bool:
        """Whether `candidate` can do what `chat` asks for."""
        try:
            self.translate(chat, candidate, caller)
        except (CannotServe, RouteError):
            return False
        return True

    def learn(self, chat: ChatRequest, candidate: Candidate, failure: Failure) -> bool:
        """Whether the candidate may be asked again: without the tuning parameter that it has just refused."""
        param = failure.param
        if failure.kind is not FailureKind.UNSUPPORTED_HERE or param not in TUNING or chat.is_strict:
            return False
        if param not in chat.fields or param in self.lessons.refused_by(candidate):
            return False
        self.lessons.learn(candidate, param)
        return True
