"""Time limits of a provider key, where they differ from the settings."""

import openai
import pytest

from app.settings import Settings
from app.simulator import RunningSimulator
from tests.front_door import HELLO, Account, open_gateway


@pytest.mark.parametrize(
    ("fault", "limit"), [("hang", "headerS"), ("first_token=30", "firstTokenS"), ("hang", "firstTokenS")]
)
async def test_a_stream_goes_on_to_the_next_provider_when_the_keys_own_limit_is_over(
    account: Account, simulator: RunningSimulator, fault: str, limit: str
) -> None:
    await account.add_provider(simulator, apiKey=f"sk-sim;{fault}", label="first", timeouts={limit: 0.2})
    await account.add_provider(simulator, label="second")

    stream = await account.openai().chat.completions.create(model="gpt-4o", messages=[HELLO], stream=True)
    chunks = [chunk async for chunk in stream]

    row = await account.log()
    assert chunks[-1].choices[0].finish_reason == "stop"
    assert [attempt["label"] for attempt in row["attempts"]] == ["first", "second"]


async def test_a_plain_answer_has_the_keys_own_limit(account: Account, simulator: RunningSimulator) -> None:
    await account.add_provider(simulator, apiKey="sk-sim;hang", label="first", timeouts={"answerS": 0.2})
    await account.add_provider(simulator, label="second")

    await account.openai().chat.completions.create(model="gpt-4o", messages=[HELLO])

    row = await account.log()
    assert [attempt["label"] for attempt in row["attempts"]] == ["first", "second"]


async def test_a_slow_model_gets_the_time_that_its_key_says(
    settings: Settings, simulator: RunningSimulator
) -> None:
    short = settings.model_copy(update={"first_token_timeout_s": 0.1, "last_first_token_timeout_s": 0.1})
    async with open_gateway(short) as gateway:
        account = await gateway.sign_up()
        await account.add_provider(
            simulator, apiKey="sk-sim;first_token=0.5", label="slow", timeouts={"firstTokenS": 20}
        )
        await account.add_provider(simulator, label="other")

        stream = await account.openai().chat.completions.create(model="gpt-4o", messages=[HELLO], stream=True)
        chunks = [chunk async for chunk in stream]

        row = await account.log()
    assert chunks[-1].choices[0].finish_reason == "stop"
    assert [attempt["label"] for attempt in row["attempts"]] == ["slow"]


async def test_silence_inside_a_stream_has_the_keys_own_limit(
    account: Account, simulator: RunningSimulator
) -> None:
    await account.add_provider(simulator, apiKey="sk-sim;stall=2", timeouts={"streamIdleS": 0.2})

    stream = await account.openai().chat.completions.create(model="gpt-4o", messages=[HELLO], stream=True)
    with pytest.raises(openai.APIError) as caught:
        [chunk async for chunk in stream]

    row = await account.log()
    assert caught.value.code == "timeout"
    assert row["statusCode"] == 504
