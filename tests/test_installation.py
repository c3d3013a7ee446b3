"""The secrets that a data folder keeps."""

import json
import os
from pathlib import Path

import pytest

from app.errors import StartRefused
from app.installation import with_secrets
from app.settings import Settings
from tests.conftest import make_settings


def without_secrets(tmp_path: Path) -> Settings:
    """Settings of an installation that makes its secrets."""
    return make_settings(tmp_path).model_copy(update={"jwt_secret": "", "encryption_key": ()})


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b'{"JWT_SECRET": "', id="truncated"),
        pytest.param(b'{"JWT_SECRET": "x"}', id="half"),
        pytest.param(b'{"JWT_SECRET": 1, "ENCRYPTION_KEY": 2}', id="numbers"),
        pytest.param(b"[]", id="a list"),
        pytest.param(b'"\xff"', id="no text"),
    ],
)
def test_a_damaged_file_of_secrets_stops_the_start_and_stays(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "secrets.json").write_bytes(content)

    with pytest.raises(StartRefused) as refused:
        with_secrets(without_secrets(tmp_path))

    assert f"{tmp_path / 'secrets.json'} cannot be read" in refused.value.message
    assert "restore it from a backup" in refused.value.message
    assert (tmp_path / "secrets.json").read_bytes() == content


def test_a_file_of_secrets_that_cannot_be_read_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / "secrets.json").mkdir()

    with pytest.raises(StartRefused) as refused:
        with_secrets(without_secrets(tmp_path))

    assert "secrets.json cannot be made or read: Is a directory." in refused.value.message


def test_a_process_that_dies_while_it_makes_its_secrets_leaves_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(_: int) -> None:
        raise KeyboardInterrupt

    # Nothing else tells when the file is written and not yet there.
    monkeypatch.setattr(os, "fsync", die)
    with pytest.raises(KeyboardInterrupt):
        with_secrets(without_secrets(tmp_path))
    monkeypatch.undo()

    made = with_secrets(without_secrets(tmp_path))

    kept = json.loads((tmp_path / "secrets.json").read_text())
    assert kept == {"JWT_SECRET": made.jwt_secret, "ENCRYPTION_KEY": made.encryption_key[0]}
    assert [path.name for path in tmp_path.iterdir()] == ["secrets.json"]
    assert (tmp_path / "secrets.json").stat().st_mode & 0o777 == 0o600
