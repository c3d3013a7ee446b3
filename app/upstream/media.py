"""Images from their addresses, for models that take bytes alone. The addresses are strangers'."""

import asyncio
import base64
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import SplitResult, urljoin, urlsplit

from app.chat.data_url import InlineBytes, sniffed
from app.errors import ConnectionsExhausted, InvalidImageUrl, Unavailable, UpstreamError, UpstreamForbidden
from app.settings import Settings
from app.upstream.client import Upstream, UpstreamAnswer

# Compressed answers are not taken: a few bytes may unfold to more than there is memory.
_HEADERS: Final = (("accept", "image/*"), ("accept-encoding", "identity"), ("user-agent", "perpetuo"))
_TYPES: Final = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp", "image/heic"})
# So many bytes tell an image's type.
_ENOUGH_BYTES: Final = 12
_MOST_IMAGES: Final = 100
_MOST_REDIRECTS: Final = 3
_AT_A_TIME: Final = 4


class NotFetched(Exception):
    """Why there is no image, in words that follow its name; `code` is that of the error for the client."""

    def __init__(self, why: str, code: str = InvalidImageUrl.code) -> None:
        super().__init__(why)
        self.reason = f"cannot be fetched: {why}"
        self.code = code


@dataclass(slots=True)
class _Allowance:
    """The bytes that the images of one request may still have."""

    most_bytes: int
    used_bytes: int = 0

    def use(self, count: int) -> None:
        self.used_bytes += count
        if self.used_bytes > self.most_bytes:
            raise NotFetched(f"the images are larger than {self.most_bytes} bytes (MEDIA_MAX_BYTES)")


class MediaFetcher:
    """Fetches images. Its connections are its own: slow servers of images take none from the providers."""

    def __init__(self, settings: Settings) -> None:
        self._upstream = Upstream(settings, is_for_strangers=True)
        self._most_bytes = settings.media_max_bytes
        self._limit_s = settings.media_timeout_s or None

    async def fetch(
        self, urls: Collection[str], time_left_s: float | None
    ) -> Mapping[str, InlineBytes | NotFetched]:
        """What is at each of the addresses, all within the limits of one request."""
        if len(urls) > _MOST_IMAGES:
            return dict.fromkeys(urls, NotFetched(f"more than {_MOST_IMAGES} images are too many"))
        limits_s = [limit for limit in (self._limit_s, time_left_s) if limit is not None]
        deadline = asyncio.get_running_loop().time() + min(limits_s) if limits_s else None
        allowance, turns = _Allowance(self._most_bytes), asyncio.Semaphore(_AT_A_TIME)

        async def outcome(url: str) -> InlineBytes | NotFetched:
            try:
                async with asyncio.timeout_at(deadline), turns:
                    return await self._image(url, allowance)
            except NotFetched as failure:
                return failure
            except TimeoutError:
                return NotFetched("it takes too long (MEDIA_TIMEOUT_S)")
            except UpstreamError as error:
                return _understood(error)

        async with asyncio.TaskGroup() as group:
            tasks = {url: group.create_task(outcome(url)) for url in urls}
        return {url: task.result() for url, task in tasks.items()}

    async def close(self) -> None:
        """Closes every connection."""
        await self._upstream.close()

    async def _image(self, url: str, allowance: _Allowance) -> InlineBytes:
        for _ in range(_MOST_REDIRECTS + 1):
            _check(url)
            answer = await self._upstream.send("GET", url, _HEADERS, b"")
            try:
                location = answer.headers.get("location", "")
                if not 300 <= answer.status < 400 or not location:
                    return await _read(answer, allowance)
            finally:
                await answer.close()
            url = _redirected(url, location)
        raise NotFetched(f"more than {_MOST_REDIRECTS} redirects are too many")


def _check(url: str) -> SplitResult:
    """The parts of an address that may be asked."""
    try:
        parts = urlsplit(url)
    except ValueError:
        raise NotFetched("it is no address") from None
    if parts.scheme not in {"https", "http"}:
        raise NotFetched("expected a https: or data: URL")
    if parts.username is not None:
        raise NotFetched("an address with a user's name is not asked")
    return parts


def _redirected(url: str, location: str) -> str:
    try:
        target = urljoin(url, location)
    except ValueError:
        raise NotFetched("its server redirects to what is no address") from None
    if _check(url).scheme == "https" and _check(target).scheme != "https":
        raise NotFetched("its server redirects from https to http")
    return target


async def _read(answer: UpstreamAnswer, allowance: _Allowance) -> InlineBytes:
    if not answer.is_success:
        raise NotFetched(f"its server answered {answer.status}")
    if answer.headers.get("content-encoding", "identity").lower() != "identity":
        raise NotFetched("its server compresses it, though asked not to")
    content = bytearray()
    while (piece := await answer.piece()) is not None:
        allowance.use(len(piece))
        content += piece
        if len(content) >= _ENOUGH_BYTES:
            _media_type(content)
    return InlineBytes(_media_type(content), base64.b64encode(content).decode())


def _media_type(content: bytearray) -> str:
    """What the image is. Servers declare what they like, and providers look at the bytes."""
    media_type = sniffed(bytes(content[:_ENOUGH_BYTES]))
    if media_type is None or media_type not in _TYPES:
        raise NotFetched("it is no PNG, JPEG, GIF, WebP or HEIC")
    return media_type


def _understood(error: UpstreamError) -> NotFetched:
    """What a failure comes to, without a word on what is behind the address."""
    match error:
        case UpstreamForbidden():
            return NotFetched("it is in a private network, and ALLOW_PRIVATE_MEDIA is off")
        case ConnectionsExhausted():
            return NotFetched("all connections for images are in use", Unavailable.code)
        case _:
            return NotFetched("its server cannot be reached, or breaks off")
