"""A choice among the tools that only the provider it was made for could understand."""

import pytest

from tests.providers.exchanging import Party, Row, function
from tests.providers.parties import anthropic, cohere, google, mistral, openai

EVERY_TRANSLATION = pytest.mark.parametrize(
    "asked",
    [
        pytest.param(openai("gpt-5-pro"), id="openai responses"),
        pytest.param(anthropic("claude-sonnet-4-6"), id="anthropic"),
        pytest.param(google(), id="google"),
        pytest.param(cohere(), id="cohere"),
        pytest.param(mistral(), id="mistral"),
    ],
)
ALLOWED: Row = {"mode": "auto", "tools": [{"type": "mcp", "server_label": "x"}]}


@EVERY_TRANSLATION
@pytest.mark.parametrize(
    "choice",
    [
        pytest.param({"type": "web_search"}, id="of a kind that is not OpenAI's"),
        pytest.param({"type": "allowed_tools", "allowed_tools": ALLOWED}, id="that allows such a kind"),
    ],
)
def test_a_choice_of_what_is_no_tool_is_refused_by_name(asked: Party, choice: Row) -> None:
    refused = asked.objections(tools=[function("look_up", parameters={"type": "object"})], tool_choice=choice)

    assert refused == {"tool_choice": "unsupported_value"}
