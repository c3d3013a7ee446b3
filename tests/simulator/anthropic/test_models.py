"""What each model of the simulated Anthropic takes and refuses."""

import httpx
import pytest

from tests.simulator.anthropic.bodies import (
    AFTER_CALL,
    CACHED,
    FORCED,
    HAIKU,
    MANUAL,
    OPUS,
    SONNET,
    SYSTEM_TURN,
    TEXT,
    USER,
    Row,
    by,
    refusal,
)


@pytest.mark.parametrize(
    ("model", "body", "message"),
    [
        (OPUS, FORCED, 'tool_choice: type "any" is not supported on this model.'),
        (OPUS, MANUAL, '"thinking.type.enabled" is not supported for this model.'),
        (
            OPUS,
            {"thinking": {"type": "disabled"}},
            '"thinking.type.disabled" is not supported for this model',
        ),
        (
            OPUS,
            {"messages": [{"role": "system", "content": "Be brief"}, USER]},
            "messages.0: a system message must follow a user",
        ),
        (
            "claude-opus-5",
            {"thinking": {"type": "disabled"}, "output_config": {"effort": "max"}},
            "output_con",
        ),
        (SONNET, FORCED | MANUAL, "Thinking may not be enabled when tool_choice forces tool use."),
        (SONNET, AFTER_CALL | MANUAL, "messages.1.content.0.type: Expected `thinking` or `redacted_thinking"),
        (SONNET, AFTER_CALL | {"tools": []}, "Requests which have `tool_use` or `tool_result` blocks in"),
        (SONNET, SYSTEM_TURN, "messages.1.role: role 'system' is not supported on this model"),
        (HAIKU, {"thinking": {"type": "adaptive"}}, '"thinking.type.adaptive" is not supported for this mod'),
        (HAIKU, {"output_config": {"effort": "low"}}, "This model does not support the effort parameter."),
        (HAIKU, {"max_tokens": 64_001}, "max_tokens: 64001 > 64000, which is the maximum allowed number"),
        (
            HAIKU,
            {"messages": [USER, by("assistant", TEXT | {"text": "So "})]},
            "messages: final assistant con",
        ),
    ],
)
async def test_refuses_what_the_model_does_not_take(
    http: httpx.AsyncClient, model: str, body: Row, message: str
) -> None:
    said = await refusal(http, model, body)

    assert said.startswith(message)


@pytest.mark.parametrize(
    ("model", "body", "message"),
    [
        (OPUS, {"temperature": 1}, "`temperature` is deprecated for this model."),
        (HAIKU, {"temperature": 1.5}, "temperature: Expected `float` <= 1.0"),
        (HAIKU, {"temperature": 0.5, "top_p": 0.5}, "`temperature` and `top_p` cannot both be specified"),
        (HAIKU, MANUAL | {"temperature": 0.5}, "`temperature` may only be set to 1 when thinking is enabled"),
        (HAIKU, MANUAL | {"top_p": 0.5}, "`top_p` must be greater than or equal to 0.95 or unset"),
        (HAIKU, MANUAL | {"top_k": 5}, "`top_k` must be unset when thinking is enabled"),
    ],
)
async def test_refuses_sampling_in_the_old_version(
    http: httpx.AsyncClient, model: str, body: Row, message: str
) -> None:
    said = await refusal(http, model, body, "2023-06-01")

    assert said.startswith(message)


@pytest.mark.parametrize(
    ("model", "body"),
    [
        pytest.param(SONNET, {"temperature": 0.5}, id="sampling"),
        pytest.param(HAIKU, {"messages": [USER, by("assistant", TEXT)]}, id="prefill"),
        pytest.param(HAIKU, {"messages": [by("assistant", TEXT), USER]}, id="assistant first"),
        pytest.param(
            HAIKU, {"messages": [USER, {"role": "assistant", "content": ""}, USER]}, id="empty answer"
        ),
        pytest.param(HAIKU, {"messages": [USER, USER, by("user", CACHED)]}, id="neighbours"),
        pytest.param(SONNET, AFTER_CALL | {"tool_choice": {"type": "none"}}, id="tools turned off"),
        pytest.param(OPUS, SYSTEM_TURN, id="system turn"),
        pytest.param(OPUS, {"output_config": {"effort": "xhigh"}}, id="effort"),
        pytest.param("claude-sonnet-5-5", {"thinking": {"type": "between_tools"}}, id="between tools"),
    ],
)
async def test_takes_what_the_model_takes(http: httpx.AsyncClient, model: str, body: Row) -> None:
    answer = await http.post(
        "/v1/messages",
        json={"model": model, "max_tokens": 2000, "messages": [USER]} | body,
        headers={"anthropic-version": "2023-06-01"},
    )

    assert answer.status_code == 200, answer.text
