"""Signatures of reasoning: made with an answer, verified when the reasoning comes back."""

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Sequence

import msgspec

from app.simulator.anthropic.blocks import RedactedThinking, Thinking
from app.simulator.anthropic.errors import invalid
from app.simulator.anthropic.models import Model
from app.simulator.anthropic.request import MessageBody
from app.simulator.anthropic.turns import Turn, turns

_SECRET = b"what the simulator signs with"
_SIZE = 16


def sign(text: str, prefix: bytes) -> str:
    """The signature of a thought, or the whole of a redacted one, in the conversation so far."""
    return base64.b64encode(_mac(text, prefix) + prefix).decode()


def prefix_of(asked: MessageBody, model: Model, conversation: Sequence[Turn] | None = None) -> bytes:
    """What a thought that follows the conversation is bound to; it moves with every change of that.

    The conversation is that of `asked` where no other is given. Points of caching are no part of it.
    """
    if conversation is None:
        conversation = turns(asked.messages)
    said = [[turn.role, msgspec.to_builtins(turn.blocks)] for turn in conversation]
    bound = [model.id, msgspec.to_builtins(asked.system_blocks), msgspec.to_builtins(asked.tools), said]
    written = json.dumps(_unmarked(bound), sort_keys=True).encode()
    return hashlib.sha256(written).digest()[:_SIZE]


def check_signatures(asked: MessageBody, model: Model) -> None:
    """Nothing, if all reasoning that comes back is as it was given. Raises Refused."""
    conversation = turns(asked.messages)
    for number, turn in enumerate(conversation):
        for index, block in enumerate(turn.blocks):
            if isinstance(block, Thinking | RedactedThinking):
                prefix = _verified(block, f"messages.{turn.at}.content.{index}")
                if model.binds_thinking and prefix != prefix_of(asked, model, conversation[:number]):
                    raise invalid(
                        f"messages.{turn.at}.content.{index}: the signature is bound to a different "
                        "conversation"
                    )


def _verified(block: Thinking | RedactedThinking, where: str) -> bytes:
    """What the block is bound to."""
    text, signature = (block.thinking, block.signature) if isinstance(block, Thinking) else ("", block.data)
    kind = "thinking" if isinstance(block, Thinking) else "redacted_thinking"
    field = "signature" if isinstance(block, Thinking) else "data"
    try:
        signed = base64.b64decode(signature, validate=True)
    except (binascii.Error, ValueError) as problem:
        raise invalid(f"{where}: Invalid `{field}` in `{kind}` block") from problem
    mac, prefix = signed[:_SIZE], signed[_SIZE:]
    if len(signed) != 2 * _SIZE:
        raise invalid(f"{where}: Invalid `{field}` in `{kind}` block")
    if not hmac.compare_digest(mac, _mac(text, prefix)):
        raise invalid(
            f"{where}: `thinking` or `redacted_thinking` blocks in the latest assistant message cannot be "
            "modified. These blocks must remain as they were in the original response."
        )
    return prefix


def _mac(text: str, prefix: bytes) -> bytes:
    return hmac.digest(_SECRET, text.encode() + prefix, "sha256")[:_SIZE]


def _unmarked(value: object) -> object:
    """`value` without its points of caching."""
    if isinstance(value, dict):
        return {key: _unmarked(inner) for key, inner in value.items() if key != "cache_control"}
    return [_unmarked(inner) for inner in value] if isinstance(value, list | tuple) else value
