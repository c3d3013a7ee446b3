"""The documents as the tests read them: sections, tables and blocks of code."""

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
DOCUMENTS = (
    "docs/api.md",
    "docs/database.md",
    "docs/dashboard.md",
    "docs/failover.md",
    "docs/reliability.md",
    "CONTRIBUTING.md",
)
API, DATABASE, DASHBOARD, FAILOVER, RELIABILITY, GUIDE = ((ROOT / name).read_text() for name in DOCUMENTS)


def section(text: str, title: str) -> str:
    """What stands below a heading, down to the next one of its level or above."""
    found = re.search(rf"^(#+) {re.escape(title)}$", text, flags=re.MULTILINE)
    assert found, f"no section {title}"
    rest = text[found.end() :]
    end = re.search(
        rf"^#{{1,{len(found[1])}}} ", re.sub(r"(?s)```.*?```", _blanked, rest), flags=re.MULTILINE
    )
    return rest[: end.start()] if end else rest


def _blanked(block: re.Match[str]) -> str:
    return " " * len(block[0])


def rows(text: str) -> list[list[str]]:
    """The rows of the tables in a text, without their heads."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines]
    return [row for row, below in zip(cells, [*lines[1:], ""], strict=True) if not _is_rule(row, below)]


def _is_rule(row: list[str], below: str) -> bool:
    return row[0].startswith("---") or below.startswith("|---")


def blocks(text: str, *languages: str) -> list[str]:
    """The blocks of code in one of the languages."""
    return re.findall(rf"(?s)```(?:{'|'.join(languages)})\n(.*?)```", text)
