"""Anthropic's rules for everything in a request but its turns."""

from app.simulator.anthropic.blocks import AnyBlock, RedactedThinking, Thinking, ToolResult, ToolUse
from app.simulator.anthropic.errors import invalid
from app.simulator.anthropic.models import Model
from app.simulator.anthropic.request import MessageBody
from app.simulator.anthropic.schemas import check_grammar, check_tools
from app.simulator.anthropic.turns import check_text

_CACHE_POINTS = 4
_MIN_BUDGET = 1024


def check_settings(asked: MessageBody, model: Model) -> None:
    """Nothing, if the model takes everything that is asked of it. Raises Refused."""
    if asked.max_tokens > model.max_tokens:
        raise invalid(
            f"max_tokens: {asked.max_tokens} > {model.max_tokens}, which is the maximum allowed number of "
            f"output tokens for {model.id}"
        )
    for block in asked.system_blocks:
        check_text(block.text, "system")
    if any(not stop.strip() for stop in asked.stop_sequences):
        raise invalid("stop_sequences: each stop sequence must contain non-whitespace")
    _check_thinking(asked, model)
    _check_effort(asked, model)
    _check_sampling(asked, model)
    check_tools(asked)
    _check_tool_choice(asked, model)
    _check_cache_points(asked)
    if asked.output_config.format is not None:
        check_grammar(asked.output_config.format.schema, "output_config.format.schema")


def _check_thinking(asked: MessageBody, model: Model) -> None:
    thinking = asked.thinking
    if thinking is None:
        return
    if thinking.type not in model.thinking:
        raise invalid(f'"thinking.type.{thinking.type}" is not supported for this model.')
    if thinking.type != "enabled":
        if thinking.budget_tokens is not None:
            raise invalid(f"thinking.{thinking.type}.budget_tokens: Extra inputs are not permitted")
        return
    if thinking.budget_tokens is None:
        raise invalid("thinking.enabled.budget_tokens: Field required")
    if thinking.budget_tokens < _MIN_BUDGET:
        raise invalid(
            f"thinking.enabled.budget_tokens: Input should be greater than or equal to {_MIN_BUDGET}"
        )
    if thinking.budget_tokens >= asked.max_tokens:
        raise invalid("`max_tokens` must be greater than `thinking.budget_tokens`.")


def _check_effort(asked: MessageBody, model: Model) -> None:
    effort = asked.output_config.effort
    if effort is None:
        return
    if not model.efforts:
        raise invalid("This model does not support the effort parameter.")
    if effort not in model.efforts:
        raise invalid(
            f"This model does not support effort level '{effort}'. Supported levels: "
            f"{', '.join(model.efforts)}."
        )
    is_off = asked.thinking is not None and asked.thinking.type == "disabled"
    if is_off and model.thinks and effort in {"xhigh", "max"}:
        raise invalid(f"output_config.effort: '{effort}' is not supported when thinking is disabled")


def _check_sampling(asked: MessageBody, model: Model) -> None:
    sent = asked.sampling
    if not sent:
        return
    if not model.takes_sampling:
        raise invalid(f"`{next(iter(sent))}` is deprecated for this model.")
    if "temperature" in sent and "top_p" in sent:
        raise invalid(
            "`temperature` and `top_p` cannot both be specified for this model. Please use only one."
        )
    if asked.thinking is None or asked.thinking.type == "disabled":
        return
    if sent.get("temperature", 1) != 1:
        raise invalid("`temperature` may only be set to 1 when thinking is enabled or in adaptive mode.")
    if sent.get("top_p", 1) < 0.95:
        raise invalid("`top_p` must be greater than or equal to 0.95 or unset when thinking is enabled.")
    if "top_k" in sent:
        raise invalid("`top_k` must be unset when thinking is enabled or in adaptive mode.")


def _check_tool_choice(asked: MessageBody, model: Model) -> None:
    if not asked.tools:
        if asked.tool_choice is not None:
            raise invalid("tool_choice: may only be specified while providing `tools`.")
        if any(isinstance(block, ToolUse | ToolResult) for block in _blocks(asked)):
            raise invalid(
                "Requests which have `tool_use` or `tool_result` blocks in their messages must define tools."
            )
        return
    choice = asked.tool_choice
    if choice is None or choice.type in {"auto", "none"}:
        return
    if choice.type == "tool" and choice.name not in {tool.name for tool in asked.tools}:
        raise invalid(f"tool_choice.name: Tool '{choice.name}' not found in provided tools")
    if not model.takes_forced_tools:
        raise invalid(f'tool_choice: type "{choice.type}" is not supported on this model. Use "auto".')
    if asked.thinking is not None and asked.thinking.type == "enabled":
        raise invalid("Thinking may not be enabled when tool_choice forces tool use.")


def _check_cache_points(asked: MessageBody) -> None:
    marked: list[object] = [asked.cache_control, *(tool.cache_control for tool in asked.tools)]
    marked += [block.cache_control for block in asked.system_blocks]
    marked += [
        block.cache_control for block in _blocks(asked) if not isinstance(block, Thinking | RedactedThinking)
    ]
    count = sum(mark is not None for mark in marked)
    if count > _CACHE_POINTS:
        raise invalid(
            f"A maximum of {_CACHE_POINTS} blocks with cache_control may be provided. Found {count}."
        )


def _blocks(asked: MessageBody) -> list[AnyBlock]:
    return [block for message in asked.messages for block in message.blocks]
