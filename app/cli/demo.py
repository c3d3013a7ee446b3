"""`perpetuo demo`: a gateway, a simulated provider behind it, an account, and some traffic in the log."""

import asyncio
import secrets
import shutil
from pathlib import Path

import httpx

from app.cli import server
from app.cli.visitor import Account, LogRow, Visitor
from app.installation import only_worker
from app.settings import Settings, Signup
from app.simulator import RunningSimulator, Simulator
from app.simulator import running as simulator_running

FALLBACK_MODEL = "demo-fallback"
FAILURE_MODEL = "demo-failure"

_EMAIL = "demo@example.com"
# Slow enough for the eye to see a stream, quick enough not to wait for it.
_PACE_S = 0.02
_WEATHER = {
    "name": "get_weather",
    "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
}
_CITY = {
    "name": "city",
    "schema": {"type": "object", "properties": {"name": {"type": "string"}, "people": {"type": "integer"}}},
}
# Models, and what is asked of them besides. One fallback only: a second one would bring the first provider
# close to being rested, and then it would not be seen to fail when the reader tries.
_TRAFFIC: tuple[tuple[str, dict[str, object]], ...] = (
    ("gpt-4o-mini", {}),
    ("gpt-4o", {"stream": True}),
    ("gpt-4o", {"tools": [{"type": "function", "function": _WEATHER}]}),
    ("gpt-4.1-mini", {"response_format": {"type": "json_schema", "json_schema": _CITY}}),
    ("o4-mini", {"stream": True}),
    ("llama-3.3-70b", {}),
    (FALLBACK_MODEL, {}),
    (FAILURE_MODEL, {}),
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
        await _add_providers(visitor, account, simulator.base_url)
        bodies = [_body(model, more) for model, more in _TRAFFIC]
        await asyncio.gather(*(visitor.complete(account, body) for body in bodies))
        rows = await visitor.log(account, len(bodies))
    print(_text(address, account, password, rows), flush=True)


async def _add_providers(visitor: Visitor, account: Account, base_url: str) -> None:
    down, gone = "gpt-4o;status=503", "gpt-4.1;status=503"
    await visitor.add_provider(
        account,
        {
            "provider": "OPENAI",
            "apiKey": "sk-simulated-first-key",
            "baseUrl": base_url,
            "modelMap": [
                {"requested": FALLBACK_MODEL, "target": down},
                {"requested": FAILURE_MODEL, "target": gone},
            ],
        },
    )
    await visitor.add_provider(
        account,
        {
            "provider": "CUSTOM",
            "label": "Backup",
            "apiKey": "sk-simulated-second-key",
            "baseUrl": base_url,
            "modelMap": [{"requested": FAILURE_MODEL, "target": "llama-3.3-70b;status=503"}],
            "defaultModel": "llama-3.3-70b",
        },
    )


def _body(model: str, more: dict[str, object]) -> dict[str, object]:
    return {"model": model, "messages": [{"role": "user", "content": "What is a gateway?"}], **more}


def _text(address: str, account: Account, password: str, rows: list[LogRow]) -> str:
    return f"""
Perpetuo's demo listens on {address}, in front of a simulated provider. Ctrl-C ends it.

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

  {FALLBACK_MODEL}  fails at the first provider, and is answered by the second
  {FAILURE_MODEL}   fails at both

A provider that fails several times in a row is left alone for some seconds; then the second one is asked at once.

The log so far, newest first (status, model asked for, attempts):

{_table(rows)}

The same by GraphQL:

  curl {address}/graphql \\
    -H 'Authorization: Bearer {account.token}' \\
    -H 'Content-Type: application/json' \\
    -d '{{"query": "{{ workspaces {{ logs {{ nodes {{ statusCode requestedModel model attempts {{ label statusCode }} }} }} }} }}"}}'
"""  # noqa: E501 # a command that is copied stays on its lines


def _table(rows: list[LogRow]) -> str:
    return "\n".join(
        f"  {row.status_code}  {row.requested_model:<14} "
        + ", ".join(f"{attempt.label} {attempt.status_code or 'no answer'}" for attempt in row.attempts)
        for row in rows
    )
