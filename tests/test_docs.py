"""The documents say what the code does: what they list is compared with it."""

import importlib
import pkgutil
import re
import tomllib
from collections.abc import Iterator, Mapping

import pytest
from graphql import build_schema
from tortoise.models import Model

import app
import graphql_schema
from app import errors, models
from app.errors import PerpetuoError, RouteError, UpstreamError
from app.gateway.attempts import understand
from app.gateway.failover import RULES, to_error
from app.gateway.ledger.adoption import SegmentUnread
from app.gateway.ledger.entries import DamagedEntry
from app.rest.chat_completions import Interrupted
from app.rest.errors import InternalError
from app.settings import Settings
from graphql_schema.errors import ErrorCode
from tests.documents import (
    API,
    DASHBOARD,
    DATABASE,
    DOCUMENTS,
    GUIDE,
    RELIABILITY,
    ROOT,
    blocks,
    rows,
    section,
)

MODELS = [model for model in vars(models).values() if isinstance(model, type) and issubclass(model, Model)]

ErrorFacts = tuple[int, str, str, bool]
Column = tuple[str, str, bool]
Index = tuple[str, str, str]


@pytest.fixture(scope="module")
def every_module() -> None:
    """Loads the whole product, so that every class of errors is known."""
    for package in (app, graphql_schema):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            importlib.import_module(module.name)


def subclasses(of: type[PerpetuoError]) -> Iterator[type[PerpetuoError]]:
    """Every error of the product below a class."""
    for error in of.__subclasses__():
        if error.__module__.startswith(("app.", "graphql_schema.")):
            yield error
        yield from subclasses(error)


# The tables of errors.


def route_errors() -> set[ErrorFacts]:
    """Status, type, code and whether asking again can help, for all that a completion can come to."""
    seen: set[type[PerpetuoError]] = {*subclasses(RouteError), InternalError, Interrupted}
    ours = seen - {errors.CompletionFailed}
    facts = {(error.http_status, error.type, error.code, error.retryable) for error in ours}
    return facts | {(rule.status, rule.type, rule.code, rule.is_transient) for rule in RULES.values()}


def test_the_table_of_errors_is_that_of_the_route(every_module: None) -> None:
    table = rows(section(API, "Errors"))

    documented = [(int(row[0]), row[1].strip("`"), row[2].strip("`"), row[3] == "yes") for row in table]
    assert set(documented) == route_errors()
    assert len(documented) == len(set(documented))


def test_every_error_of_the_code_is_in_one_of_the_tables(every_module: None) -> None:
    upstream = set(subclasses(UpstreamError))
    # The first stops the start, the second is GraphQL's alone, the next two are counted where journals are
    # read, the last is only a root.
    never_shown = {
        errors.StartRefused,
        errors.SimulatorUnavailable,
        DamagedEntry,
        SegmentUnread,
        UpstreamError,
    }

    shown = [to_error(None, understand(error("it failed"), "")) for error in upstream]
    others = {
        error
        for error in subclasses(PerpetuoError)
        if not issubclass(error, RouteError) and error.graphql_code == "INTERNAL"
    }
    facts = {(error.http_status, error.type, error.code, error.facts.can_retry) for error in shown}
    assert facts <= route_errors()
    assert others == upstream | never_shown | {InternalError, Interrupted}


def test_the_table_of_graphql_codes_is_that_of_the_code() -> None:
    table = rows(section(API, "Conventions").partition("Limits:")[0])

    assert [row[0].strip("`") for row in table] == [code.value for code in ErrorCode]


# The tables of the database.


def columns(model: type[Model]) -> list[Column]:
    """Name, PostgreSQL's type and whether it may be null."""
    described = model.describe()
    fields = [described["pk_field"], *described["data_fields"]]
    types = [field["db_field_types"] for field in fields]
    return [
        (field["db_column"], kind.get("postgres", kind[""]).lower(), field["nullable"])
        for field, kind in zip(fields, types, strict=True)
    ]


def indexes(model: type[Model]) -> set[Index]:
    """Kind, columns and condition."""
    described = model.describe()
    single = [field for field in described["data_fields"] if field["indexed"]]
    return {
        ("primary key", described["pk_field"]["db_column"], ""),
        *(("unique" if field["unique"] else "", field["db_column"], "") for field in single),
        *(("unique", ", ".join(names), "") for names in described["unique_together"]),
        *(_several(index) for index in described["indexes"]),
    }


def _several(index: Mapping[str, str] | tuple[str, ...]) -> Index:
    if isinstance(index, tuple):
        return "", ", ".join(index), ""
    return "", ", ".join(index["fields"]), index["extra"].removeprefix(" WHERE ")


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_a_table_is_documented_as_it_is(model: type[Model]) -> None:
    text = section(DATABASE, f"`{model.describe()['table']}`")

    documented = [(row[0].strip("`"), row[1], row[2] == "yes") for row in rows(text)]
    listed = re.findall(
        r"^- (?:(primary key|unique) )?`([a-z_, ]+)`(?: where `(.*)`)?: ", text, flags=re.MULTILINE
    )
    # In an order to be read; the models have another one, with what they share at their head.
    assert sorted(documented) == sorted(columns(model))
    assert set(listed) == indexes(model)


def test_every_table_is_documented() -> None:
    documented = re.findall(r"^### `(\w+)`$", DATABASE, flags=re.MULTILINE)

    assert sorted(documented) == sorted(model.describe()["table"] for model in MODELS)


def test_the_edges_of_the_durations_are_those_of_the_histogram() -> None:
    edges = re.findall(r"`duration_\d+` \| bigint \| \| .*?(\d+) ms", section(DATABASE, "`usage_daily`"))

    assert tuple(map(int, edges)) == models.DURATION_EDGES_MS


# What all documents mention.


@pytest.mark.parametrize("document", DOCUMENTS)
def test_settings_and_paths_that_are_mentioned_exist(document: str) -> None:
    text = (ROOT / document).read_text()
    defaults = {name.upper(): field.default for name, field in Settings.model_fields.items()}

    given = re.findall(r"`([A-Z_]+)` \(([\d.]+)\)", text)
    paths = re.findall(r"`((?:app|docs|graphql_schema|migrations|scripts|tests)/[\w./]+)", text)
    links = [path for path in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text) if path]
    folder = (ROOT / document).parent
    assert [(name, float(value)) for name, value in given] == [(name, defaults[name]) for name, _ in given]
    assert [path for path in paths if not (ROOT / path).exists()] == []
    assert [path for path in links if not (folder / path).exists()] == []


def test_every_operation_of_graphql_is_mentioned() -> None:
    schema = build_schema((ROOT / "graphql_schema" / "schema.graphql").read_text())

    roots = [schema.query_type, schema.mutation_type, schema.subscription_type]
    names = {name for root in roots if root is not None for name in root.fields}
    assert {name for name in names if not re.search(rf"\b{name}\b", section(API, "GraphQL"))} == set()


def test_the_guide_shows_the_layers_that_are_checked() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]

    shown = blocks(section(GUIDE, "Who may import whom"), "")[0].splitlines()

    assert shown == next(contract["layers"] for contract in contracts if contract["type"] == "layers")


def test_the_guide_gives_a_reason_for_each_dependency_and_no_other() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    groups = [project["project"]["dependencies"], *project["dependency-groups"].values()]

    reasons = {
        name for row in rows(section(GUIDE, "Dependencies")) for name in re.findall(r"`(.*?)`", row[0])
    }

    assert reasons == {re.split(r"[\s><=~;\[]", requirement)[0] for group in groups for requirement in group}


def test_the_make_targets_of_the_guide_exist() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), flags=re.MULTILINE))

    mentioned = {
        name
        for text in (API, DATABASE, DASHBOARD, RELIABILITY, GUIDE)
        for name in re.findall(r"`make ([a-z-]+)", text)
    }
    assert mentioned - targets == set()
