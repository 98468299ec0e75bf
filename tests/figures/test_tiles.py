"""Tiles: how figures are written, compared and drawn."""

from dataclasses import dataclass

import pytest
from django.utils import translation

from stammkunde.figures import tiles
from stammkunde.figures.wording import BY_KPI, Unit
from stammkunde.team.policy import Sight


@dataclass(frozen=True, kw_only=True)
class Given:
    kpi: str
    value: float | None
    numerator: float | None = None
    denominator: float | None = None
    n: int = 0
    reason: str = ""
    remark: str = ""
    coverage: float | None = None


def figures(**values: float | Given | None) -> dict[str, Given]:
    return {kpi: value if isinstance(value, Given) else Given(kpi=kpi, value=value) for kpi, value in values.items()}


REFERENCE = figures(
    retention_rate=Given(kpi="retention_rate", value=2211 / 2724, numerator=2211, denominator=2724, n=2724),
    customers_start=2724,
    customers_end=2925,
    customers_won=714,
    customers_lost=513,
)


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


EVERYTHING = Sight(figures=True, margin=True, worth=True)


def shown(given, *, others=(), history=None, sight=EVERYTHING):
    return {tile.meaning.kpi: tile for tile in tiles.tiles(given, others=others, history=history or {}, sight=sight)}


def test_retention_shows_its_formula_with_the_numbers_in_it():
    tile = shown(REFERENCE)["retention_rate"]

    assert (tile.value, tile.formula) == ("81.2%", "(2,925 − 714) / 2,724 = 81.2%")
    assert (tile.numerator, tile.denominator, tile.n) == ("2,211", "2,724", 2724)


def test_retention_of_the_textbook_is_95_percent():
    given = figures(
        retention_rate=Given(kpi="retention_rate", value=0.95, numerator=19, denominator=20, n=20),
        customers_start=20,
        customers_end=24,
        customers_won=5,
        customers_lost=1,
    )

    assert tiles.formula("retention_rate", given) == "(24 − 5) / 20 = 95.0%"
    assert tiles.sentence(given) == "Of 20 customers at the start, 19 stayed and 1 left; 5 have joined."


def test_money_is_divided_as_money():
    given = figures(
        revenue_per_customer_cents=Given(
            kpi="revenue_per_customer_cents", value=62006.0, numerator=123_456_700, denominator=1991, n=1991
        )
    )

    assert tiles.formula("revenue_per_customer_cents", given) == "€1,234,567 / 1,991 = €620.06"


def test_figure_that_cannot_be_given_says_why():
    given = figures(margin_per_customer_cents=Given(kpi="margin_per_customer_cents", value=None, reason="cost_unknown"))

    tile = shown(given)["margin_per_customer_cents"]

    assert (tile.value, tile.formula) == ("–", "")
    assert tile.reason == "The cost of the goods is unknown, so the margin is unknown, too."


def test_margin_is_left_out_for_those_who_may_not_see_it():
    given = figures(margin_per_customer_cents=1.0, customers_end=3)

    assert list(shown(given, sight=Sight(figures=True))) == ["customers_end"]


@pytest.mark.parametrize(
    ("kpi", "now", "then", "expected"),
    [
        ("retention_rate", 0.812, 0.786, ("+2.6 pts", "up", "good")),
        ("churn_rate", 0.188, 0.214, ("−2.6 pts", "down", "good")),
        ("customers_end", 109.0, 100.0, ("+9.0%", "up", "good")),
        ("customers_lost", 110.4, 100.0, ("+10%", "up", "bad")),
        ("customers_won", 7.0, 0.0, ("+7", "up", "good")),
        ("average_basket_cents", 5000.0, 5000.0, ("0.0%", "flat", "")),
    ],
)
def test_movement_is_welcome_or_not(kpi, now, then, expected):
    compared = tiles.compare(
        Given(kpi=kpi, value=now), Given(kpi=kpi, value=then), label="Q2 2011", meaning=BY_KPI[kpi]
    )

    assert (compared.change, compared.direction, compared.tone) == expected


def test_movement_against_nothing_stays_silent():
    compared = tiles.compare(Given(kpi="churn_rate", value=0.1), None, label="2010", meaning=BY_KPI["churn_rate"])

    assert (compared.value, compared.change, compared.direction) == ("–", "", "")


def test_spark_keeps_inside_its_box_and_leaves_gaps_out():
    drawn = tiles.course([None, 0.5, None, 0.9, 0.7], unit=Unit.SHARE)

    assert drawn.drawing.points == "0.0,25.0 133.3,3.0 200.0,14.0"
    assert drawn.label == "between 50.0% and 90.0%"


def test_spark_needs_three_points():
    assert tiles.course([0.5, None, 0.6], unit=Unit.SHARE) is None


def test_spark_of_a_steady_figure_is_a_line():
    assert tiles.course([4.0, 4.0, 4.0], unit=Unit.CUSTOMERS).drawing.points == "0.0,25.0 100.0,25.0 200.0,25.0"


def test_sentence_without_customers_at_the_start():
    given = figures(customers_start=0, customers_lost=0, customers_won=1)

    assert tiles.sentence(given) == "Nobody was a customer at the start; 1 has joined."


def test_no_sentence_where_nobody_knows_who_was_a_customer_at_the_start():
    short = Given(kpi="retention_rate", value=None, reason="history_short")
    given = figures(retention_rate=short, customers_start=20, customers_lost=1, customers_won=90)

    assert tiles.sentence(given) == ""
    assert tiles.headline(given, before=None) == ""
    assert "less than a window before" in shown(given)["retention_rate"].reason


def test_counts_say_which_way_they_are_wrong_where_history_is_short():
    given = figures(
        **{kpi: Given(kpi=kpi, value=20, remark="history_short") for kpi in ("customers_won", "customers_lost")},
        customers_end=Given(kpi="customers_end", value=20, remark="period_unfinished"),
    )

    remarks = {kpi: tile.remark.partition(":")[0] for kpi, tile in shown(given).items()}

    assert remarks == {
        "customers_won": "There may have been fewer",
        "customers_lost": "There may have been more",
        "customers_end": "",  # the page says once that the period is not over
    }


def test_margins_alone_say_what_their_slice_leaves_out():
    given = figures(
        margin_per_customer_cents=Given(kpi="margin_per_customer_cents", value=9_817.0, coverage=0.993),
        revenue_per_customer_cents=Given(kpi="revenue_per_customer_cents", value=30_000.0),
    )

    told = tiles.tiles(given, others=(), history={}, sight=EVERYTHING, left_out="Not allocated: time €129.")

    assert {tile.meaning.kpi: tile.remark for tile in told} == {
        "margin_per_customer_cents": "from 99.3% of the turnover: the cost of the rest is unknown. "
        "Not allocated: time €129",
        "revenue_per_customer_cents": "",
    }


def test_compared_values_are_short_enough_for_one_line():
    def beside(kpi, then):
        figures = Given(kpi=kpi, value=1.0), Given(kpi=kpi, value=then)
        return tiles.compare(*figures, label="Q2 2011", meaning=BY_KPI[kpi]).value

    assert beside("revenue_per_customer_cents", 70195.0) == "€702"
    assert beside("average_basket_cents", 9995.0) == "€99.95"


@pytest.mark.parametrize(
    ("coverage", "said"), [(0.83, "from 83% of the turnover: the cost of the rest is unknown"), (1.0, ""), (None, "")]
)
def test_a_margin_says_of_how_much_of_the_turnover_it_is(coverage, said):
    given = figures(
        margin_per_customer_cents=Given(kpi="margin_per_customer_cents", value=30_000, coverage=coverage),
    )

    assert shown(given)["margin_per_customer_cents"].remark == said
