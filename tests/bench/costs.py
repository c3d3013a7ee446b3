"""The rows that compare: processor time beside that of others who are asked the same in the same minutes."""

from tests.bench.figures import Bar, Figure, Samples
from tests.bench.load import Question, Target, ask_again_and_again, completion, message
from tests.bench.rivals import RIVALS
from tests.bench.rounds import (
    CONNECTIONS,
    Asked,
    against,
    chunk_cost_us,
    interleaved,
    request_cost_us,
)
from tests.bench.servers import CLAUDE, open_account
from tests.bench.stage import Stage, another

MODEL = "bench"
_PLAIN = f"plain completion, {CONNECTIONS} connections, CPU a request"
_STREAM = f"stream relay, {CONNECTIONS} streams of 50 chunks a second, CPU a chunk"


async def plain(stage: Stage) -> list[Figure]:
    """Plain completions beside nginx."""
    return [await _plain(stage, _PLAIN, completion(MODEL), completion(MODEL), Bar(7, 5.5))]


async def stream(stage: Stage) -> list[Figure]:
    """Streams beside nginx."""
    question = completion(MODEL, is_stream=True)
    return [await _stream(stage, _STREAM, question, question, Bar(2.5, 2))]


async def anthropic(stage: Stage) -> list[Figure]:
    """A dialect that is decoded and encoded, beside nginx that hands the provider's bytes on."""
    streamed = completion(CLAUDE, is_stream=True), message("bench", is_stream=True)
    return [
        await _plain(stage, f"Anthropic's dialect, {_PLAIN}", completion(CLAUDE), message(MODEL), Bar(12)),
        await _stream(stage, f"Anthropic's dialect, {_STREAM}", *streamed, Bar(5)),
    ]


async def _plain(stage: Stage, what: str, ours: Question, theirs: Question, bar: Bar) -> Figure:
    asked = stage.ask_nginx(theirs), stage.ask_ours(ours)
    return against(what, "nginx", await interleaved(asked, stage.run.effort, request_cost_us), bar)


async def _stream(stage: Stage, what: str, ours: Question, theirs: Question, bar: Bar) -> Figure:
    asked = stage.ask_nginx(theirs, "/stream"), stage.ask_ours(ours)
    return against(what, "nginx", await interleaved(asked, stage.run.effort, chunk_cost_us), bar)


async def rivals(stage: Stage) -> list[Figure]:
    """Plain completions and streams beside other gateways, each of them alone on the machine with us."""
    figures = []
    for rival in RIVALS:
        if rival.name in stage.run.rivals:
            async with rival.running(stage.run, stage.mock) as target:
                figures += await _beside(stage, target, rival.bar)
    return figures


async def _beside(stage: Stage, rival: Target, bar: Bar) -> list[Figure]:
    effort, name = stage.run.effort, rival.name
    question, streamed = completion(MODEL), completion(MODEL, is_stream=True)
    asked = Asked(rival, question, stage.mock), stage.ask_ours(question)
    costs = await interleaved(asked, effort, request_cost_us)
    asked = Asked(rival, streamed, stage.mock), stage.ask_ours(streamed)
    chunk_costs = await interleaved(asked, effort, chunk_cost_us)
    return [
        against(f"{_PLAIN}, {name}'s over ours", name, costs, bar, is_rival=True),
        against(f"{_STREAM}, {name}'s over ours", name, chunk_costs, None, is_rival=True),
    ]


async def workers(stage: Stage) -> list[Figure]:
    """Two workers on the core of one, beside one."""
    question = completion(MODEL)
    async with another(stage.run, workers=2) as served:
        two = Asked(await open_account(served, stage.mock), question, stage.mock)
        costs = await interleaved((stage.ask_ours(question), two), stage.run.effort, request_cost_us)
    return [against("two workers, CPU a request", "one worker", costs, Bar(1.1))]


async def tls(stage: Stage) -> list[Figure]:
    """Plain completions from an upstream that speaks TLS, beside nginx that asks the same one."""
    question, upstream = completion(MODEL), stage.tls_mock
    trusted = {"SSL_CERT_FILE": str(upstream.authority)}
    async with another(stage.run, more=trusted) as served:
        ours = Asked(await open_account(served, upstream), question, upstream)
        asked = stage.ask_nginx(question, "/tls"), ours
        costs = await interleaved(asked, stage.run.effort, request_cost_us)
        handshakes = await _handshakes(ours, stage.run.effort.seconds)
    return [
        against(f"TLS to the upstream, {_PLAIN}", "nginx", costs, None),
        Figure("TLS to the upstream, handshakes for 1,000 requests", handshakes, bar=Bar(10)),
    ]


async def _handshakes(asked: Asked, seconds: float) -> Samples:
    """Connections made to the upstream for a thousand requests, those of the first instant included."""
    before = await asked.upstream.seen()
    await ask_again_and_again(asked.target, asked.question, connections=CONNECTIONS, seconds=seconds)
    after = await asked.upstream.seen()
    # The second look was a connection too.
    made = after.connections - before.connections - 1
    return Samples((made / (after.completions - before.completions) * 1000,), "")
