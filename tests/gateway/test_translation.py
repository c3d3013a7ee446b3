"""What is at an address, for candidates that must have it inside the request."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import pytest

from app.chat.data_url import InlineBytes
from app.chat.request import ChatRequest
from app.core.ids import new_id
from app.core.provider_name import ProviderName
from app.gateway.failover import PassedBy, nobody_serves
from app.gateway.known import Candidate, KnownProviderKey
from app.gateway.translation import Translation, Translator
from app.providers.verdicts import CannotServe, Objection
from app.upstream.media import NotFetched
from tests.gateway.builders import a_caller

URL, OTHER = "https://x.example/y.png", "https://x.example/z.png"
IMAGE = InlineBytes("image/png", "iVBORw0KGgo=")
PARAM = "messages[0].content[0].image_url"


def google(model: str) -> Candidate:
    return Candidate(KnownProviderKey(new_id(), ProviderName.GOOGLE, "key", None, "s", {}, None), model)


OLD, OLDER, NEW = google("gemini-2.0-flash"), google("gemini-1.5-pro"), google("gemini-3.8-flash")


@dataclass
class Addresses:
    """What is at each address, and which were asked for."""

    content: Mapping[str, InlineBytes | NotFetched]
    asked: list[set[str]] = field(default_factory=list)

    async def fetch(
        self, urls: Collection[str], time_left_s: float | None
    ) -> Mapping[str, InlineBytes | NotFetched]:
        assert time_left_s == 7
        self.asked.append(set(urls))
        return {url: self.content[url] for url in urls}


def translation(addresses: Addresses, *urls: str, **fields: object) -> Translation:
    parts = [{"type": "image_url", "image_url": {"url": url}} for url in urls]
    body = {"model": "m", "messages": [{"role": "user", "content": parts}], **fields}
    return Translation(
        Translator(), addresses.fetch, ChatRequest.parse(json.dumps(body).encode()), a_caller()
    )


async def test_all_candidates_share_what_was_fetched_for_the_first() -> None:
    addresses = Addresses({URL: IMAGE, OTHER: IMAGE})
    translating = translation(addresses, URL, OTHER, URL)

    exchanges = [await translating.exchange(candidate, 7) for candidate in (OLD, OLD, OLDER)]

    contents = json.loads(exchanges[0].request.body)["contents"]
    assert contents[0]["parts"] == [{"inlineData": {"mimeType": "image/png", "data": IMAGE.base64}}] * 3
    assert [exchange.request.body for exchange in exchanges] == [exchanges[0].request.body] * 3
    assert exchanges[2].notes == tuple(
        PARAM.replace("content[0]", f"content[{n}]") + "=inlined" for n in range(3)
    )
    assert addresses.asked == [{URL, OTHER}]


async def test_nothing_is_fetched_for_whom_an_address_will_do() -> None:
    addresses = Addresses({})
    translating = translation(addresses, URL)

    exchange = await translating.exchange(NEW, 7)

    assert (URL.encode() in exchange.request.body, exchange.notes, addresses.asked) == (True, (), [])


async def test_nothing_is_fetched_for_whom_it_would_not_help() -> None:
    addresses = Addresses({})
    translating = translation(addresses, URL, logit_bias={"1": 5})

    with pytest.raises(CannotServe):
        await translating.exchange(OLD, 7)

    assert addresses.asked == []


async def test_what_could_not_be_fetched_is_not_asked_for_again() -> None:
    addresses = Addresses({URL: IMAGE, OTHER: NotFetched("it is gone")})
    translating = translation(addresses, URL, OTHER)

    refusals = []
    for candidate in (OLD, OLDER):
        with pytest.raises(CannotServe) as refused:
            await translating.exchange(candidate, 7)
        refusals.append(refused.value.objections)

    param = "messages[0].content[1].image_url.url"
    objection = Objection(param, "cannot be fetched: it is gone", "invalid_image_url")
    assert refusals == [(objection,)] * 2
    assert addresses.asked == [{URL, OTHER}]


async def test_a_candidate_counts_as_able_until_the_image_is_known_to_be_lost() -> None:
    translating = translation(Addresses({URL: NotFetched("it is gone")}), URL)

    before = [translating.can_serve(candidate) for candidate in (OLD, NEW)]
    with pytest.raises(CannotServe):
        await translating.exchange(OLD, 7)
    after = [translating.can_serve(candidate) for candidate in (OLD, NEW)]

    assert (before, after) == ([True, True], [False, True])


async def test_an_image_that_a_candidate_does_not_see_is_known_once_it_is_there() -> None:
    translating = translation(Addresses({URL: InlineBytes("image/gif", "R0lGODlh")}), URL)

    before = translating.can_serve(OLD)
    with pytest.raises(CannotServe) as refused:
        await translating.exchange(OLD, 7)
    after = translating.can_serve(OLD)

    assert (before, after) == (True, False)
    assert refused.value.objections[0].reason == "Google does not read image/gif"


@pytest.mark.parametrize(
    ("codes", "status", "code"),
    [
        (("unsupported_parameter", "unsupported_value"), 400, "unsupported_parameter"),
        (("unsupported_value", "unsupported_parameter"), 400, "unsupported_value"),
        (("unsupported_parameter", "invalid_image_url"), 400, "invalid_image_url"),
        (("overloaded", "overloaded"), 503, "overloaded"),
    ],
)
def test_a_request_that_nobody_serves_says_what_to_mend(
    codes: tuple[str, ...], status: int, code: str
) -> None:
    error = nobody_serves("m", [PassedBy(OLD, (Objection("p", "is not had", it),)) for it in codes])

    assert (error.http_status, error.code, error.param) == (status, code, "p")
