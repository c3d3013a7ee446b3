import json
import re

import pytest

from app.chat.usage import Usage
from app.errors import MalformedAnswer
from app.providers.base import FailureKind, StreamFailure
from tests.providers.cohere_exchange import COHERE, USAGE, answer, text, thinking
from tests.providers.exchanging import CALL, HI, Row

OTHER = {**CALL, "id": "call_2", "function": {"name": "f", "arguments": ""}}
EMPTIED = {**OTHER, "function": {"name": "f", "arguments": "{}"}}


@pytest.mark.parametrize(
    ("native", "told", "reason"),
    [
        pytest.param({"content": [text("Hello")]}, {"content": "Hello"}, "stop", id="text"),
        pytest.param({"content": []}, {"content": ""}, "stop", id="nothing"),
        pytest.param({"content": [text("Hel"), text("lo")]}, {"content": "Hello"}, "stop", id="blocks"),
        pytest.param(
            {"content": [text("A")], "finish_reason": "STOP_SEQUENCE"}, {"content": "A"}, "stop", id="stop"
        ),
        pytest.param(
            {"content": [text("A")], "finish_reason": "MAX_TOKENS"}, {"content": "A"}, "length", id="length"
        ),
        pytest.param(
            {"tool_calls": [CALL, OTHER], "finish_reason": "TOOL_CALL"},
            {"content": None, "tool_calls": [CALL, EMPTIED]},
            "tool_calls",
            id="two calls",
        ),
        pytest.param(
            {"tool_calls": [CALL], "finish_reason": "MAX_TOKENS"},
            {"content": None, "tool_calls": [CALL]},
            "length",
            id="length before calls",
        ),
    ],
)
def test_reads_an_answer(native: Row, told: Row, reason: str) -> None:
    choice = COHERE.choice(answer(**native))

    assert choice["message"] == {"role": "assistant", "refusal": None, **told}
    assert choice["finish_reason"] == reason


def test_plans_and_thoughts_are_reasoning_and_never_content() -> None:
    native = answer(content=[thinking("Hm."), text("A")], tool_plan="I look.", tool_calls=[CALL])

    told = COHERE.choice(native)["message"]

    assert (told["content"], told["reasoning_content"]) == ("A", "Hm.I look.")
    details = {"model": COHERE.model, "position": 0, "call_id": "call_1"}
    assert told["reasoning_details"] == [
        {"type": "cohere.thinking", "block": thinking("Hm."), **details},
        {"type": "cohere.tool_plan", "block": "I look.", **details},
    ]


def test_thoughts_keep_their_bytes() -> None:
    body = json.dumps(answer(content=["#"])).replace(
        '"#"', '{"type": "thinking", "thinking": "\\u00fc", "x": 1.0}'
    )

    decoded = COHERE.decoded(body.encode())

    assert [bytes(it.block) for it in decoded.details] == [
        b'{"type": "thinking", "thinking": "\\u00fc", "x": 1.0}'
    ]


def test_an_answer_goes_back_as_it_came() -> None:
    native = {
        "content": [thinking("Hm."), text("A"), thinking("So.")],
        "tool_plan": "I look.",
        "tool_calls": [CALL],
    }

    told = COHERE.choice(answer(**native))["message"]
    history = COHERE.messages(HI, told, {"role": "tool", "tool_call_id": "call_1", "content": "1"})

    assert history[1] == {"role": "assistant", **native}


@pytest.mark.parametrize("native_id", ["", "get_the_weather_of_a_city_in_the_world_1byjy32y4hvq"])
def test_an_id_that_others_would_refuse_is_replaced(native_id: str) -> None:
    choice = COHERE.choice(answer(tool_calls=[{**CALL, "id": native_id}]))

    assert re.fullmatch(r"call_[0-9a-f]{24}", choice["message"]["tool_calls"][0]["id"])


def test_functions_are_answered_with_the_first_call() -> None:
    decoded = COHERE.answered(answer(tool_calls=[CALL, OTHER]), functions=[{"name": "look_up"}])

    choice = json.loads(decoded.body)["choices"][0]
    assert (choice["message"]["function_call"], choice["finish_reason"]) == (
        CALL["function"],
        "function_call",
    )
    assert decoded.notes == ("function_call=first_of_several",)


def cited(start: int, end: int, index: int | None, **source: object) -> Row:
    citation = {"start": start, "end": end, "text": "", "sources": [{"type": "document", **source}]}
    return citation if index is None else {**citation, "content_index": index}


def test_citations_with_an_address_become_annotations() -> None:
    page = {"document": {"url": "https://h/a", "title": "T"}}
    content = [thinking("Hm."), text("🌍ü Paris"), text("Rome")]

    told = COHERE.choice(answer(content=content, citations=[cited(3, 8, 1, **page), cited(0, 4, 2, **page)]))

    message = told["message"]
    links = [it["url_citation"] for it in message["annotations"]]
    assert [message["content"][it["start_index"] : it["end_index"]] for it in links] == ["Paris", "Rome"]
    assert (links[0]["url"], links[0]["title"]) == ("https://h/a", "T")


def test_what_has_no_shape_in_openais_answer_is_reported() -> None:
    native = answer(
        content=[text("A")], citations=[cited(0, 1, None, document={"id": "d"})], finish_reason="ODD"
    )

    assert COHERE.answered(native).notes == ("citations=left_out", "finish_reason=ODD")


def test_logprobs_of_single_tokens_are_told_exactly() -> None:
    native = {
        **answer(content=[text("ü")]),
        "logprobs": [{"text": "ü", "token_ids": [5], "logprobs": [-0.5]}],
    }

    told = COHERE.answered(native, logprobs=True)

    assert json.loads(told.body)["choices"][0]["logprobs"]["content"] == [
        {"token": "ü", "logprob": -0.5, "bytes": [195, 188], "top_logprobs": []}
    ]
    assert told.notes == ()


def test_logprobs_of_a_stretch_are_told_together_and_reported() -> None:
    native = {**answer(content=[text("ab")]), "logprobs": [{"text": "ab", "logprobs": [-0.5, -0.25]}]}

    told = COHERE.answered(native, logprobs=True)

    content = json.loads(told.body)["choices"][0]["logprobs"]["content"]
    assert [(it["token"], it["logprob"]) for it in content] == [("ab", -0.75)]
    assert told.notes == ("logprobs=by_stretch",)


@pytest.mark.parametrize(
    ("usage", "told"),
    [
        pytest.param(USAGE, Usage(10, 0, 5), id="tokens"),
        pytest.param({**USAGE, "cached_tokens": 4.0}, Usage(10, 4, 5), id="cached"),
        pytest.param(
            {"billed_units": {"input_tokens": 3.0, "output_tokens": 2.0}},
            Usage(3, 0, 2),
            id="billed units alone",
        ),
        pytest.param({"tokens": {"input_tokens": None, "output_tokens": -1}}, Usage(), id="odd"),
        pytest.param({}, None, id="empty"),
        pytest.param(None, None, id="absent"),
    ],
)
def test_reads_usage(usage: Row | None, told: Usage | None) -> None:
    decoded = COHERE.answered({**answer(content=[text("Hello")]), "usage": usage})

    assert (decoded.usage, decoded.output_characters) == (told, 5)


def test_names_the_model_that_was_asked_for() -> None:
    decoded = json.loads(COHERE.answered(answer(content=[text("A")])).body)

    assert (decoded["id"], decoded["model"]) == ("c-1", COHERE.model)


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>", b"{}", b'{"message":"x"}', b'{"message":{"content":5},"finish_reason":"COMPLETE"}'],
    ids=["empty", "HTML", "no message", "an error", "odd content"],
)
def test_refuses_what_is_no_answer(body: bytes) -> None:
    with pytest.raises(MalformedAnswer):
        COHERE.decoded(body)


@pytest.mark.parametrize("reason", ["ERROR", "TIMEOUT"])
def test_an_answer_that_was_given_up_is_a_failure(reason: str) -> None:
    with pytest.raises(StreamFailure) as failure:
        COHERE.answered(answer(content=[text("A")], finish_reason=reason))

    assert failure.value.failure.kind == FailureKind.SERVER_ERROR
