"""Images from strangers' servers: what is taken, and what is not."""

import base64
from collections.abc import Sequence
from pathlib import Path

import pytest

from app.chat.data_url import InlineBytes
from app.upstream import network as network_module
from tests.upstream.fetching import IMAGE, PNG, Answering, answering, certified, fetched, fetcher, redirecting
from tests.upstream.servers import serve


async def test_asks_for_the_image_and_tells_nothing(tmp_path: Path) -> None:
    async with serve(answering(PNG, "Content-Type: image/png")) as server:
        outcome = await fetched(fetcher(tmp_path), f"{server.url}/cat.png?a=1#part")

    lines = server.requests[0].head.decode().split("\r\n")
    assert outcome == [IMAGE]
    assert lines[0] == "GET /v1/cat.png?a=1 HTTP/1.1"
    assert {line.lower() for line in lines[1:] if line} == {
        f"host: 127.0.0.1:{server.port}",
        "accept: image/*",
        "accept-encoding: identity",
        "user-agent: perpetuo",
    }


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (PNG, "image/png"),
        (b"\xff\xd8\xff\xe0" + bytes(20), "image/jpeg"),
        (b"GIF89a" + bytes(20), "image/gif"),
        (b"RIFF\x10\x00\x00\x00WEBPVP8 ", "image/webp"),
        (b"\x00\x00\x00\x18ftypheic" + bytes(20), "image/heic"),
    ],
)
@pytest.mark.parametrize("declared", ["image/jpeg", "application/octet-stream", "text/html"])
async def test_the_bytes_tell_what_an_image_is(
    tmp_path: Path, content: bytes, media_type: str, declared: str
) -> None:
    async with serve(answering(content, f"Content-Type: {declared}")) as server:
        outcome = await fetched(fetcher(tmp_path), server.url)

    assert outcome == [InlineBytes(media_type, base64.b64encode(content).decode())]


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"\x89PNG", id="too little"),
        pytest.param(b"<html>secret</html>", id="a page"),
        pytest.param(b"<svg xmlns='http://www.w3.org/2000/svg'/>", id="SVG"),
        pytest.param(b"%PDF-1.7 and so on", id="PDF"),
        pytest.param(b"\x00\x00\x00\x18ftypmp42" + bytes(20), id="a film"),
    ],
)
async def test_what_is_no_image_is_not_taken(tmp_path: Path, content: bytes) -> None:
    async with serve(answering(content, "Content-Type: image/png")) as server:
        outcome = await fetched(fetcher(tmp_path), server.url)

    assert outcome == ["it is no PNG, JPEG, GIF, WebP or HEIC"]


@pytest.mark.parametrize(
    ("handler", "why"),
    [
        pytest.param(answering(b"secret", status="404 Not Found"), "its server answered 404", id="404"),
        pytest.param(answering(PNG, status="500 Oops"), "its server answered 500", id="500"),
        pytest.param(answering(b"", status="304 Not Modified"), "its server answered 304", id="304"),
        pytest.param(
            answering(PNG, "Content-Encoding: gzip"),
            "its server compresses it, though asked not to",
            id="gzip",
        ),
        pytest.param(redirecting("http://a]b/"), "its server redirects to what is no address", id="nowhere"),
        pytest.param(redirecting("file:///etc/passwd"), "expected a https: or data: URL", id="file"),
        pytest.param(
            redirecting("http://u:p@127.0.0.1/"),
            "an address with a user's name is not asked",
            id="credentials",
        ),
        pytest.param(redirecting(*"abcd"), "more than 3 redirects are too many", id="redirects"),
    ],
)
async def test_says_why_there_is_no_image(tmp_path: Path, handler: Answering, why: str) -> None:
    async with serve(handler) as server:
        outcome = await fetched(fetcher(tmp_path), server.url)

    assert outcome == [why]


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("ftp://127.0.0.1/x.png", "expected a https: or data: URL"),
        ("iVBORw0KGgo=", "expected a https: or data: URL"),
        ("http://[::1/x.png", "it is no address"),
        ("http://user:secret@127.0.0.1/x.png", "an address with a user's name is not asked"),
        ("http:///x.png", "its server cannot be reached, or breaks off"),
        ("http://nowhere.invalid/x.png", "its server cannot be reached, or breaks off"),
        ("http://127.0.0.1:1/x.png", "its server cannot be reached, or breaks off"),
    ],
)
async def test_some_addresses_lead_nowhere(tmp_path: Path, url: str, why: str) -> None:
    outcome = await fetched(fetcher(tmp_path), url)

    assert outcome == [why]


async def test_follows_three_redirects(tmp_path: Path) -> None:
    async with serve(redirecting("/a", "b", "?c=1")) as server:
        outcome = await fetched(fetcher(tmp_path), f"{server.url}/start")

    paths = [request.head.split()[1] for request in server.requests]
    assert outcome == [IMAGE]
    assert paths == [b"/v1/start", b"/a", b"/b", b"/b?c=1"]


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:1/x.png", "http://localhost:1/x.png", "http://169.254.169.254/latest/meta-data"]
)
async def test_a_private_address_is_not_asked_where_they_are_forbidden(tmp_path: Path, url: str) -> None:
    outcome = await fetched(fetcher(tmp_path, allow_private_media=False), url)

    assert outcome == ["it is in a private network, and ALLOW_PRIVATE_MEDIA is off"]


async def test_no_redirect_leads_into_a_private_network(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # No public server can be reached from a test: a name that stands for one leads to a local server.
    async def resolve(host: str, port: int) -> Sequence[str]:
        return ["127.0.0.1"] if host == "public.example" else await public_addresses(host, port)

    public_addresses = network_module.public_addresses
    monkeypatch.setattr(network_module, "public_addresses", resolve)
    async with serve(answering(PNG)) as inner, serve(redirecting(inner.url)) as outer:
        url = f"http://public.example:{outer.port}/"
        outcome = await fetched(fetcher(tmp_path, allow_private_media=False), url)

    assert outcome == ["it is in a private network, and ALLOW_PRIVATE_MEDIA is off"]
    assert (len(outer.requests), inner.connections) == (1, 0)


async def test_a_redirect_from_https_to_http_is_not_followed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tls = certified(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "certificate.pem"))
    outside = redirecting("/here", "http://127.0.0.1:1/")

    async with serve(outside, tls) as server:
        outcome = await fetched(fetcher(tmp_path), f"https://127.0.0.1:{server.port}/")

    assert outcome == ["its server redirects from https to http"]
    assert len(server.requests) == 2
