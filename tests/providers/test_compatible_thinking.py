"""How compatible servers are told to think, and what of the conversation so far they get."""

from typing import Any

import msgspec
import pytest

from app.chat.messages import ReasoningDetail
from app.providers.base import Endpoint, Target
from app.providers.openai import CompatibleDialect
from app.providers.openai.history import REASONING_TEXT
from tests.providers.compatible import CALL, HI, RESULT, TOOL, URLS, body_of, chat, objections, translated

Json = dict[str, Any]

CUSTOM = CompatibleDialect()


@pytest.mark.parametrize(
    ("server", "effort", "sent", "notes"),
    [
        ("deepseek", "none", {"thinking": {"type": "disabled"}}, ()),
        ("deepseek", "minimal", {"reasoning_effort": "low"}, ("reasoning_effort=low",)),
        ("deepseek", "medium", {"reasoning_effort": "high"}, ("reasoning_effort=high",)),
        ("deepseek", "max", {"reasoning_effort": "max"}, ()),
        ("vllm", "none", {"chat_template_kwargs": {"enable_thinking": False}}, ()),
        ("ollama", "none", {"reasoning_effort": "none"}, ()),
        ("ollama", "max", {"reasoning_effort": "max"}, ()),
        ("vllm", "xhigh", {"reasoning_effort": "xhigh"}, ()),
        ("together", "none", {"reasoning": {"enabled": False}}, ()),
        ("groq", "none", {"reasoning_effort": "none"}, ()),
    ],
)
def test_effort_is_told_in_the_servers_words(
    server: str, effort: str, sent: Json, notes: tuple[str, ...]
) -> None:
    exchange = translated(server, reasoning_effort=effort)

    assert body_of(exchange) == {"model": "m", "messages": [HI], **sent}
    assert exchange.notes == notes


def test_only_the_levels_of_groqs_gpt_oss_are_known() -> None:
    assert objections("groq", model="openai/gpt-oss-120b", reasoning_effort="none") == [
        ("reasoning_effort", "unsupported_value")
    ]


def test_qwen_on_groq_reasons_or_does_not() -> None:
    model = "qwen/qwen3.6-27b"

    off = translated("groq", model=model, reasoning_effort="none")
    on = translated("groq", model=model, reasoning_effort="low")

    assert (body_of(off)["reasoning_effort"], off.notes) == ("none", ())
    assert (body_of(on)["reasoning_effort"], on.notes) == ("default", ("reasoning_effort=default",))
    assert objections("groq", is_strict=True, model=model, reasoning_effort="low") == [
        ("reasoning_effort", "unsupported_value")
    ]


@pytest.mark.parametrize("model", ["openai/gpt-oss-20b", "MiniMaxAI/MiniMax-M2.7"])
def test_models_on_together_that_always_reason_are_not_told_to_stop(model: str) -> None:
    assert objections("together", model=model, reasoning_effort="none") == [
        ("reasoning_effort", "unsupported_value")
    ]


@pytest.mark.parametrize(
    ("server", "model", "fields", "reasoning_format"),
    [
        pytest.param("groq", "qwen/qwen3-32b", {}, "parsed", id="reasoning inside the text"),
        pytest.param("groq", "qwen/qwen3.6-27b", {"stream": True}, "parsed", id="streamed"),
        pytest.param("groq", "qwen/qwen3-32b", {"reasoning_format": "raw"}, "raw", id="said so"),
        pytest.param("groq", "qwen/qwen3-32b", {"reasoning_format": None}, "parsed", id="said nothing"),
        pytest.param("groq", "qwen/qwen3-32b", {"include_reasoning": False}, None, id="said it otherwise"),
        pytest.param("groq", "openai/gpt-oss-120b", {}, None, id="a model that refuses the field"),
        pytest.param("groq", "llama-3.3-70b-versatile", {}, None, id="a model that does not reason"),
        pytest.param("unknown", "qwen/qwen3-32b", {}, None, id="another server"),
    ],
)
def test_reasoning_comes_in_its_own_field(
    server: str, model: str, fields: Json, reasoning_format: str | None
) -> None:
    assert body_of(translated(server, model=model, **fields)).get("reasoning_format") == reasoning_format


def test_arguments_of_the_template_are_kept_beside_the_switch() -> None:
    given: Json = {"chat_template_kwargs": {"x": 1}, "reasoning_effort": "none"}

    assert body_of(translated("vllm", **given))["chat_template_kwargs"] == {"x": 1, "enable_thinking": False}


@pytest.mark.parametrize(
    ("model", "fields", "is_left_out"),
    [
        pytest.param("deepseek-v4", {}, True, id="thinking unasked"),
        pytest.param("deepseek-chat", {}, False, id="a model that does not think"),
        pytest.param("deepseek-v4", {"reasoning_effort": "none"}, False, id="told not to"),
        pytest.param("deepseek-v4", {"thinking": {"type": "disabled"}}, False, id="told so in its own words"),
    ],
)
def test_deepseeks_tuning_is_left_out_while_it_thinks(model: str, fields: Json, is_left_out: bool) -> None:
    exchange = translated("deepseek", model=model, temperature=0.5, **fields)

    assert ("temperature" in body_of(exchange)) is not is_left_out
    assert exchange.notes == (("temperature=left_out",) if is_left_out else ())


def test_stop_sequences_of_reasoning_groks_are_seen_to_by_the_gateway() -> None:
    assert "stop" not in body_of(translated("xai", model="grok-4", stop="END"))
    assert body_of(translated("xai", model="grok-4-fast-non-reasoning", stop="END"))["stop"] == "END"


@pytest.mark.parametrize(
    ("server", "names"),
    [
        ("vllm", {"reasoning", "reasoning_content"}),
        ("ollama", {"reasoning"}),
        ("deepseek", {"reasoning_content"}),
        ("azure", set()),
    ],
)
def test_reasoning_goes_back_by_the_servers_name(server: str, names: set[str]) -> None:
    turn = {"role": "assistant", "content": "x", "reasoning_content": "Hm", "reasoning_details": []}

    sent = body_of(translated(server, messages=[HI, turn]))["messages"][1]

    assert sent == {"role": "assistant", "content": "x", **dict.fromkeys(names, "Hm")}


def test_reasoning_that_a_client_dropped_is_remembered() -> None:
    turn = {"role": "assistant", "content": None, "tool_calls": [CALL]}
    detail = ReasoningDetail(REASONING_TEXT, "m", 0, msgspec.Raw(b'"Let me see"'), "a")
    known = Target("m", Endpoint(URLS["deepseek"], ""), lambda call_id: (detail,) if call_id == "a" else ())
    unknown = Target("m", Endpoint(URLS["deepseek"], ""))
    request = chat(messages=[HI, turn, RESULT], tools=[TOOL])

    exchanges = [CUSTOM.translate(request, target) for target in (known, unknown)]

    sent = [body_of(exchange)["messages"][1]["reasoning_content"] for exchange in exchanges]
    assert sent == ["Let me see", ""]
    assert [exchange.notes for exchange in exchanges] == [(), ("messages[1].reasoning_content=empty",)]


@pytest.mark.parametrize("calls", [None, []], ids=["null", "an empty list"])
def test_a_turn_without_calls_needs_no_reasoning(calls: list[Json] | None) -> None:
    messages = [HI, {"role": "assistant", "content": "x", "tool_calls": calls}, HI]

    exchange = translated("deepseek", messages=messages, tools=[TOOL])

    assert (body_of(exchange)["messages"], exchange.notes) == (messages, ())
