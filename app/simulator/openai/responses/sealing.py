"""Reasoning that the client keeps: sealed with an answer, and verified byte for byte when it comes back."""

import base64
import hmac
import json

from app.simulator.api import Refused
from app.simulator.openai.errors import invalid, refused
from app.simulator.openai.models import Model
from app.simulator.openai.responses.items import (
    Call,
    Item,
    ItemReference,
    Message,
    Reasoning,
    WebSearchCall,
)
from app.simulator.openai.responses.request import Asked

_SECRET = b"what the simulator seals with"


def sealed(reasoning_id: str, summary: list[str], model: Model) -> str:
    """The encrypted content of an item; it moves with every change of the item, and with the model."""
    written = json.dumps([model.id, reasoning_id, summary]).encode()
    mac = hmac.digest(_SECRET, written, "sha512")
    return "gAAAAAB" + base64.urlsafe_b64encode(mac + written).decode()


def check_reasoning(asked: Asked, model: Model) -> None:
    """Nothing, if all reasoning that comes back is as it was given. Raises Refused."""
    for index, item in enumerate(asked.items):
        if isinstance(item, ItemReference):
            raise _not_stored(item.id)
        if not isinstance(item, Reasoning):
            continue
        if item.encrypted_content is None:
            raise _not_stored(item.id)
        if not hmac.compare_digest(
            item.encrypted_content.encode(),
            sealed(item.id, [part.text for part in item.summary], model).encode(),
        ):
            raise _unverified(item.encrypted_content)
        if not any(_is_own(following) for following in asked.items[index + 1 : index + 2]):
            message = (
                f"Item '{item.id}' of type 'reasoning' was provided without its required following item."
            )
            raise invalid(message, "input")


def _is_own(item: Item) -> bool:
    """Whether it came of the model."""
    is_said = isinstance(item, Message) and item.role == "assistant"
    return is_said or isinstance(item, Call | Reasoning | WebSearchCall)


def _not_stored(item_id: str) -> Refused:
    # Nothing is stored here, whatever `store` says.
    message = (
        f"Item with id '{item_id}' not found. Items are not persisted when `store` is set to false. Try "
        "again with `store` set to true, or remove this item from your input."
    )
    return refused(404, None, message, "input")


def _unverified(content: str) -> Refused:
    shown = f"{content[:4]}...{content[-4:]}"
    return invalid(
        f"The encrypted content {shown} could not be verified. Reason: Encrypted content could not be "
        "decrypted or parsed.",
        None,
        "invalid_encrypted_content",
    )
