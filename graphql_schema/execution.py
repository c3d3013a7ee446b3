"""Execution: the plain values of an object are read at once.

Charts and pages of the log have thousands of them. graphql-core resolves and completes each on its own, which
takes about 3 µs more a value: for a year of usage by provider 66 ms, longer than the whole answer may take.
Each row of a list costs as much again; those of nothing but plain values are read all at once too. Whatever
is not plain, or goes wrong, is left to graphql-core. Extensions that wrap resolvers would not see these
values; the schema has none.
"""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import cast

from graphql import (
    GraphQLError,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLResolveInfo,
    is_leaf_type,
    is_non_null_type,
    is_object_type,
)
from graphql.execution.collect_fields import DeferUsage, FieldDetailsList, GroupedFieldSet
from graphql.execution.incremental.incremental_executor import DeliveryGroup
from graphql.pyutils import AwaitableOrValue, Path, RefMap
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext
from strawberry.schema.schema_converter import GraphQLCoreConverter
from strawberry.types.field import StrawberryField

# What reading and writing a value raises; what else there may be concerns the object as a whole.
_UNREADABLE = (GraphQLError, AttributeError, LookupError, TypeError, ValueError)


@dataclass(frozen=True, slots=True)
class _Plain:
    """A selected field that is an attribute of its object, and a scalar or an enum."""

    name: str
    attribute: str
    write: Callable[[object], object]
    is_required: bool


@dataclass(frozen=True, slots=True)
class _Plan:
    """What is selected of a type: `row` is an answer without its values, in the order of the selection."""

    # Held, for the plan is found by its id.
    selected: GroupedFieldSet
    row: dict[str, object]
    plain: tuple[_Plain, ...]
    others: GroupedFieldSet


class PlainValuesAtOnce(StrawberryGraphQLCoreExecutionContext):
    """Executes one operation."""

    @cached_property
    def _plans(self) -> dict[int, _Plan]:
        return {}

    def execute_fields(
        self,
        parent_type: GraphQLObjectType,
        source_value: object,
        path: Path | None,
        grouped_field_set: GroupedFieldSet,
        position_context: RefMap[DeferUsage, DeliveryGroup] | None,
    ) -> AwaitableOrValue[dict[str, object]]:
        """The selected fields of an object, in their order."""
        plan = self._plans.get(id(grouped_field_set)) or self._plan(parent_type, grouped_field_set)
        row = dict(plan.row)
        if not _read(source_value, plan, row):
            # Once more, for graphql-core says what is wrong and where.
            return super().execute_fields(
                parent_type, source_value, path, grouped_field_set, position_context
            )
        if not plan.others:
            return row
        others = super().execute_fields(parent_type, source_value, path, plan.others, position_context)
        if self.is_awaitable(others):
            return _joined(row, cast("Awaitable[dict[str, object]]", others))
        row.update(cast("dict[str, object]", others))
        return row

    def complete_iterable_value(
        self,
        item_type: GraphQLOutputType,
        field_details_list: FieldDetailsList,
        info: GraphQLResolveInfo[object],
        path: Path,
        items: Iterable[object],
        position_context: RefMap[DeferUsage, DeliveryGroup] | None,
    ) -> AwaitableOrValue[list[object]]:
        """The items of a list: all at once where they are objects with plain values only."""
        rows = self._rows(item_type, field_details_list, items)
        if rows is not None:
            return rows
        return super().complete_iterable_value(
            item_type, field_details_list, info, path, items, position_context
        )

    def _rows(
        self, item_type: GraphQLOutputType, field_details_list: FieldDetailsList, items: Iterable[object]
    ) -> list[object] | None:
        type_ = item_type.of_type if is_non_null_type(item_type) else item_type
        # What is no list can be read only once, and who may be of several types is to be asked first.
        if not isinstance(items, list) or not is_object_type(type_) or type_.is_type_of:
            return None
        selected = self.collect_subfields(type_, field_details_list).grouped_field_set
        plan = self._plans.get(id(selected)) or self._plan(type_, selected)
        rows: list[object] = []
        for item in () if plan.others else items:
            row = dict(plan.row)
            if not _read(item, plan, row):
                return None
            rows.append(row)
        return None if plan.others else rows

    def _plan(self, parent_type: GraphQLObjectType, selected: GroupedFieldSet) -> _Plan:
        row: dict[str, object] = dict.fromkeys(selected)
        plain: list[_Plain] = []
        others: GroupedFieldSet = {}
        for name, details in selected.items():
            field_name = details[0].node.name.value
            if found := _plain(name, field_name, parent_type):
                plain.append(found)
            elif field_name == "__typename":
                row[name] = parent_type.name
            else:
                others[name] = details
        plan = self._plans[id(selected)] = _Plan(selected, row, tuple(plain), others)
        return plan


def _plain(name: str, field_name: str, parent_type: GraphQLObjectType) -> _Plain | None:
    field = parent_type.fields.get(field_name)
    definition = field and field.extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF)
    if field is None or not isinstance(definition, StrawberryField) or not definition.is_basic_field:
        return None
    is_required = is_non_null_type(field.type)
    type_ = field.type.of_type if is_required else field.type
    if not is_leaf_type(type_):
        return None
    return _Plain(name, definition.python_name, type_.coerce_output_value, is_required)


def _read(source: object, plan: _Plan, row: dict[str, object]) -> bool:
    """Fills the plain values into the row; whether all of them are fit to be shown."""
    try:
        for field in plan.plain:
            value = getattr(source, field.attribute)
            if value is not None:
                row[field.name] = field.write(value)
            elif field.is_required:
                return False
    except _UNREADABLE:
        return False
    return True


async def _joined(row: dict[str, object], others: Awaitable[dict[str, object]]) -> dict[str, object]:
    row.update(await others)
    return row
