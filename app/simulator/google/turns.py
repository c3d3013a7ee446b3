"""Google's rules for the turns of a conversation."""

import base64
import binascii
from collections.abc import Sequence
from itertools import pairwise

from app.simulator.google.errors import invalid
from app.simulator.google.models import Model
from app.simulator.google.request import Content, ContentBody, Part
from app.simulator.google.signatures import check_signature

_OWN = "https://generativelanguage.googleapis.com/"
_REQUEST = "* GenerateContentRequest."


def check_turns(asked: ContentBody, model: Model) -> None:
    """Nothing, if the conversation is one that the model can answer. Raises Refused."""
    if not asked.contents:
        raise invalid(f"{_REQUEST}contents: contents is not specified")
    for index, content in enumerate(asked.contents):
        _check_content(content, f"contents[{index}]", model)
    if asked.system_instruction is not None:
        _check_content(asked.system_instruction, "system_instruction", model)
    turns = _merged(asked.contents)
    _check_order(turns, model)
    if model.is_signed:
        _check_signed(asked.contents)


def _check_content(content: Content, where: str, model: Model) -> None:
    if where.startswith("contents") and content.role not in {None, "user", "model"}:
        raise invalid("Please use a valid role: user, model.")
    if not content.parts:
        raise invalid(f"{_REQUEST}{where}.parts: contents.parts must not be empty.")
    for number, part in enumerate(content.parts):
        _check_part(part, f"{where}.parts[{number}]", model)
    if content.role != "model" and all(part.text == "" for part in content.parts):
        raise invalid("Unable to submit request because it must have a text parameter that is not empty.")


def _check_part(part: Part, where: str, model: Model) -> None:
    if not part.kinds:
        raise invalid(f"{_REQUEST}{where}.data: required oneof field 'data' must have one initialized field")
    if len(part.kinds) > 1:
        raise invalid(
            f"Invalid value at '{where}' (oneof), oneof field 'data' is already set. Cannot set "
            f"'{part.kinds[1]}'"
        )
    if not model.is_signed:
        named = part.function_call or part.function_response
        if named is not None and named.id is not None:
            kind = part.kinds[0]
            raise invalid(
                f"Invalid JSON payload received. Unknown name \"id\" at '{where}.{kind}': Cannot find field."
            )
    if part.inline_data is not None:
        _check_file(part.inline_data.mime_type, part.inline_data.data, where)
    if part.file_data is not None and not (model.fetches_urls or part.file_data.file_uri.startswith(_OWN)):
        raise invalid("Cannot fetch content from the provided URL.")
    check_signature(part)


def _check_file(mime_type: str | None, content: str | None, where: str) -> None:
    if not mime_type:
        raise invalid(f"{_REQUEST}{where}.inline_data.mime_type: must be specified.")
    try:
        decoded = base64.b64decode((content or "").replace("-", "+").replace("_", "/"), validate=True)
    except binascii.Error as problem:
        raise invalid(
            f"Invalid value at '{where}.inline_data.data' (TYPE_BYTES), Base64 decoding failed"
        ) from problem
    if not decoded:
        raise invalid("Unable to process input image. Please retry or report in Troubleshooting Guide.")


def _merged(contents: Sequence[Content]) -> list[Content]:
    """The contents, neighbours of the model's merged: one step may come in several."""
    merged: list[Content] = []
    for content in contents:
        before = [merged.pop()] if merged and merged[-1].role == content.role == "model" else []
        merged.append(Content([part for turn in (*before, content) for part in turn.parts], content.role))
    return merged


def _check_order(turns: Sequence[Content], model: Model) -> None:
    first, last = turns[0], turns[-1]
    if first.role == "model":
        raise invalid(
            "Please ensure that function call turn comes immediately after a user turn or after a function "
            "response turn."
            if first.calls
            else "Please ensure that multiturn requests begin with a user role."
        )
    if last.role == "model" and not model.takes_prefill:
        raise invalid("Please ensure that multiturn requests end with a user role or a function response.")
    for before, turn in pairwise((Content(), *turns)):
        if turn.responses:
            _check_responses(before, turn, model)
        elif model.matches_ids and before.calls:
            raise invalid("Please ensure that every function call is followed by its function response.")


def _check_responses(before: Content, turn: Content, model: Model) -> None:
    if not before.calls:
        raise invalid(
            "Please ensure that function response turn comes immediately after a function call turn."
        )
    if len(turn.responses) != len(turn.parts):
        raise invalid("Please ensure that a function response turn has function response parts only.")
    if len(turn.responses) != len(before.calls):
        raise invalid(
            "Please ensure that the number of function response parts is equal to the number of function "
            "call parts of the function call turn."
        )
    for call, response in zip(before.calls, turn.responses, strict=True):
        if call.name != response.name:
            raise invalid(
                f"Please ensure that function responses are named as their calls: expected `{call.name}`, "
                f"got `{response.name}`."
            )
        if model.matches_ids and call.id != response.id:
            raise invalid(
                f"Function response id `{response.id}` does not match function call id `{call.id}`."
            )


def _check_signed(contents: Sequence[Content]) -> None:
    """Each step of the current turn has a signature on its first call."""
    asked = [index for index, content in enumerate(contents) if content.role != "model" and _says(content)]
    for index in range(asked[-1] + 1 if asked else 0, len(contents)):
        called = [part for part in contents[index].parts if part.function_call is not None]
        is_step = contents[index].role == "model" and contents[index - 1].role != "model"
        if called and is_step and called[0].thought_signature is None:
            name = called[0].function_call.name if called[0].function_call is not None else ""
            raise invalid(
                "Function call is missing a thought_signature in functionCall parts. This is required for "
                "tools to work correctly, and missing thought_signature may lead to degraded model "
                f"performance. Additional data, function call `default_api:{name}`, position {index + 1}."
            )


def _says(content: Content) -> bool:
    return not content.responses
