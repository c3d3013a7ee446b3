"""Accounts: who one is, signing up, in and out."""

from datetime import datetime
from typing import Annotated

import strawberry

from app import models
from app.management import accounts
from graphql_schema.context import Info
from graphql_schema.workspaces import Workspace


@strawberry.type(description="An account.")
class User:
    """An account as its owner sees it."""

    id: strawberry.ID = strawberry.field(description="Opaque id.")
    email: str = strawberry.field(description="E-mail address in lower case; unique.")
    name: str = strawberry.field(description="What the user wants to be called.")
    created_at: datetime = strawberry.field(description="When the account was made.")

    @classmethod
    def from_row(cls, row: models.User) -> "User":
        """The account of a row."""
        return cls(id=strawberry.ID(str(row.id)), email=row.email, name=row.name, created_at=row.created_at)


@strawberry.input(description="What a new account needs.")
class SignupInput:
    """A new account as it was filled in."""

    email: str = strawberry.field(description="E-mail address; upper and lower case are the same.")
    password: str = strawberry.field(description="8 to 256 characters.")
    name: str = strawberry.field(description="1 to 100 characters.")


@strawberry.input(description="Credentials of an account.")
class LoginInput:
    """Credentials as they were filled in."""

    email: str = strawberry.field(description="E-mail address of the account.")
    password: str = strawberry.field(description="Its password.")


@strawberry.type(description="A new account with all it starts with. Signs the browser in as well (cookie).")
class SignupPayload:
    """A new account."""

    user: User = strawberry.field(description="The new account.")
    token: str = strawberry.field(description="A JWT for the header `Authorization: Bearer …`.")
    workspace: Workspace = strawberry.field(description="Its first workspace, called Default Workspace.")
    api_key: str = strawberry.field(description="The workspace's first API key in clear, shown this once.")


@strawberry.type(description="A new session. Signs the browser in as well (cookie).")
class LoginPayload:
    """A new session."""

    user: User = strawberry.field(description="The account.")
    token: str = strawberry.field(description="A JWT for the header `Authorization: Bearer …`.")


@strawberry.type
class AccountQueries:
    """Queries about the account that asks."""

    @strawberry.field(description="The account that asks; null while not signed in.")
    async def me(self, info: Info) -> User | None:
        """Who asks."""
        viewer = await info.context.viewer_or_none()
        return None if viewer is None else User.from_row(viewer.user)


@strawberry.type
class AccountMutations:
    """Changes of the account that asks, and of its sessions."""

    @strawberry.mutation(description="Makes an account with a workspace and an API key, and signs in.")
    async def signup(
        self,
        info: Info,
        form: Annotated[SignupInput, strawberry.argument(name="input", description="The account.")],
    ) -> SignupPayload | None:
        """A new account."""
        context = info.context
        made = await accounts.sign_up(
            context.tools,
            email=form.email,
            password=form.password,
            name=form.name,
            origin=context.client_address,
        )
        context.sign_in(made.signed_in)
        return SignupPayload(
            user=User.from_row(made.signed_in.user),
            token=made.signed_in.token,
            workspace=Workspace.from_row(made.workspace),
            api_key=made.api_key,
        )

    @strawberry.mutation(description="Opens a session. A wrong e-mail and a wrong password look the same.")
    async def login(
        self,
        info: Info,
        form: Annotated[LoginInput, strawberry.argument(name="input", description="The credentials.")],
    ) -> LoginPayload | None:
        """A new session."""
        context = info.context
        signed_in = await accounts.log_in(
            context.tools, email=form.email, password=form.password, origin=context.client_address
        )
        context.sign_in(signed_in)
        return LoginPayload(user=User.from_row(signed_in.user), token=signed_in.token)

    @strawberry.mutation(description="Ends the session that asks.")
    async def logout(self, info: Info) -> bool | None:
        """True."""
        await accounts.log_out(info.context.tools, await info.context.viewer())
        info.context.sign_out()
        return True

    @strawberry.mutation(description="Ends every session of the account, this one included.")
    async def logout_everywhere(self, info: Info) -> bool | None:
        """True."""
        await accounts.log_out_everywhere(info.context.tools, await info.context.viewer())
        info.context.sign_out()
        return True

    @strawberry.mutation(description="Changes name or e-mail of the account; what is left out stays.")
    async def update_account(
        self,
        info: Info,
        name: Annotated[str | None, strawberry.argument(description="1 to 100 characters.")] = None,
        email: Annotated[str | None, strawberry.argument(description="A free e-mail address.")] = None,
    ) -> User | None:
        """The changed account."""
        return User.from_row(
            await accounts.update_account(await info.context.viewer(), name=name, email=email)
        )

    @strawberry.mutation(description="Replaces the password and ends every other session.")
    async def change_password(
        self,
        info: Info,
        current: Annotated[str, strawberry.argument(description="The password so far.")],
        new: Annotated[str, strawberry.argument(description="8 to 256 characters.")],
    ) -> bool | None:
        """True."""
        context = info.context
        await accounts.change_password(
            context.tools,
            await context.viewer(),
            current=current,
            new=new,
            origin=context.client_address,
        )
        return True
