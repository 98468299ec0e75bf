"""What came back is taken from what was bought: the worked examples, and every way of finding it."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from stammkunde.loyalty.earning import Version, each, expires_on, held, matures_on
from stammkunde.sales import purchases
from stammkunde.sales.purchases import remaining
from tests.loyalty.histories import EURO, START, back, cheaper, day, earned, known, sale

BASKET = [sale("A", "1", 1999, product=1), sale("A", "2", 549, product=2), sale("A", "3", 452, product=3)]


def left(lines):
    return {one.line.name: one.cents for one in remaining(lines).sold}


def lost(lines):
    return [(one.order, one.key, one.pieces, one.cents) for one in remaining(lines).unmatched]


def test_example_1_every_line_has_its_points_and_the_order_is_rounded_once():
    assert earned(known(BASKET, today=1)) == {"1": 19, "2": 6, "3": 5}


def test_example_2_a_free_voucher_is_shared_by_the_largest_remainder():
    lines = [*BASKET, cheaper("A", "4", 500)]

    assert left(lines) == {("A", "1"): 1666, ("A", "2"): 457, ("A", "3"): 377}
    assert earned(known(lines, today=1)) == {"1": 16, "2": 5, "3": 4}


def test_example_3_what_comes_back_takes_its_points_and_rounding_moves_with_it():
    lines = [*BASKET, cheaper("A", "4", 500), back("A", "5", 1666, product=1)]

    assert earned(known(lines, today=1)) == {"2": 4, "3": 4}


def test_example_4_ten_small_lines_earn_what_their_sum_does():
    ten = [sale("A", str(key), 99, product=key) for key in range(10)]
    five = [back("A", f"r{key}", 99, product=key) for key in range(5)]

    assert earned(known(ten, today=1)) == {str(key): 1 for key in range(1, 10)}
    assert sum(earned(known(ten + five, today=1)).values()) == 4


def test_example_5_three_pieces_come_back_one_by_one():
    three = sale("A", "1", 1000, product=1, pieces=3000)
    parts = [back("R", str(n), cents, product=1, on=n) for n, cents in enumerate((333, 334, 333), start=1)]

    sums = [sum(earned(known([three, *parts[:n]], today=5)).values()) for n in range(4)]

    assert sums == [10, 6, 3, 0]


def test_example_6_a_factor_is_multiplied_before_rounding():
    one_and_a_half = Version(code="x", holds_from_on=START, num=3, den=200)
    with_tier = Version(code="x", holds_from_on=START, num=15, den=800)  # 1.5 × 1.25

    assert (each(one_and_a_half, [1999]), each(with_tier, [1999])) == ([29], [37])


def test_part_return_takes_only_its_share():
    """PrestaShop #18319: of 150 and 60 €, 42 come back."""
    lines = [sale("A", "1", 15000, product=1), sale("A", "2", 6000, product=2), back("A", "3", 4200, product=2)]

    assert left(lines) == {("A", "1"): 15000, ("A", "2"): 1800}


def test_what_somebody_names_is_found_first_then_the_same_order_then_the_latest_before():
    lines = [
        sale("A", "1", 100, product=1, on=1),
        sale("B", "1", 100, product=1, on=5),
        sale("C", "1", 100, product=1, on=9),
        back("R", "1", 100, product=1, on=8, of=("A", "1")),
        back("R", "2", 100, product=1, on=8),
        back("C", "2", 100, product=1, on=9),
    ]

    assert left(lines) == {("A", "1"): 0, ("B", "1"): 0, ("C", "1"): 0}
    assert left([*lines[:3], lines[4]]) == {("A", "1"): 100, ("B", "1"): 0, ("C", "1"): 100}
    assert left([*lines[:3], lines[3]]) == {("A", "1"): 0, ("B", "1"): 100, ("C", "1"): 100}


def test_of_the_same_order_counts_even_where_another_return_would_take_it_first():
    lines = [
        sale("A", "1", 100, product=1, on=5),
        back("0", "1", 100, product=1, on=6),  # comes first, and may be from anywhere
        back("A", "2", 100, product=1, on=5),
    ]

    assert left(lines) == {("A", "1"): 0}
    assert lost(lines) == [("0", "1", 1000, 100)]


def test_never_more_than_was_sold_and_the_rest_is_told():
    lines = [sale("A", "1", 500, product=1, pieces=2000), back("R", "1", 1000, product=1, pieces=4000, on=1)]

    assert left(lines) == {("A", "1"): 0}
    assert lost(lines) == [("R", "1", 2000, 500)]


def test_a_refund_above_what_was_paid_takes_nothing_from_another_purchase():
    lines = [
        sale("A", "1", 1000, product=1, on=1),
        sale("B", "1", 1000, product=1, on=2),
        cheaper("B", "2", 300, on=2),
        back("R", "1", 1000, product=1, on=3),
    ]

    assert left(lines) == {("A", "1"): 1000, ("B", "1"): 0}
    assert lost(lines) == []


def test_money_without_goods_is_taken_from_the_same_order_by_its_cents():
    lines = [sale("A", "1", 1000, product=1), back("A", "2", 300, product=1, pieces=0)]

    assert left(lines) == {("A", "1"): 700}


def test_without_a_purchase_nothing_is_taken():
    lines = [
        sale("A", "1", 100, product=1, on=5),
        back("R", "1", 100, product=2, on=6),
        back("R", "2", 100, product=1, on=4),  # before it was bought
        back("R", "3", 100, on=6),
    ]

    assert left(lines) == {("A", "1"): 100}
    assert lost(lines) == [("R", "2", 1000, 100), ("R", "1", 1000, 100), ("R", "3", 1000, 100)]


cents = st.integers(1, 3000)


@given(st.lists(cents, min_size=1, max_size=12), st.data())
def test_any_order_of_part_returns_sums_to_nothing(amounts, data):
    lines = [sale("A", f"{n:02}", one, product=n, pieces=1000 * one) for n, one in enumerate(amounts)]
    parts = []
    for n, one in enumerate(amounts):
        cuts = sorted(data.draw(st.lists(st.integers(0, one), max_size=3)))
        parts += [(n, to - at) for at, to in zip([0, *cuts], [*cuts, one], strict=True) if to > at]
    gone = []
    for n, some in data.draw(st.permutations(parts)):
        gone.append(back("R", str(len(gone)), some, product=n, pieces=1000 * some, on=1))
        there = sum(amounts) - sum(one.cents for one in gone)
        assert sum(earned(known(lines + gone, today=2)).values()) == there // 100

    assert set(left(lines + gone).values()) == {0}


@given(st.lists(cents, min_size=1, max_size=12), st.integers(0, 40_000))
def test_shares_are_exact_and_none_is_above_its_part(amounts, cheaper_by):
    parts = purchases.shares(cheaper_by, amounts)

    assert sum(parts) == min(cheaper_by, sum(amounts))
    assert all(0 <= part <= whole for part, whole in zip(parts, amounts, strict=True))


def test_rules_hold_from_their_day_and_the_last_written_counts():
    first = Version(code="euro", holds_from_on=day(0), num=1, den=100)
    later = Version(code="euro", holds_from_on=day(10), num=2, den=100)
    corrected = Version(code="euro", holds_from_on=day(10), num=3, den=100)
    other = Version(code="a", holds_from_on=day(5), num=1, den=1)

    assert held([first, later, corrected, other], day(9)) == [other, first]
    assert held([first, later, corrected, other], day(10)) == [other, corrected]
    assert held([corrected, first], day(10)) == [corrected]  # written later, but holds from earlier on
    assert held([later], day(9)) == []


def test_days_of_delivery_and_return_and_the_end_of_the_third_year():
    assert matures_on(EURO, ordered_on=day(0), delivered_on=day(20)) == day(30)
    assert matures_on(EURO, ordered_on=day(0), delivered_on=None) == day(10)
    assert expires_on(date(2026, 2, 28), 3) == date(2029, 12, 31)
    assert matures_on(EURO, ordered_on=day(0), delivered_on=date.max) == date.max
    assert expires_on(date.max, 3) == date.max
