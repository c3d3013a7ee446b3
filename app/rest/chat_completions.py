"""`POST /v1/chat/completions`: the life of a completion, from its first byte to its last."""

import asyncio
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import quote

from starlette.types import Receive, Scope, Send

from app.chat.request import ChatRequest, named_model
from app.core.ids import id_bytes, new_id
from app.errors import ClientGone, PerpetuoError
from app.gateway import routing
from app.gateway.access import Access
from app.gateway.dispatch import Dispatcher
from app.gateway.known import Caller, Candidate
from app.gateway.ledger import Ledger
from app.gateway.record import CompletionRecord
from app.gateway.relay import DONE, KEEP_ALIVE, relay
from app.rest import errors
from app.rest.client import (
    CancelledWhenGone,
    Client,
    Headers,
    KeptAlive,
    SentHeaders,
    read_body,
    sent_headers,
)
from app.settings import Settings

# How long the client of an answer that is given up may take to hear of it.
_LAST_WORD_S = 1.0


class Interrupted(PerpetuoError):
    """The process ended while the completion ran."""

    code = "interrupted"
    retryable = True


@dataclass(frozen=True, slots=True)
class ChatCompletions:
    """The endpoint, as an ASGI application."""

    access: Access
    ledger: Ledger
    dispatcher: Dispatcher
    settings: Settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request."""
        sent = sent_headers(scope)
        try:
            caller = await self.access.caller(sent.get(b"authorization", b""))
            self.ledger.check_open()
        except Exception as error:  # noqa: BLE001 # the renderer: nothing may leave without an answer
            request_id = str(new_id())
            known = errors.to_known(error, request_id)
            await errors.show(known, Client(send, lambda: [(b"x-request-id", request_id.encode())]))
            return
        await self._complete(sent, receive, send, caller)

    async def _complete(self, sent: SentHeaders, receive: Receive, send: Send, caller: Caller) -> None:
        record = CompletionRecord(caller)
        client = Client(send, lambda: _headers(record))
        try:
            body = await read_body(sent, receive, self.settings.max_body_bytes)
            try:
                chat = ChatRequest.parse(body, is_strict=_asks(sent, b"x-perpetuo-strict"))
            except PerpetuoError:
                record.requested_model = named_model(body)
                raise
            record.requested_model, record.stream = chat.model, chat.stream
            candidates = routing.candidates(caller, chat.model)
            await self.ledger.begin(record)
            with CancelledWhenGone(receive, self.dispatcher.alarms):
                if chat.stream:
                    is_assured = _asks(sent, b"x-perpetuo-assured")
                    await self._stream(chat, candidates, client, record, is_assured=is_assured)
                else:
                    await self._answer(chat, candidates, client, record)
        except asyncio.CancelledError:
            # Only the end of the process does this. The answer must not end as if it were whole.
            stopped = Interrupted("The gateway stopped before the answer was out.")
            await self._fail(record, stopped)
            async with asyncio.timeout(_LAST_WORD_S):
                await errors.show(stopped, client)
        except Exception as error:  # noqa: BLE001 # the renderer: nothing may leave without a row and an answer
            known = errors.to_known(error, record.id)
            await self._fail(record, known)
            if not isinstance(known, ClientGone):
                await errors.show(known, client)

    async def _answer(
        self, chat: ChatRequest, candidates: tuple[Candidate, ...], client: Client, record: CompletionRecord
    ) -> None:
        answer = await self.dispatcher.answer(chat, candidates, record)
        record.note_usage(answer.usage, chat.input_characters, answer.output_characters)
        record.note_first_token()
        record.succeed()
        # Before the answer's last byte leaves.
        await self.ledger.end(record)
        await client.answer(200, answer.body)

    async def _stream(
        self,
        chat: ChatRequest,
        candidates: tuple[Candidate, ...],
        client: Client,
        record: CompletionRecord,
        *,
        is_assured: bool,
    ) -> None:
        kept_alive = KeptAlive(
            client,
            self.dispatcher.alarms,
            first_s=self.settings.stream_headers_after_s,
            every_s=self.settings.keepalive_s,
            comment=KEEP_ALIVE,
        )
        with kept_alive:
            opened = await self.dispatcher.open(chat, candidates, record, is_assured=is_assured)
            await relay(opened, client, chat, record, self.dispatcher)
        record.succeed()
        await self.ledger.end(record)
        await client.finish(DONE)

    async def _fail(self, record: CompletionRecord, error: PerpetuoError) -> None:
        """Ends the record, unless it has ended: then its answer was whole."""
        if not record.status:
            record.fail(error)
            await self.ledger.end(record)


def _asks(sent: SentHeaders, name: bytes) -> bool:
    """Whether the header says `true`."""
    return sent.get(name, b"").strip().lower() == b"true"


def _headers(record: CompletionRecord) -> Headers:
    headers = [(b"x-request-id", id_bytes(record.id))]
    if record.answered_by is not None:
        headers.append((b"x-perpetuo-provider", record.answered_by.provider_key.provider.encode()))
        headers.append((b"x-perpetuo-model", _printable(record.answered_by.model)))
    # Not while the headers go out early, before anybody answered: then the log knows.
    if record.attempts and (record.answered_by is not None or record.status):
        headers.append((b"x-perpetuo-attempts", b"%d" % len(record.attempts)))
    if record.notes:
        headers.append((b"x-perpetuo-notes", _printable(", ".join(record.told_notes()))))
    return headers


@lru_cache(maxsize=1024)
def _printable(text: str) -> bytes:
    """A header value: what is not printable ASCII is percent-encoded."""
    return quote(text, safe=" !#$&'()*+,-./:;<=>?@[]^_`{|}~").encode()
