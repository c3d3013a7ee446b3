"""Servers that speak OpenAI's dialect, and where each departs from it. Others get what the client sent.

As of November 2026. Sources beside the rows; what a server is known to ignore without a word is refused here,
for a request that means something must not lose it in silence.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final
from urllib.parse import urlsplit

# Hints: they change cost, speed or bookkeeping, never the answer.
_HINTS: Final = frozenset(
    {
        "metadata",
        "prediction",
        "user",
        "safety_identifier",
        "prompt_cache_key",
        "prompt_cache_options",
        "prompt_cache_retention",
    }
)
# What only OpenAI has.
_OPENAI_ONLY: Final = frozenset(
    {"verbosity", "modalities", "audio", "store", "moderation", "web_search_options", "service_tier"}
)
_PENALTIES: Final = frozenset({"frequency_penalty", "presence_penalty"})
_SAMPLING: Final = _PENALTIES | {"temperature", "top_p"}
_NO_MODEL: Final = re.compile(r"(?!)")
_ANY_MODEL: Final = re.compile(r"")
_LOW_TO_HIGH: Final[Mapping[str, str]] = {"low": "low", "medium": "medium", "high": "high"}


@dataclass(frozen=True, slots=True)
class Thinking:
    """How a server's models reason. `models` are those that do unless told otherwise.

    `efforts` maps the client's levels to the server's, for the `judged` models; what is missing is refused.
    None: the server judges. `off` is the field, with its value, that says `none` in the server's own way.
    """

    models: re.Pattern[str] = _NO_MODEL
    efforts: Mapping[str, str] | None = None
    judged: re.Pattern[str] = _ANY_MODEL
    off: tuple[str, str] | None = None
    # Tuning that has no effect, what is refused, and whether stop sequences are, while the model reasons.
    ignored: frozenset[str] = frozenset()
    refused: frozenset[str] = frozenset()
    has_stop: bool = True
    # By which names reasoning goes back in the history, and whether a turn with tool calls must have it.
    history: tuple[str, ...] = ()
    is_demanded_back: bool = False
    # Whether it has `reasoning_details` of its own, by which it knows its reasoning again.
    has_details: bool = False


@dataclass(frozen=True, slots=True)
class Profile:
    """One server: how it is known, and what it lacks."""

    name: str
    hosts: tuple[str, ...] = ()
    port: int | None = None
    # Where its API lies below a bare host, and the header that shows the key.
    root: str = "/v1"
    key_header: str = "authorization"
    # Left out and reported, refused, and tuning that is left out.
    ignored: frozenset[str] = _HINTS
    refused: frozenset[str] = _OPENAI_ONLY | {"logit_bias"}
    untuned: frozenset[str] = frozenset()
    # The values of `service_tier` that it has under another name.
    tiers: Mapping[str, str] = field(default_factory=dict)
    # Whether it knows `max_completion_tokens`, several choices, a tool choice, one call at a time, a schema.
    has_new_limit: bool = False
    has_choices: bool = True
    has_tool_choice: bool = True
    # Whether it can be held to one tool by its name.
    has_named_choice: bool = True
    has_single_calls: bool = True
    has_schema: bool = True
    # Whether it takes names of participants, and images by their address.
    has_names: bool = True
    has_remote_images: bool = True
    # Whether it knows OpenAI's newest forms: the developer's role, custom tools, sets of allowed tools,
    # functions without tools, files.
    is_current: bool = False
    thinking: Thinking = Thinking()


_TEMPLATE_OFF: Final = ("chat_template_kwargs", '{"enable_thinking":false}')

PROFILES: Final = (
    # learn.microsoft.com/azure/ai-foundry/openai/api-version-lifecycle: the v1 API; models are deployments.
    Profile(
        "azure",
        hosts=("openai.azure.com", "services.ai.azure.com", "cognitiveservices.azure.com"),
        root="/openai/v1",
        key_header="api-key",
        ignored=frozenset(),
        refused=frozenset(),
        has_new_limit=True,
        is_current=True,
    ),
    # openrouter.ai/docs/api-reference: hands everything on to whom it routes to.
    Profile(
        "openrouter",
        hosts=("openrouter.ai",),
        root="/api/v1",
        ignored=frozenset(),
        refused=frozenset(),
        has_new_limit=True,
        is_current=True,
        thinking=Thinking(has_details=True),
    ),
    # console.groq.com/docs/openai: what is not supported answers 400; docs/reasoning, docs/flex-processing.
    Profile(
        "groq",
        hosts=("api.groq.com",),
        root="/openai/v1",
        refused=_OPENAI_ONLY | {"logit_bias", "logprobs", "top_logprobs"},
        untuned=frozenset({"top_k", "min_p"}),
        tiers={"default": "on_demand", "flex": "flex"},
        has_new_limit=True,
        has_choices=False,
        has_names=False,
        thinking=Thinking(efforts=_LOW_TO_HIGH, judged=re.compile(r"openai/gpt-oss"), history=("reasoning",)),
    ),
    # api-docs.deepseek.com: guides/thinking_mode (sampling has no effect while thinking, reasoning must come
    # back with tool calls), guides/json_mode.
    Profile(
        "deepseek",
        hosts=("api.deepseek.com",),
        untuned=frozenset({"seed"}),
        has_choices=False,
        has_single_calls=False,
        has_schema=False,
        thinking=Thinking(
            models=re.compile(r"(?!deepseek-chat)"),
            efforts={**_LOW_TO_HIGH, "minimal": "low", "medium": "high", "xhigh": "high", "max": "max"},
            off=("thinking", '{"type":"disabled"}'),
            ignored=_SAMPLING,
            refused=frozenset({"logprobs", "top_logprobs"}),
            history=("reasoning_content",),
            is_demanded_back=True,
        ),
    ),
    # docs.together.ai/reference/chat-completions
    Profile(
        "together",
        hosts=("api.together.xyz", "api.together.ai"),
        refused=_OPENAI_ONLY,
        thinking=Thinking(history=("reasoning",)),
    ),
    # docs.fireworks.ai/api-reference/post-chatcompletions
    Profile(
        "fireworks",
        hosts=("api.fireworks.ai",),
        root="/inference/v1",
        refused=_OPENAI_ONLY,
        thinking=Thinking(history=("reasoning_content",)),
    ),
    # docs.x.ai/docs/guides/reasoning: "presencePenalty, frequencyPenalty and stop are not supported".
    Profile(
        "xai",
        hosts=("api.x.ai",),
        has_new_limit=True,
        thinking=Thinking(
            models=re.compile(r"grok-(?:3-mini|code|build|[4-9])(?!.*non-reasoning)"),
            ignored=_PENALTIES,
            has_stop=False,
            history=("reasoning_content",),
        ),
    ),
    # docs.ollama.com/api/openai-compatibility: other fields are ignored without a word.
    Profile(
        "ollama",
        hosts=("ollama.com",),
        port=11434,
        has_choices=False,
        has_tool_choice=False,
        has_single_calls=False,
        has_remote_images=False,
        thinking=Thinking(efforts={**_LOW_TO_HIGH, "none": "none"}, history=("reasoning",)),
    ),
    # docs.vllm.ai: serving/openai_compatible_server, features/reasoning_outputs. Reasoning is `reasoning`
    # since 0.19.1 and `reasoning_content` before; the other is ignored.
    Profile(
        "vllm",
        port=8000,
        refused=_OPENAI_ONLY,
        has_new_limit=True,
        thinking=Thinking(
            efforts=_LOW_TO_HIGH, off=_TEMPLATE_OFF, history=("reasoning", "reasoning_content")
        ),
    ),
    # github.com/ggml-org/llama.cpp/blob/master/tools/server/README.md. A tool chosen by its name means `auto`
    # there, without a word (pypi.org/project/langchain-llama-cpp).
    Profile(
        "llama.cpp",
        port=8080,
        refused=_OPENAI_ONLY,
        has_choices=False,
        has_named_choice=False,
        thinking=Thinking(efforts=_LOW_TO_HIGH, off=_TEMPLATE_OFF, history=("reasoning_content",)),
    ),
)


_BY_HOST: Final[Mapping[str, Profile]] = {host: profile for profile in PROFILES for host in profile.hosts}
_BY_PORT: Final[Mapping[int | None, Profile]] = {
    profile.port: profile for profile in PROFILES if profile.port
}


@lru_cache(maxsize=1024)
def profile_of(base_url: str) -> Profile | None:
    """The server that a base URL points to, by its host or a domain of it, or else by its port."""
    parts = urlsplit(base_url)
    labels = (parts.hostname or "").split(".")
    domains = (".".join(labels[first:]) for first in range(len(labels)))
    return next((_BY_HOST[domain] for domain in domains if domain in _BY_HOST), _BY_PORT.get(parts.port))
