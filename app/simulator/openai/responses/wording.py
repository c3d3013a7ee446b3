"""What is wrong with the shape of a request, in the words and with the codes that OpenAI has for it."""

import re
from collections.abc import Iterable

from app.simulator.api import Refused
from app.simulator.openai.errors import invalid

_UNKNOWN_FIELD = re.compile(r"Object contains unknown field `(.+)`")
_MISSING_FIELD = re.compile(r"Object missing required field `(.+)`")
_WRONG_TYPE = re.compile(r"Expected `(.+)`, got `(.+)`")
_OUT_OF_RANGE = re.compile(r"Expected `(int|float)` (>=|<=) (.+)")
_WRONG_VALUE = re.compile(r"Invalid (?:enum )?value '?(.+?)'?")
# An index that the decoder does not tell is the first that it can be.
_INDEX = "[...]"
_TYPES = {
    "str": "a string",
    "int": "an integer",
    "float": "a decimal",
    "bool": "a boolean",
    "array": "an array",
    "object": "an object",
    "null": "null",
}


def worded(problem: str, place: str = "") -> Refused:
    """The refusal for what msgspec found in the object that stands at `place`."""
    what, _, where = problem.partition(" - at `$")
    param = f"{place}{where.rstrip('`').replace(_INDEX, '[0]')}".lstrip(".")
    if found := _UNKNOWN_FIELD.fullmatch(what):
        name = _joined(param, found[1])
        return invalid(f"Unknown parameter: '{name}'.", name, "unknown_parameter")
    if found := _MISSING_FIELD.fullmatch(what):
        name = _joined(param, found[1])
        return invalid(f"Missing required parameter: '{name}'.", name, "missing_required_parameter")
    if found := _OUT_OF_RANGE.fullmatch(what):
        kind = "integer" if found[1] == "int" else "decimal"
        side = "below_min" if found[2] == ">=" else "above_max"
        words = side.replace("_min", " minimum").replace("_max", " maximum")
        message = f"Invalid '{param}': {kind} {words} value. Expected a value {found[2]} {found[3]}."
        return invalid(message, param, f"{kind}_{side}_value")
    if found := _WRONG_TYPE.fullmatch(what):
        wanted = " or ".join(_TYPES.get(kind, kind) for kind in found[1].split(" | ") if kind != "null")
        got = _TYPES.get(found[2], found[2])
        message = f"Invalid type for '{param}': expected {wanted}, but got {got} instead."
        return invalid(message, param or None, "invalid_type")
    if found := _WRONG_VALUE.fullmatch(what):
        return invalid(f"Invalid value: '{found[1]}'.", param, "invalid_value")
    return invalid(what, param or None, "invalid_value")


def unsupported_kind(kind: str, known: Iterable[str], place: str) -> Refused:
    """The refusal of an object whose `type` is none of those known."""
    named = ", ".join(f"'{name}'" for name in known)
    message = f"Invalid value: '{kind}'. Supported values are: {named}."
    return invalid(message, f"{place}.type", "invalid_value")


def invalid_json() -> Refused:
    """The refusal of a body that cannot be read."""
    return invalid("We could not parse the JSON body of your request.", None, "invalid_json")


def _joined(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
