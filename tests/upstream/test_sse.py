import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import MalformedAnswer
from app.upstream.sse import ServerSentEvent, SseParser

LIMIT = 1_000_000


def parse(*pieces: bytes, limit_bytes: int = LIMIT) -> list[ServerSentEvent]:
    parser = SseParser(limit_bytes)
    events = [event for piece in pieces for event in parser.feed(piece)]
    return events + parser.end()


def data(*values: bytes) -> list[ServerSentEvent]:
    return [ServerSentEvent("message", value) for value in values]


@pytest.mark.parametrize(
    ("stream", "events"),
    [
        pytest.param(b"data: a\n\ndata: b\n\n", data(b"a", b"b"), id="LF"),
        pytest.param(b"data: a\r\n\r\ndata: b\r\n\r\n", data(b"a", b"b"), id="CRLF"),
        pytest.param(b"data: a\r\rdata: b\r\r", data(b"a", b"b"), id="CR"),
        pytest.param(b"data: a\r\n\ndata: b\n\r\ndata: c\r\r\n", data(b"a", b"b", b"c"), id="mixed"),
        pytest.param(b"data: a\ndata: b\n\n", data(b"a\nb"), id="two lines"),
        pytest.param(b"data\n\n", data(b""), id="no colon"),
        pytest.param(b"data:\n\n", data(b""), id="empty"),
        pytest.param(b"data:a\n\n", data(b"a"), id="no space"),
        pytest.param(b"data:  a\n\n", data(b" a"), id="two spaces"),
        pytest.param(b"data: a:b\n\n", data(b"a:b"), id="colon inside"),
        pytest.param(b": ping\n\ndata: a\n: x\n\n\n\n", data(b"a"), id="comments and blank lines"),
        pytest.param(b"event: error\ndata: a\n\n", [ServerSentEvent("error", b"a")], id="type"),
        pytest.param(b"event: x\n\ndata: a\n\n", data(b"a"), id="type without data"),
        pytest.param(b"id: 1\nretry: 5\nunheard: of\ndata: a\n\n", data(b"a"), id="other fields"),
        pytest.param(b"\xef\xbb\xbfdata: a\n\n", data(b"a"), id="BOM"),
        pytest.param(b"data: a\n\n\xef\xbb\xbfdata: b\n\n", data(b"a"), id="BOM later is no BOM"),
        pytest.param(b"data: a\n\ndata: b", data(b"a", b"b"), id="unfinished line"),
        pytest.param(b"data: a\n\ndata: b\n", data(b"a", b"b"), id="unfinished event"),
        pytest.param(
            "data: a\u2028b\u0085c\x0bd\n\n".encode(), data("a\u2028b\u0085c\x0bd".encode()), id="U+2028"
        ),
        pytest.param(b"DATA: a\n\n", [], id="case matters"),
        pytest.param(b"", [], id="nothing"),
    ],
)
def test_reads_events(stream: bytes, events: list[ServerSentEvent]) -> None:
    assert parse(stream) == events
    assert parse(*(stream[i : i + 1] for i in range(len(stream)))) == events


_LINES = st.lists(
    st.tuples(
        st.sampled_from([b"data: ", b"data:", b"data", b"event: ", b":", b"", b"id: ", b"\xef\xbb\xbf"]),
        st.binary(max_size=6),
        st.sampled_from([b"\n", b"\r", b"\r\n"]),
    ),
    max_size=12,
)


@given(_LINES, st.lists(st.integers(0, 120), max_size=12), st.booleans())
def test_events_do_not_depend_on_where_the_stream_is_split(
    lines: list[tuple[bytes, bytes, bytes]], cuts: list[int], is_whole: bool
) -> None:
    stream = b"".join(b"".join(line) for line in lines)[: None if is_whole else -1]
    edges = sorted({0, len(stream), *(min(cut, len(stream)) for cut in cuts)})

    pieces = [stream[start:end] for start, end in pairwise(edges)]

    assert parse(*pieces) == parse(stream)


def test_an_event_is_given_as_soon_as_its_blank_line_is_there() -> None:
    parser = SseParser(LIMIT)

    events = [parser.feed(piece) for piece in (b"data: a\r", b"\n\r", b"\ndata: b\n\n")]

    assert events == [[], data(b"a"), data(b"b")]


@pytest.mark.parametrize(
    "stream",
    [
        pytest.param(b"data: " + b"x" * 200, id="a line that does not end"),
        pytest.param(b"data: " + b"x" * 200 + b"\n\n", id="a line"),
        pytest.param(b"data: xxxxxxxxx\n" * 20, id="many lines"),
        pytest.param(b"data\n" * 200, id="empty lines"),
        pytest.param(b":" + b"x" * 200, id="a comment that does not end"),
    ],
)
def test_refuses_an_event_over_the_limit(stream: bytes) -> None:
    with pytest.raises(MalformedAnswer):
        parse(*(stream[i : i + 7] for i in range(0, len(stream), 7)), limit_bytes=100)


def test_many_events_below_the_limit_are_fine() -> None:
    assert len(parse(b"data: xxxxxxxxx\n\n" * 100, limit_bytes=100)) == 100


def test_tiny_reads_of_a_huge_event_take_time_in_proportion() -> None:
    def seconds(size: int) -> float:
        parser = SseParser(10 * size)
        started = time.perf_counter()
        for _ in range(size):
            parser.feed(b"x")
        parser.feed(b"\n\n")
        return time.perf_counter() - started

    small, large = min(seconds(20_000) for _ in range(3)), seconds(400_000)

    # Twenty times the bytes; copying what came before each time would take four hundred times as long.
    assert large < small * 100
