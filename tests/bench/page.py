"""docs/benchmarks.md: what was measured, and how."""

from pathlib import Path

from tests.bench.load import completion
from tests.bench.servers import ROOT
from tests.bench.speech import CHUNKS, OPENAI

PAGE = ROOT / "docs/benchmarks.md"
_TEMPLATE = Path(__file__).with_name("page.md")


def page(measured: str, machine: str) -> str:
    """The whole page."""
    return _TEMPLATE.read_text().format(
        measured=measured,
        machine=machine,
        question_bytes=len(completion("bench").body),
        answer_bytes=len(OPENAI.plain.partition(b"\r\n\r\n")[2]),
        chunks=CHUNKS,
    )
