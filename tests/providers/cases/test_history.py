"""Conversations so far on their way to a provider: turns, calls and their results."""

import pytest

from tests.providers.cases.native import TOOLS, made
from tests.providers.cases.turns import (
    FOREIGN,
    SYSTEM,
    THANKS,
    calling,
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
from tests.providers.exchanging import CALL, CALLED, HI, RESULT, Party, Row
from tests.providers.parties import anthropic, custom, google, mistral

THREE = [made(f"call_{number}", "{}") for number in (1, 2, 3)]
# Signatures are wanted from the third generation on.
OLDER = google("gemini-2.5-flash")
ASKED = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "Hi"}]}

CONVERSATIONS = [
    *(
        pytest.param(
            anthropic(),
            [HI, calling(made("call_1", blank)), RESULT],
            [
                {"role": "assistant", "content": [use("call_1")]},
                {"role": "user", "content": [used("call_1")]},
            ],
            id=f"anthropic arguments of {name} are an empty object",
        )
        for name, blank in (("nothing", ""), ("blanks", " \n "))
    ),
    *(
        pytest.param(
            OLDER,
            [HI, calling(made("call_1", blank)), RESULT],
            [model(ran()), user(gave())],
            id=f"google arguments of {name} are an empty object",
        )
        for name, blank in (("nothing", ""), ("blanks", " \n "))
    ),
    pytest.param(
        google(),
        [
            HI,
            calling(*THREE[:2]),
            result("call_1"),
            result("call_2"),
            calling(THREE[2]),
            result("call_3"),
        ],
        [
            model({**ran(), **FOREIGN}, ran()),
            user(gave(), gave()),
            model({**ran(), **FOREIGN}),
            user(gave()),
        ],
        id="google first call of each foreign step has a placeholder for its signature",
    ),
    pytest.param(
        anthropic(),
        [HI, calling(*THREE), *(result(f"call_{n}", f"r{n}") for n in (1, 2, 3)), THANKS],
        [
            {"role": "assistant", "content": [use("call_1"), use("call_2"), use("call_3")]},
            {
                "role": "user",
                "content": [
                    used("call_1", "r1"),
                    used("call_2", "r2"),
                    used("call_3", "r3"),
                    text("Thanks"),
                ],
            },
        ],
        id="anthropic three results are one turn, ahead of what the user says",
    ),
    pytest.param(
        OLDER,
        [HI, calling(*THREE), *(result(f"call_{n}", f"r{n}") for n in (1, 2, 3)), THANKS],
        [
            model(ran(), ran(), ran()),
            user(gave(output="r1"), gave(output="r2"), gave(output="r3")),
            user({"text": "Thanks"}),
        ],
        id="google three results are one turn of the user with nothing else in it",
    ),
    pytest.param(
        mistral(),
        [HI, CALLED, RESULT],
        [
            {"role": "assistant", "content": "", "tool_calls": [{**CALL, "id": "RksXkbv4v"}]},
            {"role": "tool", "content": "42", "tool_call_id": "RksXkbv4v", "name": "look_up"},
        ],
        id="mistral ids of another provider are nine letters and digits on both sides",
    ),
    pytest.param(
        mistral(),
        [
            HI,
            {"role": "assistant", "content": "So.", "reasoning_content": "Hm"},
            THANKS,
        ],
        [
            {
                "role": "assistant",
                "content": [{"type": "thinking", "thinking": [text("Hm")]}, text("So.")],
            },
            THANKS,
        ],
        id="mistral reasoning is a thinking chunk, no field and no text",
    ),
    pytest.param(
        anthropic(),
        [HI, {**CALLED, "content": ""}, RESULT],
        [
            {"role": "assistant", "content": [use("call_1", a=1)]},
            {"role": "user", "content": [used("call_1")]},
        ],
        id="anthropic call beside an empty text is a call alone",
    ),
    pytest.param(
        anthropic("claude-opus-5"),
        [HI, {"role": "assistant", "content": "Hello"}, THANKS, SYSTEM],
        [
            {"role": "assistant", "content": [text("Hello")]},
            {"role": "user", "content": [text("Thanks")]},
            {"role": "system", "content": [text("Be brief.")]},
        ],
        id="anthropic later instruction keeps its place",
    ),
    pytest.param(
        OLDER,
        [HI, {**CALLED, "content": "Wait."}, RESULT],
        [model({"text": "Wait."}, ran(args={"a": 1})), user(gave())],
        id="google text comes before the call",
    ),
    pytest.param(
        OLDER,
        [HI, {**CALLED, "content": [text("Wait."), text("So.")]}, RESULT],
        [model({"text": "Wait."}, {"text": "So."}, ran(args={"a": 1})), user(gave())],
        id="google list of texts comes before the call",
    ),
    pytest.param(
        custom("vllm"),
        [HI, {**CALLED, "reasoning_content": "Hm"}, RESULT],
        [{**CALLED, "reasoning": "Hm", "reasoning_content": "Hm"}, RESULT],
        id="vllm reasoning goes back in both of its names",
    ),
    pytest.param(
        custom("deepseek"),
        [HI, {**CALLED, "reasoning_content": "Hm"}, RESULT],
        [{**CALLED, "reasoning_content": "Hm"}, RESULT],
        id="deepseek reasoning goes back in its name",
    ),
]


@pytest.mark.parametrize(("asked", "messages", "native"), CONVERSATIONS)
def test_a_conversation_goes_on_in_the_providers_words(
    asked: Party, messages: list[Row], native: list[Row]
) -> None:
    tools = {"tools": TOOLS} if any("tool_calls" in it for it in messages) else {}

    assert turns(asked, *messages, **tools)[1:] == native


ADAPTED = [
    pytest.param(
        mistral(),
        [HI, CALLED, RESULT, THANKS],
        [
            HI,
            {"role": "assistant", "content": "", "tool_calls": [{**CALL, "id": "RksXkbv4v"}]},
            {"role": "tool", "content": "42", "tool_call_id": "RksXkbv4v", "name": "look_up"},
            {"role": "assistant", "content": "Understood."},
            THANKS,
        ],
        "messages[3]=bridged",
        id="mistral user behind a result",
    ),
    pytest.param(
        anthropic("claude-sonnet-4-6"),
        [HI, SYSTEM, THANKS],
        [{"role": "user", "content": [text("Hi"), text("Thanks")]}],
        "messages[1]=hoisted",
        id="anthropic later instruction where the model takes none",
    ),
]


@pytest.mark.parametrize(("asked", "messages", "native", "note"), ADAPTED)
def test_what_has_no_exact_form_is_adapted_and_reported_and_refused_where_strict(
    asked: Party, messages: list[Row], native: list[Row], note: str
) -> None:
    tools = {"tools": TOOLS} if CALLED in messages else {}

    notes = asked.notes(messages=messages, **tools)

    assert turns(asked, *messages, **tools) == native
    assert notes == (note,)
    assert note.partition("=")[0] in asked.objections(is_strict=True, messages=messages, **tools)


def test_the_placeholder_for_a_signature_is_reported() -> None:
    notes = google().notes(messages=[HI, CALLED, RESULT], tools=TOOLS)

    assert notes == ("messages[1].tool_calls[0].extra_content=placeholder_signature",)


def test_an_instruction_that_is_hoisted_stands_in_the_system_prompt() -> None:
    asked = anthropic("claude-sonnet-4-6")

    body = asked.sent(messages=[HI, SYSTEM, THANKS])

    assert body["system"] == [text("Be brief.")]


def test_every_part_of_every_first_instruction_reaches_google() -> None:
    parts = [text("Be kind."), text("Be brief.")]
    leading = [SYSTEM, {"role": "developer", "content": parts}]

    body = google().sent(messages=[*leading, HI])

    told = ["Be brief.", "Be kind.", "Be brief."]
    assert body["systemInstruction"]["parts"] == [{"text": it} for it in told]


def test_tools_that_were_called_before_are_declared_to_anthropic_and_not_offered() -> None:
    body = anthropic().sent(messages=[HI, CALLED, RESULT])

    assert body["tool_choice"] == {"type": "none"}
    assert body["tools"] == [{"name": "look_up", "input_schema": {"type": "object", "properties": {}}}]


@pytest.mark.parametrize("asked", [anthropic(), google()], ids=["anthropic", "google"])
def test_an_empty_question_is_refused_by_its_place(asked: Party) -> None:
    refused = asked.objections(messages=[{"role": "user", "content": ""}])

    assert list(refused) == ["messages[0].content"]
