"""Every parameter but messages and tools: in the native body, refused by name, or reported by name."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import msgspec

from app.chat.conversation import Conversation
from app.chat.request import ChatRequest
from app.providers.asked import asked
from app.providers.base import Target
from app.providers.extensions import PROVIDER_OPTIONS
from app.providers.facts.google import GoogleModel
from app.providers.google.schemas import fitted, with_titles
from app.providers.hints import leave_out_hints
from app.providers.stop_cutting import without_empty
from app.providers.verdicts import TUNING, Verdicts
from app.providers.writing import JsonObject

_TUNING: Final = (
    ("temperature", "temperature"),
    ("top_p", "topP"),
    ("top_k", "topK"),
    ("seed", "seed"),
    ("frequency_penalty", "frequencyPenalty"),
    ("presence_penalty", "presencePenalty"),
)
# Gemini's API has no labels, which could be `metadata`.
_HINTS: Final = (
    "metadata",
    "prediction",
    "prompt_cache_key",
    "prompt_cache_options",
    "prompt_cache_retention",
    "safety_identifier",
    "user",
)
_IMPOSSIBLE: Final = (
    ("audio", "Google's chat models answer in text"),
    ("logit_bias", "Google takes no biases; token ids differ by model"),
    ("modalities", "Google's chat models answer in text"),
    ("moderation", "Google moderates by settings of its own"),
    ("store", "Google keeps no completions"),
    ("verbosity", "Google has no such setting"),
)
_TIERS: Final[Mapping[str, str]] = {"default": "standard", "flex": "flex", "priority": "priority"}
_INT32: Final = range(-(2**31), 2**31)
# ai.google.dev/api/generate-content: candidateCount is 1 to 8.
_MOST_CANDIDATES: Final = 8
_ANY_OBJECT: Final = msgspec.Raw(b'{"type":"object"}')


@dataclass(frozen=True, slots=True)
class NativeParameters:
    """The native `generationConfig`, the fields beside it, and how many requests make up the answer."""

    generation: JsonObject
    fields: JsonObject
    copies: int


@dataclass(frozen=True, slots=True)
class ParameterTranslation:
    """One translation of parameters; `result` gives it."""

    chat: ChatRequest
    conversation: Conversation
    target: Target
    model: GoogleModel
    verdicts: Verdicts

    def result(self) -> NativeParameters:
        """The parameters in Google's words; what cannot be had is told to the verdicts."""
        wanted = asked(self.conversation)
        leave_out_hints(self.conversation, _HINTS, self.verdicts)
        for name, reason in _IMPOSSIBLE:
            if name in wanted:
                self.verdicts.refuse(name, reason)
        self._check_tool_hints(wanted)
        candidates, copies = self._choices()
        generation: dict[str, object] = {
            **self._tuning(wanted),
            **candidates,
            **self._limits(),
            **self._logprobs(wanted),
            **(self._format() if "response_format" in wanted else {}),
            **self._thinking(),
        }
        fields = {**self._extensions(), **(self._tier() if "service_tier" in wanted else {})}
        return NativeParameters(generation, fields, copies)

    def _tuning(self, wanted: frozenset[str]) -> JsonObject:
        given = self.conversation.given
        values = {**self.chat.fields, **self.conversation.extensions}
        config: dict[str, object] = {}
        for name, native in _TUNING:
            is_wanted = name in wanted or name in self.conversation.extensions
            if not is_wanted or (name == "temperature" and given.temperature == 1):
                continue
            if name in self.model.without | self.target.refused:
                self.verdicts.leave_out(name, "this model does not take it, or takes it and ignores it")
            elif name == "seed" and given.seed not in _INT32:
                self.verdicts.leave_out(name, "Google's seeds have 32 bits", is_value=True)
            else:
                config[native] = values[name]
        return config

    def _choices(self) -> tuple[JsonObject, int]:
        n = self.chat.choices
        if n == 1:
            return {}, 1
        if self.model.has_candidates and n <= _MOST_CANDIDATES:
            return {"candidateCount": n}, 1
        return {}, n

    def _limits(self) -> JsonObject:
        config: dict[str, object] = {}
        if self.conversation.limit is not None:
            config["maxOutputTokens"] = self.conversation.limit
        stops = without_empty(self.conversation.stop, self.verdicts)
        if stops:
            config["stopSequences"] = stops
        return config

    def _logprobs(self, wanted: frozenset[str]) -> JsonObject:
        if "logprobs" not in wanted:
            if "top_logprobs" in wanted:
                self.verdicts.refuse_value("top_logprobs", "needs 'logprobs' to be true")
            return {}
        top = self.conversation.given.top_logprobs
        return {"responseLogprobs": True, **({"logprobs": top} if top else {})}

    def _format(self) -> JsonObject:
        given = self.conversation.given.response_format
        if given is None or given.type not in {"json_object", "json_schema"}:
            self.verdicts.refuse_value("response_format", "the types are text, json_object and json_schema")
            return {}
        if self.conversation.tools and not self.model.joins_tools:
            self.verdicts.refuse("response_format", "this model does not write JSON beside function tools")
        config: dict[str, object] = {"responseMimeType": "application/json"}
        asked_for = self.conversation.schema
        if given.type == "json_object" or asked_for is None or asked_for.schema is None:
            # Without a schema the answer may be an array or a bare value.
            return {**config, "responseJsonSchema": _ANY_OBJECT}
        fit = fitted(asked_for.schema)
        words = ",".join(fit.unenforced)
        if words and asked_for.strict:
            self.verdicts.refuse("response_format", f"Google does not hold its models to {words}")
        elif words:
            self.verdicts.note("response_format", f"not_enforced:{words}")
        titles = {"title": asked_for.name, "description": asked_for.description}
        named = with_titles(fit.schema, {name: text for name, text in titles.items() if text})
        return {**config, "responseJsonSchema": named}

    def _thinking(self) -> JsonObject:
        effort = self.conversation.given.reasoning_effort
        # Without this the thoughts are paid for, and stay with Google.
        shown: dict[str, object] = {"includeThoughts": True}
        if effort is None:
            return {"thinkingConfig": shown} if self.model.thinks else {}
        level = self.model.efforts.get(effort)
        if level is None:
            if effort != "none" or self.model.thinks is not False:
                self.verdicts.refuse_value(
                    "reasoning_effort", f"this model cannot think with effort {effort!r}"
                )
            return {}
        if effort in self.model.near:
            self.verdicts.adapt("reasoning_effort", str(level).lower(), "this model has no such effort")
        if effort == "none":
            return {"thinkingConfig": {"thinkingBudget": level}}
        # The two in one request are an error, so it is always one of them.
        native = "thinkingBudget" if isinstance(level, int) else "thinkingLevel"
        return {"thinkingConfig": {**shown, native: level}}

    def _tier(self) -> JsonObject:
        tier = self.conversation.given.service_tier or ""
        if tier not in _TIERS:
            self.verdicts.refuse_value("service_tier", f"Google's tiers are {', '.join(_TIERS)}")
            return {}
        return {"serviceTier": _TIERS[tier]}

    def _extensions(self) -> JsonObject:
        fields: dict[str, object] = {}
        for name, value in self.conversation.extensions.items():
            if name == "safety_settings":
                fields["safetySettings"] = value
            elif name in TUNING:
                if name != "top_k":
                    self.verdicts.leave_out(name, "Google has no such setting")
            elif name != PROVIDER_OPTIONS:
                self.verdicts.refuse(name, "not a parameter of Google's")
        return fields

    def _check_tool_hints(self, wanted: frozenset[str]) -> None:
        choice = self.conversation.tool_choice
        if "parallel_tool_calls" not in wanted:
            return
        if self.conversation.tools and (choice is None or choice.mode != "none"):
            self.verdicts.refuse(
                "parallel_tool_calls", "Google's models may always call several tools at once"
            )
        else:
            self.verdicts.note("parallel_tool_calls")
