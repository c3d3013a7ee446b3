"""The server: what a client should know of it before anybody has signed in."""

from importlib.metadata import version
from typing import Final

import strawberry

from app.management import accounts
from graphql_schema.context import Info

_VERSION: Final = version("perpetuo")


@strawberry.type(description="What this server is, and what it offers.")
class Server:
    """A server as everybody sees it."""

    base_url: str = strawberry.field(
        description="Where it is reached, without a trailing slash: PUBLIC_URL, else the address that this "
        "request came to. The route is at `/v1/chat/completions` below it."
    )
    version: str = strawberry.field(description="The version of Perpetuo.")
    simulated_provider: bool = strawberry.field(
        description="Whether `addSimulatedProviderKey` works here: only this machine reaches the server."
    )

    @strawberry.field(description="Whether somebody may sign up now.")
    async def signup_open(self, info: Info) -> bool:
        """Whether somebody may sign up now."""
        return await accounts.is_signup_open(info.context.tools)


@strawberry.type
class ServerQueries:
    """Queries about the server, for everybody."""

    @strawberry.field(description="This server.")
    def server(self, info: Info) -> Server:
        """This server."""
        context = info.context
        return Server(
            base_url=context.own_address,
            version=_VERSION,
            simulated_provider=context.tools.settings.simulator_allowed,
        )
