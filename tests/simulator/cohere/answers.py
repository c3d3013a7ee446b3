"""What simulated Cohere answers to the official SDK, as plain JSON."""

import json
import re
from typing import cast

import cohere as sdk

from tests.simulator.cohere.bodies import Body


async def asked(cohere: sdk.AsyncClientV2, body: Body) -> Body:
    """The answer as the SDK understands it, held to the SDK's types, which it does not do itself."""
    answer = await cohere.chat(**body)  # type: ignore[arg-type]  # plain JSON serves as well as its types
    return sdk.V2ChatResponse.model_validate(answer.model_dump()).model_dump(exclude_none=True)


async def streamed(cohere: sdk.AsyncClientV2, body: Body) -> list[Body]:
    """The events likewise."""
    events = [event async for event in cohere.chat_stream(**body)]  # type: ignore[arg-type]  # as above
    return [type(event).model_validate(event.model_dump()).model_dump(exclude_none=True) for event in events]


def folded(events: list[Body]) -> Body:
    """The plain answer that a stream amounts to."""
    message: Body = {"role": "assistant"}
    answer: Body = {"message": message}
    for event in events:
        delta = cast("Body", event.get("delta", {}))
        match event["type"]:
            case "message-start":
                answer["id"] = event["id"]
            case "message-end":
                answer |= delta
            case _:
                _fold(event, cast("Body", delta.get("message", {})), message)
        if "logprobs" in event:
            cast("list[object]", answer.setdefault("logprobs", [])).append(event["logprobs"])
    return answer


def _fold(event: Body, news: Body, message: Body) -> None:
    """Takes what an event says into the message."""
    match event["type"]:
        case "content-start":
            cast("list[Body]", message.setdefault("content", [])).append(cast("Body", news["content"]))
        case "content-delta":
            content = cast("list[Body]", message["content"])[cast("int", event["index"])]
            for kind, piece in cast("dict[str, str]", news["content"]).items():
                content[kind] = f"{content[kind]}{piece}"
        case "citation-start":
            cast("list[object]", message.setdefault("citations", [])).append(news["citations"])
        case "tool-plan-delta":
            message["tool_plan"] = f"{message.get('tool_plan', '')}{news['tool_plan']}"
        case "tool-call-start":
            cast("list[object]", message.setdefault("tool_calls", [])).append(news["tool_calls"])
        case "tool-call-delta":
            called = cast("list[dict[str, Body]]", message["tool_calls"])[cast("int", event["index"])]
            more = cast("dict[str, Body]", news["tool_calls"])["function"]["arguments"]
            called["function"]["arguments"] = f"{called['function']['arguments']}{more}"


def without_ids(answer: Body) -> Body:
    """The answer without what is new each time."""
    text = re.sub(r'"(id)": "(get_weather|tell_time)_[0-9a-f]{12}"', r'"\1": "\2"', json.dumps(answer))
    return cast("Body", json.loads(text) | {"id": ""})
