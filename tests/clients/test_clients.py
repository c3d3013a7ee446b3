"""What each client library sees of each provider's models, and what happens behind it when it leaves."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
import pytest_asyncio

from tests.clients.driving import MODELS, House, Report, report_of
from tests.clients.expecting import Client, is_raised, outcomes
from tests.clients.tables.node import AI_COMPATIBLE, AI_OPENAI, OPENAI_NODE
from tests.clients.tables.python import INSTRUCTOR, LANGCHAIN, LLAMA_INDEX, OPENAI, OPENAI_NEWEST, PYDANTIC_AI

CLIENTS = (
    OPENAI,
    OPENAI_NEWEST,
    LANGCHAIN,
    LLAMA_INDEX,
    PYDANTIC_AI,
    INSTRUCTOR,
    OPENAI_NODE,
    AI_OPENAI,
    AI_COMPATIBLE,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")

Reports = Callable[[Client], Awaitable[Report]]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def report_for(house: House) -> Reports:
    """Gives a client's report; its program runs once."""
    reports: dict[str, asyncio.Task[Report]] = {}

    async def report(client: Client) -> Report:
        if client.name not in reports:
            running = report_of(house, *client.command, departures=client.departures)
            reports[client.name] = asyncio.create_task(running)
        return await reports[client.name]

    return report


@pytest.mark.parametrize(
    ("client", "scenario"),
    [pytest.param(client, name, id=f"{client.name}-{name}") for client in CLIENTS for name in client.given],
)
async def test_every_model_answers_or_is_refused_by_name(
    report_for: Reports, client: Client, scenario: str
) -> None:
    report = await report_for(client)

    assert outcomes(report, scenario) == client.expected(scenario)


@pytest.mark.parametrize(
    ("client", "scenario"),
    [
        pytest.param(client, name, id=f"{client.name}-{name}")
        for client in CLIENTS
        for name in client.failures
    ],
)
async def test_a_failure_is_the_exception_that_the_client_has_for_it(
    report_for: Reports, client: Client, scenario: str
) -> None:
    report = await report_for(client)

    seen = {model: report.rows[model, scenario] for model in MODELS}
    assert [row for row in seen.values() if not is_raised(client.failures[scenario], row)] == []


@pytest.mark.parametrize("client", CLIENTS, ids=lambda client: client.name)
async def test_a_client_that_leaves_ends_the_answer_everywhere(report_for: Reports, client: Client) -> None:
    report = await report_for(client)

    assert report.left == dict.fromkeys(MODELS, client.departures)
    assert report.endings["aborted"] == client.departures * len(MODELS)


@pytest.mark.parametrize("client", CLIENTS, ids=lambda client: client.name)
async def test_nothing_that_a_program_tries_goes_unread(report_for: Reports, client: Client) -> None:
    report = await report_for(client)

    assert {scenario for _, scenario in report.rows} == {*client.given, *client.failures}
