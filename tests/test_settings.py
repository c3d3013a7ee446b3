"""Settings: how they are read, and which stop the start."""

from pathlib import Path

import pytest

from app.errors import StartRefused
from app.settings import LogLevel, load


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Away from the developer's own `.env`."""
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("https://", id="no host"),
        pytest.param("https://:3000", id="a port alone"),
        pytest.param("https://user@gateway.example", id="a user"),
        pytest.param("https://:secret@gateway.example", id="a password"),
        pytest.param("https://gateway.example:99999", id="no such port"),
        pytest.param("https://gateway.example:http", id="no port"),
        pytest.param("https://gateway example", id="a space"),
        pytest.param("https://[gateway.example", id="half an address"),
        pytest.param("gateway.example", id="no scheme"),
    ],
)
def test_a_public_url_that_is_no_address_stops_the_start(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PUBLIC_URL", url)

    with pytest.raises(StartRefused) as refused:
        load()

    assert "PUBLIC_URL must" in refused.value.message
    assert url not in refused.value.message.replace("http:// or https://", "")


@pytest.mark.parametrize("url", ["https://gateway.example", "http://[::1]:3000/", "https://example.com/ai"])
def test_an_address_is_taken_as_it_is(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PUBLIC_URL", url)

    assert load().public_url == url


def test_a_level_is_read_in_any_case_and_proxies_in_any_shape_that_counts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("LOG_LEVEL", "Info")
    monkeypatch.setenv("TRUSTED_PROXIES", "10.0.0.1, 172.16.0.0/12,2001:db8::/32,::1")

    chosen = load()

    assert chosen.log_level is LogLevel.INFO
    assert chosen.trusted_proxies == "10.0.0.1, 172.16.0.0/12,2001:db8::/32,::1"


@pytest.mark.parametrize(
    ("url", "is_https"),
    [("https://gateway.example", True), ("HTTPS://Gateway.example", True), ("http://gateway.example", False)],
)
def test_https_is_https_in_any_case(url: str, is_https: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    # Cookies are bound to it by this.
    monkeypatch.setenv("PUBLIC_URL", url)

    assert load().is_https is is_https
