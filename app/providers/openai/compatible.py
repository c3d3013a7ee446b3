"""Servers that speak OpenAI's dialect: the pass-through, and what is known of each of them."""

from collections.abc import Mapping

from app.chat.request import ChatRequest
from app.core.clock import now
from app.providers.base import Endpoint, Exchange, Failure, NativeRequest, Target
from app.providers.extensions import PROVIDER_OPTIONS
from app.providers.facts.compatible import Profile, profile_of
from app.providers.headers import accepted, request_headers
from app.providers.openai.addressing import api_url
from app.providers.openai.draft import Draft
from app.providers.openai.failures import classify_answer
from app.providers.openai.fitting import fit_profile, is_plain, take_copies
from app.providers.openai.functions import functions_as_tools
from app.providers.openai.habits import Habits
from app.providers.openai.history import fit_history
from app.providers.openai.instructions import gather_instructions
from app.providers.openai.parameters import leave_out
from app.providers.openai.passing import merge_options, native, passed_on, usual
from app.providers.stop_cutting import cutting
from app.providers.verdicts import TUNING, Verdicts


class CompatibleDialect:
    """The dialect of a server that every provider key must name by its base URL."""

    default_base_url = None

    def translate(self, chat: ChatRequest, target: Target) -> Exchange:
        """The client's own request, changed where the server is known to need it."""
        draft = Draft(chat)
        profile = profile_of(target.endpoint.base_url)
        if profile is None:
            return _to_unknown(chat, draft, target)
        if is_plain(chat, profile, target):
            return passed_on(native(chat, draft, target, profile), _habits(chat, profile, target))
        return _fitted(chat, draft, target, profile)

    def classify(self, status: int, headers: Mapping[str, str], body: bytes) -> Failure:
        """What a non-2xx answer means."""
        return classify_answer(status, headers, body, now())

    def check_request(self, endpoint: Endpoint) -> NativeRequest:
        """A question for the list of models, or for what else is free and needs the key."""
        profile = profile_of(endpoint.base_url) or Profile("unknown")
        return NativeRequest(
            "GET",
            api_url(endpoint.base_url, profile.check_path, root=profile.root),
            request_headers(endpoint, accepted(is_stream=False), key_header=profile.key_header),
            b"",
        )


def _fitted(chat: ChatRequest, draft: Draft, target: Target, profile: Profile) -> Exchange:
    verdicts = Verdicts(chat.is_strict)
    has_functions = not profile.is_current and functions_as_tools(chat, draft, profile, verdicts)
    stops = fit_profile(draft, profile, target, verdicts)
    copies = take_copies(draft, profile)
    fit_history(draft, profile, target, verdicts)
    gather_instructions(draft, profile, verdicts)
    merge_options(chat, draft, "custom")
    habits = _habits(chat, profile, target, copies=copies, has_functions=has_functions)
    request = native(chat, draft, target, profile)
    return cutting(passed_on(request, habits, verdicts.close(), copies), stops)


def _habits(
    chat: ChatRequest, profile: Profile, target: Target, *, copies: int = 1, has_functions: bool = False
) -> Habits:
    return Habits(
        shows_usage=chat.include_usage,
        choices=1 if copies > 1 else chat.choices,
        has_functions=has_functions,
        keeps_reasoning=target.model if profile.thinking.is_demanded_back else "",
    )


def _to_unknown(chat: ChatRequest, draft: Draft, target: Target) -> Exchange:
    notes: tuple[str, ...] = ()
    if target.refused:
        verdicts = Verdicts(chat.is_strict)
        leave_out(draft, verdicts, sorted(target.refused & TUNING), "the model refuses it")
        notes = verdicts.close()
    if PROVIDER_OPTIONS in chat.fields:
        merge_options(chat, draft, "custom")
    return passed_on(native(chat, draft, target), usual(chat), notes)
