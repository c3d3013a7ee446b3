"""The page at `/`, until the dashboard stands."""

from app.settings import Settings
from tests.front_door import Gateway, open_gateway


async def test_the_first_page_says_where_to_go_at_this_address(sqlite_settings: Settings) -> None:
    settings = sqlite_settings.model_copy(update={"public_url": "https://gateway.example.com/"})
    async with open_gateway(settings) as gateway:
        answer = await gateway.http.get(f"{gateway.url}/")

    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/html")
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "https://gateway.example.com/v1/chat/completions" in answer.text
    assert "localhost:3000" not in answer.text


async def test_a_browser_at_graphql_is_led_to_the_first_page(gateway: Gateway) -> None:
    browser = await gateway.http.get(f"{gateway.url}/graphql", headers={"accept": "text/html,*/*"})
    script = await gateway.http.get(f"{gateway.url}/graphql?query={{me{{id}}}}")

    assert (browser.status_code, browser.headers["location"]) == (302, "/")
    assert script.status_code == 405
