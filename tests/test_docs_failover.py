"""docs/failover.md and docs/reliability.md say what the code does.

Their tables are compared with the code's, the story is played.
"""

import json
import re
from collections.abc import AsyncIterator

import pytest

from app.core.provider_name import ProviderName
from app.core.timeouts import Timeouts
from app.gateway.failover import RULES, Action
from app.settings import Settings
from app.simulator import RunningSimulator, running
from tests.documents import FAILOVER, RELIABILITY, ROOT, blocks, rows, section
from tests.front_door import HELLO, open_gateway

# The words of the first table.
ACTIONS = {
    "ends": Action.RETURN,
    "next": Action.NEXT,
    "next model": Action.OTHER_MODEL,
    "again, next": Action.RETRY,
    "waits, again, next": Action.WAIT,
}
# Settings of the route that bound no completion.
_OF_OTHERS = {"database_outage_limit_s", "drain_timeout_s"}
_BOUNDS = ("_timeout_s", "retry_attempts", "max_attempts", "retry_after_max_s", "breaker_", "keepalive_s")


@pytest.fixture
async def simulator() -> AsyncIterator[RunningSimulator]:
    """All the providers of the story."""
    async with running() as simulator:
        yield simulator


def test_every_action_has_its_words_and_they_are_explained() -> None:
    text = section(FAILOVER, "Before the answer begins")

    assert set(ACTIONS.values()) == set(Action)
    assert {words for words in ACTIONS if f"**{words}**:" not in text} == set()


def test_the_table_of_failures_is_that_of_the_code() -> None:
    table = rows(section(FAILOVER, "Before the answer begins"))

    documented = []
    for _, action, seen, is_providers_fault, may_pass, _ in table:
        status, code = seen.replace("`", "").split()
        facts = (ACTIONS[action], int(status), code, is_providers_fault == "yes", may_pass == "yes")
        documented.append(facts)
    assert sorted(documented) == sorted(
        (rule.action, rule.status, rule.code, rule.is_providers_fault, rule.is_transient)
        for rule in RULES.values()
    )


def test_the_table_of_limits_is_that_of_the_settings() -> None:
    table = rows(section(FAILOVER, "Limits"))

    documented = {row[0].strip("`"): float(row[1]) for row in table}
    own = {row[3].strip("`"): row[0].strip("`") for row in table if row[3]}
    bounds = {name for name in Settings.model_fields if name.startswith(_BOUNDS) or name.endswith(_BOUNDS)}
    expected = {*bounds, "stream_headers_after_s"} - _OF_OTHERS
    assert documented == {name.upper(): float(Settings.model_fields[name].default) for name in expected}
    assert {re.sub("([A-Z])", r"_\1", name).lower() for name in own} == set(Timeouts.__struct_fields__)


def test_seconds_and_counts_are_told_apart() -> None:
    table = rows(section(FAILOVER, "Limits"))

    units = {row[0].strip("`"): row[2] for row in table}
    assert {name for name, unit in units.items() if name.endswith("_S") != (unit == "seconds")} == set()


async def test_the_story_is_what_the_log_tells(
    sqlite_settings: Settings, simulator: RunningSimulator
) -> None:
    (told,) = blocks(section(FAILOVER, "A completion that fell over"), "json")
    anthropic = {
        "provider": "ANTHROPIC",
        "apiKey": "sk-ant-simulated-0001",
        "baseUrl": simulator.base_url_of(ProviderName.ANTHROPIC),
        "defaultModel": "claude-sonnet-4-6",
    }
    async with open_gateway(sqlite_settings) as gateway:
        account = await gateway.sign_up()
        await account.add_provider(simulator, label="OpenAI", apiKey="sk-sim;status=503")
        busy = "sk-sim;status=429;retry_after=40"
        await account.add_provider(simulator, label="OpenAI, second account", apiKey=busy)
        await account.add_provider(simulator, label="Anthropic", **anthropic)

        answer = await account.complete({"model": "gpt-4o", "messages": [HELLO]})

        row = await account.log()
    documented = json.loads(told)
    shown = [{name: attempt[name] for name in documented[0]} for attempt in row["attempts"]]
    assert [attempt | {"durationMs": 0} for attempt in shown] == [
        attempt | {"durationMs": 0} for attempt in documented
    ]
    headers = {name: answer.headers[name] for name in answer.headers if name.startswith("x-perpetuo")}
    assert {f"`{name}: {value}`" for name, value in headers.items()} <= set(
        re.findall(r"`[^`\n]+`", section(FAILOVER, "A completion that fell over"))
    )


def test_the_table_of_drills_has_each_of_them() -> None:
    table = rows(section(RELIABILITY, "How it is tried out"))

    documented = {name for row in table for name in re.findall(r"`(\w+\.py)`", row[1])}
    assert [int(row[0]) for row in table] == list(range(1, len(table) + 1))
    assert documented == {path.name for path in (ROOT / "tests" / "drills").glob("test_*.py")}


def test_each_promise_names_a_drill_and_each_drill_tries_one() -> None:
    promised = rows(section(RELIABILITY, "What is promised"))
    drills = rows(section(RELIABILITY, "How it is tried out"))

    named = {number for row in promised for number in re.findall(r"\d+", row[2])}
    assert named == {row[0] for row in drills}


def test_links_from_page_to_page_lead_to_a_heading() -> None:
    folder = ROOT / "docs"
    pages = {path.name: path.read_text() for path in folder.glob("*.md")}

    links = [
        (name, target or name, anchor)
        for name, text in pages.items()
        for target, anchor in re.findall(r"\]\(([\w.]*)#([\w-]+)\)", text)
    ]
    assert [link for link in links if link[2] not in _anchors(pages[link[1]])] == []


def _anchors(text: str) -> set[str]:
    """The headings of a page as links name them."""
    headings = re.findall(r"^#+ (.+)$", text, flags=re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in headings}
