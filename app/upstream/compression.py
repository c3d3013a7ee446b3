"""Compressed bodies, unpacked a little at a time: a few bytes may stand for more than there is memory."""

from collections.abc import AsyncIterator, Sequence
from typing import Final

import httpx

# Of what comes. Unpacked it is a megabyte at most: deflate makes no less than a thousandth of anything.
_SLICE_BYTES: Final = 1024


async def unpacked(
    status: int, headers: Sequence[tuple[bytes, bytes]], stream: httpx.AsyncByteStream
) -> AsyncIterator[bytes]:
    """The body as it was before it was compressed, by `gzip` or `deflate`. Raises httpx.DecodingError too."""
    response = httpx.Response(status, headers=headers, stream=_Slices(stream))
    codings = response.headers.get_list("content-encoding", split_commas=True)
    if len([coding for coding in codings if coding.strip().lower() != "identity"]) > 1:
        # What is compressed twice unpacks to a million times as much, and nobody does that in earnest.
        raise httpx.DecodingError("the body is compressed more than once")
    async for piece in response.aiter_bytes():
        yield piece


class _Slices(httpx.AsyncByteStream):
    """The same stream in small pieces."""

    def __init__(self, stream: httpx.AsyncByteStream) -> None:
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for piece in self._stream:
            for start in range(0, len(piece), _SLICE_BYTES):
                yield piece[start : start + _SLICE_BYTES]

    async def aclose(self) -> None:
        await self._stream.aclose()
