"""Servers with images, and what comes of fetching from them."""

import base64
import ssl
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from app.chat.data_url import InlineBytes
from app.upstream.media import MediaFetcher, NotFetched
from tests.conftest import make_settings
from tests.upstream.servers import Exchange

PNG = b"\x89PNG\r\n\x1a\n" + b"pixels" * 10
IMAGE = InlineBytes("image/png", base64.b64encode(PNG).decode())
LIMIT = 1000

Answering = Callable[[Exchange], Awaitable[None]]


def fetcher(folder: Path, **settings: object) -> MediaFetcher:
    """One that may look at this machine's own servers, unless told otherwise."""
    chosen = {"media_max_bytes": LIMIT, "allow_private_media": True, **settings}
    return MediaFetcher(make_settings(folder).model_copy(update=chosen))


async def fetched(
    fetching: MediaFetcher, *urls: str, time_left_s: float | None = None
) -> list[InlineBytes | str]:
    """What came of each address: the image, or why there is none."""
    try:
        outcomes = await fetching.fetch(urls, time_left_s)
    finally:
        await fetching.close()
    return [str(it) if isinstance(it, NotFetched) else it for it in (outcomes[url] for url in urls)]


def answering(body: bytes, *headers: str, status: str = "200 OK") -> Answering:
    async def handler(exchange: Exchange) -> None:
        await exchange.answer(body, *headers, status=status)

    return handler


def redirecting(*locations: str) -> Answering:
    """Redirects to the locations one after the other, and then gives the image."""

    async def handler(exchange: Exchange) -> None:
        if exchange.number <= len(locations):
            location = locations[exchange.number - 1]
            await exchange.answer(b"", f"Location: {location}", status="302 Found")
        else:
            await exchange.answer(PNG)

    return handler


def certified(folder: Path) -> ssl.SSLContext:
    """TLS for 127.0.0.1, by a certificate that is left in the folder."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), 1, now, now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    (folder / "certificate.pem").write_bytes(certificate.public_bytes(pem))
    (folder / "key.pem").write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "certificate.pem", folder / "key.pem")
    return context
