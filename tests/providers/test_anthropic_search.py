"""The search that Anthropic's servers run."""

from tests.providers.anthropic_exchange import body_of, refused, sent, translate

TOOL = {"type": "function", "function": {"name": "f", "parameters": {"type": "object", "properties": {}}}}


def test_a_web_search_is_a_tool_of_the_servers() -> None:
    near = {"type": "approximate", "approximate": {"city": "Ulm", "country": "DE"}}

    exchange = translate(
        tools=[TOOL], web_search_options={"user_location": near, "search_context_size": "medium"}
    )

    assert sent(exchange)["tools"][1] == {
        "type": "web_search_20250305",
        "name": "web_search",
        "user_location": {"type": "approximate", "city": "Ulm", "country": "DE"},
    }
    assert exchange.notes == ("web_search_options=tool",)
    assert refused(web_search_options={"search_context_size": "high"})[0][0] == (
        "web_search_options.search_context_size"
    )


def test_a_search_near_nowhere_is_a_search() -> None:
    search = body_of(web_search_options={"user_location": {"type": "approximate", "approximate": None}})

    assert search["tools"][0]["user_location"] == {"type": "approximate"}


def test_an_option_that_the_search_does_not_have_is_refused() -> None:
    only = {"allowed_domains": ["h.example"]}

    assert refused(web_search_options={"filters": only}) == [
        ("web_search_options.filters", "unsupported_parameter")
    ]
    assert body_of(web_search_options={"filters": None})["tools"] == body_of(web_search_options={})["tools"]
