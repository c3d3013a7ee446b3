"""Searches of the web, which the simulated Anthropic makes itself."""

import httpx
import pytest
from anthropic import AsyncAnthropic
from anthropic.types import TextBlock, WebSearchTool20250305Param

from tests.simulator.anthropic.answers import HELLO, both, said
from tests.simulator.anthropic.bodies import SONNET, USER, by, refusal, tool

SEARCH: WebSearchTool20250305Param = {"type": "web_search_20250305", "name": "web_search"}
BEGUN: dict[str, object] = {"type": "server_tool_use", "id": "srvtoolu_1", "name": "web_search", "input": {}}


@both
async def test_cites_what_it_found(claude: AsyncAnthropic, how: str) -> None:
    message = await said(claude, how, SONNET, tools=[SEARCH])

    text = message.content[-1]
    assert [block.type for block in message.content] == ["server_tool_use", "web_search_tool_result", "text"]
    assert isinstance(text, TextBlock)
    assert [citation.type for citation in text.citations or []] == ["web_search_result_location"]
    assert message.stop_reason == "end_turn"


@both
async def test_goes_on_after_a_pause(claude: AsyncAnthropic, how: str) -> None:
    first = await said(claude, how, f"{SONNET};finish=pause_turn", tools=[SEARCH])
    messages = [*HELLO, first.to_param()]
    second = await said(claude, how, SONNET, tools=[SEARCH], messages=messages)

    assert first.stop_reason == "pause_turn"
    assert [block.type for block in first.content] == ["server_tool_use"]
    assert [block.type for block in second.content] == ["web_search_tool_result", "text"]
    assert second.stop_reason == "end_turn"


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (
            {"tools": [SEARCH], "messages": [USER, by("assistant", BEGUN), USER]},
            "messages.1: `web_search` tool use with id `srvtoolu_1` was found without a corresponding",
        ),
        (
            {"tools": [SEARCH | {"name": "search"}]},
            "tools.0.web_search_20250305.name: Input should be 'web_s",
        ),
        ({"tools": [tool(), SEARCH, SEARCH]}, "tools: Tool names must be unique."),
    ],
)
async def test_refuses(http: httpx.AsyncClient, body: dict[str, object], message: str) -> None:
    text = await refusal(http, SONNET, body)

    assert text.startswith(message)
