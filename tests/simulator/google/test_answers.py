"""The simulated Google, seen through the official SDK."""

import json
from typing import Any

import httpx
import pytest
from google.genai import errors
from google.genai.client import AsyncClient
from google.genai.types import (
    Content,
    FinishReason,
    Part,
)

from app.core.provider_name import ProviderName
from app.simulator import RunningSimulator
from tests.simulator.google.answers import HELLO, calls_of, end_of, parts_of, said, text_of, tool_turns

REPLY = "You said: Hello, world\nThis is a simulated answer, made without any model behind it."
OLD = "gemini-2.5-flash"
PRO = "gemini-3.1-pro"
NEW = "gemini-3.8-flash"
WEATHER = {
    "name": "get_weather",
    "parameters_json_schema": {
        "type": "object",
        "properties": {"city": {"type": "string"}},
        "required": ["city"],
        "additionalProperties": False,
    },
}
TIME = {"name": "get_time"}
TOOLS = [{"function_declarations": [WEATHER, TIME]}]
PERSON = {"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]}


both = pytest.mark.parametrize("how", ["plain", "stream"])
every_model = pytest.mark.parametrize("model", [OLD, PRO, NEW])


@both
@every_model
async def test_answers_with_the_prompt_and_its_usage(gemini: AsyncClient, how: str, model: str) -> None:
    answers = await said(gemini, how, f"{model};cached=40")

    usage = answers[-1].usage_metadata
    assert text_of(answers) == REPLY
    assert end_of(answers) is FinishReason.STOP
    assert answers[0].model_version == model
    assert len({answer.response_id for answer in answers}) == 1
    assert usage is not None
    assert (usage.prompt_token_count, usage.cached_content_token_count) == (46, 40)
    assert (usage.candidates_token_count, usage.total_token_count) == (21, 67)


@both
async def test_stops_at_the_token_limit(gemini: AsyncClient, how: str) -> None:
    answers = await said(gemini, how, PRO, max_output_tokens=3)

    assert (text_of(answers), end_of(answers)) == ("You said:", FinishReason.MAX_TOKENS)


@both
async def test_stops_before_a_stop_sequence(gemini: AsyncClient, how: str) -> None:
    answers = await said(gemini, how, PRO, stop_sequences=["world"])

    assert (text_of(answers), end_of(answers)) == ("You said: Hello, ", FinishReason.STOP)


@both
@every_model
async def test_calls_functions_and_heeds_their_results(gemini: AsyncClient, how: str, model: str) -> None:
    first = await said(gemini, how, f"{model};parallel=2", tools=TOOLS)
    second = await said(gemini, how, model, tool_turns(first), tools=TOOLS)

    signatures = [part.thought_signature for part in parts_of(first) if part.function_call]
    assert end_of(first) is FinishReason.STOP
    assert [(call.name, call.args) for call in calls_of(first)] == [
        ("get_weather", {"city": "sample city"}),
        ("get_time", {}),
    ]
    assert [bool(call.id) for call in calls_of(first)] == [model != OLD] * 2
    assert [bool(signature) for signature in signatures] == [model != OLD, False]
    assert text_of(second).startswith("The tool answered: 21 degrees\n")


@pytest.mark.parametrize(
    ("calling", "called"),
    [
        pytest.param({"mode": "ANY", "allowed_function_names": ["get_time"]}, ["get_time"], id="allowed"),
        pytest.param({"mode": "ANY"}, ["get_weather"], id="any"),
        pytest.param({"mode": "NONE"}, [], id="none"),
    ],
)
async def test_heeds_how_functions_are_called(
    gemini: AsyncClient, calling: dict[str, object], called: list[str]
) -> None:
    answers = await said(gemini, "plain", PRO, tools=TOOLS, tool_config={"function_calling_config": calling})

    assert [call.name for call in calls_of(answers)] == called


@pytest.mark.parametrize(
    ("model", "frames"),
    [
        pytest.param(OLD, [["get_weather", "get_time"]], id="together"),
        pytest.param(NEW, [["get_weather"], ["get_time"], []], id="apart from the end"),
    ],
)
async def test_streams_calls(gemini: AsyncClient, model: str, frames: list[list[str]]) -> None:
    answers = await said(gemini, "stream", f"{model};parallel=2", tools=TOOLS)

    assert [[call.name for call in calls_of([answer])] for answer in answers] == frames
    assert end_of(answers) is FinishReason.STOP


@both
@pytest.mark.parametrize(
    ("form", "expected"),
    [
        pytest.param({"response_json_schema": PERSON}, {"name": "sample name"}, id="JSON schema"),
        pytest.param({"response_schema": PERSON}, {"name": "sample name"}, id="schema of its own"),
        pytest.param({}, {"answer": "This is a simulated answer."}, id="any JSON"),
    ],
)
async def test_answers_in_the_form_of_a_schema(
    gemini: AsyncClient, how: str, form: dict[str, Any], expected: object
) -> None:
    answers = await said(gemini, how, PRO, response_mime_type="application/json", **form)

    assert json.loads(text_of(answers)) == expected


@both
@pytest.mark.parametrize(
    ("model", "thinking"),
    [
        pytest.param(OLD, {"thinking_budget": 512}, id="budget"),
        pytest.param(OLD, {"thinking_budget": -1}, id="any budget"),
        pytest.param(PRO, {"thinking_level": "LOW"}, id="level"),
    ],
)
async def test_thinks_before_it_answers(
    gemini: AsyncClient, how: str, model: str, thinking: dict[str, object]
) -> None:
    shown = await said(gemini, how, model, thinking_config=thinking | {"include_thoughts": True})
    hidden = await said(gemini, how, model, thinking_config=thinking)

    assert text_of(shown, thoughts=True).startswith("Messages so far: 1.")
    assert text_of(hidden, thoughts=True) == ""
    for answers in (shown, hidden):
        usage = answers[-1].usage_metadata
        assert text_of(answers) == REPLY
        assert usage is not None
        assert (usage.candidates_token_count, usage.thoughts_token_count) == (21, 18)
        assert usage.total_token_count == 6 + 21 + 18


@both
async def test_signs_the_end_of_a_text_and_takes_it_back(gemini: AsyncClient, how: str) -> None:
    first = await said(gemini, how, PRO)
    contents = [*HELLO, Content(role="model", parts=parts_of(first)), *HELLO]
    second = await said(gemini, how, PRO, contents)

    assert parts_of(first)[-1].thought_signature
    assert text_of(second) == REPLY


@both
async def test_blocks_a_prompt(gemini: AsyncClient, how: str) -> None:
    (answer,) = await said(gemini, how, f"{PRO};refuse")

    assert answer.candidates is None
    assert answer.prompt_feedback is not None
    assert answer.prompt_feedback.block_reason == "PROHIBITED_CONTENT"
    assert answer.usage_metadata is not None
    assert answer.usage_metadata.prompt_token_count == 6


@both
async def test_blocks_an_answer_on_its_way(gemini: AsyncClient, how: str) -> None:
    answers = await said(gemini, how, f"{PRO};refuse;tokens=2")

    assert (text_of(answers), end_of(answers)) == ("You said", FinishReason.SAFETY)


@both
async def test_ends_for_a_reason_that_it_is_told(gemini: AsyncClient, how: str) -> None:
    answers = await said(gemini, how, f"{OLD};finish=MALFORMED_FUNCTION_CALL")

    assert parts_of(answers) == []
    assert end_of(answers) is FinishReason.MALFORMED_FUNCTION_CALL


@both
async def test_several_candidates_differ(gemini: AsyncClient, how: str) -> None:
    answers = await said(gemini, how, PRO, candidate_count=3)

    texts: dict[int | None, str] = {}
    for candidate in (candidate for answer in answers for candidate in answer.candidates or []):
        said_now = "".join(part.text or "" for part in (candidate.content and candidate.content.parts) or [])
        texts[candidate.index] = texts.get(candidate.index, "") + said_now
    assert set(texts) == {0, 1, 2}
    assert len(set(texts.values())) == 3


async def test_gives_logprobs_for_each_token(gemini: AsyncClient) -> None:
    (answer,) = await said(gemini, "plain", OLD, response_logprobs=True, logprobs=1)

    assert answer.candidates is not None
    result = answer.candidates[0].logprobs_result
    assert result is not None
    assert "".join(chosen.token or "" for chosen in result.chosen_candidates or []) == REPLY


async def test_lists_its_models_in_pages(gemini: AsyncClient) -> None:
    pager = await gemini.models.list(config={"page_size": 2})
    names = [model.name async for model in pager]
    model = await gemini.models.get(model=NEW)

    assert {f"models/{name}" for name in (OLD, PRO, NEW, "gemini-embedding-001")} < set(names)
    assert len(names) == len(set(names))
    assert model.supported_actions == ["generateContent", "countTokens"]
    assert model.output_token_limit == 65_536


@pytest.mark.parametrize(
    ("directives", "code", "status"),
    [
        pytest.param("status=400", 400, "INVALID_ARGUMENT", id="400"),
        pytest.param("status=400;code=API_KEY_INVALID", 400, "INVALID_ARGUMENT", id="key"),
        pytest.param("status=400;code=FAILED_PRECONDITION", 400, "FAILED_PRECONDITION", id="location"),
        pytest.param("status=403", 403, "PERMISSION_DENIED", id="403"),
        pytest.param("status=429", 429, "RESOURCE_EXHAUSTED", id="429"),
        pytest.param("status=429;code=insufficient_quota", 429, "RESOURCE_EXHAUSTED", id="quota"),
        pytest.param("status=500", 500, "INTERNAL", id="500"),
        pytest.param("status=503", 503, "UNAVAILABLE", id="503"),
    ],
)
@both
async def test_the_sdk_understands_its_errors(
    gemini: AsyncClient, how: str, directives: str, code: int, status: str
) -> None:
    with pytest.raises(errors.APIError) as caught:
        await said(gemini, how, f"{PRO};{directives}")

    assert (caught.value.code, caught.value.status) == (code, status)


async def test_an_error_in_a_stream_reaches_the_sdk(gemini: AsyncClient) -> None:
    with pytest.raises(errors.APIError) as caught:
        await said(gemini, "stream", f"{PRO};error_event=3")

    assert (caught.value.code, caught.value.status) == (503, "UNAVAILABLE")


async def test_streams_an_array_to_whom_asks_for_no_events(simulator: RunningSimulator) -> None:
    url = f"{simulator.base_url_of(ProviderName.GOOGLE)}/v1beta/models/{OLD}:streamGenerateContent"
    async with httpx.AsyncClient(trust_env=False) as client:
        answer = await client.post(
            url,
            json={"contents": [{"parts": [{"text": "Hello, world"}]}]},
            headers={"x-goog-api-key": "AIza-simulated-key"},
        )

    frames = answer.json()
    assert answer.headers["content-type"].startswith("application/json")
    assert "".join(frame["candidates"][0]["content"]["parts"][0]["text"] for frame in frames) == REPLY


@both
async def test_says_in_bytes_what_it_found_on_the_web(gemini: AsyncClient, how: str) -> None:
    contents = [Content(role="user", parts=[Part(text="Grüße 🌍")])]

    answers = await said(gemini, how, PRO, contents, tools=[{"google_search": {}}])

    found = next(candidate.grounding_metadata for candidate in answers[-1].candidates or [])
    assert found is not None
    segment = (found.grounding_supports or [])[0].segment
    assert segment is not None
    start, end = segment.start_index, segment.end_index
    assert text_of(answers).encode()[start:end].decode() == "This is a simulated answer"
