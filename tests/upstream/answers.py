"""Answers of servers as hypothesis makes them up, down to the byte and the moment."""

import gzip
import zlib
from collections.abc import Callable
from functools import partial
from itertools import pairwise
from typing import Final

from hypothesis import strategies as st

from tests.upstream.stage import Script

_NAMES: Final = st.from_regex(r"\A[Xx]-[A-Za-z0-9_-]{0,20}\Z").map(str.encode)
_VALUES: Final = st.one_of(
    st.just(b""),
    st.from_regex(rb"\A[!-~\x80-\xff]([ \t!-~\x80-\xff]{0,30}[!-~\x80-\xff])?\Z"),
)
_BEFORE_VALUE: Final = st.sampled_from([b"", b" ", b"  ", b"\t"])
# Without tabs: llhttp takes "chunked" before a tab for another coding (test_unlike_httpx.py).
_BEHIND_VALUE: Final = st.sampled_from([b"", b"", b" ", b"  "])
# What a server may say before its answer.
_BEFORE: Final = st.lists(
    st.sampled_from([b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"]),
    max_size=3,
)
_CODINGS: Final[dict[bytes, Callable[[bytes], bytes]]] = {
    b"": bytes,
    b"gzip": partial(gzip.compress, mtime=0),
    b"deflate": zlib.compress,
    b"GZIP": lambda body: gzip.compress(body, mtime=0)[:-9] + b"corrupted",
}
_TOKENS: Final = (
    *(b"\r\n", b"\n", b"\r", b" ", b"\t", b":", b",", b";", b"0", b"5", b"-", b"+", b"x", b"\0", b"\xff"),
    *(b"ffffffffffffffff", b"chunked", b"gzip", b"identity", b"close", b"keep-alive", b"HTTP/1.1 200 OK\r\n"),
    *(b"Content-Length: 5\r\n", b"Transfer-Encoding: chunked\r\n", b"Connection: close\r\n"),
    b"Content-Encoding: gzip\r\n",
)


@st.composite
def scripts(draw: st.DrawFn) -> Script:
    """Answers that are as they should be, cut anywhere or not at all."""
    whole, is_endless = draw(answers())
    is_cut = draw(st.booleans())
    sent = whole[: draw(st.integers(0, len(whole)))] if is_cut else whole
    may_stay = sent == whole and not is_endless
    return Script(draw(_pieces(sent)), draw(st.sampled_from(["keep"] * may_stay + ["close", "reset"])))


@st.composite
def broken_scripts(draw: st.DrawFn) -> Script:
    """Answers with a few bytes in them that should not be there, or without some that should."""
    sent, _ = draw(answers())
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(sent)))
        end = start + draw(st.sampled_from([0, 0, 1, 3]))
        sent = sent[:start] + draw(st.sampled_from([b"", *_TOKENS])) + sent[end:]
    return Script(draw(_pieces(sent)), draw(st.sampled_from(["close", "reset"])))


@st.composite
def answers(draw: st.DrawFn) -> tuple[bytes, bool]:
    """A whole answer, and whether only the end of the connection ends it."""
    version = draw(st.sampled_from([b"1.1", b"1.1", b"1.0"]))
    status = draw(
        st.sampled_from([b"200 OK", b"200", b"201 ", b"429 Too Many", b"204 No Content", b"304 Same"])
    )
    coding = draw(st.sampled_from(sorted(_CODINGS)))
    body = _CODINGS[coding](draw(st.binary(max_size=300)))
    headers = draw(st.lists(st.tuples(_NAMES, _VALUES), max_size=50))
    if coding:
        headers.append((b"content-ENCODING", coding))
    if draw(st.booleans()):
        headers.append((b"Connection", draw(st.sampled_from([b"close", b"Close", b"x, close"]))))
    has_body = status[:3] not in {b"204", b"304"}
    framing = draw(st.sampled_from(["length", "end"] + ["chunked"] * (version == b"1.1")))
    if framing == "length":
        headers.append((b"Content-Length", b"%d" % len(body)))
    elif framing == "chunked":
        headers.append((b"transfer-encoding", b"Chunked"))
        body = draw(_chunks(body))
    lines = [
        b"%b:%b%b%b" % (name, draw(_BEFORE_VALUE), value, draw(_BEHIND_VALUE))
        for name, value in draw(st.permutations(headers))
    ]
    head = b"\r\n".join([b"HTTP/%b %b" % (version, status), *lines, b"", b""])
    sent = b"".join(draw(_BEFORE)) + head + (body if has_body else b"")
    return sent, has_body and framing == "end"


@st.composite
def _chunks(draw: st.DrawFn, body: bytes) -> bytes:
    """The body in chunks, with extensions and trailers."""
    edges = sorted({0, len(body), *draw(st.lists(st.integers(0, len(body)), max_size=5))})
    extension = draw(st.sampled_from([b"", b";a", b";a=b", b';a="b c"']))
    trailers = draw(st.sampled_from([b"", b"X-Sum: 1\r\n", b"A: b\r\nX-Empty:\r\n"]))
    chunks = [b"%x%b\r\n%b\r\n" % (end - start, extension, body[start:end]) for start, end in pairwise(edges)]
    return b"".join(chunks) + b"0" + extension + b"\r\n" + trailers + b"\r\n"


@st.composite
def _pieces(draw: st.DrawFn, sent: bytes) -> tuple[tuple[float, bytes], ...]:
    edges = sorted({0, len(sent), *draw(st.lists(st.integers(0, len(sent)), max_size=8))})
    pause = st.sampled_from([0, 0, 0.001])
    return tuple((draw(pause), sent[start:end]) for start, end in pairwise(edges))
