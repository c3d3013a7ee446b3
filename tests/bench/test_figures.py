import pytest

from tests.bench.figures import Bar, Figure, Samples, table
from tests.bench.page import page
from tests.bench.rounds import against


@pytest.mark.parametrize(
    ("values", "unit", "text"),
    [
        ((1.1,), "s", "1.10 s"),
        ((3.0, 1.0, 2.0), "µs", "2.00 µs (1.00–3.00)"),
        ((12345.6, 99.94, 100.0), "", "100 (99.9–12,346)"),
        ((-0.5, -150.0), "MB", "-75.2 MB (-150–-0.50)"),
    ],
)
def test_samples_are_told_by_their_median_and_spread(values: tuple[float, ...], unit: str, text: str) -> None:
    assert str(Samples(values, unit)) == text


@pytest.mark.parametrize(
    ("bar", "value", "verdict"),
    [
        (Bar(7, 5.5), 7.0, "met"),
        (Bar(7, 5.5), 5.5, "met, stretch too"),
        (Bar(7, 5.5), 7.01, "**missed**"),
        (Bar(7), 1.0, "met"),
        (Bar(10, 14, is_least=True), 9.9, "**missed**"),
        (Bar(10, 14, is_least=True), 10.0, "met"),
        (Bar(10, 14, is_least=True), 14.0, "met, stretch too"),
    ],
)
def test_a_bar_judges(bar: Bar, value: float, verdict: str) -> None:
    assert bar.verdict(value) == verdict


def test_a_ratio_is_taken_round_by_round_and_judged_in_our_figures_place() -> None:
    costs = [(10.0, 20.0, 40.0), (60.0, 100.0, 320.0)]

    cells = against("plain", "nginx", costs, Bar(7, 5.5)).cells()

    ours, beside, ratio = "100 µs (60.0–320)", "nginx 20.0 µs (10.0–40.0)", "6.00 × (5.00–8.00)"
    assert cells == ("plain", ours, beside, ratio, "≤ 7 ×", "≤ 5.5 ×", "met")


def test_a_rivals_ratio_says_how_much_dearer_it_is() -> None:
    figure = against("plain", "Other", [(1000.0,), (50.0,)], Bar(10, is_least=True), is_rival=True)

    assert figure.cells()[3:] == ("20.0 ×", "≥ 10 ×", "", "met")


def test_a_table_has_a_cell_below_each_of_its_heads() -> None:
    text = table(
        [Figure("memory", Samples((80.0,), "MB"), bar=Bar(120, 90)), Figure("pace", Samples((5.0,), ""))]
    )

    head, rule, *lines = text.splitlines()
    assert {head.count("|"), rule.count("|"), *(line.count("|") for line in lines)} == {8}
    assert lines[1] == "| pace | 5.00 |  |  |  |  | reported |"


def test_the_page_has_what_was_measured_and_with_what() -> None:
    text = page("## The hot path\n\nits table\n", "- its machine\n")

    assert "\n## The hot path\n\nits table\n\n## How it is measured\n" in text
    assert text.endswith("## Versions and hardware\n\n- its machine\n")
    assert max(map(len, text.splitlines())) <= 120
    assert "{" not in text
