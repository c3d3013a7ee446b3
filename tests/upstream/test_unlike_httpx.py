"""Where our transport and httpx's differ, each with the reason why ours is the safe side."""

from pathlib import Path

import pytest

from app.errors import ConnectionFailed, UpstreamCut
from app.settings import UpstreamTransport
from tests.upstream.stage import Outcome, Script, stage

OK = b"HTTP/1.1 200 OK\r\n"
LENGTH = b"Content-Length: 5\r\n"
CHUNKED = b"Transfer-Encoding: chunked\r\n"
CHUNKS = b"\r\n5\r\nhello\r\n0\r\n\r\n"


async def both(folder: Path, sent: bytes) -> tuple[Outcome, Outcome]:
    """What comes of an answer with our transport, and with httpx's. The server closes behind it."""
    script = Script(((0, sent),), "close")
    async with stage(folder) as scene:
        ours = await scene.outcome(UpstreamTransport.DIRECT, script)
        return ours, await scene.outcome(UpstreamTransport.HTTPX, script)


@pytest.mark.parametrize(
    "sent",
    [
        # Where the next answer begins would be a matter of which of the two is believed.
        pytest.param(OK + LENGTH + CHUNKED + CHUNKS, id="length and chunks"),
        pytest.param(OK + LENGTH + LENGTH + b"\r\nhello", id="two lengths"),
        pytest.param(OK + CHUNKED + CHUNKS[:-2] + LENGTH + b"\r\n", id="length behind the chunks"),
        # Whoever ends lines by LF, folds them or puts control characters into them is read in different
        # ways by different readers. RFC 9112, sections 2.2 and 5.2, and RFC 9110, section 5.5.
        pytest.param((OK + LENGTH + b"\r\nhello").replace(b"\r\n", b"\n"), id="LF"),
        pytest.param(OK + b"X-A: one\r\n two\r\n" + LENGTH + b"\r\nhello", id="folded header"),
        pytest.param(OK + b"X-A: \x1c\r\n" + LENGTH + b"\r\nhello", id="control character"),
        pytest.param(OK + CHUNKED + CHUNKS.replace(b"5", b"5 "), id="space behind the size of a chunk"),
    ],
)
async def test_refuses_what_httpx_lets_pass(tmp_path: Path, sent: bytes) -> None:
    ours, theirs = await both(tmp_path, sent)

    assert (ours.error in {ConnectionFailed, UpstreamCut}, theirs.error) == (True, None)


@pytest.mark.parametrize("value", [b"gzip", b"identity", b"chunked, x", b"chunked\t"])
async def test_an_unknown_transfer_coding_is_never_whole(tmp_path: Path, value: bytes) -> None:
    # httpx refuses it as soon as it has read the head. We have to read on, but take no end for the end.
    ours, theirs = await both(tmp_path, OK + b"Transfer-Encoding: " + value + b"\r\n\r\nhello")

    assert (ours.status, ours.error) == (200, UpstreamCut)
    assert theirs.error in {ConnectionFailed, UpstreamCut}


async def test_blank_lines_before_an_answer_are_harmless(tmp_path: Path) -> None:
    ours, theirs = await both(tmp_path, b"\r\n\r\n" + OK + LENGTH + b"\r\nhello")

    assert (ours.body, theirs.error) == (b"hello", ConnectionFailed)


async def test_a_status_that_is_none_is_no_success(tmp_path: Path) -> None:
    ours, theirs = await both(tmp_path, b"HTTP/1.1 099 Oops\r\n" + LENGTH + b"\r\nhello")

    assert (ours.status, theirs.error) == (99, ConnectionFailed)


async def test_a_server_of_http_1_0_that_keeps_the_connection_is_asked_again(tmp_path: Path) -> None:
    script = Script(((0, b"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n" + LENGTH + b"\r\nhello"),), "keep")

    async with stage(tmp_path) as scene:
        ours = await scene.outcome(UpstreamTransport.DIRECT, script)
        theirs = await scene.outcome(UpstreamTransport.HTTPX, script)

    assert (ours.is_reused, theirs.is_reused) == (True, False)
