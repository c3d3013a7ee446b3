"""What each parameter becomes with each of Google's models."""

import json
from typing import Any

import pytest

from app.errors import InvalidValue
from tests.providers.google_exchange import (
    WEATHER,
    body_of,
    chat,
    exchange,
    generation,
    objections,
    translated,
)

ANSWER = {"type": "object", "properties": {"answer": {"type": "string"}}, "required": ["answer"]}


@pytest.mark.parametrize(
    ("model", "name", "is_served"),
    [
        pytest.param("gemini-2.0-flash", "frequency_penalty", True, id="2.0 has penalties"),
        pytest.param("gemini-2.5-flash", "frequency_penalty", False, id="2.5 has none"),
        pytest.param("gemini-3.5-flash", "temperature", True, id="3.5 has a temperature"),
        pytest.param("gemini-3.6-flash", "temperature", False, id="3.6 ignores it"),
        pytest.param("gemini-3.6-flash", "top_p", False, id="3.6 ignores top_p"),
        pytest.param("gemini-3.8-flash", "presence_penalty", False, id="3.8 refuses penalties"),
        pytest.param("gemini-4-argon", "temperature", False, id="4 ignores it"),
        pytest.param("gemini-9-ultra", "temperature", True, id="a newer model may take it"),
        pytest.param("gemini-flash-latest", "temperature", True, id="so may whatever is latest"),
    ],
)
def test_tuning_is_left_out_and_reported_or_refused_where_strict(
    model: str, name: str, is_served: bool
) -> None:
    tuning: dict[str, Any] = {name: 0.4}

    lenient = exchange(chat(model=model, **tuning))
    refused = () if is_served else (name,)

    assert lenient.notes == tuple(f"{name}=left_out" for name in refused)
    assert tuple(it.param for it in objections(is_strict=True, model=model, **tuning)) == refused


def test_tuning_that_the_model_was_seen_to_refuse_is_left_out() -> None:
    made = exchange(chat(model="gemini-9", temperature=0.5, top_p=0.5), refused="temperature")

    assert json.loads(made.request.body)["generationConfig"].keys() == {"topP", "thinkingConfig"}
    assert made.notes == ("temperature=left_out",)


def test_a_seed_that_has_more_than_32_bits_is_left_out() -> None:
    made = exchange(chat(seed=2**31))

    assert made.notes == ("seed=left_out",)
    assert objections(seed=2**31, is_strict=True)[0].code == "unsupported_value"


@pytest.mark.parametrize(
    ("model", "n", "candidates", "copies"),
    [
        pytest.param("gemini-2.5-flash", 8, 8, 1, id="by itself"),
        pytest.param("gemini-2.5-flash", 9, None, 9, id="more than it can"),
        pytest.param("gemini-3.7-flash", 2, None, 2, id="3.7 gives one"),
        pytest.param("gemini-9", 2, None, 2, id="nobody knows"),
    ],
)
def test_several_choices(model: str, n: int, candidates: int | None, copies: int) -> None:
    made = exchange(chat(model=model, n=n))

    config = json.loads(made.request.body)["generationConfig"]
    assert (config.get("candidateCount"), made.copies) == (candidates, copies)


# One row a model: none, minimal, low, medium, high, xhigh, max. A star is the nearest level, reported.
EFFORTS: dict[str, list[Any]] = {
    "gemini-2.0-flash": ["-", None, None, None, None, None, None],
    "gemini-2.5-flash": [0, 512, 1024, 8192, 24576, "*24576", "*24576"],
    "gemini-2.5-pro": [None, 128, 1024, 8192, 24576, 32768, 32768],
    "gemini-3-pro-preview": [None, "*LOW", "LOW", "*LOW", "HIGH", "*HIGH", "*HIGH"],
    "gemini-3.1-pro-preview": [None, "*LOW", "LOW", "MEDIUM", "HIGH", "*HIGH", "*HIGH"],
    "gemini-3.5-flash-lite": [None, "MINIMAL", "LOW", "MEDIUM", "HIGH", "*HIGH", "*HIGH"],
    "gemini-3.6-flash": [None, "MINIMAL", "LOW", "MEDIUM", "HIGH", "*HIGH", "*HIGH"],
    "gemini-3.8-flash": [None, "*LOW", "LOW", "MEDIUM", "HIGH", "*HIGH", "*HIGH"],
    "gemini-4-argon": [None, None, "LOW", "MEDIUM", "HIGH", "*HIGH", "*HIGH"],
    "gemini-9-ultra": [None, "MINIMAL", "LOW", "MEDIUM", "HIGH", "XHIGH", "*XHIGH"],
}
LEVELS = ["none", "minimal", "low", "medium", "high", "xhigh", "max"]


@pytest.mark.parametrize(
    ("model", "effort", "told"),
    [
        pytest.param(model, effort, told, id=f"{model}-{effort}")
        for model, row in EFFORTS.items()
        for effort, told in zip(LEVELS, row, strict=True)
    ],
)
def test_how_much_a_model_shall_think(model: str, effort: str, told: str | int | None) -> None:
    request = chat(model=model, reasoning_effort=effort)

    if told is None:
        assert [it.param for it in objections(model=model, reasoning_effort=effort)] == ["reasoning_effort"]
        return
    made = exchange(request)
    thinking = body_of(request).get("generationConfig", {}).get("thinkingConfig", {})
    is_near = str(told).startswith("*")
    level = str(told).removeprefix("*")
    notes = (f"reasoning_effort={level.lower()}",) if is_near else ()
    native = {"thinkingBudget": int(level)} if level.isdigit() else {"thinkingLevel": level}
    shown = {} if effort == "none" else {"includeThoughts": True}
    assert (thinking, made.notes) == ({} if told == "-" else {**shown, **native}, notes)


@pytest.mark.parametrize(
    ("model", "asks"),
    [
        pytest.param("gemini-2.0-flash", False, id="does not think"),
        pytest.param("gemini-2.5-flash-image", False, id="makes images"),
        pytest.param("gemma-3-27b-it", False, id="nobody knows"),
        pytest.param("gemini-2.5-flash", True, id="2.5"),
        pytest.param("gemini-4-argon", True, id="4"),
        pytest.param("gemini-pro-latest", True, id="latest"),
    ],
)
def test_thoughts_are_asked_for_where_there_are_some(model: str, asks: bool) -> None:
    config = translated(model=model).get("generationConfig", {})

    assert config == ({"thinkingConfig": {"includeThoughts": True}} if asks else {})


@pytest.mark.parametrize(
    ("tier", "native"),
    [("default", "standard"), ("flex", "flex"), ("priority", "priority"), ("scale", None), ("fast", None)],
)
def test_service_tiers(tier: str, native: str | None) -> None:
    refused = objections(service_tier=tier)

    assert bool(refused) is (native is None)
    if native is not None:
        assert translated(service_tier=tier)["serviceTier"] == native


def test_a_schema_for_the_answer_goes_as_it_is_with_its_name_and_description() -> None:
    schema = {
        "type": "object",
        "properties": {"a": {"$ref": "#/$defs/A"}, "n": {"type": "integer", "maximum": 12345678901234567890}},
        "$defs": {"A": {"type": ["string", "null"]}},
        "additionalProperties": False,
    }
    wanted = {"name": "answer", "description": "The answer", "strict": True, "schema": schema}

    config = generation(response_format={"type": "json_schema", "json_schema": wanted})

    assert config["responseMimeType"] == "application/json"
    assert config["responseJsonSchema"] == {"title": "answer", "description": "The answer", **schema}


@pytest.mark.parametrize("kind", ["json_object", "json_schema"])
@pytest.mark.parametrize(
    ("model", "is_served"), [("gemini-2.5-flash", False), ("gemini-3-flash", True), ("gemini-9", True)]
)
def test_json_beside_tools_needs_the_third_generation(model: str, is_served: bool, kind: str) -> None:
    wanted = {"type": kind, "json_schema": {"name": "a", "schema": ANSWER}}

    refused = objections(model=model, tools=[WEATHER], response_format=wanted)

    assert [it.param for it in refused] == ([] if is_served else ["response_format"])


@pytest.mark.parametrize(
    ("schema", "keywords"),
    [
        pytest.param({"type": "string", "pattern": "^a"}, "pattern", id="pattern"),
        pytest.param({"type": "array", "items": {"not": {"type": "null"}}}, "not", id="below"),
        pytest.param(
            {"anyOf": [{"minLength": 1}], "$defs": {"a": {"allOf": []}}}, "allOf,minLength", id="two"
        ),
        pytest.param({"properties": {"pattern": {"type": "string"}}}, "", id="a property of that name"),
    ],
)
def test_what_google_does_not_enforce_is_refused_where_it_binds(
    schema: dict[str, Any], keywords: str
) -> None:
    wanted = {"name": "a", "schema": schema}

    loose = exchange(chat(response_format={"type": "json_schema", "json_schema": wanted}))
    strict = objections(response_format={"type": "json_schema", "json_schema": {**wanted, "strict": True}})

    assert loose.notes == ((f"response_format=not_enforced:{keywords}",) if keywords else ())
    assert [it.param for it in strict] == (["response_format"] if keywords else [])


def test_a_constant_becomes_an_enum_of_one() -> None:
    schema = {"properties": {"kind": {"const": "a"}, "const": {"type": "number", "const": 1.50}}}

    config = generation(
        response_format={"type": "json_schema", "json_schema": {"name": "a", "schema": schema}}
    )

    assert config["responseJsonSchema"]["properties"] == {
        "kind": {"enum": ["a"]},
        "const": {"type": "number", "enum": [1.5]},
    }


@pytest.mark.parametrize(
    ("options", "refused"),
    [
        pytest.param({}, [], id="plain"),
        pytest.param({"search_context_size": "medium"}, [], id="the usual size"),
        pytest.param({"search_context_size": "high"}, ["web_search_options.search_context_size"], id="size"),
        pytest.param(
            {"user_location": {"type": "approximate"}}, ["web_search_options.user_location"], id="location"
        ),
    ],
)
def test_searching_the_web(options: dict[str, Any], refused: list[str]) -> None:
    fields: dict[str, Any] = {"web_search_options": options}

    assert [it.param for it in objections(**fields)] == refused
    if not refused:
        assert translated(**fields)["tools"] == [{"googleSearch": {}}]
        assert exchange(chat(**fields)).notes == ("web_search_options=model_decides",)


def test_searching_beside_tools_needs_the_third_generation() -> None:
    fields: dict[str, Any] = {"web_search_options": {}, "tools": [WEATHER]}

    new = translated(**fields)
    old = objections(model="gemini-2.5-pro", **fields)

    assert new["tools"][1] == {"googleSearch": {}}
    assert new["toolConfig"]["includeServerSideToolInvocations"] is True
    assert [it.param for it in old] == ["web_search_options"]


@pytest.mark.parametrize(
    ("fields", "refused", "notes"),
    [
        pytest.param({"safety_settings": []}, [], [], id="safety settings"),
        pytest.param({"min_p": 0.1}, [], ["min_p=left_out"], id="tuning"),
        pytest.param({"repetition_penalty": 1.1}, ["repetition_penalty"], [], id="of another server"),
        pytest.param({"thinking": {"type": "enabled"}}, ["thinking"], [], id="Anthropic's"),
        pytest.param({"released_tomorrow": 1}, ["released_tomorrow"], [], id="unknown"),
        pytest.param(
            {"provider_options": {"anthropic": {"thinking": {}}}}, [], [], id="for another provider"
        ),
    ],
)
def test_parameters_that_are_not_openais(
    fields: dict[str, Any], refused: list[str], notes: list[str]
) -> None:
    assert [it.param for it in objections(**fields)] == refused
    if not refused:
        assert list(exchange(chat(**fields)).notes) == notes


def test_options_for_google_join_the_body() -> None:
    options = {
        "generationConfig": {"mediaResolution": "MEDIA_RESOLUTION_LOW"},
        "cachedContent": "cachedContents/1",
    }
    settings = [{"category": "HARM_CATEGORY_HARASSMENT", "threshold": "BLOCK_NONE"}]

    body = translated(temperature=0.5, provider_options={"google": options}, safety_settings=settings)

    assert body["generationConfig"]["mediaResolution"] == "MEDIA_RESOLUTION_LOW"
    assert body["generationConfig"]["temperature"] == 0.5
    assert (body["cachedContent"], body["safetySettings"]) == ("cachedContents/1", settings)


@pytest.mark.parametrize("options", [5, {"google": 5}, {"google": {"model": "x"}}], ids=str)
def test_options_that_make_no_sense_are_refused(options: object) -> None:
    with pytest.raises(InvalidValue) as refusal:
        exchange(chat(provider_options=options))

    assert (refusal.value.param or "").startswith("provider_options")
