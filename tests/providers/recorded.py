"""Whole answers as each provider gives them, plain and as a stream."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from tests.providers import anthropic_exchange, google_exchange, responding
from tests.providers import cohere_exchange as c
from tests.providers import mistral_exchange as m
from tests.providers.exchanging import SCHEMA, Party, Row, function
from tests.providers.parties import anthropic, cohere, custom, google, mistral, openai

NAMES = ("look_up", "get_time")
TOOLS = [function(name, parameters=SCHEMA) for name in NAMES]
COUNTS: Row = {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15}


@dataclass(frozen=True)
class Said:
    """What an answer says, whoever gives it: one call for each set of arguments."""

    text: str
    thought: str = ""
    signature: str = "U0lH"
    arguments: Sequence[Row] = field(default=())

    @property
    def calls(self) -> list[Row]:
        """The calls, in OpenAI's words; Mistral wants ids of nine characters."""
        return [
            {"id": f"callid00{number}", "type": "function", "function": {"name": name, "arguments": text}}
            for number, (name, text) in enumerate(
                (name, json.dumps(given, ensure_ascii=False, separators=(",", ":")))
                for name, given in zip(NAMES, self.arguments, strict=False)
            )
        ]


@dataclass(frozen=True)
class Recorded:
    """One answer. `state` are the native blocks that the provider wants back."""

    answer: Row
    events: Sequence[Row]
    state: Sequence[object] = ()
    is_named: bool = False
    marker: str = ""

    @property
    def texts(self) -> list[str]:
        """The events as texts, without their blank lines."""
        named = [f"event: {it['type']}\n" if self.is_named else "" for it in self.events]
        data = [f"data: {json.dumps(it, ensure_ascii=False)}" for it in self.events]
        whole = [name + text for name, text in zip(named, data, strict=True)]
        return [*whole, f"data: {self.marker}"] if self.marker else whole

    def stream(self, newline: str = "\n") -> bytes:
        """The stream."""
        return "".join(f"{it}\n\n" for it in self.texts).replace("\n", newline).encode()


def of_openai(said: Said) -> Recorded:
    """What OpenAI's chat route gives: no reasoning."""
    calls = {"tool_calls": said.calls} if said.calls else {}
    reason = "tool_calls" if said.calls else "stop"
    text = None if said.calls and not said.text else said.text
    message = {"role": "assistant", "content": text, "refusal": None, **calls}
    head = {"id": "chatcmpl-1", "created": 1, "model": "gpt-4o-2024-08-06"}
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": reason}
    deltas: list[Row] = [{"role": "assistant", "content": ""}]
    deltas += [{"content": sign} for sign in said.text]
    for number, call in enumerate(said.calls):
        opening = {**call, "index": number, "function": {**call["function"], "arguments": ""}}
        deltas.append({"tool_calls": [opening]})
        fragments = (
            {"index": number, "function": {"arguments": sign}} for sign in call["function"]["arguments"]
        )
        deltas += ({"tool_calls": [it]} for it in fragments)
    chunk = {**head, "object": "chat.completion.chunk"}
    events = [_chunk(chunk, delta) for delta in deltas]
    events += [_chunk(chunk, {}, reason), {**chunk, "choices": [], "usage": COUNTS}]
    answer = {**head, "object": "chat.completion", "choices": [choice], "usage": COUNTS}
    return Recorded(answer, events, marker="[DONE]")


def _chunk(head: Row, delta: Row, reason: str | None = None) -> Row:
    return {**head, "choices": [{"index": 0, "delta": delta, "logprobs": None, "finish_reason": reason}]}


def of_vllm(said: Said) -> Recorded:
    """What a server with reasoning of its own gives."""
    plain = of_openai(said)
    choice = plain.answer["choices"][0]
    message = {**choice["message"], **({"reasoning": said.thought} if said.thought else {})}
    thoughts = [
        {**plain.events[0], "choices": [{"index": 0, "delta": {"reasoning": sign}, "finish_reason": None}]}
        for sign in said.thought
    ]
    answer = {**plain.answer, "choices": [{**choice, "message": message}]}
    return Recorded(answer, [plain.events[0], *thoughts, *plain.events[1:]], marker="[DONE]")


def of_responses(said: Said) -> Recorded:
    """What OpenAI's Responses route gives."""
    thought = responding.reasoning(*filter(None, [said.thought]), sealed=said.signature)
    items = [thought] if said.signature else []
    if said.text:
        items.append(responding.message(responding.text(said.text)))
    items += [responding.function_call(it["id"], **it["function"]) for it in said.calls]
    answer = responding.response(items)
    return Recorded(answer, responding.events_of(answer), items[:1] if said.signature else (), is_named=True)


def of_anthropic(said: Said) -> Recorded:
    """What Anthropic gives."""
    blocks: list[Row] = []
    if said.signature:
        blocks.append({"type": "thinking", "thinking": said.thought, "signature": said.signature})
    if said.text:
        blocks.append({"type": "text", "text": said.text})
    blocks += [
        {"type": "tool_use", "id": call["id"], "name": call["function"]["name"], "input": given}
        for call, given in zip(said.calls, said.arguments, strict=False)
    ]
    answer = anthropic_exchange.message(*blocks, stop_reason="tool_use" if said.calls else "end_turn")
    return Recorded(answer, anthropic_exchange.events_of(answer), blocks, is_named=True)


def of_google(said: Said) -> Recorded:
    """What Google gives; only the first call is signed, or the text where there is none."""
    signed: Row = {"thoughtSignature": said.signature} if said.signature else {}
    parts: list[Row] = [{"text": said.thought, "thought": True}] if said.thought else []
    if said.text:
        parts.append({"text": said.text, **({} if said.calls else signed)})
    calls = [
        {"functionCall": {"id": call["id"], "name": call["function"]["name"], "args": given}}
        for call, given in zip(said.calls, said.arguments, strict=False)
    ]
    calls[:1] = [{**it, **signed} for it in calls[:1]]
    usage = {"promptTokenCount": 10, "candidatesTokenCount": 5, "totalTokenCount": 15}
    answer = google_exchange.frame(*parts, *calls, finish="STOP", usage=usage)
    # A signature has its place among the parts, so that a signed answer comes in the same parts either way.
    said_in = parts if said.signature else [{**it, "text": sign} for it in parts for sign in it["text"]]
    frames = [google_exchange.frame(part) for part in (*said_in, *calls)]
    state = [*calls, *(it for it in parts if "thoughtSignature" in it)]
    return Recorded(answer, [*frames, google_exchange.frame(finish="STOP", usage=usage)], state)


def of_cohere(said: Said) -> Recorded:
    """What Cohere gives."""
    content = [c.thinking(said.thought)] if said.thought else []
    content += [c.text(said.text)] if said.text else []
    calls = {"tool_calls": said.calls} if said.calls else {}
    reason = "TOOL_CALL" if said.calls else "COMPLETE"
    events = [c.start()]
    for index, it in enumerate(content):
        kind = it["type"]
        events += c.said(index, *it[kind], kind=kind)
    for index, call in enumerate(said.calls):
        events += c.called(index, call, *call["function"]["arguments"])
    answer = c.answer(**({"content": content} if content else {}), **calls, finish_reason=reason)
    return Recorded(answer, [*events, c.end(reason)], content[:1] if said.thought else (), is_named=True)


def of_mistral(said: Said) -> Recorded:
    """What Mistral gives."""
    signed: Row = {"signature": said.signature} if said.signature else {}
    thoughts = [m.thinking(said.thought, **signed)] if said.thought else []
    content = [*thoughts, *([m.text(said.text)] if said.text else [])]
    calls = {"tool_calls": said.calls} if said.calls else {}
    reason = "tool_calls" if said.calls else "stop"
    deltas: list[Row] = [{"role": "assistant", "content": ""}]
    deltas += ({"content": [it]} for it in thoughts)
    deltas += ({"content": sign} for sign in said.text)
    if said.calls:
        deltas.append({"tool_calls": said.calls})
    events = [*(m.chunk(**it) for it in deltas), m.chunk(reason, content="", usage=m.USAGE)]
    answer = m.message(content=content or "", finish_reason=reason, **calls)
    return Recorded(answer, events, thoughts, marker="[DONE]")


@dataclass(frozen=True)
class Recording:
    """A provider, and how it says something."""

    asked: Party
    of: Callable[[Said], Recorded]


RECORDINGS = {
    "openai": Recording(openai("gpt-4o"), of_openai),
    "openai responses": Recording(openai("gpt-5-pro"), of_responses),
    "custom": Recording(custom("vllm"), of_vllm),
    "anthropic": Recording(anthropic(), of_anthropic),
    "google": Recording(google(), of_google),
    "cohere": Recording(cohere(), of_cohere),
    "mistral": Recording(mistral(), of_mistral),
}
