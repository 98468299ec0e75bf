from datetime import date, timedelta
from unittest import mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stammkunde import insight
from stammkunde.insight import cells, kpis, periods, slices
from stammkunde.insight.errors import InvalidInput, KpiUnknown, SliceUnknown

from .conftest import company, facts_of, line, on_duckdb, table


def by_name(figures):
    return {figure.kpi: figure for figure in figures}


def numbers(figure):
    return (figure.value, figure.numerator, figure.denominator, figure.n)


def test_online_retail_third_quarter_is_as_published(retail):
    found = by_name(insight.figures(retail, periods=["2011-Q3"], activity_days=180))

    assert {name: found[name].value for name in kpis.NAMES if name.startswith("customers")} == {
        "customers_start": 2724,
        "customers_end": 2925,
        "customers_won": 714,
        "customers_lost": 513,
    }
    assert numbers(found["retention_rate"]) == (2211 / 2724, 2211, 2724, 2724)
    assert round(found["retention_rate"].value, 4) == 0.8117
    assert numbers(found["churn_rate"]) == (513 / 2724, 513, 2724, 2724)


def test_online_retail_repurchase_is_as_published(retail):
    (figure,) = insight.figures(retail, periods=["2011-Q2"], activity_days=180, names=["repurchase_rate"])

    assert numbers(figure) == (762 / 1991, 762, 1991, 1991)


def test_twenty_at_start_five_won_one_lost_is_95_percent():
    stayed = [line(customer=n, on=on) for n in range(1, 20) for on in (date(2011, 3, 1), date(2011, 5, 1))]
    lost = line(customer=20, on=date(2011, 1, 10))
    before = line(customer=26, on=date(2010, 12, 31))  # gone when the period begins
    won = [line(customer=n, on=date(2011, 6, 1)) for n in range(21, 26)]

    found = by_name(insight.figures(facts_of(*stayed, lost, before, *won), periods=["2011-Q2"], activity_days=90))

    assert numbers(found["retention_rate"]) == (0.95, 19, 20, 20)
    assert (found["customers_won"].value, found["customers_lost"].value, found["customers_end"].value) == (5, 1, 24)


@pytest.mark.parametrize(("days_before", "at_start"), [(0, 1), (89, 1), (90, 0), (-1, 0)])
def test_window_ends_on_the_day_and_leaves_its_first_evening_out(days_before, at_start):
    evening = date(2011, 3, 31)
    facts = facts_of(line(customer=1, on=evening - timedelta(days=days_before)))

    (figure,) = insight.figures(facts, periods=["2011-04"], activity_days=90, names=["customers_start"])

    assert figure.value == at_start


def test_who_is_lost_and_comes_back_within_the_period_is_kept():
    facts = facts_of(*[line(customer=1, on=on) for on in (date(2010, 12, 1), date(2010, 12, 20), date(2011, 12, 20))])

    found = by_name(insight.figures(facts, periods=["2011"], activity_days=30))

    assert numbers(found["retention_rate"]) == (1.0, 1, 1, 1)


def test_money_is_per_buyer_and_per_order():
    facts = facts_of(
        line(customer=1, on=date(2011, 1, 3), order=1, cents=1000, cost=400),
        line(customer=1, on=date(2011, 1, 3), order=1, cents=500, cost=200),
        line(customer=1, on=date(2011, 1, 3), order=2, cents=300, cost=100),
        line(customer=2, on=date(2011, 1, 9), order=3, cents=700, cost=300),
        line(customer=2, on=date(2011, 1, 20), order=4, cents=-700, cost=-300, kind="return"),
        line(customer=None, on=date(2011, 1, 9), order=5, cents=99_999, cost=1),
    )

    found = by_name(insight.figures(facts, periods=["2011-01"], activity_days=90))

    assert numbers(found["revenue_per_customer_cents"]) == (900.0, 1800, 2, 2)
    assert numbers(found["margin_per_customer_cents"]) == (550.0, 1100, 2, 2)
    assert numbers(found["average_basket_cents"]) == (2500 / 3, 2500, 3, 2)


@pytest.mark.parametrize(
    ("unknown_cents", "value", "reason", "remark"),
    [
        (0, 600.0, "", ""),
        (50, 600.0, "", "cost_partly_unknown"),
        (100, 600.0, "", "cost_partly_unknown"),
    ],
)
def test_margin_is_that_of_the_lines_with_known_cost_and_says_their_share(unknown_cents, value, reason, remark):
    unknown = [line(customer=1, on=date(2011, 1, 3), cents=unknown_cents)] if unknown_cents else []
    facts = facts_of(line(customer=1, on=date(2011, 1, 3), cents=1000, cost=400), *unknown)

    (figure,) = insight.figures(facts, periods=["2011-01"], activity_days=90, names=["margin_per_customer_cents"])

    assert (figure.value, figure.reason, figure.remark) == (value, reason, remark)
    assert figure.coverage == 1000 / (1000 + unknown_cents)


def test_what_cannot_be_given_has_a_reason_and_no_value():
    found = by_name(insight.figures(facts_of(), periods=["2011"], activity_days=90))

    assert {name: figure.reason for name, figure in found.items() if figure.value is None} == {
        "retention_rate": "no_customers_at_start",
        "churn_rate": "no_customers_at_start",
        "repurchase_rate": "no_buyers",
        "customer_lifetime_days": "no_customers",
        "revenue_per_customer_cents": "no_buyers",
        "margin_per_customer_cents": "no_buyers",
        "average_basket_cents": "no_orders",
    }


def test_reasons_and_remarks_are_announced():
    found = kpis.figures(
        on_duckdb(company()), periods=["2009", "2010-11", "2011", "2012-06", "2012-07", "2013"], activity_days=90,
        by="channel", as_of=date(2012, 6, 20),
    )  # fmt: skip

    assert {figure.reason for figure in found} - {""} <= set(kpis.REASONS)
    assert {figure.remark for figure in found} - {""} <= set(kpis.REMARKS)
    assert [f for f in found if (f.value is None) != bool(f.reason)] == []


def test_period_not_over_counts_up_to_the_day_and_says_so():
    facts = facts_of(
        line(customer=1, on=date(2011, 1, 3)),
        line(customer=1, on=date(2011, 3, 10)),
        line(customer=2, on=date(2011, 3, 20)),
    )

    found = insight.figures(
        facts,
        periods=["2011-03", "2011-Q1", "2011-04"],
        activity_days=60,
        names=["customers_end", "repurchase_rate"],
        as_of=date(2011, 3, 15),
    )

    assert [(f.kpi, f.value, f.remark, f.reason) for f in found] == [
        ("repurchase_rate", 0.0, "period_unfinished", ""),
        ("repurchase_rate", 1.0, "period_unfinished", ""),
        ("repurchase_rate", None, "", "period_not_begun"),
        ("customers_end", 1.0, "period_unfinished", ""),
        ("customers_end", 1.0, "period_unfinished", ""),
        ("customers_end", None, "", "period_not_begun"),
    ]


def test_shares_of_those_at_the_start_are_not_given_before_the_facts_fill_a_window():
    facts = facts_of(*[line(customer=1, on=date(2011, month, 1)) for month in range(1, 10)])
    asked = {"periods": ["2011-03", "2011-04", "2011-05"], "activity_days": 90}

    found = insight.figures(facts, **asked, names=["retention_rate", "churn_rate"])
    counts = insight.figures(facts, **asked, names=["customers_start", "customers_end"])

    short = (None, "history_short")
    assert [(f.value, f.reason) for f in found] == [short, (1.0, ""), (1.0, ""), short, (0.0, ""), (0.0, "")]
    assert [f.remark for f in counts] == ["history_short", "", "", "", "", ""]


def test_history_that_is_short_is_remarked_even_where_the_period_is_not_over():
    facts = facts_of(line(customer=1, on=date(2011, 3, 1)))

    (figure,) = insight.figures(
        facts, periods=["2011-03"], activity_days=90, names=["customers_won"], as_of=date(2011, 3, 5)
    )

    assert (figure.value, figure.remark) == (1.0, "history_short")


def test_nobody_is_told_to_be_none_where_the_past_is_not_known():
    facts = facts_of(line(customer=1, on=date(2011, 3, 20)))

    (figure,) = insight.figures(facts, periods=["2011-03"], activity_days=90, names=["retention_rate"])

    assert figure.reason == "history_short"


@pytest.mark.parametrize(("first", "reason"), [(3, ""), (8, ""), (9, "facts_begin_later")])
def test_repurchase_is_not_given_for_a_period_that_began_before_the_facts(first, reason):
    facts = facts_of(line(customer=1, on=date(2011, 1, first)), line(customer=1, on=date(2011, 2, 10)))

    found = insight.figures(facts, periods=["2011-Q1", "2011-02"], activity_days=90, names=["repurchase_rate"])

    assert [(f.value, f.reason) for f in found] == [(None if reason else 1.0, reason), (0.0, "")]


def test_slices_of_the_customer_add_up_to_the_whole():
    facts = on_duckdb(company())

    whole = insight.figures(facts, periods=["2011-Q3", "2012"], activity_days=90)
    parts = insight.figures(facts, periods=["2011-Q3", "2012"], activity_days=90, by="country")

    for figure in whole:
        same = [part for part in parts if (part.kpi, part.period) == (figure.kpi, figure.period)]
        if figure.numerator is not None and figure.value is not None:
            assert sum(part.numerator or 0 for part in same) == figure.numerator
    assert {part.slice for part in parts} == {"", "AT", "DE"}


@pytest.mark.parametrize("as_of", [None, date(2012, 5, 10)])
def test_properties_that_are_counted_at_once_give_the_same_figures(as_of, monkeypatch):
    facts, by = on_duckdb(company()), ["country", "segment"]
    asked = {"periods": ["2011-Q3", "2012", "2012-05"], "activity_days": 90, "as_of": as_of}
    apart = {name: insight.figures(facts, by=name, **asked) for name in (None, *by)}
    counting = mock.Mock(side_effect=cells.counted)
    monkeypatch.setattr(slices.cells, "counted", counting)

    together = slices.put_together(facts, by=by)
    first = insight.figures(together, by="country", **asked)
    countings = counting.call_count

    assert first == apart["country"]
    assert insight.figures(together, by="segment", **asked) == apart["segment"]
    assert insight.figures(together, **asked) == apart[None]
    assert counting.call_count == countings > 0
    assert slices.put_together(facts, by=["country"]) is facts
    monkeypatch.setattr(slices, "MOST_SORTS", 2)
    assert slices.put_together(facts, by=by) is facts


def test_slices_of_the_line_look_at_their_own_purchases():
    facts = facts_of(
        line(customer=1, on=date(2011, 1, 10), channel="web"),
        line(customer=1, on=date(2011, 2, 10), channel="shop"),
    )

    found = insight.figures(
        facts, periods=["2011-02"], activity_days=30, by="channel", names=["customers_start", "customers_end"]
    )

    assert [(f.kpi, f.slice, f.value) for f in found] == [
        ("customers_start", "shop", 0),
        ("customers_start", "web", 1),
        ("customers_end", "shop", 1),
        ("customers_end", "web", 0),
    ]


def test_unknown_names_are_refused_with_the_choice():
    facts = facts_of(line(customer=1, on=date(2011, 1, 10)))

    with pytest.raises(KpiUnknown, match=r"No figure is called 'profit'. Choose from retention_rate"):
        insight.figures(facts, periods=["2011"], activity_days=90, names=["profit"])
    with pytest.raises(SliceUnknown, match=r"cannot be sliced by 'shoe'. Choose one of channel"):
        insight.figures(facts, periods=["2011"], activity_days=90, by="shoe")
    with pytest.raises(InvalidInput, match=r"activity window is 0 days"):
        insight.figures(facts, periods=["2011"], activity_days=0)


purchases = st.lists(
    st.tuples(st.integers(1, 4), st.dates(min_value=date(2010, 6, 1), max_value=date(2011, 12, 31))), max_size=25
)


@pytest.mark.slow
@settings(max_examples=12, deadline=None)
@given(purchases, st.integers(1, 200), st.dates(min_value=date(2010, 7, 1), max_value=date(2011, 12, 31)))
def test_figures_agree_with_counting_by_hand(bought, window, as_of):
    asked = [periods.parse(text) for text in ("2010-07", "2010-Q4", "2011-03", "2011-Q2", "2011")]
    facts = insight.facts(table([line(customer=who, on=on) for who, on in bought]))

    found = insight.figures(facts, periods=asked, activity_days=window, as_of=as_of)

    given_ = {(f.kpi, f.period): f.numerator for f in found if f.kpi in {"customers_start", "customers_end"}}
    kept = {f.period: f.numerator for f in found if f.kpi == "retention_rate"}
    again = {f.period: (f.numerator, f.denominator) for f in found if f.kpi == "repurchase_rate"}
    known = [(who, on) for who, on in bought if on <= as_of]
    for period in (period for period in asked if period.start_on <= as_of):
        start = there(known, period.start_on - timedelta(days=1), window)
        end = there(known, min(period.end_on, as_of), window)
        days = [{on for w, on in known if w == who and period.start_on <= on <= period.end_on} for who in range(1, 5)]
        buyers, repeated = sum(bool(d) for d in days), sum(len(d) > 1 for d in days)
        assert given_["customers_start", str(period)] == len(start)
        assert given_["customers_end", str(period)] == len(end)
        begins = min((on for _, on in known), default=date(2010, 1, 1))
        filled = begins <= period.start_on - timedelta(days=window)
        covered = begins <= period.start_on + timedelta(days=7)
        assert kept[str(period)] == (len(start & end) if start and filled else None)
        assert again[str(period)] == ((repeated, buyers) if buyers and covered else (None, None))


def there(bought, day, window):
    return {who for who, on in bought if day - timedelta(days=window) < on <= day}
