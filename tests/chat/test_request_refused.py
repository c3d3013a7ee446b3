import json
import re

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.chat.request import ChatRequest
from app.errors import InvalidBody, InvalidValue, MissingParameter
from tests.chat.bodies import CALL, WEATHER, allowed, body, message


@pytest.mark.parametrize(
    ("sent", "param"),
    [
        pytest.param(body(model=5), "model", id="model type"),
        pytest.param(body(model=""), "model", id="model empty"),
        pytest.param(body(model="m" * 201), "model", id="model long"),
        pytest.param(body(model="a\nb"), "model", id="model control"),
        pytest.param(body(messages={}), "messages", id="messages type"),
        pytest.param(body(messages=[]), "messages", id="no messages"),
        pytest.param(body(messages=["hi"]), "messages[0]", id="message type"),
        pytest.param(message(role="robot", content="x"), "messages[1].role", id="role"),
        pytest.param(message(role="user", content=5), "messages[1].content", id="content type"),
        pytest.param(message(role="user", content=["x"]), "messages[1].content[0]", id="part type"),
        pytest.param(
            message(role="user", content=[{"type": "text", "text": 5}]),
            "messages[1].content[0].text",
            id="text type",
        ),
        pytest.param(
            message(role="assistant", tool_calls={}), "messages[1].tool_calls", id="tool calls type"
        ),
        pytest.param(
            message(role="assistant", tool_calls=[{**CALL, "function": {"name": "f", "arguments": {}}}]),
            "messages[1].tool_calls[0].function.arguments",
            id="arguments type",
        ),
        pytest.param(body(temperature="hot"), "temperature", id="temperature type"),
        pytest.param(body(temperature=2.1), "temperature", id="temperature"),
        pytest.param(body(top_p=-0.1), "top_p", id="top_p"),
        pytest.param(body(presence_penalty=3), "presence_penalty", id="presence_penalty"),
        pytest.param(body(frequency_penalty=-3), "frequency_penalty", id="frequency_penalty"),
        pytest.param(body(n=0), "n", id="n zero"),
        pytest.param(body(n=129), "n", id="n large"),
        pytest.param(body(n=True), "n", id="n bool"),
        pytest.param(body(top_logprobs=21), "top_logprobs", id="top_logprobs"),
        pytest.param(body(logprobs="yes"), "logprobs", id="logprobs"),
        pytest.param(body(logit_bias={"50256": -101}), "logit_bias", id="logit_bias"),
        pytest.param(body(stop=["a"] * 5), "stop", id="five stops"),
        pytest.param(body(stop=[1]), "stop[0]", id="stop type"),
        pytest.param(body(max_tokens=0), "max_tokens", id="max_tokens"),
        pytest.param(body(max_completion_tokens=0), "max_completion_tokens", id="max_completion_tokens"),
        pytest.param(
            body(max_tokens=1, max_completion_tokens=2), "max_completion_tokens", id="limits differ"
        ),
        pytest.param(body(stream="yes"), "stream", id="stream type"),
        pytest.param(body(stream_options={}), "stream_options", id="stream_options without stream"),
        pytest.param(body(stream=True, stream_options=[]), "stream_options", id="stream_options type"),
        pytest.param(
            body(stream=True, stream_options={"include_usage": 1}),
            "stream_options.include_usage",
            id="include_usage type",
        ),
        pytest.param(body(tools=[WEATHER] * 129), "tools", id="too many tools"),
        pytest.param(
            body(tools=[WEATHER, WEATHER, {"type": "function", "function": {"name": "a.b"}}]),
            "tools[2].function.name",
            id="tool name",
        ),
        pytest.param(body(tools=[WEATHER], tool_choice="any"), "tool_choice", id="tool_choice word"),
        pytest.param(body(tools=[WEATHER], tool_choice=5), "tool_choice", id="tool_choice type"),
        pytest.param(body(tool_choice="auto"), "tool_choice", id="tool_choice without tools"),
        pytest.param(body(tools=[], tool_choice="auto"), "tool_choice", id="tool_choice with no tool"),
        pytest.param(
            body(tools=[WEATHER], tool_choice={"type": "function", "function": {"name": "other"}}),
            "tool_choice.function.name",
            id="tool_choice names no tool",
        ),
        pytest.param(
            body(tools=[WEATHER], tool_choice=allowed("auto", "other")),
            "tool_choice.allowed_tools.tools[0].function.name",
            id="tool_choice allows no tool of these",
        ),
        pytest.param(
            body(tools=[WEATHER], tool_choice=allowed("auto")),
            "tool_choice.allowed_tools.tools",
            id="tool_choice allows nothing",
        ),
        pytest.param(
            body(tools=[WEATHER], tool_choice=allowed("none", "weather")),
            "tool_choice.allowed_tools.mode",
            id="tool_choice allows in no way",
        ),
        pytest.param(
            body(functions=[{"name": "f"}], function_call="required"),
            "function_call",
            id="function_call word",
        ),
        pytest.param(body(function_call="auto"), "function_call", id="function_call without functions"),
        pytest.param(
            body(tools=[WEATHER], functions=[{"name": "f"}], function_call={"name": "f"}),
            "functions",
            id="functions beside tools",
        ),
        pytest.param(body(response_format={"type": 1}), "response_format.type", id="response_format"),
        pytest.param(body(metadata={str(i): "" for i in range(17)}), "metadata", id="metadata size"),
        pytest.param(body(metadata={"k" * 65: ""}), "metadata", id="metadata key"),
        pytest.param(body(metadata={"k": "v" * 513}), "metadata", id="metadata value"),
        pytest.param(body(safety_identifier="x" * 129), "safety_identifier", id="safety_identifier"),
        pytest.param(body(user=5), "user", id="user"),
        pytest.param(body(seed=0.5), "seed", id="seed"),
    ],
)
def test_refuses_a_bad_value(sent: bytes, param: str) -> None:
    with pytest.raises(InvalidValue) as refusal:
        ChatRequest.parse(sent)

    assert refusal.value.param == param
    assert f"'{param}'" in refusal.value.message or param.partition(".")[0] in refusal.value.message


@pytest.mark.parametrize(
    ("sent", "param"),
    [
        pytest.param(b"{}", "model", id="empty object"),
        pytest.param(body(model=None), "model", id="model null"),
        pytest.param(b'{"model":"m"}', "messages", id="messages"),
        pytest.param(body(messages=[{"content": "x"}]), "messages[0].role", id="role"),
        pytest.param(message(role="user"), "messages[1].content", id="content"),
        pytest.param(message(role="user", content=None), "messages[1].content", id="content null"),
        pytest.param(message(role="assistant", content=None), "messages[1].content", id="assistant"),
        pytest.param(message(role="user", content=[{}]), "messages[1].content[0].type", id="part type"),
        pytest.param(
            message(role="user", content=[{"type": "text"}]), "messages[1].content[0].text", id="part text"
        ),
        pytest.param(message(role="tool", content="x"), "messages[1].tool_call_id", id="tool_call_id"),
        pytest.param(
            message(role="assistant", tool_calls=[{"id": "a", "type": "function"}]),
            "messages[1].tool_calls[0].function",
            id="called function",
        ),
        pytest.param(body(tools=[{"function": {"name": "f"}}]), "tools[0].type", id="tool type"),
        pytest.param(body(tools=[{"type": "function"}]), "tools[0].function", id="tool function"),
        pytest.param(body(tools=[{"type": "custom"}]), "tools[0].custom", id="custom tool"),
        pytest.param(
            body(tools=[{"type": "function", "function": {}}]), "tools[0].function.name", id="tool name"
        ),
        pytest.param(
            body(tools=[WEATHER], tool_choice={"type": "allowed_tools"}),
            "tool_choice.allowed_tools",
            id="allowed tools",
        ),
        pytest.param(
            body(tools=[WEATHER], tool_choice={"type": "function"}), "tool_choice.function", id="chosen tool"
        ),
        pytest.param(body(response_format={}), "response_format.type", id="response_format"),
    ],
)
def test_names_what_is_missing(sent: bytes, param: str) -> None:
    with pytest.raises(MissingParameter) as refusal:
        ChatRequest.parse(sent)

    assert refusal.value.param == param
    assert refusal.value.message == f"Missing required parameter: '{param}'."


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        pytest.param(b"", "empty", id="empty"),
        pytest.param(b"{", "truncated", id="truncated"),
        pytest.param(b"hello", "not valid JSON", id="text"),
        pytest.param(b"[]", "must be a JSON object", id="array"),
        pytest.param(b"null", "must be a JSON object", id="null"),
        pytest.param(b'{"temperature": NaN}', "not valid JSON", id="NaN"),
        pytest.param(b'{"a": Infinity}', "not valid JSON", id="Infinity"),
        pytest.param(b'{} {"b": 1}', "trailing", id="two objects"),
        pytest.param(b'{"model": "\xff"}', "UTF-8 (byte 11)", id="bad UTF-8"),
        pytest.param(b'{"unheard_of": "\xff"}', "UTF-8", id="bad UTF-8 in an unknown field"),
        pytest.param(b'{"model": "\\ud800"}', "surrogate", id="lone surrogate"),
        pytest.param(b'{"unheard_of": "\\uDC00 x"}', "not valid JSON", id="lone low surrogate"),
        pytest.param(b'{"a":' + b"[" * 100_000, "nested too deeply", id="open bomb"),
        pytest.param(b'{"a":' * 50_000 + b"1" + b"}" * 50_000, "nested too deeply", id="closed bomb"),
        pytest.param(b'{"messages":' + b"[" * 100_000, "nested too deeply", id="bomb in a known field"),
    ],
)
def test_refuses_what_is_no_json_object(sent: bytes, words: str) -> None:
    with pytest.raises(InvalidBody) as refusal:
        ChatRequest.parse(sent)

    assert refusal.value.param is None
    assert words in refusal.value.message


def test_what_is_accepted_can_be_decoded_again_deeper_on_the_stack() -> None:
    depth = max(depth for depth in range(1, 1000, 10) if _is_accepted(_nested(depth)))
    nested = ChatRequest.parse(_nested(depth)).fields["x"]

    decoded = _deeper(120, bytes(nested))

    assert depth > 400
    assert isinstance(decoded, list)


def _nested(depth: int) -> bytes:
    return body(x=0).replace(b'"x": 0', b'"x": ' + b"[" * depth + b"]" * depth)


def _is_accepted(sent: bytes) -> bool:
    try:
        ChatRequest.parse(sent)
    except InvalidBody:
        return False
    return True


def _deeper(frames: int, raw: bytes) -> object:
    return _deeper(frames - 1, raw) if frames else msgspec.json.decode(raw)


def test_a_message_never_repeats_the_prompt() -> None:
    with pytest.raises(InvalidValue) as refusal:
        ChatRequest.parse(message(role="my secret", content="x"))

    assert "my secret" not in refusal.value.message


@given(st.binary(max_size=200))
def test_any_bytes_give_a_request_or_one_of_three_errors(sent: bytes) -> None:
    _parse_or_refuse(sent)


_FULL = body(
    messages=[
        {"role": "system", "content": "ä"},
        {"role": "user", "content": [{"type": "text", "text": "\U0001f600"}]},
        {"role": "assistant", "content": None, "tool_calls": [CALL]},
        {"role": "tool", "content": "x", "tool_call_id": "call_1"},
    ],
    tools=[WEATHER],
    tool_choice="auto",
    stream=True,
    stream_options={"include_usage": True},
    metadata={"a": "b"},
    temperature=0.5,
    stop=["x"],
)


@settings(max_examples=400)
@given(
    st.integers(0, len(_FULL)),
    st.integers(0, 40),
    st.one_of(
        st.binary(max_size=8), st.sampled_from([b"null", b"[]", b"{}", b'"', b"\\ud800", b"1e999", b"-1"])
    ),
)
def test_any_change_of_a_request_gives_a_request_or_one_of_three_errors(
    start: int, length: int, inserted: bytes
) -> None:
    _parse_or_refuse(_FULL[:start] + inserted + _FULL[start + length :])


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@settings(max_examples=400)
@given(st.sampled_from([*json.loads(_FULL), "n", "functions", "function_call", "response_format"]), _JSON)
def test_any_value_of_a_parameter_gives_a_request_or_an_error_that_names_it(name: str, value: object) -> None:
    error = _parse_or_refuse(json.dumps({**json.loads(_FULL), name: value}).encode())

    if isinstance(error, InvalidValue | MissingParameter):
        assert error.param is not None
        assert re.split(r"[.\[]", error.param)[0] in {
            name,
            "stream_options",
            "tool_choice",
            "function_call",
        }


def _parse_or_refuse(sent: bytes) -> InvalidBody | InvalidValue | MissingParameter | None:
    try:
        chat = ChatRequest.parse(sent)
    except (InvalidBody, InvalidValue, MissingParameter) as error:
        return error
    assert chat.body == sent
    return None
