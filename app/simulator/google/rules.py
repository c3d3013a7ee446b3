"""Google's rules for everything in a request but its turns."""

import re
from collections.abc import Mapping
from types import MappingProxyType

from app.simulator.google.errors import invalid
from app.simulator.google.models import MOST_OUTPUT_TOKENS, Model
from app.simulator.google.request import ContentBody, Declaration, GenerationConfig, Schema

_REQUEST = "* GenerateContentRequest."
_NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_.:-]{0,127}")
_MOST_STOPS = 5
_RANGES: Mapping[str, tuple[float, float]] = MappingProxyType(
    {
        "temperature": (0, 2),
        "top_p": (0, 1),
        "top_k": (1, 2**31),
        "presence_penalty": (-2, 2),
        "frequency_penalty": (-2, 2),
        "logprobs": (0, 20),
        "candidate_count": (1, 8),
    }
)


def check_settings(asked: ContentBody, model: Model) -> None:
    """Nothing, if the model takes everything that is asked of it. Raises Refused."""
    _check_numbers(asked.config)
    _check_features(asked.config, model)
    _check_thinking(asked, model)
    _check_format(asked, model)
    names = [function.name for function in asked.declarations]
    for index, function in enumerate(asked.declarations):
        _check_declaration(function, f"tools[0].function_declarations[{index}]")
        if function.name in names[:index]:
            raise invalid(f"Duplicate function declaration found: {function.name}")
    searches = any(tool.google_search is not None for tool in asked.tools or ())
    if names and searches and not model.mixes_functions:
        raise invalid("Tool use with function calling is unsupported")
    _check_calling(asked, names)


def _check_numbers(config: GenerationConfig) -> None:
    for name, (least, most) in _RANGES.items():
        value = getattr(config, name)
        if value is not None and not least <= value <= most:
            raise invalid(
                f"{_REQUEST}generation_config.{name}: {name} must be in the range [{least}, {most}]."
            )
    if config.max_output_tokens is not None and not 1 <= config.max_output_tokens <= MOST_OUTPUT_TOKENS:
        raise invalid(
            f"Unable to submit request because it has a maxOutputTokens value of {config.max_output_tokens} "
            f"but the supported range is from 1 (inclusive) to {MOST_OUTPUT_TOKENS + 1} (exclusive)."
        )
    if len(config.stop_sequences or ()) > _MOST_STOPS:
        raise invalid(f"{_REQUEST}generation_config.stop_sequences: at most {_MOST_STOPS} are allowed.")
    if "" in (config.stop_sequences or ()):
        raise invalid(f"{_REQUEST}generation_config.stop_sequences: must not be empty.")


def _check_features(config: GenerationConfig, model: Model) -> None:
    has_penalty = config.presence_penalty is not None or config.frequency_penalty is not None
    if has_penalty and not model.takes_penalties:
        raise invalid(f"Penalty is not enabled for models/{model.id}")
    if (config.candidate_count or 1) > 1 and not model.takes_several:
        raise invalid(f"Multiple candidates is not enabled for models/{model.id}")
    if config.response_logprobs and not model.takes_logprobs:
        raise invalid(f"Logprobs is not enabled for models/{model.id}")
    if config.logprobs is not None and not config.response_logprobs:
        raise invalid("logprobs can only be set when response_logprobs is true.")
    if set(config.response_modalities or ("TEXT",)) != {"TEXT"}:
        raise invalid(f"The requested combination of response modalities is not supported by {model.id}.")


def _check_thinking(asked: ContentBody, model: Model) -> None:
    budget, level = asked.thinking.thinking_budget, asked.thinking.thinking_level
    if budget is not None and level is not None:
        raise invalid("You can only set only one of thinking budget and thinking level.")
    if level is not None and not model.levels:
        raise invalid("Thinking level is not supported for this model.")
    if level is not None and level not in model.levels:
        raise invalid(f"Thinking level {level} is not supported for this model. Please retry with another.")
    if budget == 0 and not model.stops_thinking:
        raise invalid("Budget 0 is invalid. This model only works in thinking mode.")
    least, most = model.budget
    if budget is not None and budget != -1 and not least <= budget <= most:
        raise invalid(
            f"The thinking budget {budget} is invalid. Please choose a value between {least} and {most}."
        )


def _check_format(asked: ContentBody, model: Model) -> None:
    config = asked.config
    is_json = config.response_mime_type == "application/json"
    if config.response_schema is not None and config.response_json_schema is not None:
        raise invalid("Only one of response_schema and response_json_schema can be set.")
    if config.response_json_schema is not None and not is_json:
        raise invalid("response_json_schema can only be set when response_mime_type is application/json.")
    if config.response_schema is not None:
        if config.response_mime_type in {None, "text/plain"}:
            raise invalid("response_schema can only be set when response_mime_type is application/json.")
        _check_schema(config.response_schema, "generation_config.response_schema")
    if is_json and asked.tools and not model.mixes_functions:
        raise invalid("Function calling with a response mime type: 'application/json' is unsupported")


def _check_declaration(function: Declaration, where: str) -> None:
    if not _NAME.fullmatch(function.name):
        raise invalid(
            f"{_REQUEST}{where}.name: Invalid function name. Must start with a letter or an underscore. Must "
            "be alphanumeric (a-z, A-Z, 0-9), underscores (_), dots (.), colons (:), or dashes (-), with a "
            "maximum length of 128."
        )
    schema = function.parameters_json_schema
    if schema is not None and function.parameters is not None:
        raise invalid(f"{_REQUEST}{where}: parameters and parameters_json_schema cannot both be set.")
    if schema is not None and schema.get("type") != "object":
        raise invalid(f"{_REQUEST}{where}.parameters_json_schema: schema type must be 'object'.")
    if function.parameters is not None:
        if (function.parameters.type or "").upper() != "OBJECT":
            raise invalid(f"{_REQUEST}{where}.parameters: schema must be of type OBJECT.")
        _check_schema(function.parameters, f"{where}.parameters")


def _check_schema(schema: Schema, where: str) -> None:
    kind = (schema.type or "").upper()
    if kind == "ARRAY" and schema.items is None:
        raise invalid(f"{_REQUEST}{where}.items: missing field.")
    if kind and kind != "OBJECT" and schema.properties:
        raise invalid(f"{_REQUEST}{where}.properties: only allowed for OBJECT type")
    for required in schema.required or ():
        if required not in (schema.properties or {}):
            raise invalid(f"{_REQUEST}{where}.required[0]: property is not defined")
    for name, part in (schema.properties or {}).items():
        _check_schema(part, f"{where}.properties[{name}]")
    if schema.items is not None:
        _check_schema(schema.items, f"{where}.items")
    for index, part in enumerate(schema.any_of or ()):
        _check_schema(part, f"{where}.any_of[{index}]")


def _check_calling(asked: ContentBody, names: list[str]) -> None:
    calling = asked.calling
    if calling.mode is not None and calling.mode != "NONE" and not names:
        raise invalid("Function calling config is set without function_declarations.")
    if not calling.allowed_function_names:
        return
    if calling.mode not in {"ANY", "VALIDATED"}:
        raise invalid(
            "Allowed function names can only be set when function calling mode is ANY or VALIDATED."
        )
    if unknown := set(calling.allowed_function_names) - set(names):
        raise invalid(
            "allowed_function_names should be a subset of function_declarations, but has "
            f"{', '.join(sorted(unknown))}."
        )
