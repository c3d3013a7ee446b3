"""What the gateway's unit tests are made of."""

from app.chat.usage import Usage
from app.core.ids import new_id
from app.core.provider_name import ProviderName
from app.gateway.known import Caller, Candidate, KnownProviderKey
from app.gateway.ledger import Ledger
from app.gateway.record import CompletionRecord


def a_key(label: str = "OpenAI") -> KnownProviderKey:
    return KnownProviderKey(new_id(), ProviderName.OPENAI, label, None, "sk-x", {}, None)


def a_candidate(label: str = "OpenAI", model: str = "gpt-4o") -> Candidate:
    return Candidate(a_key(label), model)


def a_caller() -> Caller:
    return Caller(new_id(), new_id(), None, ())


def a_record(caller: Caller | None = None, *, status: int = 200, model: str = "gpt-4o") -> CompletionRecord:
    """A completion that has ended."""
    record = CompletionRecord(caller or a_caller(), requested_model=model)
    record.status = status
    return record


def answered(caller: Caller, *, model: str = "gpt-4o") -> CompletionRecord:
    """A completion that has an answer, with tokens; it has yet to be kept."""
    record = a_record(caller, model=model)
    record.answered_by = a_candidate(model=model)
    record.usage = Usage(input_tokens=10, cached_input_tokens=4, output_tokens=5)
    return record


async def keep(ledger: Ledger, *records: CompletionRecord) -> None:
    """Keeps the begin and the end of each."""
    for record in records:
        await ledger.begin(record)
        await ledger.end(record)
