"""OpenAI's error object."""

from collections.abc import Mapping, Sequence

import msgspec


def error_body(
    message: str,
    *,
    type: str,  # noqa: A002 - the name it has in OpenAI's object
    param: str | None,
    code: str | None,
    attempts: Sequence[Mapping[str, object]] = (),
) -> bytes:
    """The body of an error answer and the data of an error event; all four keys are always there.

    `attempts` says what was tried; it is left out where nothing was.
    """
    error: dict[str, object] = {"message": _encodable(message), "type": type, "param": param, "code": code}
    if attempts:
        error["attempts"] = attempts
    return msgspec.json.encode({"error": error})


def _encodable(text: str) -> str:
    return text.encode("utf-8", "replace").decode()
