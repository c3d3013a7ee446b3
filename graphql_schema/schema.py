"""The schema: the areas side by side, and the rules that hold for every operation."""

from collections.abc import Iterator

import strawberry
from graphql import GraphQLError
from strawberry.extensions import AddValidationRules, MaxTokensLimiter, SchemaExtension
from strawberry.schema.config import StrawberryConfig
from strawberry.types.execution import ExecutionContext
from strawberry.types.graphql import OperationType

from graphql_schema.accounts import AccountMutations, AccountQueries
from graphql_schema.api_keys import ApiKeyMutations
from graphql_schema.documents import Documents, KnownDocuments
from graphql_schema.errors import ErrorCode, RenderErrors, log_unexpected
from graphql_schema.execution import PlainValuesAtOnce
from graphql_schema.limits import MOST_TOKENS, OperationLimits
from graphql_schema.logs import LogSubscriptions
from graphql_schema.provider_keys import ProviderKeyMutations
from graphql_schema.providers import ProviderQueries
from graphql_schema.scalars import SCALARS
from graphql_schema.server import ServerQueries
from graphql_schema.workspaces import WorkspaceMutations, WorkspaceQueries


@strawberry.type(description="What can be asked.")
class Query(AccountQueries, WorkspaceQueries, ProviderQueries, ServerQueries):
    """Every query."""


@strawberry.type(description="What can be changed.")
class Mutation(AccountMutations, WorkspaceMutations, ProviderKeyMutations, ApiKeyMutations):
    """Every mutation."""


@strawberry.type(description="What can be listened to.")
class Subscription(LogSubscriptions):
    """Every subscription."""


class _OwnContext(SchemaExtension):
    """Gives each operation a context of its own; a socket has one for all that it runs."""

    def on_operation(self) -> Iterator[None]:
        context = self.execution_context.context
        self.execution_context.context = context.for_operation() if context is not None else None
        yield


class _SubscriptionsBySocket(SchemaExtension):
    """Refuses a subscription that came by POST: it would be run like a query, and fail."""

    def on_validate(self) -> Iterator[None]:
        execution = self.execution_context
        if execution.operation_type is OperationType.SUBSCRIPTION and not execution.context.is_by_socket:
            execution.pre_execution_errors = [
                GraphQLError("A subscription needs a WebSocket that speaks graphql-transport-ws.")
            ]
        yield


class PerpetuoSchema(strawberry.Schema):
    """A schema whose log never holds a query or its variables."""

    def process_errors(
        self,
        errors: list[GraphQLError],
        execution_context: ExecutionContext | None = None,
    ) -> None:
        """Logs what is unexpected."""
        for error in errors:
            log_unexpected(error)


def create_schema() -> PerpetuoSchema:
    """The schema of the management plane."""
    documents = Documents()
    return PerpetuoSchema(
        query=Query,
        mutation=Mutation,
        subscription=Subscription,
        types=[ErrorCode],
        extensions=[
            _OwnContext,
            lambda: MaxTokensLimiter(MOST_TOKENS),
            lambda: AddValidationRules([OperationLimits]),
            lambda: KnownDocuments(documents),
            # Behind those: a document that is known from a socket is refused all the same.
            _SubscriptionsBySocket,
            RenderErrors,
        ],
        execution_context_class=PlainValuesAtOnce,
        config=StrawberryConfig(scalar_map=SCALARS),
    )


def export_schema() -> str:
    """The schema in GraphQL's own language, as `schema.graphql` keeps it."""
    return create_schema().as_str() + "\n"
