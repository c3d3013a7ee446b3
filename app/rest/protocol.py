"""HTTP from clients, as uvicorn speaks it, with a limit to what comes before a body and behind it."""

from typing import Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from app.errors import RouteError
from app.rest.errors import render

LARGEST_HEAD_BYTES: Final = 65_536
# Bodies have limits of their own: no body is long enough to make this one positive.
_NOT_COUNTING: Final = -(1 << 62)


class HeadersTooLarge(RouteError):
    """The request's line and headers are larger than anybody needs."""

    code = "headers_too_large"
    http_status = 431


class BoundedHttpProtocol(HttpToolsProtocol):
    """Refuses requests whose line and headers have more than LARGEST_HEAD_BYTES: httptools has no limit.

    What counts is every byte since the latest body, so that a single endless header is found too, and
    trailers, which are headers behind a chunked body. Of a request that comes in one piece with the end of
    the one before, that piece does not count.
    """

    _head_bytes = 0

    def data_received(self, data: bytes) -> None:
        """Reads a piece; bodies cost nothing but this addition and this comparison."""
        self._head_bytes += len(data)
        super().data_received(data)
        if self._head_bytes > LARGEST_HEAD_BYTES:
            self._refuse()

    def on_headers_complete(self) -> None:
        """Ends the head. What seems too long is measured, for its last piece may hold some of the body."""
        if self._head_bytes > LARGEST_HEAD_BYTES and self._measured() > LARGEST_HEAD_BYTES:
            # Ends the parser, which has `send_400_response` called.
            raise HeadersTooLarge("")
        self._head_bytes = _NOT_COUNTING
        super().on_headers_complete()

    def on_chunk_header(self) -> None:
        """Begins to count: where no bytes of a body follow, it was the last chunk, and trailers do."""
        self._head_bytes = 0

    def on_body(self, body: bytes) -> None:
        """Takes some of the body."""
        self._head_bytes = _NOT_COUNTING
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Ends the request: what follows is the next one's head."""
        self._head_bytes = 0
        super().on_message_complete()

    def send_400_response(self, msg: str) -> None:
        """Refuses what httptools cannot read, or was told not to."""
        if self._head_bytes > LARGEST_HEAD_BYTES:
            self._refuse()
        else:
            super().send_400_response(msg)

    def _measured(self) -> int:
        return len(self.url) + sum([len(name) + len(value) + len(": \r\n") for name, value in self.headers])

    def _refuse(self) -> None:
        # In the midst of an answer there is no place for another.
        cycle: RequestResponseCycle | None = self.cycle
        if cycle is None or cycle.response_complete:
            limit = f"The request's line and headers have at most {LARGEST_HEAD_BYTES} bytes."
            body = render(HeadersTooLarge(limit))
            self.transport.write(
                b"HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-type: application/json\r\n"
                b"content-length: %d\r\nconnection: close\r\n\r\n%b" % (len(body), body)
            )
        self.transport.close()
