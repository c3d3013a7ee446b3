from collections.abc import Iterator
from pathlib import Path

from graphql import (
    DangerousChangeType,
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLObjectType,
    build_schema,
    find_breaking_changes,
    find_dangerous_changes,
)

import graphql_schema
from graphql_schema.schema import export_schema

CONTRACT = Path(__file__).with_name("contract.graphql")
EXPORTED = Path(graphql_schema.__path__[0]) / "schema.graphql"


def test_the_schema_keeps_the_contract() -> None:
    contract, ours = build_schema(CONTRACT.read_text()), build_schema(export_schema())

    assert find_breaking_changes(contract, ours) == []
    # One argument or field more changes nothing for who leaves it out.
    dangers = [change.type for change in find_dangerous_changes(contract, ours)]
    assert set(dangers) <= {
        DangerousChangeType.OPTIONAL_ARG_ADDED,
        DangerousChangeType.OPTIONAL_INPUT_FIELD_ADDED,
    }


def test_the_exported_schema_is_fresh() -> None:
    assert EXPORTED.read_text() == export_schema(), "run: perpetuo export-schema"


def test_everything_in_the_schema_is_described() -> None:
    undescribed = [name for name, description in descriptions() if not description]

    assert undescribed == []


def descriptions() -> Iterator[tuple[str, str | None]]:
    for name, type_ in build_schema(export_schema()).type_map.items():
        if name.startswith("__") or name in {"String", "Int", "Float", "Boolean", "ID"}:
            continue
        yield name, type_.description
        if isinstance(type_, GraphQLObjectType | GraphQLInputObjectType):
            for field_name, field in type_.fields.items():
                yield f"{name}.{field_name}", field.description
                for argument_name, argument in getattr(field, "args", {}).items():
                    yield f"{name}.{field_name}({argument_name})", argument.description
        if isinstance(type_, GraphQLEnumType):
            for value_name, value in type_.values.items():
                yield f"{name}.{value_name}", value.description
