"""What the simulated Google refuses, in the provider's words."""

import httpx
import pytest

from tests.simulator.google.bodies import (
    CALL,
    MODEL,
    NEW,
    OLD,
    PRO,
    RESULT,
    SIGNED,
    TEXT,
    USER,
    Row,
    ask,
    by,
    calling,
    config,
    refusal,
    tool,
    turns,
)


@pytest.mark.parametrize(
    ("model", "body", "message"),
    [
        (PRO, turns(), "* GenerateContentRequest.contents: contents is not specified"),
        (PRO, turns(by("function", RESULT)), "Please use a valid role: user, model."),
        (
            "gemini-2.0-flash",
            turns(by("user", {"fileData": {"fileUri": "https://example.com/cat.png"}})),
            "Cannot fetch content from the provided URL.",
        ),
        (
            PRO,
            turns(by("user")),
            "* GenerateContentRequest.contents[0].parts: contents.parts must not be emp",
        ),
        (PRO, turns(by("user", {})), "* GenerateContentRequest.contents[0].parts[0].data: required oneof fi"),
        (PRO, turns(by("user", TEXT | CALL)), "Invalid value at 'contents[0].parts[0]' (oneof), oneof fiel"),
        (PRO, turns(by("user", {"text": ""})), "Unable to submit request because it must have a text param"),
        (
            PRO,
            turns(by("user", {"inlineData": {"mimeType": "image/png", "data": "?"}})),
            "Invalid value at 'c",
        ),
        (
            PRO,
            turns(by("user", {"inlineData": {"data": "AAAA"}})),
            "* GenerateContentRequest.contents[0].par",
        ),
        (PRO, turns(MODEL, USER), "Please ensure that multiturn requests begin with a user role."),
        (
            PRO,
            turns(by("model", SIGNED), by("user", RESULT)),
            "Please ensure that function call turn comes i",
        ),
        (PRO, turns(USER, by("user", RESULT)), "Please ensure that function response turn comes immediately"),
        (PRO, turns(USER, by("model", SIGNED, CALL), by("user", RESULT)), "Please ensure that the number of"),
        (
            PRO,
            turns(USER, by("model", SIGNED), by("user", RESULT, TEXT)),
            "Please ensure that a function res",
        ),
        (
            PRO,
            turns(USER, by("model", SIGNED), by("user", {"functionResponse": {"name": "x", "response": {}}})),
            "Please ensure that function responses are named as their calls",
        ),
        (PRO, turns(USER, by("model", CALL), by("user", RESULT)), "Function call is missing a thought_signa"),
        (
            PRO,
            turns(USER, by("model", SIGNED), by("user", RESULT), by("model", CALL), by("user", RESULT)),
            "Function call is missing a thought_signature",
        ),
        (
            PRO,
            turns(USER, by("model", CALL | {"thoughtSignature": "????"}), by("user", RESULT)),
            "Thought signature is not valid",
        ),
        (
            PRO,
            turns(USER, by("model", CALL | {"thoughtSignature": "bm90IG91cnM="}), by("user", RESULT)),
            "Corrupted thought signature.",
        ),
        (NEW, turns(USER, MODEL), "Please ensure that multiturn requests end with a user role or a function"),
        (
            NEW,
            turns(USER, by("model", SIGNED), USER),
            "Please ensure that every function call is followed by",
        ),
        (
            NEW,
            turns(
                USER,
                by("model", SIGNED),
                by("user", {"functionResponse": RESULT["functionResponse"] | {"id": "1"}}),
            ),
            "Function response id `1` does not match function call id `None`.",
        ),
        (
            OLD,
            turns(USER, by("model", {"functionCall": {"name": "a", "id": "1"}}), by("user", RESULT)),
            "Invalid JSON payload received. Unknown name \"id\" at 'contents[1].parts[0].function_call'",
        ),
    ],
)
async def test_refuses_a_conversation(http: httpx.AsyncClient, model: str, body: Row, message: str) -> None:
    said = await refusal(http, model, tool() | body)

    assert said.startswith(message)


@pytest.mark.parametrize(
    ("model", "body", "message"),
    [
        (PRO, {"messages": []}, 'Invalid JSON payload received. Unknown name "messages": Cannot find field.'),
        (
            PRO,
            config(topp=1),
            "Invalid JSON payload received. Unknown name \"topp\" at 'generation_config': Can",
        ),
        (
            PRO,
            config(temperature="hot"),
            "Invalid JSON payload received. Invalid value at 'generation_config.te",
        ),
        (PRO, config(seed=2**31), "Invalid JSON payload received. Invalid value at 'generation_config.seed'"),
        (
            PRO,
            config(temperature=2.1),
            "* GenerateContentRequest.generation_config.temperature: temperature mu",
        ),
        (
            PRO,
            config(topP=1.1),
            "* GenerateContentRequest.generation_config.top_p: top_p must be in the range",
        ),
        (
            PRO,
            config(stopSequences=["a"] * 6),
            "* GenerateContentRequest.generation_config.stop_sequences: at",
        ),
        (
            PRO,
            config(maxOutputTokens=0),
            "Unable to submit request because it has a maxOutputTokens value of 0",
        ),
        (
            PRO,
            config(candidateCount=9),
            "* GenerateContentRequest.generation_config.candidate_count: candidat",
        ),
        (NEW, config(candidateCount=2), "Multiple candidates is not enabled for models/gemini-3.8-flash"),
        (NEW, config(presencePenalty=0.0), "Penalty is not enabled for models/gemini-3.8-flash"),
        (OLD, config(frequencyPenalty=0.5), "Penalty is not enabled for models/gemini-2.5-flash"),
        (PRO, config(responseLogprobs=True), "Logprobs is not enabled for models/gemini-3.1-pro"),
        (OLD, config(logprobs=2), "logprobs can only be set when response_logprobs is true."),
        (
            PRO,
            config(responseModalities=["AUDIO"]),
            "The requested combination of response modalities is not",
        ),
        (
            PRO,
            config(responseJsonSchema={}),
            "response_json_schema can only be set when response_mime_type is",
        ),
        (PRO, config(responseSchema={}), "response_schema can only be set when response_mime_type is"),
        (
            OLD,
            config(responseMimeType="application/json") | tool(),
            "Function calling with a response mime ty",
        ),
        (
            OLD,
            config(thinkingConfig={"thinkingLevel": "LOW"}),
            "Thinking level is not supported for this mode",
        ),
        (PRO, config(thinkingConfig={"thinkingLevel": "MINIMAL"}), "Thinking level MINIMAL is not supported"),
        (
            PRO,
            config(thinkingConfig={"thinkingBudget": 0}),
            "Budget 0 is invalid. This model only works in th",
        ),
        (OLD, config(thinkingConfig={"thinkingBudget": 24577}), "The thinking budget 24577 is invalid."),
        (
            PRO,
            config(thinkingConfig={"thinkingBudget": 200, "thinkingLevel": "LOW"}),
            "You can only set only one of thinking budget and thinking level.",
        ),
        (
            PRO,
            tool("1st"),
            "* GenerateContentRequest.tools[0].function_declarations[0].name: Invalid function n",
        ),
        (
            PRO,
            {"tools": [{"functionDeclarations": [{"name": "a"}, {"name": "a"}]}]},
            "Duplicate function declaration found: a",
        ),
        (
            PRO,
            tool(parameters={"type": "OBJECT", "additionalProperties": False}),
            'Invalid JSON payload received. Unknown name "additionalProperties" at '
            "'tools[0].function_declarations[0].parameters': Cannot find field.",
        ),
        (
            PRO,
            tool(parameters={"type": "OBJECT", "properties": {"a": {"type": "ARRAY"}}}),
            "* GenerateContentRequest.tools[0].function_declarations[0].parameters.properties[a].items:",
        ),
        (
            PRO,
            tool(parameters={"type": "STRING"}),
            "* GenerateContentRequest.tools[0].function_declarations[0].p",
        ),
        (
            PRO,
            tool(parametersJsonSchema={"type": "string"}),
            "* GenerateContentRequest.tools[0].function_declar",
        ),
        (
            OLD,
            {"tools": [{"googleSearch": {}}, {"functionDeclarations": [{"name": "a"}]}]},
            "Tool use with function calling is unsupported",
        ),
        (PRO, calling(mode="ANY"), "Function calling config is set without function_declarations."),
        (
            PRO,
            tool() | calling(allowedFunctionNames=["get_time"]),
            "Allowed function names can only be set wh",
        ),
        (
            PRO,
            tool() | calling(mode="ANY", allowedFunctionNames=["x"]),
            "allowed_function_names should be a su",
        ),
    ],
)
async def test_refuses_a_setting(http: httpx.AsyncClient, model: str, body: Row, message: str) -> None:
    said = await refusal(http, model, body)

    assert said.startswith(message)


async def test_says_which_field_it_does_not_know(http: httpx.AsyncClient) -> None:
    answer = await ask(http, PRO, config(topp=1))

    (detail,) = answer.json()["error"]["details"]
    assert detail["@type"] == "type.googleapis.com/google.rpc.BadRequest"
    assert detail["fieldViolations"][0]["field"] == "generation_config"
