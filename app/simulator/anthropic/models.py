"""Anthropic's models: what each of them accepts, and how they are listed."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from urllib.parse import parse_qs

from app.simulator.anthropic.errors import invalid, refused
from app.simulator.api import Json

_EFFORTS = ("low", "medium", "high", "xhigh", "max")


@dataclass(frozen=True, slots=True)
class Model:
    """The rules of one model."""

    id: str
    # The values that `thinking.type` may have.
    thinking: frozenset[str]
    efforts: tuple[str, ...] = _EFFORTS
    max_tokens: int = 128_000
    max_input_tokens: int = 1_000_000
    # What the text of thinking is without a request for either.
    display: str = "omitted"
    # Whether it thinks when the request does not say.
    thinks: bool = True
    takes_sampling: bool = False
    takes_forced_tools: bool = True
    takes_prefill: bool = False
    takes_system_turns: bool = True
    # Whether a signature holds only for the conversation that it was made in.
    binds_thinking: bool = False

    @property
    def line(self) -> str:
        """The family: opus, sonnet or haiku."""
        return self.id.split("-")[1]


_ADAPTIVE = frozenset({"adaptive"})
_OPTIONAL = frozenset({"adaptive", "disabled"})

# The models page and the migration guides of the provider, as of November 2026.
_MODELS = (
    Model("claude-opus-5-5", _ADAPTIVE, takes_forced_tools=False, binds_thinking=True),
    Model("claude-sonnet-5-5", _ADAPTIVE | {"between_tools"}, takes_forced_tools=False, binds_thinking=True),
    Model("claude-haiku-5-5", _OPTIONAL, binds_thinking=True),
    Model("claude-opus-5", _OPTIONAL),
    Model("claude-sonnet-5", _OPTIONAL, takes_system_turns=False),
    Model("claude-opus-4-8", _OPTIONAL, thinks=False),
    Model(
        "claude-sonnet-4-6",
        _OPTIONAL | {"enabled"},
        efforts=("low", "medium", "high", "max"),
        display="summarized",
        thinks=False,
        takes_sampling=True,
        takes_system_turns=False,
    ),
    Model(
        "claude-opus-4-5",
        frozenset({"enabled", "disabled"}),
        efforts=("low", "medium", "high"),
        max_tokens=64_000,
        max_input_tokens=200_000,
        display="summarized",
        thinks=False,
        takes_sampling=True,
        takes_prefill=True,
        takes_system_turns=False,
    ),
    Model(
        "claude-haiku-4-5",
        frozenset({"enabled", "disabled"}),
        efforts=(),
        max_tokens=64_000,
        max_input_tokens=200_000,
        display="summarized",
        thinks=False,
        takes_sampling=True,
        takes_prefill=True,
        takes_system_turns=False,
    ),
)
MODELS: Mapping[str, Model] = MappingProxyType({model.id: model for model in _MODELS})


def known(name: str) -> Model:
    """The model of that name; directives after its name do not matter. Raises Refused."""
    found = MODELS.get(name.partition(";")[0])
    if found is None:
        raise refused(404, f"model: {name}")
    return found


def described(model: Model) -> Json:
    """The answer to `GET /v1/models/{id}`."""
    efforts = {level: _support(level in model.efforts) for level in _EFFORTS}
    types = {kind: _support(kind in model.thinking) for kind in _THINKING}
    yes, no = _support(True), _support(False)
    return {
        "type": "model",
        "id": model.id,
        "display_name": model.id.replace("-", " ").title(),
        "created_at": "2026-01-01T00:00:00Z",
        "lifecycle": "active",
        "line": model.line,
        "max_input_tokens": model.max_input_tokens,
        "max_tokens": model.max_tokens,
        "capabilities": {
            "batch": no,
            "citations": no,
            "code_execution": no,
            "context_management": no,
            "effort": {"supported": bool(model.efforts)} | efforts,
            "image_input": yes,
            "pdf_input": yes,
            "server_tools": {"supported": True, "code_execution": no, "web_search": yes},
            "structured_outputs": yes,
            "thinking": {"supported": True, "types": types},
        },
    }


_THINKING = ("adaptive", "between_tools", "disabled", "enabled")


def _support(is_there: bool) -> Json:
    return {"supported": is_there}


def listed(query: str) -> Json:
    """The answer to `GET /v1/models`: one page of `limit`, after or before a model. Raises Refused."""
    asked = {name: values[-1] for name, values in parse_qs(query).items()}
    limit = asked.get("limit", "20")
    if not limit.isdecimal() or not 1 <= int(limit) <= 1000:
        raise invalid("limit: Input should be between 1 and 1000")
    names = list(MODELS)
    if "after_id" in asked:
        names = names[_position(names, asked["after_id"]) + 1 :]
    elif "before_id" in asked:
        names = names[: _position(names, asked["before_id"])][-int(limit) :]
    page = names[: int(limit)]
    return {
        "data": [described(MODELS[name]) for name in page],
        "has_more": len(page) < len(names),
        "first_id": page[0] if page else None,
        "last_id": page[-1] if page else None,
    }


def _position(names: list[str], cursor: str) -> int:
    if cursor not in names:
        raise invalid(f"Model {cursor!r} is no cursor of this list.")
    return names.index(cursor)
