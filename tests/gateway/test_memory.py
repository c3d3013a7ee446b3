"""What a worker remembers for a while."""

from uuid import uuid4

import msgspec

from app.chat.messages import ReasoningDetail
from app.chat.request import ChatRequest
from app.core.provider_name import ProviderName
from app.gateway.known import Candidate, KnownProviderKey
from app.gateway.memory import Fading, Lessons, ReasoningMemory
from app.gateway.translation import Translator
from app.providers.base import Failure, FailureKind

HERE, ELSEWHERE = uuid4(), uuid4()
CANDIDATE = Candidate(
    KnownProviderKey(uuid4(), ProviderName.OPENAI, "key", None, "s", {}, None), "gpt-unheard-of"
)


def detail(call_id: str | None, text: str = "{}") -> ReasoningDetail:
    return ReasoningDetail("anthropic.thinking", "claude", 0, msgspec.Raw(text.encode()), call_id)


def chat(*, is_strict: bool = False) -> ChatRequest:
    body = b'{"model":"m","temperature":0.5,"messages":[{"role":"user","content":"x"}]}'
    return ChatRequest.parse(body, is_strict=is_strict)


def refusing(param: str) -> Failure:
    return Failure(FailureKind.UNSUPPORTED_HERE, "No.", 400, param=param)


def test_reasoning_state_is_found_by_its_tool_call_and_in_its_workspace_only() -> None:
    memory = ReasoningMemory()

    memory.remember(HERE, [detail("a"), detail("b"), detail("a", "[]"), detail(None)])

    assert [bytes(it.block) for it in memory.recall(HERE, "a")] == [b"{}", b"[]"]
    assert memory.recall(ELSEWHERE, "a") == ()
    assert memory.recall(HERE, "c") == ()


def test_a_huge_block_is_left_to_the_client() -> None:
    memory = ReasoningMemory()

    memory.remember(HERE, [detail("a", '"' + "x" * 300_000 + '"')])

    assert memory.recall(HERE, "a") == ()


def test_entries_fade_with_time_and_the_oldest_go_first() -> None:
    time_s = 0.0
    fading: Fading[str, int] = Fading(2, lambda: time_s)

    for number, key in enumerate("abc"):
        fading.put(key, number)

    assert [fading.get(key, -1) for key in "abc"] == [-1, 1, 2]
    time_s = 3601
    assert [fading.get(key, -1) for key in "abc"] == [-1, -1, -1]


def test_a_refused_tuning_parameter_is_learnt_once() -> None:
    translator = Translator()

    first, second = (translator.learn(chat(), CANDIDATE, refusing("temperature")) for _ in range(2))

    assert (first, second) == (True, False)
    assert translator.lessons.refused_by(CANDIDATE) == {"temperature"}


def test_all_that_one_message_refuses_is_learnt_at_once() -> None:
    translator = Translator()
    failure = Failure(
        FailureKind.UNSUPPORTED_HERE,
        "No.",
        400,
        param="presence_penalty",
        also=("frequency_penalty", "tools"),
    )
    body = b'{"model":"m","frequency_penalty":0.5,"messages":[{"role":"user","content":"x"}]}'

    learnt = translator.learn(ChatRequest.parse(body), CANDIDATE, failure)

    assert learnt is True
    assert translator.lessons.refused_by(CANDIDATE) == {"presence_penalty", "frequency_penalty"}


def test_what_is_meant_is_never_learnt_away() -> None:
    translator = Translator()

    learnt = [
        translator.learn(chat(), CANDIDATE, refusing("tools")),
        translator.learn(chat(), CANDIDATE, refusing("top_p")),
        translator.learn(chat(is_strict=True), CANDIDATE, refusing("temperature")),
        translator.learn(chat(), CANDIDATE, Failure(FailureKind.BAD_REQUEST, "No.", param="temperature")),
    ]

    assert learnt == [False, False, False, False]
    assert Lessons().refused_by(CANDIDATE) == frozenset()
