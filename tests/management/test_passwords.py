from collections.abc import Callable
from contextlib import suppress

import jwt
import pytest

from app.core.clock import now
from app.core.ids import new_id
from app.errors import TooManyTries
from app.management.passwords import Passwords, Verdict
from app.management.throttle import Throttle
from app.management.tokens import Tokens
from app.settings import Settings

JWT_SECRET = "a secret for tests that signs sessions"


def cheap(memory_kib: int = 8) -> Settings:
    return Settings(_env_file=None, argon2_memory_kib=memory_kib, argon2_time_cost=1)


async def test_a_password_matches_its_own_hash_only() -> None:
    passwords = Passwords(cheap())
    password_hash = await passwords.hash("correct horse")

    right = await passwords.verify("correct horse", password_hash)
    wrong = await passwords.verify("correct house", password_hash)

    assert right == Verdict(matches=True)
    assert wrong == Verdict(matches=False)


async def test_the_same_password_matches_however_its_characters_are_composed() -> None:
    passwords = Passwords(cheap())
    password_hash = await passwords.hash("pa\u00dfw\u00f6rter")

    verdict = await passwords.verify("pa\u00dfwo\u0308rter", password_hash)

    assert verdict.matches


async def test_a_hash_with_other_parameters_is_renewed() -> None:
    password_hash = await Passwords(cheap()).hash("correct horse")
    stronger = Passwords(cheap(memory_kib=64))

    verdict = await stronger.verify("correct horse", password_hash)

    assert verdict.matches
    assert verdict.renewed_hash is not None
    assert verdict.renewed_hash.startswith("$argon2id$v=19$m=64,t=1,p=4$")
    assert await stronger.verify("correct horse", verdict.renewed_hash) == Verdict(matches=True)


async def test_production_hashes_are_argon2id_with_64_mib_and_three_rounds() -> None:
    passwords = Passwords(Settings(_env_file=None))

    password_hash = await passwords.hash("correct horse")

    assert password_hash.startswith("$argon2id$v=19$m=65536,t=3,p=4$")


async def test_nobody_is_verified_with_the_parameters_of_everybody(monkeypatch: pytest.MonkeyPatch) -> None:
    # The work is what takes the time, and the hash says how much work it is: a clock would only guess.
    passwords = Passwords(Settings(_env_file=None, argon2_memory_kib=32, argon2_time_cost=2))
    verified: list[str] = []
    verify = passwords.verify

    async def remember(password: str, password_hash: str) -> Verdict:
        verified.append(password_hash)
        return await verify(password, password_hash)

    monkeypatch.setattr(passwords, "verify", remember)

    await passwords.verify_nobody("anything")

    real = await passwords.hash("anything")
    assert [hash_.split("$")[:4] for hash_ in verified] == [real.split("$")[:4]]
    assert len(verified[0]) == len(real)


def test_a_token_names_its_session() -> None:
    tokens, session_id = Tokens(JWT_SECRET, days=7), new_id()

    token = tokens.sign(session_id, new_id(), now() + tokens.lifetime)

    assert tokens.read(token) == session_id


def claims(**changes: object) -> dict[str, object]:
    return {"sid": str(new_id()), "sub": str(new_id()), "exp": now().timestamp() + 60, **changes}


@pytest.mark.parametrize(
    "forge",
    [
        pytest.param(lambda: "", id="empty"),
        pytest.param(lambda: "pk_no_token", id="no JWT"),
        pytest.param(lambda: "\ud800", id="no text"),
        pytest.param(lambda: jwt.encode(claims(), "x" * 40, "HS256"), id="another secret"),
        pytest.param(lambda: jwt.encode(claims(), "", "none"), id="unsigned"),
        pytest.param(lambda: jwt.encode(claims(), JWT_SECRET + "x" * 64, "HS512"), id="another algorithm"),
        pytest.param(
            lambda: jwt.encode(claims(exp=now().timestamp() - 1), JWT_SECRET, "HS256"), id="expired"
        ),
        pytest.param(lambda: jwt.encode(claims(sid=None), JWT_SECRET, "HS256"), id="no session"),
        pytest.param(lambda: jwt.encode(claims(sid="x"), JWT_SECRET, "HS256"), id="no id"),
    ],
)
def test_a_token_that_is_not_ours_names_nothing(forge: Callable[[], str]) -> None:
    tokens = Tokens(JWT_SECRET, days=7)

    assert tokens.read(forge()) is None


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_tries_for_one_email_are_limited_from_wherever_they_come() -> None:
    throttle = Throttle(per_email=3)
    for number in range(3):
        throttle.take("ada@example.com", f"192.0.2.{number}")

    with pytest.raises(TooManyTries, match=r"Try again in 15 min\."):
        throttle.take("ada@example.com", "192.0.2.9")


@pytest.mark.parametrize(
    "addresses",
    [
        pytest.param(["192.0.2.1"] * 4, id="IPv4"),
        pytest.param([f"2001:db8::{number}" for number in range(4)], id="one IPv6 network"),
        pytest.param(["192.0.2.1", "::ffff:192.0.2.1"] * 2, id="IPv4 in both spellings"),
    ],
)
def test_tries_from_one_address_are_limited_whomever_they_are_for(addresses: list[str]) -> None:
    throttle = Throttle(per_address=3)
    for number, address in enumerate(addresses[:3]):
        throttle.take(f"{number}@example.com", address)

    with pytest.raises(TooManyTries):
        throttle.take("9@example.com", addresses[3])


def test_a_success_takes_the_count_back() -> None:
    throttle = Throttle(per_email=2, per_address=2)

    for _ in range(5):
        throttle.take("ada@example.com", "192.0.2.1")
        throttle.forgive("ada@example.com", "192.0.2.1")

    throttle.take("ada@example.com", "192.0.2.1")


def test_tries_are_forgotten_after_a_quarter_of_an_hour() -> None:
    clock = Clock()
    throttle = Throttle(per_email=1, clock=clock)
    throttle.take("ada@example.com", "192.0.2.1")
    clock.now = 14 * 60
    with pytest.raises(TooManyTries, match=r"in 1 min"):
        throttle.take("ada@example.com", "192.0.2.1")

    clock.now = 15 * 60

    throttle.take("ada@example.com", "192.0.2.1")


def test_clients_by_ipv4_do_not_share_a_network_where_they_are_mapped_into_ipv6() -> None:
    throttle = Throttle(per_address=1)
    throttle.take("eve@example.com", "::ffff:198.51.100.7")

    throttle.take("ada@example.com", "::ffff:203.0.113.9")

    with pytest.raises(TooManyTries):
        throttle.take("eve@example.com", "::ffff:198.51.100.7")


def test_the_memory_for_tries_is_bounded() -> None:
    throttle = Throttle()

    for number in range(25_000):
        throttle.take(f"{number}@example.com", f"10.0.{number // 250}.{number % 250}")

    assert 18_000 <= len(throttle._emails._windows) <= 20_000
    assert 18_000 <= len(throttle._addresses._windows) <= 20_000


def test_tries_that_are_refused_are_not_remembered() -> None:
    throttle = Throttle(per_address=3)

    for number in range(10):
        with suppress(TooManyTries):
            throttle.take(f"{number}@example.com", "192.0.2.1")

    assert list(throttle._emails._windows) == [f"{number}@example.com" for number in range(3)]


def test_an_email_at_its_limit_is_not_crowded_out_by_others() -> None:
    throttle = Throttle(per_email=3)
    for number in range(3):
        throttle.take("ada@example.com", f"192.0.2.{number}")

    for number in range(25_000):
        throttle.take(f"{number}@example.com", f"10.0.{number // 250}.{number % 250}")

    with pytest.raises(TooManyTries):
        throttle.take("ada@example.com", "192.0.2.9")


def test_what_has_ended_makes_room_first() -> None:
    clock = Clock()
    throttle = Throttle(clock=clock)
    for number in range(20_000):
        throttle.take(f"{number}@example.com", f"10.0.{number // 250}.{number % 250}")
    clock.now = 15 * 60

    throttle.take("ada@example.com", "192.0.2.1")

    assert list(throttle._emails._windows) == ["ada@example.com"]
