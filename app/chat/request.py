"""A chat completion request: the few things the gateway decides by, and the client's own bytes."""

import re
from typing import Final, TypeVar

import msgspec

from app.chat.parameters import Parameters
from app.chat.rules import are_plain, check_combinations, check_messages, check_model
from app.errors import InvalidBody, InvalidValue, MissingParameter, RouteError

Fields = dict[str, msgspec.Raw]

_T = TypeVar("_T")

NULL: Final = msgspec.Raw(b"null")

_FIELDS: Final = msgspec.json.Decoder(Fields)
_PARAMETERS: Final = msgspec.json.Decoder(Parameters)


class _Named(msgspec.Struct, gc=False):
    model: str | None = None


_NAMED: Final = msgspec.json.Decoder(_Named)

# A body with fewer brackets than this is never too deep for a later stage. One with more is read with so many
# frames on the stack that whatever passes here also passes where the stack is a little higher.
_HARMLESS_BRACKETS: Final = 500
_SPARE_FRAMES: Final = 200

# Beside the messages, what stands in the prompt.
_DECLARED: Final = ("tools", "functions", "response_format")

_PLACE: Final = re.compile(r" - at (?:`key` in )?`\$\.?([^`]*)`$")
_MISSING: Final = re.compile(r"^Object missing required field `(\w+)`")
_TYPE_NAMES: Final = re.compile(r"`([^`]+)`")
_WORDS: Final = {
    "str": "a string",
    "int": "an integer",
    "float": "a number",
    "bool": "true or false",
    "array": "an array",
    "object": "an object",
}


class ChatRequest(msgspec.Struct, frozen=True, gc=False):
    """A validated request. `fields` holds each top-level field as the client wrote it, in its order."""

    model: str
    stream: bool
    # Whether the client asked for the usage chunk of a stream.
    include_usage: bool
    fields: Fields
    # Whether a long silence before the first token is to be expected.
    asks_for_reasoning: bool
    # Size of the prompt in characters, from which tokens are estimated where usage is missing.
    input_characters: int
    # What the client sent, byte for byte.
    body: bytes
    # How many choices the answer shall have.
    choices: int = 1
    # Whether a tuning parameter that cannot be had is a refusal and not a note.
    is_strict: bool = False
    # Whether reasoning of earlier answers came back with the messages.
    holds_reasoning: bool = False
    # Whether the messages are texts and tool calls, and at most one instruction, at their head.
    has_plain_messages: bool = False

    @classmethod
    def parse(cls, body: bytes, *, is_strict: bool = False) -> "ChatRequest":
        """The request that `body` holds. Where a key comes twice the last one counts.

        Raises InvalidBody, InvalidValue or MissingParameter; the latter two name the parameter as OpenAI
        does, as in `messages[0].content`.
        """
        fields = _read_fields(body)
        try:
            given = _PARAMETERS.decode(body)
        except msgspec.ValidationError as error:
            raise _refusal(str(error)) from None
        model = check_model(given.model)
        characters = check_messages(given.messages)
        check_combinations(given)
        options = given.stream_options
        messages = given.messages or ()
        has_plain_messages = are_plain(messages)
        return cls(
            model=model,
            stream=given.stream is True,
            include_usage=options is not None and options.include_usage is True,
            fields=fields,
            asks_for_reasoning=_asks_for_reasoning(given.reasoning_effort, fields),
            input_characters=characters + _declared_characters(fields),
            body=body,
            choices=given.n or 1,
            is_strict=is_strict,
            holds_reasoning=not has_plain_messages and any(message.holds_reasoning for message in messages),
            has_plain_messages=has_plain_messages,
        )

    def read(self, decoder: msgspec.json.Decoder[_T]) -> _T:
        """What `decoder` makes of the body. Raises InvalidValue or MissingParameter."""
        try:
            return decoder.decode(self.body)
        except msgspec.ValidationError as error:
            raise _refusal(str(error)) from None


def named_model(body: bytes) -> str:
    """The model that a refused body asks for; empty where it names none, or none that could be one."""
    try:
        return check_model(_NAMED.decode(body).model)
    except (RouteError, msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return ""


def _read_fields(body: bytes) -> Fields:
    spare = _SPARE_FRAMES if body.count(b"{") + body.count(b"[") > _HARMLESS_BRACKETS else 0
    try:
        if not body.isascii():
            # Values that nobody here looks at are not decoded, and would go on as they are.
            body.decode()
        return _decode_with(spare, body)
    except msgspec.ValidationError:
        raise InvalidBody("The request body must be a JSON object.") from None
    except msgspec.DecodeError as error:
        raise InvalidBody(f"The request body is not valid JSON: {_syntax_error(error, body)}.") from None
    except UnicodeDecodeError as error:
        raise InvalidBody(f"The request body is not valid UTF-8 (byte {error.start}).") from None
    except RecursionError:
        raise InvalidBody("The request body is nested too deeply.") from None


def _decode_with(spare_frames: int, body: bytes) -> Fields:
    return _decode_with(spare_frames - 1, body) if spare_frames else _FIELDS.decode(body)


def _syntax_error(error: msgspec.DecodeError, body: bytes) -> str:
    if not body.strip():
        return "it is empty"
    if "truncated" in str(error) and b"\\ud" in body.lower():
        # msgspec reads on for the other half of a surrogate pair, and says no more than that.
        return r"it is truncated, or a \u escape is half of a surrogate pair"
    return str(error).removeprefix("JSON is malformed: ").removeprefix("Input data was ")


def _refusal(problem: str) -> RouteError:
    """The error for a complaint of msgspec, in OpenAI's words and with OpenAI's name of the parameter."""
    place = _PLACE.search(problem)
    # Keys of free-form objects are not named: they may hold anything.
    param = place[1].split("[...]")[0] if place else ""
    missing = _MISSING.match(problem)
    if missing is not None:
        param = f"{param}.{missing[1]}" if param else missing[1]
        return MissingParameter(f"Missing required parameter: '{param}'.", param)
    reason = _TYPE_NAMES.sub(_in_words, _PLACE.sub("", problem))
    return InvalidValue(f"Invalid '{param}': {reason[:1].lower()}{reason[1:]}.", param or None)


def _in_words(types: re.Match[str]) -> str:
    names = [name for name in types[1].split(" | ") if name != "null"] or ["null"]
    return " or ".join(_WORDS.get(name, name) for name in names)


def _asks_for_reasoning(effort: str | None, fields: Fields) -> bool:
    if effort is not None:
        return effort not in {"none", "minimal"}
    reasoning = fields.get("reasoning")
    return reasoning is not None and bytes(reasoning).startswith(b"{")


def _declared_characters(fields: Fields) -> int:
    """The size of what stands in the prompt beside the messages."""
    characters = 0
    for name in _DECLARED:
        if name in fields:
            characters += len(fields[name])
    return characters
