from datetime import date, timedelta

import narwhals as nw
import polars as pl
import pytest

from stammkunde.insight import outcomes
from stammkunde.insight.frames import arrow
from stammkunde.insight.periods import day_number

from .conftest import facts_of, line

FIRST = date(2011, 3, 1)
LAST = FIRST + timedelta(days=90)
INSIDE = FIRST + timedelta(days=5)


def entries(*rows):
    """Give entries: (number, customer, first day, last day)."""
    names = ("entry_id", "customer_id", "first_on", "last_on")
    days = [(one, customer, day_number(first), day_number(last)) for one, customer, first, last in rows]
    return nw.from_native(pl.DataFrame(days, schema=names, orient="row").lazy())


def told(*lines, of=((1, 1, FIRST, LAST),)):
    """Give what each entry's customer did, by the entry's number."""
    found = arrow(outcomes.within(facts_of(*lines), entries(*of))).to_pylist()
    return {row.pop("entry_id"): row for row in found}


def test_the_window_has_both_its_ends():
    days = [FIRST - timedelta(days=1), FIRST, LAST, LAST + timedelta(days=1)]

    found = told(*(line(customer=1, on=day, cents=1000, cost=600) for day in days))[1]

    assert (found["purchases"], found["revenue_cents"], found["margin_cents"], found["bought"]) == (2, 2000, 800, 1)


def test_who_did_nothing_stands_there_with_nothing():
    found = told(line(customer=2, on=INSIDE))

    assert found == {
        1: {
            "revenue_cents": 0,
            "known_cents": 0,
            "margin_cents": 0,
            "returned_cents": 0,
            "purchases": 0,
            "bought": 0,
        }
    }


@pytest.mark.parametrize("kind", ["return", "cancellation"])
def test_what_comes_back_after_the_window_counts_on_the_day_of_its_order(kind):
    bought = line(customer=1, on=LAST, order=7, cents=5000, cost=3000)
    back = line(customer=1, on=LAST + timedelta(days=20), order=7, kind=kind, cents=-5000, cost=-3000)

    found = told(bought, back)[1]

    assert (found["margin_cents"], found["returned_cents"], found["purchases"]) == (0, 5000, 1)


def test_what_comes_back_of_an_earlier_order_does_not_count():
    before = line(customer=1, on=FIRST - timedelta(days=9), order=7, cents=5000, cost=3000)
    back = line(customer=1, on=INSIDE, order=7, kind="return", cents=-5000, cost=-3000)

    assert told(before, back)[1]["margin_cents"] == 0


def test_a_credit_note_counts_on_the_day_of_the_latest_purchase_of_the_same_product():
    early, late = FIRST - timedelta(days=9), LAST - timedelta(days=1)
    bought = [line(customer=1, on=on, order=n, product=5, cents=5000, cost=3000) for n, on in ((1, early), (2, late))]
    other = line(customer=1, on=LAST, order=3, product=6, cents=100, cost=50)
    back = line(customer=1, on=LAST + timedelta(days=20), order=99, product=5, kind="return", cents=-5000, cost=-3000)

    found = told(*bought, other, back)[1]

    assert (found["margin_cents"], found["returned_cents"]) == (50, 5000)


def test_what_comes_back_and_belongs_to_nothing_known_counts_on_its_own_day():
    later = line(customer=1, on=LAST, order=1, product=5, cents=100, cost=50)
    others = line(customer=2, on=FIRST, order=2, product=5, cents=100, cost=50)
    back = line(customer=1, on=INSIDE, order=99, product=5, kind="return", cents=-5000, cost=-3000)

    assert told(later, others, back)[1]["margin_cents"] == 50 - 2000


@pytest.mark.parametrize(("product", "margin"), [(5, 3200), (None, 2600)])
def test_what_comes_back_without_a_cost_has_the_one_that_it_was_sold_at(product, margin):
    bought = line(customer=1, on=INSIDE, order=7, product=5, cents=5000, cost=3000)
    other = line(customer=1, on=INSIDE, order=7, product=6, cents=5000, cost=1800)
    back = line(customer=1, on=LAST, order=7, product=product, kind="return", cents=-5000)

    found = told(bought, other, back)[1]

    assert found["margin_cents"] == margin  # of 2000 and 3200; of the order as a whole 52 of 100 are margin
    assert (found["known_cents"], found["returned_cents"]) == (5000, 5000)


def test_payment_is_not_given_back_with_goods_whose_cost_nobody_wrote_down():
    bought = line(customer=1, on=INSIDE, order=7, cents=5000, cost=3000 + 100)
    back = line(customer=1, on=LAST, order=7, kind="return", cents=-5000)

    found = arrow(outcomes.within(facts_of(bought, back), entries((1, 1, FIRST, LAST)), payment_percent=2)).to_pylist()

    assert found[0]["margin_cents"] == -100


def test_of_what_was_sold_at_an_unknown_cost_nothing_is_known_when_it_comes_back():
    bought = line(customer=1, on=INSIDE, order=7, cents=5000)
    back = line(customer=1, on=LAST, order=7, kind="return", cents=-5000)

    found = told(bought, back)[1]

    assert (found["known_cents"], found["margin_cents"], found["returned_cents"]) == (0, 0, 5000)


def test_an_order_number_that_is_given_again_is_another_order():
    back = line(customer=1, on=FIRST - timedelta(days=50), order=7, kind="return", cents=-900, cost=-500)
    later = line(customer=1, on=INSIDE, order=7, cents=5000, cost=3000)

    assert told(back, later)[1]["margin_cents"] == 2000


def test_of_unknown_costs_no_margin_is_known():
    lines = [line(customer=1, on=INSIDE, order=n, cents=1000, cost=cost) for n, cost in ((1, None), (2, 400))]

    found = told(*lines)[1]

    assert (found["revenue_cents"], found["known_cents"], found["margin_cents"]) == (2000, 1000, 600)


def test_a_customer_may_have_several_entries_and_each_its_own_window():
    later = FIRST + timedelta(days=60)
    days = [FIRST, later, later]
    lines = [line(customer=1, on=day, order=n, cents=1000, cost=0) for n, day in enumerate(days, start=1)]

    found = told(*lines, of=((1, 1, FIRST, later), (2, 1, later, LAST), (3, 2, FIRST, LAST)))

    assert [(found[n]["purchases"], found[n]["margin_cents"]) for n in (1, 2, 3)] == [(2, 3000), (1, 2000), (0, 0)]


def test_what_shipping_cost_counts_and_is_no_purchase():
    bought = line(customer=1, on=INSIDE, order=7, cents=5000, cost=3000)
    sent = line(customer=1, on=INSIDE, order=7, kind="shipping", cents=0, cost=490)

    found = told(bought, sent)[1]

    assert (found["margin_cents"], found["purchases"]) == (1510, 1)
