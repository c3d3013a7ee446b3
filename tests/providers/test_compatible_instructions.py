"""System messages for servers whose models' templates take one, at the head."""

from typing import Any

import pytest

from tests.providers.compatible import HI, body_of, objections, translated


@pytest.mark.parametrize(
    ("contents", "joined"),
    [
        pytest.param(["a", "", "b"], "a\n\nb", id="texts"),
        pytest.param(
            ["a", [{"type": "text", "text": "b", "x": 1.50}]],
            [{"type": "text", "text": "a"}, {"type": "text", "text": "b", "x": 1.5}],
            id="parts",
        ),
    ],
)
@pytest.mark.parametrize("server", ["vllm", "llama.cpp", "ollama"])
def test_instructions_at_the_head_are_joined_for_templates(
    server: str, contents: list[Any], joined: Any
) -> None:
    instructions = [{"role": "system", "content": content} for content in contents]

    exchange = translated(server, is_strict=True, messages=[*instructions, HI])

    assert body_of(exchange)["messages"] == [{"role": "system", "content": joined}, HI]
    assert exchange.notes == tuple(f"messages[{place}]=joined" for place in range(1, len(contents)))


@pytest.mark.parametrize("role", ["system", "developer"])
def test_a_later_instruction_goes_to_the_head_for_templates_unless_strict(role: str) -> None:
    later = {"role": role, "content": "Now in German."}

    exchange = translated("vllm", messages=[HI, later, HI])
    with_another = translated("vllm", messages=[{"role": "system", "content": "Be brief."}, HI, later])

    assert body_of(exchange)["messages"] == [{"role": "system", "content": "Now in German."}, HI, HI]
    assert exchange.notes == ("messages[1]=hoisted",)
    assert body_of(with_another)["messages"] == [
        {"role": "system", "content": "Be brief.\n\nNow in German."},
        HI,
    ]
    assert with_another.notes == ("messages[2]=hoisted",)
    assert objections("vllm", is_strict=True, messages=[HI, later, HI]) == [
        ("messages[1]", "unsupported_value")
    ]


@pytest.mark.parametrize("server", ["groq", "openrouter", "unknown"])
def test_instructions_stay_where_no_template_is_known_to_mind(server: str) -> None:
    messages = [{"role": "system", "content": "a"}, {"role": "system", "content": "b"}, HI]
    messages.append({"role": "system", "content": "c"})

    exchange = translated(server, is_strict=True, messages=messages)

    assert (body_of(exchange)["messages"], exchange.notes) == (messages, ())
