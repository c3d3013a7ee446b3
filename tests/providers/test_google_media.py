"""Images, sounds and files, as Google takes them."""

import pytest

from app.providers.verdicts import NeedsMedia, RemoteMedia
from tests.providers.google_exchange import (
    PDF,
    PICTURE,
    PNG,
    Row,
    contents,
    file,
    image,
    notes,
    objections,
    user,
)

OWN_FILE = "https://generativelanguage.googleapis.com/v1beta/files/abc"
# The place of a message's first part.
FIRST = "messages[0].content[0]"


@pytest.mark.parametrize(
    ("part", "native"),
    [
        pytest.param(
            image(f"DATA:image/jpg;name=a;base64,{PNG.rstrip('=')}"),
            {"inlineData": {"mimeType": "image/png", "data": PNG}},
            id="a data URL as people write them",
        ),
        pytest.param(
            image("https://x.example/a/b.webp?w=1"),
            {"fileData": {"mimeType": "image/webp", "fileUri": "https://x.example/a/b.webp?w=1"}},
            id="a URL",
        ),
        pytest.param(
            image("https://x.example/picture"),
            {"fileData": {"fileUri": "https://x.example/picture"}},
            id="no type",
        ),
        pytest.param(
            image(PICTURE, detail="high"),
            {
                "inlineData": {"mimeType": "image/png", "data": PNG},
                "mediaResolution": {"level": "MEDIA_RESOLUTION_HIGH"},
            },
            id="high resolution",
        ),
        pytest.param(
            image(PICTURE, detail="auto"),
            {"inlineData": {"mimeType": "image/png", "data": PNG}},
            id="any resolution",
        ),
        pytest.param(
            {"type": "input_audio", "input_audio": {"data": "SUQzBAAA", "format": "mp3"}},
            {"inlineData": {"mimeType": "audio/mp3", "data": "SUQzBAAA"}},
            id="sound",
        ),
        pytest.param(
            file(file_data=f"data:application/pdf;base64,{PDF}"),
            {"inlineData": {"mimeType": "application/pdf", "data": PDF}},
            id="PDF",
        ),
        pytest.param(
            file(file_data=PDF), {"inlineData": {"mimeType": "application/pdf", "data": PDF}}, id="base64"
        ),
        pytest.param(
            file(file_data="data:text/plain,a%20b"),
            {"inlineData": {"mimeType": "text/plain", "data": "YSBi"}},
            id="text",
        ),
        pytest.param(
            file(file_id="https://generativelanguage.googleapis.com/v1beta/files/abc"),
            {"fileData": {"fileUri": "https://generativelanguage.googleapis.com/v1beta/files/abc"}},
            id="a file of Google's",
        ),
    ],
)
def test_media(part: Row, native: Row) -> None:
    messages = [user("see", part)]

    assert contents(*messages)[0]["parts"] == [{"text": "see"}, native]
    assert notes(*messages) == ()


@pytest.mark.parametrize(
    ("model", "part", "note"),
    [
        pytest.param(
            "gemini-2.5-flash",
            image(PICTURE, detail="low"),
            "image_url.detail",
            id="2.5",
        ),
        pytest.param(
            "gemini-3-pro",
            image(PICTURE, detail="original"),
            "image_url.detail",
            id="size",
        ),
        pytest.param("gemini-3-pro", file(file_data=PDF, filename="a.pdf"), "file.filename", id="name"),
        pytest.param(
            "gemini-3-pro",
            {**image("https://x/y.png"), "prompt_cache_breakpoint": {}},
            "cache",
            id="cache mark",
        ),
    ],
)
def test_hints_about_media_are_reported(model: str, part: Row, note: str) -> None:
    assert notes(user(part), model=model) == (f"messages[0].content[0].{note}=ignored",)


def test_a_model_that_fetches_nothing_needs_what_is_at_the_address() -> None:
    parts = [image("https://x.example/y.png"), image(PICTURE), image("HTTP://x.example/z", detail="high")]

    with pytest.raises(NeedsMedia) as needed:
        notes(user("see", *parts), model="gemini-2.0-flash")

    assert needed.value.media == (
        RemoteMedia("messages[0].content[1].image_url", "https://x.example/y.png"),
        RemoteMedia("messages[0].content[3].image_url", "HTTP://x.example/z"),
    )


def test_nothing_is_needed_for_a_request_that_cannot_be_served() -> None:
    refused = objections(
        model="gemini-2.0-flash", messages=[user(image("https://x.example/y.png"))], logit_bias={"1": 5}
    )

    assert [it.param for it in refused] == ["logit_bias"]


@pytest.mark.parametrize(
    "part",
    [
        pytest.param(image(OWN_FILE), id="as an image"),
        pytest.param(file(file_id=OWN_FILE), id="as a file"),
    ],
)
def test_every_model_takes_files_of_googles_own(part: Row) -> None:
    native = contents(user(part), model="gemini-2.0-flash")[0]["parts"]

    assert native == [{"fileData": {"fileUri": OWN_FILE}}]


@pytest.mark.parametrize(
    ("part", "param"),
    [
        pytest.param(image("gs://bucket/y.png"), FIRST, id="a bucket"),
        pytest.param(image("file:///y.png"), FIRST, id="another scheme"),
        pytest.param(file(file_id="https://x.example/y.pdf"), f"{FIRST}.file.file_id", id="a file"),
    ],
)
def test_a_model_that_fetches_nothing_is_not_helped_out_with(part: Row, param: str) -> None:
    refused = objections(model="gemini-2.0-flash", messages=[user(part)])

    assert [it.param for it in refused] == [param]


@pytest.mark.parametrize("url", ["https://[::1/y", "https://x.com", "https://x.example?y.png"])
def test_an_address_without_a_path_has_no_type(url: str) -> None:
    assert contents(user(image(url)))[0]["parts"] == [{"fileData": {"fileUri": url}}]
