"""Reading plain values at once changes nothing but the time: graphql-core itself says what is right."""

from enum import Enum

import pytest
import strawberry
from strawberry.types.execution import ExecutionResult

from graphql_schema.execution import PlainValuesAtOnce


@strawberry.enum
class Colour(Enum):
    RED = "red"


@strawberry.type
class Thing:
    number: int
    text: str
    maybe: str | None = None
    colour: Colour = Colour.RED
    words: list[str] = strawberry.field(default_factory=lambda: ["a", "b"])
    inner: "Thing | None" = None
    secret_name: str = strawberry.field(name="otherName", default="named")

    @strawberry.field
    async def later(self) -> str:
        return f"later {self.number}"

    @strawberry.field
    def fails(self) -> str:
        raise ValueError("no")

    @strawberry.field
    async def fails_later(self) -> str | None:
        raise ValueError("not later either")

    @strawberry.field
    def children(self, count: int = 2) -> list["Thing"]:
        return [Thing(number=number, text="child") for number in range(count)]


class Broken(Thing):
    """Has a text that cannot be read."""

    @property
    def text(self) -> str:
        raise LookupError("unreadable")

    @text.setter
    def text(self, _: str) -> None: ...


def unfit(**facts: object) -> Thing:
    """A thing whose values are not what its type promises."""
    thing = Thing(number=1, text="x")
    for name, value in facts.items():
        setattr(thing, name, value)
    return thing


@strawberry.type
class Query:
    @strawberry.field
    def thing(self) -> Thing:
        return Thing(number=1, text="x", inner=Thing(number=2, text="y"))

    @strawberry.field
    def null_where_none_may_be(self) -> Thing | None:
        return unfit(text=None)

    @strawberry.field
    def no_number(self) -> Thing | None:
        return unfit(number="many")

    @strawberry.field
    def large_number(self) -> Thing | None:
        return unfit(number=2**40)

    @strawberry.field
    def no_colour(self) -> Thing | None:
        return unfit(colour="green")

    @strawberry.field
    def broken(self) -> Thing | None:
        return Broken(number=1, text="x")

    @strawberry.field
    def one_of_several(self) -> list[Thing | None]:
        return [Thing(number=1, text="x"), unfit(text=None), Thing(number=3, text="z")]


@strawberry.type
class Mutation:
    @strawberry.mutation
    async def change(self) -> Thing:
        return Thing(number=5, text="changed")


async def executed(query: str, variables: dict[str, object], *, is_stock: bool) -> ExecutionResult:
    chosen = None if is_stock else PlainValuesAtOnce
    schema = strawberry.Schema(query=Query, mutation=Mutation, execution_context_class=chosen)
    return await schema.execute(query, variable_values=variables)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    "query",
    [
        pytest.param("{ thing { text number maybe colour words otherName } }", id="plain values in order"),
        pytest.param("{ thing { words later number inner { later text } text } }", id="others in between"),
        pytest.param("{ thing { a: text b: text __typename c: number } }", id="aliases and the type's name"),
        pytest.param("{ thing { ...F ...F number } } fragment F on Thing { text number }", id="fragments"),
        pytest.param("{ thing { inner { inner { text } text } } }", id="nothing where nothing may be"),
        pytest.param("{ thing { children(count: 3) { number text children { number } } } }", id="lists"),
        pytest.param("query($no: Boolean!) { thing { text @skip(if: $no) number } }", id="skipped"),
        pytest.param("query($no: Boolean!) { thing { text @include(if: $no) number } }", id="included"),
        pytest.param("mutation { change { text number later } again: change { text } }", id="mutations"),
        pytest.param("{ nullWhereNoneMayBe { number text } }", id="null where none may be"),
        pytest.param("{ noNumber { text number } }", id="a text for a number"),
        pytest.param("{ largeNumber { number } }", id="a number that is too large"),
        pytest.param("{ noColour { number colour } }", id="no such value of an enum"),
        pytest.param("{ broken { number text } }", id="a value that cannot be read"),
        pytest.param("{ oneOfSeveral { number text } }", id="one of several"),
        pytest.param("{ thing { text fails number } }", id="a resolver that fails"),
        pytest.param("{ thing { text failsLater later } }", id="a resolver that fails later"),
        pytest.param("{ broken { text fails later } thing { later } }", id="two that fail"),
    ],
)
async def test_answers_and_errors_are_those_of_the_stock_executor(query: str) -> None:
    variables: dict[str, object] = {"no": True} if "$no" in query else {}

    ours = await executed(query, variables, is_stock=False)
    stock = await executed(query, variables, is_stock=True)

    assert repr(ours.data) == repr(stock.data)
    assert errors(ours) == errors(stock)


def errors(result: ExecutionResult) -> list[tuple[object, ...]]:
    return [(error.message, error.path, error.locations) for error in result.errors or []]
