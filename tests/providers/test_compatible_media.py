"""Images by their addresses, for compatible servers."""

from typing import Any

import pytest

from app.providers.verdicts import NeedsMedia, RemoteMedia
from tests.providers.compatible import Json, body_of, objections, translated

URL = "https://x.example/y.png"


def user(*images: object) -> Json:
    return {"role": "user", "content": [{"type": "image_url", "image_url": it} for it in images]}


def test_ollama_needs_what_is_at_the_addresses() -> None:
    messages = [user({"url": URL}, {"url": "DATA:image/png;base64,AA=="}), user("http://x.example/z")]

    with pytest.raises(NeedsMedia) as needed:
        translated("ollama", messages=messages)

    assert needed.value.media == (
        RemoteMedia("messages[0].content[0].image_url", URL),
        RemoteMedia("messages[1].content[0].image_url", "http://x.example/z"),
    )


def test_ollama_needs_nothing_for_a_request_that_it_cannot_serve() -> None:
    refused = objections("ollama", messages=[user({"url": URL})], logit_bias={"1": 5})

    assert refused == [("logit_bias", "unsupported_parameter")]


@pytest.mark.parametrize("server", ["vllm", "groq", "azure", "unknown"])
def test_servers_that_fetch_get_the_address(server: str) -> None:
    messages = [user({"url": URL, "detail": "low"})]

    assert body_of(translated(server, messages=messages))["messages"] == messages


@pytest.mark.parametrize("value", [5, {"url": 5}, {}, None, ""], ids=str)
def test_what_is_no_address_is_for_the_server_to_judge(value: Any) -> None:
    messages = [user(value)]

    assert body_of(translated("ollama", messages=messages))["messages"] == messages
