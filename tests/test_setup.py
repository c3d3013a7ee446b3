"""Which Python `.venv` is made with: the one that serves its user best of those that are here."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

# An interpreter that is as it is told to be, and makes no environment.
_INTERPRETER = """#!/bin/sh
case "$*" in
    *version_info*) exit {is_old} ;;
    *ensurepip*) {has_venv} ;;
    *sysconfig*) exit {is_slow} ;;
    --version) echo "Python of the test" ;;
    *) exit 3 ;;
esac
"""


def interpreter(*, is_old: int = 0, has_venv: str = "true", is_slow: int = 0) -> str:
    """The text of a program in the place of an interpreter."""
    return _INTERPRETER.format(is_old=is_old, has_venv=has_venv, is_slow=is_slow)


FAST, SLOW = interpreter(), interpreter(is_slow=1)


def chosen(folder: Path, interpreters: dict[str, str], **env: str) -> str:
    """The interpreter that setup takes where these are on the PATH, before the system's own programs."""
    path, project = folder / "bin", folder / "project"
    path.mkdir()
    for name, text in interpreters.items():
        (path / name).write_text(text)
        (path / name).chmod(0o755)
    (project / "scripts").mkdir(parents=True)
    for name in ("scripts/setup.sh", "requirements.lock", "requirements-build.lock", "pyproject.toml"):
        shutil.copy(ROOT / name, project / name)
    done = subprocess.run(
        [project / "scripts/setup.sh"],
        env={"PATH": f"{path}{os.pathsep}{os.environ['PATH']}", **env},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode
    (line,) = [it for it in done.stderr.splitlines() if it.startswith("Making .venv")]
    return line.removesuffix(" …").rpartition(" ")[2]


@pytest.mark.parametrize(
    ("interpreters", "expected"),
    [
        pytest.param({"python3.13": FAST, "python3.12": FAST}, "python3.13", id="the newest"),
        pytest.param({"python3.13": SLOW, "python3.12": FAST}, "python3.12", id="one that is optimised"),
        pytest.param(
            {"python3.13": interpreter(has_venv="false"), "python3.12": FAST},
            "python3.12",
            id="one with venv",
        ),
        pytest.param(
            {"python3.13": interpreter(is_old=1), "python3.12": FAST}, "python3.12", id="new enough"
        ),
    ],
)
def test_setup_takes(interpreters: dict[str, str], expected: str, tmp_path: Path) -> None:
    assert chosen(tmp_path, interpreters) == expected


def test_who_names_an_interpreter_gets_it(tmp_path: Path) -> None:
    assert chosen(tmp_path, {"python3.13": FAST, "own": SLOW}, PYTHON="own") == "own"


# Lets the interpreters that look for it have their venv.
_GIVES = '#!/bin/sh\ncase "$*" in *install*) touch "$0.gave" ;; esac\n'
_REFUSES = "#!/bin/sh\nexit 100\n"
_ROOT = "#!/bin/sh\necho 0\n"


@pytest.mark.parametrize(
    ("apt_get", "expected"),
    [
        pytest.param(_GIVES, "python3.13", id="its venv can be installed"),
        pytest.param(_REFUSES, "python3.12", id="nothing can be installed"),
    ],
)
def test_a_slow_one_is_better_than_none(apt_get: str, expected: str, tmp_path: Path) -> None:
    bare = interpreter(has_venv=f"test -e {tmp_path}/bin/apt-get.gave")
    programs = {"python3.13": bare, "python3.12": SLOW, "apt-get": apt_get, "id": _ROOT}

    # Both are named, so that the system's own is not among them.
    assert chosen(tmp_path, programs, PYTHON="python3.13 python3.12", CI="true") == expected
