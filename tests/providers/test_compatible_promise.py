"""The promise, kept by every compatible server that is known and by OpenAI's models of every kind."""

import pytest
from msgspec.structs import replace

from app.chat.request import ChatRequest
from app.core.provider_name import ProviderName
from app.providers.base import Endpoint, Exchange, Target
from app.providers.openai import CompatibleDialect
from app.providers.verdicts import CannotServe, NeedsMedia
from scripts.provider_table import PROBES, Probe, outcome
from tests.providers.compatible import URLS

OPENAI_MODELS = [
    "gpt-4o-search-preview",
    "o1",
    "o3",
    "gpt-5",
    "gpt-5.1",
    "gpt-5.4",
    "gpt-6-astra",
    "o3-pro",
]

each_probe = pytest.mark.parametrize("probe", PROBES, ids=lambda probe: probe.name)
strict_or_not = pytest.mark.parametrize("is_strict", [False, True], ids=["", "strict"])


@strict_or_not
@each_probe
@pytest.mark.parametrize("model", OPENAI_MODELS)
def test_no_model_of_openai_loses_anything(model: str, probe: Probe, is_strict: bool) -> None:
    found = outcome(ProviderName.OPENAI, model, probe, is_strict=is_strict)

    assert found.kind in {"sent", "default", "emulated", "noted", "refused"}, found.words


@strict_or_not
@each_probe
@pytest.mark.parametrize("server", list(URLS))
def test_no_server_loses_anything(server: str, probe: Probe, is_strict: bool) -> None:
    endpoint = Endpoint(URLS[server], "secret")

    try:
        told = told_of(probe, endpoint, is_strict=is_strict)
    except CannotServe as error:
        told = [objection.param for objection in error.objections]
    except NeedsMedia as needed:
        told = [media.param for media in needed.media]

    assert any(name.startswith((probe.param, "messages[")) for name in told)


@each_probe
@pytest.mark.parametrize("server", list(URLS))
@pytest.mark.parametrize("model", ["m", "grok-4", "deepseek-v4", "qwen/qwen3-32b"])
def test_a_request_is_looked_through_only_where_that_changes_it(
    server: str, model: str, probe: Probe
) -> None:
    target = Target(model, Endpoint(URLS[server], "secret"))
    chat = probe.chat(model)

    looked_through = _exchanged(replace(chat, has_plain_messages=False), target)

    assert _exchanged(chat, target) == looked_through


def _exchanged(chat: ChatRequest, target: Target) -> object:
    try:
        exchange = CompatibleDialect().translate(chat, target)
    except CannotServe as error:
        return error.objections
    except NeedsMedia as needed:
        return needed.media
    return exchange.request, exchange.notes, exchange.copies, exchange.cut_at


def told_of(probe: Probe, endpoint: Endpoint, *, is_strict: bool) -> list[str]:
    """The names of what is reported or seen to, and of the parameter itself where it is in the request."""
    dialect, target = CompatibleDialect(), Target("m", endpoint)
    exchange = dialect.translate(probe.chat("m", is_strict=is_strict), target)
    is_seen_to = exchange.copies > 1 or bool(exchange.cut_at)
    if is_seen_to or _is_sent(exchange, dialect.translate(probe.chat_without("m"), target)):
        return [probe.param]
    return [note.partition("=")[0] for note in exchange.notes]


def _is_sent(exchange: Exchange, without: Exchange) -> bool:
    return exchange.request.body != without.request.body
