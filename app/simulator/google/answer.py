"""Google's answers: whole, or in frames."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from app.simulator.api import Json, encoded
from app.simulator.chat import Choice, ToolCall
from app.simulator.google.signatures import sign

_FINISH_REASONS = {"stop": "STOP", "length": "MAX_TOKENS", "tool_calls": "STOP", "content_filter": "SAFETY"}

# What the simulator finds on the web.
_GROUNDED = "This is a simulated answer"


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer, and what it costs."""

    id: str
    model: str
    choices: tuple[Choice, ...]
    prompt_tokens: int
    cached_tokens: int = 0
    has_usage: bool = True
    shows_thoughts: bool = False
    is_signed: bool = False
    has_logprobs: bool = False
    # Whether the web is searched before the answer.
    is_grounded: bool = False
    # Whether the reason of the end comes in a frame of its own.
    ends_apart: bool = False

    @property
    def is_blocked(self) -> bool:
        """Whether nothing is said for safety."""
        return all(choice.finish_reason == "content_filter" and not choice.tokens for choice in self.choices)


def whole(reply: Reply) -> Json:
    """The answer to `generateContent`."""
    if reply.is_blocked:
        return _blocked(reply)
    candidates = [
        _candidate(index, _parts(reply, choice)) | _ended(reply, choice)
        for index, choice in enumerate(reply.choices)
    ]
    return _frame(reply, candidates, reply.choices)


def frames(reply: Reply) -> Iterator[Json]:
    """The answer to `streamGenerateContent`; several candidates come side by side."""
    if reply.is_blocked:
        yield _blocked(reply)
        return
    said = tuple(Choice((), choice.finish_reason) for choice in reply.choices)
    streams = [_steps(reply, index, choice) for index, choice in enumerate(reply.choices)]
    for row in zip_longest(*streams):
        for index, step in enumerate(row):
            if step is not None:
                candidate, so_far = step
                said = (*said[:index], so_far, *said[index + 1 :])
                yield _frame(reply, [candidate], said)


def _steps(reply: Reply, index: int, choice: Choice) -> Iterator[tuple[Json, Choice]]:
    """Each frame's candidate, with what was said until then."""
    so_far = Choice((), choice.finish_reason)
    steps: list[tuple[list[Json], Choice]] = []
    for number, thought in enumerate(choice.thoughts, start=1):
        so_far = Choice((), choice.finish_reason, thoughts=choice.thoughts[:number])
        if reply.shows_thoughts:
            steps.append(([{"text": thought, "thought": True}], so_far))
    for number, token in enumerate(choice.tokens, start=1):
        so_far = Choice(choice.tokens[:number], choice.finish_reason, thoughts=choice.thoughts)
        steps.append(([{"text": token}], so_far))
    calls = _calls(reply, choice.calls)
    # Newer models send each call as soon as it is made.
    for group in [[call] for call in calls] if reply.ends_apart else [calls] if calls else []:
        steps.append((group, choice))
    closing: list[Json] = []
    if reply.is_signed and choice.tokens:
        closing = [{"text": "", "thoughtSignature": sign()}]
    if reply.ends_apart or closing or not steps:
        steps.append((closing, choice))
    for parts, said in steps[:-1]:
        yield _candidate(index, parts), said
    yield _candidate(index, steps[-1][0]) | _ended(reply, choice), choice


def framed(frame: Json) -> bytes:
    """`frame` as a server-sent event."""
    return b"data: " + encoded(frame) + b"\r\n\r\n"


def listed(all_frames: Iterator[Json]) -> Iterator[bytes]:
    """The frames as a JSON array, without its end: what a stream is to whom does not ask for events."""
    for number, frame in enumerate(all_frames):
        yield (b",\r\n" if number else b"[") + encoded(frame)


def _frame(reply: Reply, candidates: Sequence[Json], said: Sequence[Choice]) -> Json:
    usage: Json = {"usageMetadata": _usage(reply, said)} if reply.has_usage else {}
    named: Json = {"modelVersion": reply.model, "responseId": reply.id}
    return {"candidates": list(candidates)} | usage | named


def _blocked(reply: Reply) -> Json:
    frame = _frame(reply, (), ())
    del frame["candidates"]
    return {"promptFeedback": {"blockReason": "PROHIBITED_CONTENT"}} | frame


def _candidate(index: int, parts: Sequence[Json]) -> Json:
    """A candidate; one without parts has no more than its role, or nothing, in its content."""
    return {"content": {"parts": list(parts), "role": "model"} if parts else {}, "index": index}


def _ended(reply: Reply, choice: Choice) -> Json:
    reason = _FINISH_REASONS.get(choice.finish_reason, choice.finish_reason)
    ended: Json = {"finishReason": reason}
    if reason == "SAFETY":
        rating = {"category": "HARM_CATEGORY_DANGEROUS_CONTENT", "probability": "HIGH", "blocked": True}
        ended |= {"safetyRatings": [rating]}
    if reply.has_logprobs and choice.tokens:
        ended |= {"logprobsResult": _logprobs(choice), "avgLogprobs": -0.01}
    if reply.is_grounded and _GROUNDED in choice.text:
        ended |= {"groundingMetadata": _grounding(choice.text)}
    return ended


def _grounding(text: str) -> Json:
    """Where the text comes from; its positions are those of bytes in UTF-8."""
    start = len(text.partition(_GROUNDED)[0].encode())
    segment = {"startIndex": start, "endIndex": start + len(_GROUNDED.encode()), "text": _GROUNDED}
    return {
        "webSearchQueries": ["simulated answers"],
        "groundingChunks": [{"web": {"uri": "https://example.com/answers", "title": "Simulated answers"}}],
        "groundingSupports": [{"segment": segment, "groundingChunkIndices": [0]}],
    }


def _parts(reply: Reply, choice: Choice) -> list[Json]:
    parts: list[Json] = []
    if choice.thoughts and reply.shows_thoughts:
        parts.append({"text": choice.reasoning, "thought": True})
    if choice.tokens:
        signature: Json = {"thoughtSignature": sign()} if reply.is_signed else {}
        parts.append({"text": choice.text} | signature)
    return parts + _calls(reply, choice.calls)


def _calls(reply: Reply, calls: Sequence[ToolCall]) -> list[Json]:
    """The parts of calls; only the first of those that are made at once is signed."""
    parts: list[Json] = []
    for call in calls:
        said: Json = {"name": call.name, "args": json.loads(call.arguments)}
        if reply.is_signed:
            said = {"id": call.id[-8:]} | said
        is_signed = reply.is_signed and not parts
        signature: Json = {"thoughtSignature": sign(call.name)} if is_signed else {}
        parts.append({"functionCall": said} | signature)
    return parts


def _logprobs(choice: Choice) -> Json:
    chosen = [{"token": token, "tokenId": 1, "logProbability": -0.01} for token in choice.tokens]
    return {
        "chosenCandidates": chosen,
        "topCandidates": [{"candidates": [candidate]} for candidate in chosen],
    }


def _usage(reply: Reply, said: Sequence[Choice]) -> Json:
    prompt = reply.prompt_tokens + reply.cached_tokens
    thoughts = sum(len(choice.thoughts) for choice in said)
    answered = sum(choice.billed_tokens for choice in said) - thoughts
    usage: Json = {
        "promptTokenCount": prompt,
        "totalTokenCount": prompt + answered + thoughts,
        "promptTokensDetails": [{"modality": "TEXT", "tokenCount": prompt}],
    }
    # A count of zero is left out.
    counted = {
        "candidatesTokenCount": answered,
        "thoughtsTokenCount": thoughts,
        "cachedContentTokenCount": reply.cached_tokens,
    }
    return usage | {name: count for name, count in counted.items() if count}
