"""One of several workers: it is given its listeners, and ends with the process that started it."""

import asyncio
import signal
import socket
import sys
from collections.abc import Sequence

from app import settings
from app.cli import server
from app.cli.failing import in_one_line
from app.cli.workers import READY
from app.main import create_app
from app.settings import Settings


def main() -> None:
    """Serves; the arguments are the descriptors of the lifeline and of the listeners."""
    lifeline, *listeners = [socket.socket(fileno=int(number)) for number in sys.argv[1:]]
    with in_one_line():
        chosen = settings.load()
        server.run(chosen, _serve(chosen, listeners, lifeline))


async def _serve(chosen: Settings, listeners: Sequence[socket.socket], lifeline: socket.socket) -> None:
    loop = asyncio.get_running_loop()

    def end() -> None:
        # Nothing is ever sent this way: the other end is closed, for its process is gone.
        loop.remove_reader(lifeline)
        signal.raise_signal(signal.SIGTERM)

    async def tell(_: str) -> None:
        lifeline.send(READY)

    app = create_app(chosen)
    async with app.running():
        loop.add_reader(lifeline, end)
        await server.serve_on(app, chosen, listeners, tell)
        loop.remove_reader(lifeline)


if __name__ == "__main__":
    main()
