"""Results of calls on their way to a provider."""

import pytest

from tests.providers.cases.native import TOOLS
from tests.providers.cases.turns import (
    gave,
    model,
    ran,
    result,
    text,
    turns,
    use,
    used,
    user,
)
from tests.providers.exchanging import CALL, CALLED, HI, Party, Row
from tests.providers.parties import anthropic, cohere, google, mistral, openai

OLDER = google("gemini-2.5-flash")

RESULTS = [
    pytest.param(
        anthropic(),
        [HI, CALLED, result("call_1", [text("a"), text("b")])],
        [
            {"role": "assistant", "content": [use("call_1", a=1)]},
            {"role": "user", "content": [used("call_1", [text("a"), text("b")])]},
        ],
        id="anthropic result has all its parts",
    ),
    pytest.param(
        OLDER,
        [HI, CALLED, result("call_1", [text("a"), text("b")])],
        [model(ran(args={"a": 1})), user(gave(output="a\nb"))],
        id="google result has all its parts",
    ),
    pytest.param(
        cohere(),
        [HI, CALLED, result("call_1", [text("a"), text("b")])],
        [
            {"role": "assistant", "tool_calls": [CALL]},
            {"role": "tool", "tool_call_id": "call_1", "content": [text("a"), text("b")]},
        ],
        id="cohere result has all its parts",
    ),
    pytest.param(
        mistral(),
        [HI, CALLED, result("call_1", [text("a"), text("b")])],
        [
            {"role": "assistant", "content": "", "tool_calls": [{**CALL, "id": "RksXkbv4v"}]},
            {
                "role": "tool",
                "content": [text("a"), text("b")],
                "tool_call_id": "RksXkbv4v",
                "name": "look_up",
            },
        ],
        id="mistral result has all its parts",
    ),
    pytest.param(
        openai("gpt-4o"),
        [HI, CALLED, result("call_1", [text("a"), text("b")])],
        [CALLED, result("call_1", [text("a"), text("b")])],
        id="openai result has all its parts",
    ),
    pytest.param(
        openai("gpt-5-pro"),
        [HI, CALLED, result("call_1", [text("a"), text("b")])],
        [
            {"type": "function_call", "call_id": "call_1", "name": "look_up", "arguments": '{"a":1}'},
            {
                "type": "function_call_output",
                "call_id": "call_1",
                "output": [{"type": "input_text", "text": "a"}, {"type": "input_text", "text": "b"}],
            },
        ],
        id="openai responses result has all its parts",
    ),
]


@pytest.mark.parametrize(("asked", "messages", "native"), RESULTS)
def test_a_result_reaches_the_provider_whole(asked: Party, messages: list[Row], native: list[Row]) -> None:
    assert turns(asked, *messages, tools=TOOLS)[1:] == native


@pytest.mark.parametrize("id_of_google", ["fc-1", None], ids=["google's own id", "an id of the gateway"])
def test_google_gets_back_an_id_that_it_gave_and_no_other(id_of_google: str | None) -> None:
    given = {} if id_of_google is None else {"id": id_of_google}
    part = {"functionCall": {"name": "look_up", "args": {}, **given}, "thoughtSignature": "U0lH"}
    answer = {"candidates": [{"content": model(part), "finishReason": "STOP"}]}
    message = google().choice(answer, tools=TOOLS)["message"]

    native = turns(google(), HI, message, result(message["tool_calls"][0]["id"]), tools=TOOLS)

    assert native[1:] == [model(part), user(gave(**given))]


EVERYBODY = [
    pytest.param(openai("gpt-5-pro"), id="openai responses"),
    pytest.param(anthropic(), id="anthropic"),
    pytest.param(google(), id="google"),
    pytest.param(cohere(), id="cohere"),
    pytest.param(mistral(), id="mistral"),
]


@pytest.mark.parametrize("asked", EVERYBODY)
def test_a_part_of_a_result_that_nobody_knows_is_refused_and_never_dropped(asked: Party) -> None:
    parts = [text("a"), {"type": "hologram", "hologram": "x"}]

    refused = asked.objections(messages=[HI, CALLED, result("call_1", parts)], tools=TOOLS)

    assert [param for param in refused if param.startswith("messages[2].content")]
