"""The conventions that no linter checks, read from the syntax trees of the code."""

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PRODUCT = ("app", "graphql_schema")
EVERYTHING = (*PRODUCT, "tests", "scripts")

FILE_LINES = 300
FUNCTION_LINES = 60
PARAMETERS = 6

# (rule, file, or file and function): why it may stay. One that is not needed any more fails.
EXEMPT: dict[tuple[str, str], str] = {
    (
        "too_long_files",
        "scripts/screenshots.py",
    ): "half of it lists what each screen needs before it is taken",
}

Function = ast.FunctionDef | ast.AsyncFunctionDef
_MUTABLE = {"dict", "list", "set", "bytearray", "defaultdict", "deque", "Counter", "OrderedDict"}
_BARE = {"dict", "list", "set", "tuple", "frozenset", "Mapping", "Sequence"}
_CONSTANT = re.compile(r"_*[A-Z][A-Z0-9_]*|__\w+__")


@dataclass(frozen=True)
class Source:
    """A file of ours: its path below the root, its text and its syntax tree."""

    path: str
    text: str
    tree: ast.Module

    @classmethod
    def of(cls, text: str, path: str = "app/example.py") -> "Source":
        return cls(path, text, ast.parse(text))

    @property
    def functions(self) -> Iterator[Function]:
        return (node for node in ast.walk(self.tree) if isinstance(node, Function))


@cache
def sources_in(folder: str) -> tuple[Source, ...]:
    """All code below a folder, read once."""
    paths = sorted((ROOT / folder).rglob("*.py"))
    return tuple(Source.of(path.read_text(), path.relative_to(ROOT).as_posix()) for path in paths)


def too_long_files(source: Source) -> Iterator[str]:
    if source.text.count("\n") > FILE_LINES:
        yield source.path


def too_long_functions(source: Source) -> Iterator[str]:
    for function in source.functions:
        if (function.end_lineno or 0) - function.lineno >= FUNCTION_LINES:
            yield f"{source.path}: {function.name}"


def too_many_parameters(source: Source) -> Iterator[str]:
    for function in source.functions:
        if len(_parameters(function)) > PARAMETERS:
            yield f"{source.path}: {function.name}"


def passed_through_keywords(source: Source) -> Iterator[str]:
    for function in source.functions:
        accepted = function.args.kwarg
        calls = (node for node in ast.walk(function) if isinstance(node, ast.Call))
        passed = (word.value for call in calls for word in call.keywords if word.arg is None)
        if accepted and any(isinstance(name, ast.Name) and name.id == accepted.arg for name in passed):
            yield f"{source.path}: {function.name}"


def imports_inside_functions(source: Source) -> Iterator[str]:
    for function in source.functions:
        if any(isinstance(node, ast.Import | ast.ImportFrom) for node in ast.walk(function)):
            yield f"{source.path}: {function.name}"


def mutable_module_state(source: Source) -> Iterator[str]:
    for statement in source.tree.body:
        if isinstance(statement, ast.Assign | ast.AnnAssign) and _is_mutable(statement.value):
            targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
            for name in (ast.unparse(target) for target in targets):
                if not _CONSTANT.fullmatch(name):
                    yield f"{source.path}: {name}"
    if any(isinstance(node, ast.Global) for node in ast.walk(source.tree)):
        yield f"{source.path}: global"


def vague_signatures(source: Source) -> Iterator[str]:
    for function in source.functions:
        annotations = [parameter.annotation for parameter in _parameters(function)]
        if any(_is_vague(annotation) for annotation in [*annotations, function.returns] if annotation):
            yield f"{source.path}: {function.name}"


def logic_in_packages(source: Source) -> Iterator[str]:
    if not source.path.endswith("__init__.py"):
        return
    for statement in source.tree.body:
        is_text = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
        is_list = isinstance(statement, ast.Assign) and ast.unparse(statement.targets[0]) == "__all__"
        if not (is_text or is_list or isinstance(statement, ast.Import | ast.ImportFrom)):
            yield source.path


def strangers_that_import_graphql(source: Source) -> Iterator[str]:
    if source.path.startswith(("graphql_schema/", "app/main", "app/cli")):
        return
    if any(name.split(".")[0] == "graphql_schema" for name in _imported(source.tree)):
        yield source.path


def _parameters(function: Function) -> list[ast.arg]:
    arguments = function.args
    positional = [*arguments.posonlyargs, *arguments.args]
    is_method = bool(positional) and positional[0].arg in {"self", "cls"}
    stars = [star for star in (arguments.vararg, arguments.kwarg) if star]
    return [*positional[is_method:], *arguments.kwonlyargs, *stars]


def _is_mutable(value: ast.expr | None) -> bool:
    if isinstance(value, ast.Call):
        return ast.unparse(value.func).split(".")[-1] in _MUTABLE
    return isinstance(value, ast.List | ast.Dict | ast.Set | ast.ListComp | ast.DictComp | ast.SetComp)


def _is_vague(annotation: ast.expr) -> bool:
    if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
        annotation = ast.parse(annotation.value, mode="eval").body
    parametrized = {id(node.value) for node in ast.walk(annotation) if isinstance(node, ast.Subscript)}
    names = [node for node in ast.walk(annotation) if isinstance(node, ast.Name | ast.Attribute)]
    bare = {ast.unparse(node) for node in names if id(node) not in parametrized}
    return not bare.isdisjoint({"Any", "typing.Any", *_BARE})


def _imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


Rule = Callable[[Source], Iterator[str]]
RULES: dict[Rule, tuple[str, ...]] = {
    too_long_files: EVERYTHING,
    too_long_functions: EVERYTHING,
    too_many_parameters: PRODUCT,  # a test's fixtures and cases count as parameters
    passed_through_keywords: PRODUCT,
    imports_inside_functions: EVERYTHING,
    mutable_module_state: EVERYTHING,
    vague_signatures: PRODUCT,
    logic_in_packages: EVERYTHING,
    strangers_that_import_graphql: PRODUCT,
}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_code_has_no(rule: Rule) -> None:
    exempt = {where for name, where in EXEMPT if name == rule.__name__}

    found = {place for folder in RULES[rule] for source in sources_in(folder) for place in rule(source)}

    assert found == exempt


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        (too_long_files, "\n" * 301),
        (too_long_functions, "def f():\n" + "    x = 1\n" * 60),
        (too_many_parameters, "def f(a, b, c, d, *, e, f, g): ..."),
        (passed_through_keywords, "def f(**options): g(**options)"),
        (imports_inside_functions, "async def f():\n    import os"),
        (mutable_module_state, "cache: dict[str, int] = {}"),
        (mutable_module_state, "seen = collections.deque()"),
        (mutable_module_state, "def f():\n    global x"),
        (vague_signatures, "def f(a: Any): ..."),
        (vague_signatures, "def f() -> dict: ..."),
        (vague_signatures, "def f(a: 'list | None'): ..."),
        (vague_signatures, "def f(a: dict[str, Any]): ..."),
        (strangers_that_import_graphql, "from graphql_schema.schema import schema"),
    ],
)
def test_a_breach_is_found(rule: Rule, text: str) -> None:
    assert len(list(rule(Source.of(text)))) == 1


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        (too_many_parameters, "class A:\n    def f(self, a, b, c, d, e, f): ..."),
        (mutable_module_state, "_NAMES = {'a'}\n__all__ = ['b']"),
        (vague_signatures, "def f(a: dict[str, list[int]], b: object) -> 'Sequence[int]': ..."),
    ],
)
def test_good_code_passes(rule: Rule, text: str) -> None:
    assert list(rule(Source.of(text))) == []


def test_logic_in_a_package_is_found() -> None:
    source = Source.of('"""Text."""\nfrom a import b\n__all__ = ["b"]\nc = b()', "app/__init__.py")

    assert list(logic_in_packages(source)) == ["app/__init__.py"]
