from typing import Any

import pytest

from tests.providers.cohere_exchange import COHERE, PLANNING, SEEING, text, thinking
from tests.providers.exchanging import CALL, CALLED, HI, RESULT, Party, Row, remembering

PNG = "iVBORw0KGgo="
IMAGE = {"url": "https://h/i"}


def system(content: Any, role: str = "system") -> Row:
    return {"role": role, "content": content}


def assistant(content: Any, **fields: Any) -> Row:
    return {"role": "assistant", "content": content, **fields}


def result(content: Any) -> Row:
    return {**RESULT, "content": content}


def detail(kind: str, block: object, position: int = 0, **fields: Any) -> Row:
    return {"type": f"cohere.{kind}", "model": "m", "position": position, "block": block, **fields}


@pytest.mark.parametrize(
    ("messages", "native"),
    [
        pytest.param([system("A"), HI], [system("A"), HI], id="instruction"),
        pytest.param([system("A", "developer"), HI], [system("A"), HI], id="developer"),
        pytest.param(
            [system([text("A"), text("B")]), HI], [system([text("A"), text("B")]), HI], id="its parts"
        ),
        pytest.param(
            [system("A"), system([text("B"), text("C")]), HI],
            [system("A\n\nBC"), HI],
            id="several are joined",
        ),
        pytest.param([system(""), HI], [HI], id="empty instruction"),
        pytest.param([{**HI, "name": "ada"}], [HI], id="name"),
        pytest.param([HI, assistant("A"), HI], [HI, assistant("A"), HI], id="history"),
        pytest.param([HI, assistant(None, refusal="No."), HI], [HI, assistant("No."), HI], id="refusal"),
        pytest.param(
            [HI, assistant([text("A"), text("B")]), HI],
            [HI, assistant([text("A"), text("B")]), HI],
            id="parts",
        ),
        pytest.param(
            [{"role": "user", "content": [text(""), text("a")]}],
            [{"role": "user", "content": "a"}],
            id="empty part",
        ),
        pytest.param(
            [HI, CALLED, RESULT],
            [HI, {"role": "assistant", "tool_calls": [CALL]}, RESULT],
            id="call and result",
        ),
        pytest.param(
            [HI, {**CALLED, "content": ""}, RESULT],
            [HI, {"role": "assistant", "tool_calls": [CALL]}, RESULT],
            id="call with an empty text",
        ),
        pytest.param(
            [HI, {**CALLED, "content": "Wait."}, RESULT],
            [HI, assistant("Wait.", tool_calls=[CALL]), RESULT],
            id="text and call",
        ),
        pytest.param(
            [HI, CALLED, result([text("a"), text("b")])],
            [HI, {"role": "assistant", "tool_calls": [CALL]}, result([text("a"), text("b")])],
            id="all parts of a result",
        ),
        pytest.param(
            [HI, CALLED, RESULT, HI],
            [HI, {"role": "assistant", "tool_calls": [CALL]}, RESULT, HI],
            id="user after a tool",
        ),
    ],
)
def test_sends_messages(messages: list[Row], native: list[Row]) -> None:
    assert COHERE.messages(*messages) == native


def test_parts_keep_their_order() -> None:
    image = {"type": "image_url", "image_url": {**IMAGE, "detail": "low"}}
    inline = {"type": "image_url", "image_url": {"url": f"data:image/jpg;base64,{PNG[:-1]}"}}

    messages = SEEING.messages({"role": "user", "content": [text("a"), image, text("b"), inline]})

    assert messages[0]["content"] == [
        text("a"),
        image,
        text("b"),
        {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{PNG}"}},
    ]


@pytest.mark.parametrize(
    ("arguments", "sent"),
    [("", "{}"), ("  ", "{}"), ('{"a": 1e400}', '{"a": 1e400}'), ("[1]", "[1]"), ('{"a"', '{"a"')],
    ids=["none", "blank", "an odd number", "a list", "broken"],
)
def test_arguments_go_back_as_the_model_wrote_them(arguments: str, sent: str) -> None:
    call = {**CALL, "function": {"name": "look_up", "arguments": arguments}}

    messages = COHERE.messages(HI, {**CALLED, "tool_calls": [call]}, RESULT)

    assert messages[1]["tool_calls"][0]["function"]["arguments"] == sent


def test_a_custom_tools_call_goes_back_as_the_function_it_stands_for() -> None:
    custom = {"id": "call_1", "type": "custom", "custom": {"name": "sh", "input": "ls\n"}}

    messages = COHERE.messages(HI, {**CALLED, "tool_calls": [custom]}, RESULT)

    assert messages[1]["tool_calls"][0]["function"] == {"name": "sh", "arguments": '{"input":"ls\\n"}'}


def test_reasoning_goes_back_as_a_thought_and_not_as_text() -> None:
    messages = COHERE.messages(HI, assistant("A", reasoning_content="Hm."), HI)

    assert messages[1] == assistant([thinking("Hm."), text("A")])


def test_details_go_back_at_their_places() -> None:
    details = [
        detail("tool_plan", "I look."),
        detail("thinking", thinking("So"), 2),
        detail("thinking", thinking("Hm")),
    ]

    messages = COHERE.messages(HI, assistant("A", reasoning_details=details, tool_calls=[CALL]), RESULT)

    assert messages[1] == assistant(
        [thinking("Hm"), text("A"), thinking("So")], tool_plan="I look.", tool_calls=[CALL]
    )


def test_a_plan_is_no_thought() -> None:
    details = [detail("tool_plan", "I look.")]
    history = {**CALLED, "reasoning_content": "I look.", "reasoning_details": details}

    messages = PLANNING.messages(HI, history, RESULT)

    assert messages[1] == {"role": "assistant", "tool_plan": "I look.", "tool_calls": [CALL]}
    assert PLANNING.notes(messages=[HI, history, RESULT]) == ()


def test_a_call_without_its_reasoning_gets_what_is_remembered() -> None:
    recall = remembering(
        detail("thinking", thinking("Hm."), call_id="call_1"),
        detail("tool_plan", "I look.", call_id="call_1"),
    )

    sent = COHERE.sent(messages=[HI, CALLED, RESULT], recall=recall)

    assert sent["messages"][1] == assistant([thinking("Hm.")], tool_plan="I look.", tool_calls=[CALL])


def test_details_of_another_provider_stay_out() -> None:
    foreign = {**detail("thinking", thinking("x")), "type": "mistral.thinking"}

    assert COHERE.messages(HI, assistant("A", reasoning_details=[foreign]), HI)[1] == assistant("A")


def test_a_model_that_cannot_reason_gets_no_thoughts() -> None:
    messages = [HI, assistant("A", reasoning_content="Hm."), HI]

    assert PLANNING.messages(*messages)[1] == assistant("A")
    assert PLANNING.notes(messages=messages) == ("messages.reasoning_content=left_out",)


@pytest.mark.parametrize(
    ("messages", "param", "note"),
    [
        pytest.param([HI, system("later"), HI], "messages[1]", "messages[1]=hoisted", id="later instruction"),
        pytest.param(
            [{**HI, "name": "ada"}, {**HI, "name": "bob"}],
            "messages.name",
            "messages.name=left_out",
            id="names",
        ),
    ],
)
def test_what_has_no_twin_is_adapted_and_reported_or_refused_where_strict(
    messages: list[Row], param: str, note: str
) -> None:
    assert COHERE.messages(*messages)[-2:] == [HI, HI]
    assert COHERE.notes(messages=messages) == (note,)
    assert COHERE.objections(is_strict=True, messages=messages) == {param: "unsupported_value"}


def test_a_hoisted_instruction_stands_after_those_before_it() -> None:
    messages = COHERE.messages(system("A"), HI, system("later"))

    assert messages == [system("A\n\nlater"), HI]


def user(kind: str, content: object) -> list[Row]:
    return [{"role": "user", "content": [{"type": kind, kind: content}]}]


ORIGINAL = user("image_url", {**IMAGE, "detail": "original"})


def test_hints_inside_messages_are_reported() -> None:
    marked = [{"role": "user", "content": [{**text("a"), "prompt_cache_breakpoint": {}}]}]

    assert COHERE.notes(messages=marked) == ("messages.prompt_cache_breakpoint=ignored",)
    assert COHERE.notes(messages=[{**HI, "name": "ada"}]) == ("messages.name=ignored",)
    assert SEEING.notes(messages=ORIGINAL) == ("messages[0].content[0].image_url.detail=auto",)


@pytest.mark.parametrize(
    ("party", "messages", "param"),
    [
        (COHERE, [{"role": "user", "content": ""}], "messages[0].content"),
        (COHERE, [HI, assistant(""), HI], "messages[1].content"),
        (COHERE, [HI, CALLED, result("")], "messages[2].content"),
        (COHERE, [HI, assistant("A")], "messages[1]"),
        (COHERE, [HI, assistant("A", prefix=True), HI], "messages[1].prefix"),
        (COHERE, user("video", 1), "messages[0].content[0]"),
        (COHERE, user("image_url", IMAGE), "messages[0].content[0]"),
        (SEEING, user("image_url", {"url": "data:image/png;base64,!"}), "messages[0].content[0]"),
        (SEEING, user("input_audio", {"data": "", "format": "wav"}), "messages[0].content[0]"),
        (SEEING, user("file", {"file_id": "file-abc"}), "messages[0].content[0]"),
        (SEEING, [HI, CALLED, result([{"type": "image_url", "image_url": IMAGE}])], "messages[2].content[0]"),
        (COHERE, [HI, {"role": "assistant", "audio": {"id": "a"}}, HI], "messages[1].audio"),
    ],
    ids=[
        "empty user",
        "empty assistant",
        "empty result",
        "nobody to answer",
        "prefix",
        "unknown part",
        "blind model",
        "broken image",
        "sound",
        "file",
        "image from a tool",
        "sound of an earlier answer",
    ],
)
def test_refuses_what_nobody_may_drop(party: Party, messages: list[Row], param: str) -> None:
    assert next(iter(party.objections(messages=messages))) == param
