from dataclasses import replace
from typing import Any

import pytest

from app.core.provider_name import ProviderName
from app.core.secrets import provider_key_place
from app.errors import Invalid
from app.management import provider_keys
from app.management.provider_key_values import ModelMapping
from app.management.provider_keys import ProviderKeyChange
from app.management.tools import Tools
from app.models import ProviderKey
from tests.management.making import Account, add_key, new_key


@pytest.mark.parametrize(
    ("change", "field"),
    [
        pytest.param({"api_key": " \n"}, "apiKey", id="empty key"),
        pytest.param({"api_key": "sk-schlüssel"}, "apiKey", id="key beyond ASCII"),
        pytest.param({"api_key": "sk-two words"}, "apiKey", id="key of two words"),
        pytest.param({"api_key": "x" * 501}, "apiKey", id="long key"),
        pytest.param({"label": ""}, "label", id="empty label"),
        pytest.param({"label": "x" * 101}, "label", id="long label"),
        pytest.param({"label": "a/b"}, "label", id="label with a slash"),
        pytest.param({"base_url": "ftp://example.com"}, "baseUrl", id="no HTTP"),
        pytest.param({"base_url": "example.com/v1"}, "baseUrl", id="no scheme"),
        pytest.param({"base_url": "http://"}, "baseUrl", id="no host"),
        pytest.param({"base_url": "http://[::1"}, "baseUrl", id="half a host"),
        pytest.param({"base_url": "http://example.com:99999"}, "baseUrl", id="no port"),
        pytest.param({"base_url": "https://user:secret@example.com"}, "baseUrl", id="credentials"),
        pytest.param({"base_url": "https://example.com/v1?key=x"}, "baseUrl", id="query"),
        pytest.param({"base_url": "https://example.com/v1#x"}, "baseUrl", id="fragment"),
        pytest.param({"base_url": "https://exa mple.com/v1"}, "baseUrl", id="space"),
        pytest.param({"base_url": f"https://example.com/{'x' * 500}"}, "baseUrl", id="long address"),
        pytest.param({"priority": 0}, "priority", id="priority 0"),
        pytest.param({"default_model": "x" * 201}, "defaultModel", id="long model"),
        pytest.param({"model_map": [ModelMapping("a", "")]}, "modelMap", id="mapping to nothing"),
        pytest.param({"model_map": [ModelMapping("a", "x" * 201)]}, "modelMap", id="mapping to a long model"),
        pytest.param({"model_map": [ModelMapping("a", "b"), ModelMapping("a", "c")]}, "modelMap", id="twice"),
        pytest.param(
            {"model_map": [ModelMapping(str(number), "b") for number in range(201)]}, "modelMap", id="many"
        ),
    ],
)
async def test_a_bad_value_is_refused_by_its_field(
    tools: Tools, ada: Account, change: dict[str, Any], field: str
) -> None:
    row = await add_key(tools, ada)

    with pytest.raises(Invalid) as added:
        await provider_keys.add(tools, ada.viewer, replace(new_key(ada), **change))
    with pytest.raises(Invalid) as updated:
        await provider_keys.update(tools, ada.viewer, row.id, ProviderKeyChange(**change))

    assert (added.value.field, updated.value.field) == (field, field)
    assert await ProviderKey.all().count() == 1


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        pytest.param("https://api.example.com/v1/", "https://api.example.com/v1", id="slash"),
        pytest.param(
            "https://api.example.com/v1/chat/completions", "https://api.example.com/v1", id="whole route"
        ),
        pytest.param(" HTTP://Localhost:11434 ", "http://localhost:11434", id="upper case"),
        pytest.param("http://[::1]:8000/v1/chat/completions/", "http://[::1]:8000/v1", id="IPv6"),
    ],
)
async def test_an_address_is_stored_without_what_does_not_belong_to_it(
    tools: Tools, ada: Account, given: str, stored: str
) -> None:
    row = await provider_keys.add(
        tools, ada.viewer, replace(new_key(ada, ProviderName.CUSTOM), base_url=given, api_key="")
    )

    assert row.base_url == stored
    assert tools.vault.open(row.secret_sealed, provider_key_place(row.workspace_id, row.id)) == ""


@pytest.mark.parametrize(
    "base_url",
    ["http://localhost:1", "http://a.localhost", "http://127.0.0.1", "http://10.1.2.3", "http://[::1]",
     "http://[::ffff:192.168.0.1]", "http://169.254.169.254", "http://100.64.0.1"],
)  # fmt: skip
async def test_a_private_address_is_refused_where_the_setting_says_so(
    tools: Tools, ada: Account, base_url: str
) -> None:
    public = replace(tools, settings=tools.settings.model_copy(update={"allow_private_upstreams": False}))

    with pytest.raises(Invalid, match="ALLOW_PRIVATE_UPSTREAMS") as caught:
        await provider_keys.add(
            public, ada.viewer, replace(new_key(ada, ProviderName.CUSTOM), base_url=base_url)
        )

    assert caught.value.field == "baseUrl"


async def test_a_custom_server_needs_an_address_always(tools: Tools, ada: Account) -> None:
    row = await add_key(tools, ada, provider=ProviderName.CUSTOM)

    with pytest.raises(Invalid) as added:
        await provider_keys.add(tools, ada.viewer, new_key(ada, ProviderName.CUSTOM))
    with pytest.raises(Invalid) as cleared:
        await provider_keys.update(tools, ada.viewer, row.id, ProviderKeyChange(base_url=None))

    assert (added.value.field, cleared.value.field) == ("baseUrl", "baseUrl")
