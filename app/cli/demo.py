"""`perpetuo demo`: a gateway, simulated providers behind it, an account, and some traffic in the log."""

import asyncio
import secrets
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from app.cli import server
from app.cli.visitor import Account, LogRow, Visitor
from app.core.provider_name import ProviderName
from app.installation import only_worker
from app.settings import Settings, Signup
from app.simulator import RunningSimulator, Simulator
from app.simulator import running as simulator_running

FALLBACK_MODEL = "demo-fallback"
FAILURE_MODEL = "demo-failure"

_EMAIL = "demo@example.com"
# Slow enough for the eye to see a stream, quick enough not to wait for it.
_PACE_S = 0.02
# From one request to the next: short enough not to wait for, long enough for the log to keep their order.
_BEAT_S = 0.04
_DOWN = ";status=503"


@dataclass(frozen=True, slots=True)
class _Key:
    """A provider key of the demo. The simulators take any secret."""

    provider: ProviderName
    secret: str
    # What a requested model is called there.
    targets: Mapping[str, str] = field(default_factory=dict)
    label: str | None = None
    default_model: str | None = None

    def stored_for(self, simulator: RunningSimulator) -> dict[str, object]:
        """What GraphQL's `addProviderKey` takes for it."""
        return {
            "provider": self.provider,
            "label": self.label,
            "apiKey": self.secret,
            "baseUrl": simulator.base_url_of(self.provider),
            "modelMap": [{"requested": name, "target": target} for name, target in self.targets.items()],
            "defaultModel": self.default_model,
        }


# By priority.
_KEYS = (
    _Key(ProviderName.OPENAI, "sk-proj-simulated-7Qw2", {FALLBACK_MODEL: f"gpt-4o{_DOWN}"}),
    _Key(ProviderName.ANTHROPIC, "sk-ant-simulated-x4Kd", {FALLBACK_MODEL: "claude-sonnet-4-6"}),
    _Key(ProviderName.GOOGLE, "AIza-simulated-V9tE"),
    _Key(ProviderName.COHERE, "simulated-cohere-mR3s"),
    _Key(ProviderName.MISTRAL, "simulated-mistral-8bYh", {FAILURE_MODEL: f"mistral-medium-latest{_DOWN}"}),
    _Key(
        ProviderName.CUSTOM,
        "simulated-server-Zc51",
        {FAILURE_MODEL: f"llama-3.3-70b{_DOWN}"},
        label="Own vLLM",
        default_model="llama-3.3-70b",
    ),
)

_Json = Mapping[str, object]

_WEATHER = {
    "name": "get_weather",
    "description": "The weather in a city.",
    "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
}
_CITY = {
    "name": "city",
    "strict": True,
    "schema": {
        "type": "object",
        "properties": {"name": {"type": "string"}, "people": {"type": "integer"}},
        "required": ["name", "people"],
        "additionalProperties": False,
    },
}
_STREAM: _Json = {"stream": True}
_TOOLS: _Json = {"tools": [{"type": "function", "function": _WEATHER}]}
_STRUCTURED: _Json = {"response_format": {"type": "json_schema", "json_schema": _CITY}}
# Models that reason take no temperature: the log has a note that it was left out.
_WARM: _Json = {"temperature": 0.2}
# Models, what they are asked, and what is asked of them besides; oldest first. One fallback only: a second
# one would bring the first provider close to being rested, and then it would not be seen to fail when the
# reader tries. Who fails does so early: the key's last error goes when a later request succeeds.
_TRAFFIC: tuple[tuple[str, str, _Json], ...] = (
    ("gpt-4o-mini", "What is a gateway?", {}),
    ("claude-sonnet-4-6", "Write a haiku about failover.", _STREAM),
    (FAILURE_MODEL, "Is anybody there?", {}),
    ("gemini-2.5-flash", "Name a city, and how many people live there.", _STRUCTURED),
    (FALLBACK_MODEL, "Who answers when a provider is down?", {}),
    ("command-a-03-2025", "Summarize this ticket in one line.", {}),
    ("gpt-4o", "What is the weather in Lisbon?", _TOOLS),
    ("mistral-small-latest", "Translate “hello” into Portuguese.", _STREAM),
    ("claude-opus-5", "Is 2027 a prime?", {**_WARM, "reasoning_effort": "high"}),
    ("gemini-2.5-pro", "Why is the sky blue?", {**_STREAM, "reasoning_effort": "low"}),
    ("command-a-03-2025", "Explain a circuit breaker in a sentence.", _STREAM),
    ("claude-sonnet-4-6", "How is the weather in Porto?", {**_STREAM, **_TOOLS}),
    ("llama-3.3-70b", "What is a gateway?", {}),
    ("mistral-large-latest", "Name a city, and how many people live there.", _STRUCTURED),
    ("o4-mini", "Is 2027 a prime?", {**_STREAM, **_WARM}),
)


async def demo(settings: Settings) -> None:
    """Serves the demo until a signal ends it. Raises StartRefused.

    Whatever the settings say about it, it is for this machine alone, and its data are its own: SQLite in the
    folder `demo` of DATA_DIR, anew at each start.
    """
    chosen = settings.model_copy(
        update={
            "host": "127.0.0.1",
            "public_url": "",
            "trusted_proxies": "",
            "data_dir": settings.data_dir / "demo",
            "database_url": "",
            "jwt_secret": secrets.token_hex(32),
            "encryption_key": (secrets.token_hex(32),),
            "signup": Signup.OPEN,
            "allow_private_upstreams": True,
            # Nobody balances load in front of it.
            "drain_delay_s": 0.0,
        }
    )
    for listener in server.listen(chosen):
        listener.close()
    with only_worker(chosen):
        _clear(chosen.data_dir)
    async with simulator_running(Simulator(pace_s=_PACE_S)) as simulator:
        await server.serve(chosen, lambda address: _show(address, simulator))


def _clear(folder: Path) -> None:
    for path in folder.iterdir():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()


async def _show(address: str, simulator: RunningSimulator) -> None:
    password = secrets.token_urlsafe(12)
    async with httpx.AsyncClient(base_url=address, timeout=30, trust_env=False) as http:
        visitor = Visitor(http)
        account = await visitor.sign_up(_EMAIL, password)
        for key in _KEYS:
            await visitor.add_provider(account, key.stored_for(simulator))
        await _ask_everything(visitor, account)
        rows = await visitor.log(account, len(_TRAFFIC))
    print(_text(address, account, password, rows), flush=True)


async def _ask_everything(visitor: Visitor, account: Account) -> None:
    async with asyncio.TaskGroup() as requests:
        for model, prompt, more in _TRAFFIC:
            body = {"model": model, "messages": [{"role": "user", "content": prompt}], **more}
            requests.create_task(visitor.complete(account, body))
            await asyncio.sleep(_BEAT_S)


def _text(address: str, account: Account, password: str, rows: list[LogRow]) -> str:
    return f"""
Perpetuo's demo listens on {address}, in front of simulated providers. Ctrl-C ends it.

  e-mail    {_EMAIL}
  password  {password}
  API key   {account.api_key}

A completion, with curl (add "stream": true for a stream):

  curl {address}/v1/chat/completions \\
    -H 'Authorization: Bearer {account.api_key}' \\
    -H 'Content-Type: application/json' \\
    -d '{{"model": "gpt-4o-mini", "messages": [{{"role": "user", "content": "Hello!"}}]}}'

The same in Python (pip install openai):

  from openai import OpenAI

  client = OpenAI(base_url="{address}/v1", api_key="{account.api_key}")
  answer = client.chat.completions.create(
      model="gpt-4o-mini", messages=[{{"role": "user", "content": "Hello!"}}]
  )
  print(answer.choices[0].message.content)

Other models to ask for:

  claude-sonnet-4-6, gemini-2.5-flash, command-a-03-2025, mistral-small-latest, llama-3.3-70b
  {FALLBACK_MODEL}  fails at OpenAI, and is answered by Anthropic
  {FAILURE_MODEL}   fails wherever it is tried

A provider that fails several times in a row is left alone for some seconds; then the next one is asked at once.

The log so far, newest first (status, model asked for, cost in US dollars, attempts, notes):

{_table(rows)}

The same by GraphQL:

  curl {address}/graphql \\
    -H 'Authorization: Bearer {account.token}' \\
    -H 'Content-Type: application/json' \\
    -d '{{"query": "{{ workspaces {{ logs {{ nodes {{ statusCode requestedModel model costUsd notes attempts {{ label statusCode }} }} }} }} }}"}}'
"""  # noqa: E501 # a command that is copied stays on its lines


def _table(rows: list[LogRow]) -> str:
    return "\n".join(f"  {_line(row)}" for row in rows)


def _line(row: LogRow) -> str:
    tried = ", ".join(f"{attempt.label} {attempt.status_code or 'no answer'}" for attempt in row.attempts)
    notes = f"  ({', '.join(row.notes)})" if row.notes else ""
    return f"{row.status_code}  {row.requested_model:<21}  {row.cost_usd or '-':<10}  {tried}{notes}"
