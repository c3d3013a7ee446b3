"""Which keys a model goes to, and why the others are passed by."""

from collections.abc import Mapping

import pytest

from app.core.ids import new_id
from app.core.provider_name import ProviderName
from app.errors import ModelNotFound
from app.gateway.known import KnownProviderKey
from app.gateway.routing import plan


def key(
    provider: str,
    label: str = "",
    *,
    model_map: Mapping[str, str] | None = None,
    default_model: str | None = None,
    enabled: bool = True,
) -> KnownProviderKey:
    return KnownProviderKey(
        new_id(), ProviderName(provider), label or provider, None, "", model_map or {}, default_model, enabled
    )


OPENAI, BOX = key("OPENAI", "OpenAI"), key("CUSTOM", "box")
MAPPED = key("CUSTOM", "mapped", model_map={"fast": "llama-3"})
MAPPED_OR_ELSE = key("CUSTOM", "mapped", model_map={"fast": "llama-3"}, default_model="llama-2")
ANTHROPIC = key("ANTHROPIC", "Claude")
FALLBACK = key("OPENAI", "fallback", default_model="gpt-4o")
FALLBACK_BOX = key("CUSTOM", "fallback", default_model="llama-3")


@pytest.mark.parametrize(
    ("keys", "model", "expected"),
    [
        pytest.param([OPENAI], "gpt-4o", [("OpenAI", "gpt-4o")], id="native"),
        pytest.param([OPENAI], "llama-3", [], id="foreign"),
        pytest.param([BOX], "llama-3", [("box", "llama-3")], id="own server takes any"),
        pytest.param([BOX, OPENAI], "gpt-4o", [("box", "gpt-4o"), ("OpenAI", "gpt-4o")], id="by priority"),
        pytest.param([MAPPED], "fast", [("mapped", "llama-3")], id="mapped"),
        pytest.param([MAPPED], "slow", [], id="a map says what is known"),
        pytest.param([MAPPED_OR_ELSE], "slow", [("mapped", "llama-2")], id="else the fallback model"),
        pytest.param([FALLBACK], "claude-9", [("fallback", "gpt-4o")], id="fallback model"),
        pytest.param([FALLBACK], "gpt-5", [("fallback", "gpt-5")], id="native before fallback"),
        pytest.param([FALLBACK_BOX], "gpt-5", [("fallback", "llama-3")], id="another provider's model"),
        pytest.param([FALLBACK_BOX], "qwen-9", [("fallback", "qwen-9")], id="nobody's model"),
        pytest.param([OPENAI, BOX], "box/gpt-4o", [("box", "gpt-4o")], id="pinned by label"),
        pytest.param([OPENAI, BOX], "openai/any", [("OpenAI", "any")], id="pinned by provider"),
        pytest.param([BOX], "meta-llama/Llama", [("box", "meta-llama/Llama")], id="a slash pins nothing"),
        pytest.param([MAPPED], "mapped/fast", [("mapped", "llama-3")], id="pinned and mapped"),
        pytest.param([key("OPENAI", "off", enabled=False)], "gpt-4o", [], id="disabled"),
        pytest.param([ANTHROPIC, BOX], "gpt-9", [("box", "gpt-9")], id="another provider's, and a server's"),
        pytest.param([], "gpt-4o", [], id="no keys"),
    ],
)
def test_candidates(keys: list[KnownProviderKey], model: str, expected: list[tuple[str, str]]) -> None:
    candidates = plan(keys, model).candidates

    assert [(candidate.provider_key.label, candidate.model) for candidate in candidates] == expected


def test_every_key_has_a_reason() -> None:
    steps = plan([OPENAI, ANTHROPIC, BOX], "llama-3").steps

    assert [(step.model, step.reason) for step in steps] == [
        (None, "does not know the model, and has no fallback model"),
        (None, "does not know the model, and has no fallback model"),
        ("llama-3", "native"),
    ]


def test_no_candidate_is_model_not_found_and_says_why() -> None:
    with pytest.raises(ModelNotFound) as caught:
        plan([OPENAI], "llama-3").require()

    assert caught.value.param == "model"
    assert "OpenAI: does not know the model" in caught.value.message
