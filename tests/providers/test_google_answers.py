"""Google's plain answers in OpenAI's shape."""

import json

import pytest

from app.chat.usage import Usage
from app.errors import MalformedAnswer
from app.providers.base import Answer, FailureKind, Paused, StreamFailure
from tests.providers.google_exchange import (
    answered,
    call,
    chat,
    choice,
    completion,
    exchange,
    frame,
    function,
)


def test_a_text() -> None:
    usage = {"promptTokenCount": 3, "candidatesTokenCount": 2, "totalTokenCount": 5}

    body = completion(frame({"text": "Hel"}, {"text": "lo"}, finish="STOP", usage=usage))

    assert (body["id"], body["object"], body["model"]) == ("resp-1", "chat.completion", "gemini-3-flash-001")
    assert body["choices"] == [
        {
            "index": 0,
            "message": {"role": "assistant", "content": "Hello", "refusal": None},
            "logprobs": None,
            "finish_reason": "stop",
        }
    ]
    assert (body["usage"]["prompt_tokens"], body["usage"]["total_tokens"]) == (3, 5)


def test_thoughts_are_no_content() -> None:
    message = choice(frame({"thought": True, "text": "hm"}, {"text": "Hi"}, finish="STOP"))["message"]

    assert (message["content"], message["reasoning_content"]) == ("Hi", "hm")


@pytest.mark.parametrize("is_text_first", [True, False], ids=["text first", "call first"])
def test_text_and_calls_are_both_there(is_text_first: bool) -> None:
    parts = [{"text": "Let me see"}, call(args={"city": "Ulm"})]

    first = choice(frame(*parts[:: 1 if is_text_first else -1], finish="STOP"))

    assert first["finish_reason"] == "tool_calls"
    assert first["message"]["content"] == "Let me see"
    assert first["message"]["tool_calls"][0]["function"] == {
        "name": "get_weather",
        "arguments": '{"city":"Ulm"}',
    }


def test_an_answer_of_calls_alone_has_no_content() -> None:
    message = choice(frame(call(), finish="STOP"))["message"]

    assert message["content"] is None
    assert message["tool_calls"][0]["function"]["arguments"] == "{}"


def test_arguments_keep_their_numbers_and_their_order() -> None:
    native = json.dumps(frame(call(args={}), finish="STOP"), indent=2)
    args = '{ "z" : 12345678901234567890,\n "a": [1.50, 1e400], "t": "a  b\\u00e9" }'

    decoded = exchange(chat()).decode(native.replace("{}", args).encode())

    assert isinstance(decoded, Answer)
    made = json.loads(decoded.body)["choices"][0]["message"]["tool_calls"][0]["function"]["arguments"]
    assert made == '{"z":12345678901234567890,"a":[1.50,1e400],"t":"a  b\\u00e9"}'


@pytest.mark.parametrize(
    ("native", "is_kept"),
    [
        pytest.param("fc_1-a", True, id="fits"),
        pytest.param("x" * 41, False, id="too long for others"),
        pytest.param("a b", False, id="illegal with others"),
        pytest.param(None, False, id="none"),
    ],
)
def test_ids_fit_every_provider(native: str | None, is_kept: bool) -> None:
    part = call() if native is None else call(id=native)

    made = choice(frame(part, finish="STOP"))["message"]["tool_calls"][0]["id"]

    assert (made == native) is is_kept
    assert len(made) <= 40


def test_an_id_that_google_gives_twice_is_told_once() -> None:
    first, second = choice(frame(call(id="fc"), call(id="fc"), finish="STOP"))["message"]["tool_calls"]

    assert first["id"] == "fc"
    assert second["id"].startswith("call_")


def test_ids_of_our_own_differ_between_answers_that_have_no_id() -> None:
    nameless = {name: it for name, it in frame(call(), call(), finish="STOP").items() if name != "responseId"}

    ids = [made["id"] for _ in range(2) for made in choice(nameless)["message"]["tool_calls"]]

    assert len(set(ids)) == 4


def test_a_signature_stands_on_its_own_call_alone() -> None:
    parts = [call(args={"a": 1}, thoughtSignature="U0lH"), call("get_time")]

    answer = answered(frame(*parts, finish="STOP"))

    message = json.loads(answer.body)["choices"][0]["message"]
    first, second = message["tool_calls"]
    assert first["extra_content"] == {"google": {"thought_signature": "U0lH"}}
    assert "extra_content" not in second
    assert [(it.type, it.call_id, json.loads(bytes(it.block))) for it in answer.details] == [
        ("google.function_call", first["id"], parts[0])
    ]


def test_state_before_a_call_belongs_to_it() -> None:
    code = {"executableCode": {"code": "1", "language": "PYTHON"}}
    signed = {"text": "", "thoughtSignature": "VGg="}

    answer = answered(frame(code, call(id="fc"), {"text": "x"}, signed, finish="STOP"))

    assert [(it.type, it.position, it.call_id) for it in answer.details] == [
        ("google.part", 0, "fc"),
        ("google.function_call", 1, "fc"),
        ("google.text", 3, None),
    ]
    assert json.loads(bytes(answer.details[2].block)) == signed


def test_what_is_no_text_is_kept_and_not_shown() -> None:
    image = {"inlineData": {"mimeType": "image/png", "data": "iVBO"}}

    answer = answered(frame(image, finish="STOP"))

    message = json.loads(answer.body)["choices"][0]["message"]
    assert (message["content"], message["reasoning_details"][0]["block"]) == ("", image)


@pytest.mark.parametrize(
    ("counted", "usage"),
    [
        pytest.param({}, Usage(), id="nothing"),
        pytest.param(
            {"promptTokenCount": 100, "toolUsePromptTokenCount": 20, "cachedContentTokenCount": 60},
            Usage(input_tokens=120, cached_input_tokens=60),
            id="input",
        ),
        pytest.param(
            {"promptTokenCount": 1, "candidatesTokenCount": 5, "thoughtsTokenCount": 30},
            Usage(input_tokens=1, output_tokens=35, reasoning_tokens=30),
            id="output and thoughts",
        ),
        pytest.param(
            {"thoughtsTokenCount": 30}, Usage(output_tokens=30, reasoning_tokens=30), id="thoughts alone"
        ),
    ],
)
def test_usage(counted: dict[str, int], usage: Usage) -> None:
    assert answered(frame({"text": "x"}, finish="STOP", usage=counted)).usage == usage


@pytest.mark.parametrize(
    ("traffic", "tier"),
    [("ON_DEMAND", "default"), ("ON_DEMAND_PRIORITY", "priority"), ("ON_DEMAND_FLEX", "flex"), ("X", None)],
)
def test_the_tier_that_served(traffic: str, tier: str | None) -> None:
    body = completion(frame({"text": "x"}, finish="STOP", usage={"trafficType": traffic}))

    assert body.get("service_tier") == tier


def test_several_candidates_are_several_choices() -> None:
    second = {"index": 1, "content": {"parts": [call()]}, "finishReason": "STOP"}
    native = frame({"text": "a"}, finish="STOP")
    native["candidates"].append(second)

    choices = completion(native, chat(n=2))["choices"]

    assert [(it["index"], it["finish_reason"]) for it in choices] == [(0, "stop"), (1, "tool_calls")]


def test_custom_tools_and_aliases_get_their_own_names_back() -> None:
    request = chat(tools=[{"type": "custom", "custom": {"name": "run"}}, function("3d")])

    calls = choice(frame(call("run", {"input": 'a"b'}), call("_3d"), finish="STOP"), request)["message"]

    custom, aliased = calls["tool_calls"]
    assert (custom["type"], custom["custom"]) == ("custom", {"name": "run", "input": 'a"b'})
    assert aliased["function"]["name"] == "3d"


def test_one_call_is_told_to_who_speaks_of_functions() -> None:
    request = chat(functions=[{"name": "f"}])

    answer = answered(frame(call("f", {"a": 1}), call("f"), finish="STOP"), request)

    first = json.loads(answer.body)["choices"][0]
    assert first["message"]["function_call"] == {"name": "f", "arguments": '{"a":1}'}
    assert (first["finish_reason"], answer.notes) == ("function_call", ("function_call=first_of_several",))


def test_metadata_is_echoed() -> None:
    body = completion(frame({"text": "x"}, finish="STOP"), chat(metadata={"a": "b"}))

    assert body["metadata"] == {"a": "b"}


def test_a_long_answer_is_put_together() -> None:
    made = exchange(chat())
    counted = {"promptTokenCount": 2, "candidatesTokenCount": 3}
    pause = frame({"text": "a"}, finish="CONTINUATION", usage=counted, continuationToken="VDE=")

    paused = made.decode(json.dumps(pause).encode())
    assert isinstance(paused, Paused)
    whole = paused.decode(json.dumps(frame({"text": "b"}, finish="STOP", usage=counted)).encode())

    assert json.loads(paused.request.body) == {**json.loads(made.request.body), "continuationToken": "VDE="}
    assert isinstance(whole, Answer)
    assert json.loads(whole.body)["choices"][0]["message"]["content"] == "ab"
    assert whole.usage == Usage(input_tokens=4, output_tokens=6)


def test_an_array_of_frames_is_one_answer() -> None:
    frames = [frame({"text": "a"}), frame({"text": "b"}, finish="STOP")]

    decoded = exchange(chat()).decode(json.dumps(frames).encode())

    assert isinstance(decoded, Answer)
    assert json.loads(decoded.body)["choices"][0]["message"]["content"] == "ab"


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>", b"[]", b"{}", b'{"candidates":5}', b'{"candidates":[{}]}', b"\xff", b"[" * 100_000],
    ids=["empty", "HTML", "no frame", "no candidate", "a number", "no end", "no UTF-8", "bomb"],
)
def test_anything_else_is_malformed(body: bytes) -> None:
    with pytest.raises(MalformedAnswer):
        exchange(chat()).decode(body)


def test_an_error_under_status_200_is_a_failure() -> None:
    with pytest.raises(StreamFailure) as raised:
        answered({"error": {"code": 503, "message": "overloaded", "status": "UNAVAILABLE"}})

    assert (raised.value.failure.kind, raised.value.failure.status) == (FailureKind.OVERLOADED, 503)
