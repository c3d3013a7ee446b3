"""Servers that speak OpenAI's dialect, and where each departs from it. Others get what the client sent.

As of November 2026. Sources beside the rows; what a server is known to ignore without a word is refused here,
for a request that means something must not lose it in silence. A server is known by its host's name: ports
are anybody's, but for Ollama's.
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
class Efforts:
    """What some models of a server make of `reasoning_effort`.

    `levels` maps the client's to the server's; what is missing is refused. None: the server judges. `off` is
    the field, with its value, that says `none` in the server's own way.
    """

    models: re.Pattern[str] = _ANY_MODEL
    levels: Mapping[str, str] | None = None
    off: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Thinking:
    """How a server's models reason. `models` are those that do unless told otherwise.

    The first row of `efforts` that a model matches is its own. `mixed` are models whose reasoning stands
    inside the text unless `reasoning_format` says otherwise.
    """

    models: re.Pattern[str] = _NO_MODEL
    efforts: tuple[Efforts, ...] = ()
    mixed: re.Pattern[str] = _NO_MODEL
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
    # Parts of a host's name that say who is there, as in `http://vllm:8000` or `https://ollama.example.com`.
    labels: tuple[str, ...] = ()
    port: int | None = None
    # Where its API lies below a bare host, and the header that shows the key.
    root: str = "/v1"
    key_header: str = "authorization"
    # What costs nothing and needs the key.
    check_path: str = "/models"
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
    # Whether its models' own templates judge the messages, most of which take one instruction, at the head.
    has_templates: bool = False
    # Whether it knows OpenAI's newest forms: the developer's role, custom tools, sets of allowed tools,
    # functions without tools, files.
    is_current: bool = False
    thinking: Thinking = Thinking()


_TEMPLATE_OFF: Final = ("chat_template_kwargs", '{"enable_thinking":false}')
_GPT_OSS: Final = re.compile(r"openai/gpt-oss")
_GROQS_QWEN: Final = re.compile(r"qwen/qwen-?3")
_ON_OR_OFF: Final[Mapping[str, str]] = {
    "none": "none",
    **dict.fromkeys(("minimal", "low", "medium", "high", "xhigh", "max"), "default"),
}

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
    # openrouter.ai/docs/api-reference: hands everything on to whom it routes to. Its list of models is
    # public; /key tells of the key (docs/api-reference/limits).
    Profile(
        "openrouter",
        hosts=("openrouter.ai",),
        root="/api/v1",
        check_path="/key",
        ignored=frozenset(),
        refused=frozenset(),
        has_new_limit=True,
        is_current=True,
        thinking=Thinking(has_details=True),
    ),
    # console.groq.com/docs/openai: what is not supported answers 400; docs/flex-processing. docs/reasoning:
    # Qwen reasons inside the text by default; gpt-oss has no `reasoning_format`. Efforts of Qwen are `none`
    # and `default` (github.com/Alishahryar1/free-claude-code/issues/1348).
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
        thinking=Thinking(
            efforts=(Efforts(_GPT_OSS, _LOW_TO_HIGH), Efforts(_GROQS_QWEN, _ON_OR_OFF)),
            mixed=_GROQS_QWEN,
            history=("reasoning",),
        ),
    ),
    # api-docs.deepseek.com: guides/thinking_mode (while thinking, sampling has no effect, but `top_p` is
    # clamped; reasoning must come back with tool calls), guides/json_mode.
    Profile(
        "deepseek",
        hosts=("api.deepseek.com",),
        untuned=frozenset({"seed"}),
        has_choices=False,
        has_single_calls=False,
        has_schema=False,
        thinking=Thinking(
            models=re.compile(r"(?!deepseek-chat)"),
            efforts=(
                Efforts(
                    levels={
                        **_LOW_TO_HIGH,
                        "minimal": "low",
                        "medium": "high",
                        "xhigh": "high",
                        "max": "max",
                    },
                    off=("thinking", '{"type":"disabled"}'),
                ),
            ),
            ignored=_SAMPLING,
            refused=frozenset({"logprobs", "top_logprobs"}),
            history=("reasoning_content",),
            is_demanded_back=True,
        ),
    ),
    # docs.together.ai: reference/chat-completions, docs/inference/chat/reasoning ("hybrid" models reason
    # until they are told not to, others always).
    Profile(
        "together",
        hosts=("api.together.xyz", "api.together.ai"),
        refused=_OPENAI_ONLY,
        thinking=Thinking(
            efforts=(
                Efforts(re.compile(r"openai/gpt-oss|MiniMaxAI/"), _LOW_TO_HIGH),
                Efforts(off=("reasoning", '{"enabled":false}')),
            ),
            history=("reasoning",),
        ),
    ),
    # docs.fireworks.ai: api-reference/post-chatcompletions, guides/prompt-caching (`user` keeps requests near
    # their cache).
    Profile(
        "fireworks",
        hosts=("api.fireworks.ai",),
        root="/inference/v1",
        ignored=_HINTS - {"metadata", "prediction", "prompt_cache_key", "user"},
        refused=_OPENAI_ONLY,
        tiers={"priority": "priority"},
        has_new_limit=True,
        thinking=Thinking(history=("reasoning_content",)),
    ),
    # docs.x.ai/developers/model-capabilities/text/reasoning: "presencePenalty, frequencyPenalty, and stop
    # cannot be used with reasoning models".
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
    # docs.ollama.com/api/openai-compatibility: other fields are ignored without a word, and `tool_choice` too
    # (github.com/ollama/ollama/issues/17921); efforts are the model's. Templates: issues/18241.
    Profile(
        "ollama",
        hosts=("ollama.com",),
        labels=("ollama",),
        port=11434,
        has_choices=False,
        has_tool_choice=False,
        has_single_calls=False,
        has_remote_images=False,
        has_templates=True,
        thinking=Thinking(history=("reasoning",)),
    ),
    # docs.vllm.ai: serving/openai_compatible_server, features/reasoning_outputs. Reasoning is `reasoning`
    # since 0.19.1 and `reasoning_content` before; the other is ignored. Efforts are those of the model's
    # template. Templates: github.com/vllm-project/vllm/issues/41114.
    Profile(
        "vllm",
        labels=("vllm",),
        refused=_OPENAI_ONLY,
        has_new_limit=True,
        has_templates=True,
        thinking=Thinking(efforts=(Efforts(off=_TEMPLATE_OFF),), history=("reasoning", "reasoning_content")),
    ),
    # github.com/ggml-org/llama.cpp/blob/master/tools/server/README.md. A tool chosen by its name means `auto`
    # there, without a word (pypi.org/project/langchain-llama-cpp). Templates: github.com/ggml-org/llama.cpp,
    # pull/14246 ("jinja only allow 0 or 1 system message at the beginning"), issues/27367.
    Profile(
        "llama.cpp",
        labels=("llama-cpp", "llamacpp", "llama-server"),
        refused=_OPENAI_ONLY,
        has_choices=False,
        has_named_choice=False,
        has_templates=True,
        thinking=Thinking(
            efforts=(Efforts(levels=_LOW_TO_HIGH, off=_TEMPLATE_OFF),), history=("reasoning_content",)
        ),
    ),
)


_BY_HOST: Final[Mapping[str, Profile]] = {host: profile for profile in PROFILES for host in profile.hosts}
_BY_LABEL: Final[Mapping[str, Profile]] = {label: profile for profile in PROFILES for label in profile.labels}
_BY_PORT: Final[Mapping[int | None, Profile]] = {
    profile.port: profile for profile in PROFILES if profile.port
}


@lru_cache(maxsize=1024)
def profile_of(base_url: str) -> Profile | None:
    """The server that a base URL points to: by its host, a domain of it, a part of its name, or its port."""
    parts = urlsplit(base_url)
    labels = (parts.hostname or "").split(".")
    domains = (".".join(labels[first:]) for first in range(len(labels)))
    known = [_BY_HOST[domain] for domain in domains if domain in _BY_HOST]
    known += [_BY_LABEL[label] for label in labels if label in _BY_LABEL]
    return known[0] if known else _BY_PORT.get(parts.port)
