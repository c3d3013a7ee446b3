"""Checks of what this machine gives: the data folder, its journals, and the port."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import httpx

from app.cli import server
from app.cli.doctor.findings import Finding, check_permissions, fail, ok, warn
from app.cli.doctor.folders import existing, is_writable
from app.errors import StartRefused
from app.gateway.ledger import REJECTS
from app.gateway.ledger.journal import hold, segments
from app.settings import Settings

_MEGABYTE = 1_000_000
_LEAST_FREE_BYTES = 100 * _MEGABYTE
# A folder on one of these is gone with the machine's power, or with the container.
_FLEETING = {"tmpfs": "a reboot", "ramfs": "a reboot", "overlay": "its container"}
_MOUNTS = Path("/proc/self/mounts")
_HEALTH_TIMEOUT_S = 3


def check_entrance(settings: Settings) -> Finding | None:
    """What is wrong where this user cannot even look into DATA_DIR, which every other check does."""
    try:
        (settings.data_dir / REJECTS).exists()
    except OSError as error:
        return fail(
            "data folder",
            f"{settings.data_dir} cannot be entered: {error.strerror}. Mend its owner, or set DATA_DIR",
        )
    return None


def check_data_folder(settings: Settings) -> Iterator[Finding]:
    """Whether DATA_DIR can be written, has room, and outlives the process."""
    folder = settings.data_dir.absolute()
    found = existing(folder)
    if not is_writable(found):
        yield fail("data folder", f"{found} cannot be written by this user: mend its owner, or set DATA_DIR")
        return
    free_bytes = shutil.disk_usage(found).free
    wanted_bytes = settings.journal_max_bytes
    text = f"{folder} can be written, {free_bytes // _MEGABYTE:,} MB free"
    if free_bytes < _LEAST_FREE_BYTES:
        yield fail("data folder", f"{text}: make room, or completions will be refused")
    elif free_bytes < wanted_bytes:
        yield warn(
            "data folder",
            f"{text}, less than JOURNAL_MAX_BYTES ({wanted_bytes // _MEGABYTE:,} MB): make room",
        )
    else:
        yield ok("data folder", text)
    yield from check_permissions("data folder", folder)
    if (kind := _file_system(found)) in _FLEETING:
        yield warn(
            "data folder",
            f"{folder} ({kind}) does not outlive {_FLEETING[kind]}: set DATA_DIR to a disk or a volume",
        )


def check_journals(settings: Settings) -> Iterator[Finding]:
    """Whether completions wait to be stored, or were refused by the database."""
    root = settings.data_dir / "journal"
    orphans = [folder for folder in sorted(root.glob("[!.]*")) if folder.is_dir() and _is_orphan(folder)]
    for folder in orphans:
        size_bytes = sum(path.stat().st_size for path in segments(folder))
        yield warn(
            "journals",
            f"{folder} ({size_bytes:,} bytes) was left by a process that died: `perpetuo serve` stores it",
        )
    if not orphans:
        yield ok("journals", "none was left behind")
    rejects = settings.data_dir / REJECTS
    if rejects.exists():
        with rejects.open("rb") as lines:
            count = sum(1 for _ in lines)
        yield warn("journals", f"the database refused {count} log rows: read {rejects}, then move it away")


async def check_port(settings: Settings) -> Finding:
    """Whether `serve` can listen, or who does already."""
    where = f"port {settings.port} of {settings.host}"
    try:
        for listener in server.listen(settings):
            listener.close()
    except StartRefused as error:
        health = await _health(settings)
        if health is None:
            return fail("port", error.message)
        verdict = ok if health == "ok" else warn
        return verdict("port", f"a Perpetuo listens on {where}; its health is {health}")
    return ok("port", f"{where} is free")


async def _health(settings: Settings) -> str | None:
    """The status that a Perpetuo on the port gives of itself; None where it is somebody else."""
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    try:
        async with httpx.AsyncClient(timeout=_HEALTH_TIMEOUT_S, trust_env=False) as http:
            report = (await http.get(f"http://{host}:{settings.port}/health")).json()
    except (httpx.HTTPError, ValueError):
        return None
    if not isinstance(report, dict) or "journal" not in report:
        return None
    return "; ".join([str(report["status"]), *report["reasons"]])


def _is_orphan(folder: Path) -> bool:
    lock = hold(folder)
    if lock is None:
        return False
    os.close(lock)
    return True


def _file_system(folder: Path) -> str:
    """The kind of file system that holds `folder`, as in `ext4`; empty where the system does not say."""
    if not _MOUNTS.exists():
        return ""
    mounts = [line.split()[1:3] for line in _MOUNTS.read_text().splitlines()]
    holding = [(point, kind) for point, kind in mounts if folder.resolve().is_relative_to(point)]
    # Of mounts in the same place the last one is seen.
    return max(reversed(holding), key=lambda mount: len(mount[0]), default=("", ""))[1]
