"""Writes the tables of docs/providers.md: what becomes of every parameter at every provider.

    .venv/bin/python -m scripts.provider_table

Nothing in them is written by hand: each cell is what the dialect does with a request that has the parameter.
"""

import json
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from app.chat.request import ChatRequest
from app.core.provider_name import ProviderName
from app.errors import RouteError
from app.providers.base import Endpoint, Exchange, Target
from app.providers.registry import DIALECTS
from app.providers.verdicts import CannotServe, NeedsMedia

Json = Mapping[str, object]

PAGE: Final = Path(__file__).parent.parent / "docs" / "providers.md"
BEGIN: Final = "<!-- written by scripts/provider_table.py: begin -->"
END: Final = "<!-- written by scripts/provider_table.py: end -->"

# A part of a message, and not a field of it.
_PART: Final = re.compile(r"messages\[\d+\](?:\.content(?:\[\d+\])?)?")
_QUESTION: Final = [{"role": "user", "content": "Say hello as JSON."}]
_FUNCTION: Final = {
    "name": "get_weather",
    "description": "The weather in a city.",
    "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
}
_TOOLS: Final = [{"type": "function", "function": _FUNCTION}]
_SCHEMA: Final = {
    "type": "object",
    "properties": {"greeting": {"type": "string"}},
    "required": ["greeting"],
    "additionalProperties": False,
}
_PNG: Final = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJ"
    "RU5ErkJggg=="
)


@dataclass(frozen=True, slots=True)
class Probe:
    """A request's field with a value that means something; `needs` are the fields it makes sense with."""

    name: str
    param: str
    value: object
    needs: Json = field(default_factory=dict)
    # Whether it is what some models do anyway, who then need not be told.
    may_be_default: bool = False

    def chat(self, model: str, *, is_strict: bool = False) -> ChatRequest:
        """A request with the field."""
        return _chat(model, {**self.needs, self.param: self.value}, is_strict=is_strict)

    def chat_without(self, model: str) -> ChatRequest:
        """The same request without it."""
        return _chat(model, {key: value for key, value in self.needs.items() if key != self.param})


def _parts(*parts: object) -> list[object]:
    return [{"role": "user", "content": [{"type": "text", "text": "What is this?"}, *parts]}]


PROBES: Final = (
    Probe("max_completion_tokens", "max_completion_tokens", 100),
    Probe("max_tokens", "max_tokens", 100),
    Probe("temperature", "temperature", 0.5),
    Probe("top_p", "top_p", 0.5),
    Probe("seed", "seed", 7),
    Probe("frequency_penalty", "frequency_penalty", 0.4),
    Probe("presence_penalty", "presence_penalty", 0.4),
    Probe("stop", "stop", ["END"]),
    Probe("n", "n", 2),
    Probe("logit_bias", "logit_bias", {"42": 5}),
    Probe("logprobs", "logprobs", True),
    Probe("top_logprobs", "top_logprobs", 2, {"logprobs": True}),
    Probe("tools", "tools", _TOOLS),
    Probe("tools (custom)", "tools", [{"type": "custom", "custom": {"name": "run"}}]),
    Probe("tool_choice: none", "tool_choice", "none", {"tools": _TOOLS}),
    Probe("tool_choice: required", "tool_choice", "required", {"tools": _TOOLS}),
    Probe(
        "tool_choice (named)",
        "tool_choice",
        {"type": "function", "function": {"name": "get_weather"}},
        {"tools": _TOOLS},
    ),
    Probe("parallel_tool_calls: false", "parallel_tool_calls", False, {"tools": _TOOLS}),
    Probe("functions", "functions", [_FUNCTION]),
    Probe("function_call", "function_call", {"name": "get_weather"}, {"functions": [_FUNCTION]}),
    Probe("response_format: json_object", "response_format", {"type": "json_object"}),
    Probe(
        "response_format: json_schema",
        "response_format",
        {"type": "json_schema", "json_schema": {"name": "greeting", "strict": True, "schema": _SCHEMA}},
    ),
    Probe("reasoning_effort: none", "reasoning_effort", "none", may_be_default=True),
    Probe("reasoning_effort: low", "reasoning_effort", "low"),
    Probe("reasoning_effort: high", "reasoning_effort", "high"),
    Probe("reasoning_effort: max", "reasoning_effort", "max"),
    Probe("verbosity", "verbosity", "low"),
    Probe("images by data URL", "messages", _parts({"type": "image_url", "image_url": {"url": _PNG}})),
    Probe(
        "images by https URL",
        "messages",
        _parts({"type": "image_url", "image_url": {"url": "https://example.com/cat.png"}}),
    ),
    Probe(
        "sound",
        "messages",
        _parts({"type": "input_audio", "input_audio": {"data": "UklGRg==", "format": "wav"}}),
    ),
    Probe(
        "PDF files",
        "messages",
        _parts(
            {
                "type": "file",
                "file": {"filename": "a.pdf", "file_data": "data:application/pdf;base64,JVBERi0xLjQK"},
            }
        ),
    ),
    Probe(
        "modalities and audio",
        "audio",
        {"voice": "alloy", "format": "wav"},
        {"modalities": ["text", "audio"]},
    ),
    Probe("web_search_options", "web_search_options", {}),
    Probe("prediction", "prediction", {"type": "content", "content": "hello"}),
    Probe("service_tier: flex", "service_tier", "flex"),
    Probe("store: true", "store", True),
    Probe("metadata", "metadata", {"team": "a"}),
    Probe("user", "user", "u-1"),
    Probe("safety_identifier", "safety_identifier", "u-1"),
    Probe("prompt_cache_key", "prompt_cache_key", "k"),
    Probe("prompt_cache_options", "prompt_cache_options", {"mode": "implicit"}),
    Probe("prompt_cache_retention", "prompt_cache_retention", "24h"),
    Probe("moderation", "moderation", {"model": "omni-moderation-latest"}),
    Probe("a field of tomorrow", "field_of_tomorrow", 1),
)

# Models whose abilities differ, so that the table shows what depends on the model.
MODELS: Final[Mapping[ProviderName, tuple[str, ...]]] = {
    ProviderName.OPENAI: ("gpt-4.1", "gpt-5.5"),
    ProviderName.ANTHROPIC: ("claude-opus-5-5", "claude-sonnet-4-6"),
    ProviderName.GOOGLE: ("gemini-3.8-flash", "gemini-2.5-flash"),
    ProviderName.COHERE: ("command-a-03-2025", "command-a-reasoning-08-2025"),
    ProviderName.MISTRAL: ("mistral-large-4", "mistral-small-latest"),
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What becomes of a probe: `sent`, `default`, `emulated`, `noted`, `refused`, or `lost`.

    The last must not be.
    """

    kind: str
    words: str = ""


def outcome(provider: ProviderName, model: str, probe: Probe, *, is_strict: bool = False) -> Outcome:
    """What the dialect does with the probe."""
    try:
        exchange = _translate(provider, probe.chat(model, is_strict=is_strict))
    except CannotServe as error:
        named = [it for it in error.objections if it.param.startswith(probe.param) or _is_part(it.param)]
        return Outcome("refused", named[0].reason) if named else Outcome("lost", str(error))
    except NeedsMedia:
        return Outcome("emulated")
    except RouteError as error:
        return Outcome("refused", error.message)
    notes = [
        note for note in exchange.notes if note.startswith(probe.param) or _is_part(note.partition("=")[0])
    ]
    if notes:
        return Outcome("noted", notes[0].partition("=")[2])
    if exchange.copies > 1 or exchange.cut_at:
        return Outcome("emulated")
    try:
        without = _translate(provider, probe.chat_without(model))
    except CannotServe:
        return Outcome("sent")
    is_sent = (exchange.request.url, exchange.request.body) != (without.request.url, without.request.body)
    return Outcome("sent" if is_sent else "default" if probe.may_be_default else "lost")


def tables() -> str:
    """The tables, in Markdown."""
    heads = [(provider, model) for provider, models in MODELS.items() for model in models]
    lines = [
        "| | " + " | ".join(f"`{model}`" for _, model in heads) + " |",
        "|---|" + "---|" * len(heads),
    ]
    for probe in PROBES:
        cells = [_cell(provider, model, probe) for provider, model in heads]
        lines.append(f"| {_code(probe.name)} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def page(text: str) -> str:
    """The page with its tables as they are now."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{tables()}\n\n{END}{after}"


def _translate(provider: ProviderName, chat: ChatRequest) -> Exchange:
    dialect = DIALECTS[provider]
    endpoint = Endpoint(dialect.default_base_url or "http://localhost/v1", "secret")
    return dialect.translate(chat, Target(chat.model, endpoint))


def _chat(model: str, fields: Json, *, is_strict: bool = False) -> ChatRequest:
    body = {"model": model, "messages": _QUESTION, **fields}
    return ChatRequest.parse(json.dumps(body).encode(), is_strict=is_strict)


def _is_part(name: str) -> bool:
    return _PART.fullmatch(name) is not None


def _cell(provider: ProviderName, model: str, probe: Probe) -> str:
    found = outcome(provider, model, probe)
    is_refused_when_strict = outcome(provider, model, probe, is_strict=True).kind == "refused"
    footnote = "²" if is_refused_when_strict else "³"
    match found.kind:
        case "sent" | "default":
            return "yes"
        case "emulated":
            return "yes ¹"
        case "noted" if found.words == "left_out":
            return f"left out {footnote}"
        case "noted" if found.words == "ignored":
            return f"ignored {footnote}"
        case "noted":
            return f"{_code(found.words)} {footnote}"
        case "refused":
            return "no"
        case _:
            return "**lost**"


def _code(name: str) -> str:
    return f"`{name}`" if name.replace("_", "").isalnum() else name


def main() -> None:
    """Writes the page anew."""
    PAGE.write_text(page(PAGE.read_text()))
    sys.stdout.write(f"{PAGE.name} is written.\n")


if __name__ == "__main__":
    main()
