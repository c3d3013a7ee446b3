from typing import Any

import pytest

from tests.providers.anthropic_exchange import HAIKU, OPUS, body_of, refused, sent, translate

OLD, NEW = "2023-06-01", "2026-10-21"


@pytest.mark.parametrize(
    ("model", "fields", "sampling", "version", "notes"),
    [
        pytest.param("claude-sonnet-5", {"temperature": 1}, {}, NEW, (), id="a default says nothing"),
        pytest.param(
            "claude-sonnet-5", {"temperature": 0}, {}, NEW, ("temperature=left_out",), id="without sampling"
        ),
        pytest.param(HAIKU, {"temperature": 0.5}, {"temperature": 0.5}, OLD, (), id="with sampling"),
        pytest.param(HAIKU, {"top_k": 5}, {"top_k": 5}, OLD, (), id="top_k"),
        pytest.param(HAIKU, {"temperature": 1.5}, {}, NEW, ("temperature=left_out",), id="never clamped"),
        pytest.param(
            HAIKU,
            {"temperature": 0.5, "top_p": 0.9},
            {"temperature": 0.5},
            OLD,
            ("top_p=left_out",),
            id="one of two",
        ),
        pytest.param(
            "claude-3-haiku-20240307",
            {"temperature": 0.5, "top_p": 0.9},
            {"temperature": 0.5, "top_p": 0.9},
            OLD,
            (),
            id="both where both are taken",
        ),
        pytest.param(
            HAIKU,
            {"temperature": 0.5, "reasoning_effort": "low"},
            {},
            NEW,
            ("temperature=left_out",),
            id="not while it reasons",
        ),
        pytest.param(
            HAIKU,
            {"top_p": 0.97, "reasoning_effort": "low"},
            {"top_p": 0.97},
            OLD,
            (),
            id="hardly less while it reasons",
        ),
        pytest.param(
            "claude-opus-7",
            {"temperature": 0.5, "top_p": 0.9, "max_tokens": 9},
            {"temperature": 0.5, "top_p": 0.9},
            OLD,
            (),
            id="an unknown model gets what was sent",
        ),
        pytest.param(
            HAIKU,
            {"seed": 1, "frequency_penalty": 0.4, "presence_penalty": -1, "min_p": 0.1},
            {},
            NEW,
            ("seed=left_out", "frequency_penalty=left_out", "presence_penalty=left_out", "min_p=left_out"),
            id="what no model has",
        ),
        pytest.param(
            HAIKU, {"frequency_penalty": 0, "presence_penalty": 0}, {}, NEW, (), id="penalties of zero"
        ),
    ],
)
def test_sampling_goes_where_it_is_taken(
    model: str, fields: dict[str, Any], sampling: dict[str, Any], version: str, notes: tuple[str, ...]
) -> None:
    exchange = translate(model, **fields)

    body = sent(exchange)
    assert {name: body[name] for name in ("temperature", "top_p", "top_k") if name in body} == sampling
    assert dict(exchange.request.headers)["anthropic-version"] == version
    assert exchange.notes == notes


def test_what_a_model_was_seen_to_refuse_is_left_out() -> None:
    exchange = translate("claude-opus-7", refused=frozenset({"temperature"}), temperature=0.5, max_tokens=9)

    assert "temperature" not in sent(exchange)
    assert exchange.notes == ("temperature=left_out",)


@pytest.mark.parametrize(
    ("model", "fields", "objection"),
    [
        ("claude-sonnet-5", {"temperature": 0}, ("temperature", "unsupported_parameter")),
        (HAIKU, {"temperature": 1.5}, ("temperature", "unsupported_value")),
        (HAIKU, {"frequency_penalty": 0.4}, ("frequency_penalty", "unsupported_parameter")),
        (OPUS, {"seed": 1}, ("seed", "unsupported_parameter")),
        ("claude-opus-4-6", {"reasoning_effort": "xhigh"}, ("reasoning_effort", "unsupported_value")),
    ],
)
def test_a_strict_client_is_refused_what_is_not_had(
    model: str, fields: dict[str, Any], objection: tuple[str, str]
) -> None:
    assert refused(model, is_strict=True, **fields) == [objection]


ADAPTIVE = {"type": "adaptive", "display": "summarized"}


def manual(budget: int) -> dict[str, object]:
    return {"type": "enabled", "budget_tokens": budget}


@pytest.mark.parametrize(
    ("model", "effort", "thinking", "level", "note"),
    [
        (OPUS, "minimal", ADAPTIVE, "low", "low"),
        (OPUS, "max", ADAPTIVE, "max", None),
        ("claude-fable-5-2", "high", ADAPTIVE, "high", None),
        ("claude-opus-5", "none", {"type": "disabled"}, None, None),
        ("claude-haiku-5-5", "none", {"type": "disabled"}, None, None),
        ("claude-sonnet-5", "xhigh", ADAPTIVE, "xhigh", None),
        ("claude-opus-4-8", "none", None, None, None),
        ("claude-opus-4-7", "medium", ADAPTIVE, "medium", None),
        ("claude-sonnet-4-6", "xhigh", ADAPTIVE, "high", "high"),
        ("claude-opus-4-6", "max", ADAPTIVE, "max", None),
        ("claude-opus-4-5-20251101", "minimal", manual(1024), "low", None),
        ("claude-opus-4-5", "max", manual(16_384), "high", "high"),
        (HAIKU, "minimal", manual(1024), None, None),
        (HAIKU, "max", manual(32_000), None, None),
        ("claude-opus-4-1", "max", manual(24_576), None, "xhigh"),
        (HAIKU, "none", None, None, None),
        ("claude-3-5-haiku-latest", "none", None, None, None),
        ("claude-opus-7", "high", ADAPTIVE, "high", None),
    ],
)
def test_effort_becomes_what_the_model_has(
    model: str, effort: str, thinking: object, level: str | None, note: str | None
) -> None:
    exchange = translate(model, reasoning_effort=effort)

    body = sent(exchange)
    assert body.get("thinking") == thinking
    assert body.get("output_config", {}).get("effort") == level
    said = [it for it in exchange.notes if it.startswith("reasoning_effort")]
    assert said == ([f"reasoning_effort={note}"] if note else [])


@pytest.mark.parametrize(
    ("model", "fields"),
    [
        pytest.param(OPUS, {"reasoning_effort": "none"}, id="reasoning that cannot be switched off"),
        pytest.param("claude-sonnet-5-5", {"reasoning_effort": "none"}, id="nor here"),
        pytest.param("claude-3-5-haiku-latest", {"reasoning_effort": "low"}, id="no reasoning"),
        pytest.param(HAIKU, {"reasoning_effort": "low", "max_tokens": 2048}, id="no room for a budget"),
        pytest.param(OPUS, {"reasoning_effort": "ultra"}, id="unheard of"),
        pytest.param(
            HAIKU, {"reasoning_effort": "low", "thinking": {"type": "disabled"}}, id="said in two ways"
        ),
    ],
)
def test_effort_that_cannot_be_had_is_refused(model: str, fields: dict[str, Any]) -> None:
    assert refused(model, **fields) == [("reasoning_effort", "unsupported_value")]


def test_the_clients_own_thinking_goes_on_as_it_is() -> None:
    own = {"type": "adaptive", "display": "omitted"}

    assert body_of(thinking=own, reasoning_effort="high")["thinking"] == own
    assert body_of(thinking=own, reasoning_effort="high")["output_config"] == {"effort": "high"}


@pytest.mark.parametrize("fields", [{"thinking": True}, {"thinking": {}}, {"top_k": "40"}, {"top_k": 40.5}])
def test_an_extension_of_a_kind_that_anthropic_does_not_take_is_refused(fields: dict[str, Any]) -> None:
    assert refused(HAIKU, **fields) == [(name, "unsupported_value") for name in fields]
