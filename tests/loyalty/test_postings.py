"""The rules of points on made-up histories: what is pending, confirmed, spent, given back, owed and expired."""

import subprocess
import sys
from datetime import date

import pytest

from stammkunde.loyalty import booking
from stammkunde.loyalty.earning import Version
from stammkunde.loyalty.postings import Kind, Pots
from tests.loyalty.histories import EURO, START, act, back, day, known, sale, total


def pots(found):
    one = total(found)
    return one.pending, one.available, one.held, one.debt


def kinds(found):
    return [(key.kind, one.pending, one.available, one.debt) for key, one in found.rows.items()]


def test_points_are_pending_until_goods_can_come_back_no_longer():
    bought = [sale("A", "1", 5000)]

    assert pots(known(bought, today=9)) == (50, 0, 0, 0)
    assert known(bought, today=9).next_on == day(10)
    assert pots(known(bought, today=10)) == (0, 50, 0, 0)
    assert known(bought, today=10).next_on == date(2030, 1, 1)


def test_open_orders_wait_and_what_does_not_earn_earns_nothing():
    assert pots(known([sale("A", "1", 5000, settled=False)], today=900)) == (50, 0, 0, 0)
    assert pots(known([sale("A", "1", 5000, earns=False)], today=9)) == (0, 0, 0, 0)
    assert pots(known([sale("A", "1", 5000, on=3)], today=9, since=4)) == (0, 0, 0, 0)
    assert known([sale("A", "1", 5000, on=12)], today=9).next_on == day(12)


def test_example_7_a_return_after_spending_is_owed_and_paid_by_the_next_points():
    bought, spent = sale("A", "1", 12000, product=1, pieces=2000), act(1, Kind.SPEND, 100, on=20)
    half = back("R", "1", 6000, product=1, on=30)

    assert pots(known([bought], [spent], today=20)) == (0, 20, 0, 0)
    assert pots(known([bought, half], [spent], today=30)) == (0, 0, 0, 40)
    later = [bought, half, sale("B", "1", 3000, on=40)]
    assert pots(known(later, [spent], today=40)) == (30, 0, 0, 40)
    assert pots(known(later, [spent], today=50)) == (0, 0, 0, 10)


def test_lots_that_end_first_are_spent_first_and_expiry_never_takes_what_was_spent():
    """FloCafe #78."""
    old = Version(code="euro", holds_from_on=START, num=1, den=100, delivery_days=0, return_days=0)
    lines = [sale("A", "1", 5000), sale("B", "1", 3000, on=400)]  # until the ends of 2029 and 2030
    spent = [act(1, Kind.SPEND, 40, on=500)]
    until = (date(2029, 12, 31) - START).days

    assert pots(known(lines, spent, today=until, versions=[old])) == (0, 40, 0, 0)
    assert pots(known(lines, spent, today=until + 1, versions=[old])) == (0, 30, 0, 0)
    assert pots(known(lines, spent, today=until + 366, versions=[old])) == (0, 0, 0, 0)
    assert kinds(known(lines, spent, today=until + 1, versions=[old]))[-1] == ("expire", 0, -10, 0)


def test_cancel_after_spending_restores_exactly():
    """nopCommerce #5595: earn 50, spend 50, earn 21, cancel."""
    lines = [sale("A", "1", 5000), sale("B", "1", 2100, on=15)]
    spent = act(1, Kind.SPEND, 50, on=12)

    assert pots(known(lines, [spent], today=30)) == (0, 21, 0, 0)
    assert pots(known(lines, [spent, act(2, Kind.BACK, 50, on=30, of="k1")], today=30)) == (0, 71, 0, 0)
    assert pots(known(lines[:1], [spent], today=30)) == (0, 0, 0, 0)  # the order of the 21 is cancelled
    assert pots(known(lines[1:], [spent], today=30)) == (0, 0, 0, 29)  # that of the 50 is


def test_what_is_given_back_fills_the_lot_that_was_taken_last_and_lasts_thirty_days():
    short = Version(code="euro", holds_from_on=START, num=1, den=100, delivery_days=0, return_days=0)
    lines = [sale("A", "1", 4000), sale("B", "1", 6000, on=400)]
    until = (date(2029, 12, 31) - START).days
    spent = act(1, Kind.SPEND, 70, on=until - 10)
    part, rest = act(2, Kind.BACK, 30, on=until - 10, of="k1"), act(3, Kind.BACK, 40, on=until - 5, of="k1")
    found = known(lines, [spent, part, rest], today=until, versions=[short])

    assert [one for one in kinds(found) if one[0] == "back"] == [("back", 0, 30, 0), ("back", 0, 40, 0)]
    ends = {key.cause: found.lots[key.lot] for key in found.rows if key.kind == Kind.BACK}
    assert ends == {"act:k2": date(2030, 12, 31), "act:k3": day(until + 25)}
    assert pots(known(lines, [spent, part, rest], today=until + 25, versions=[short])) == (0, 100, 0, 0)
    assert pots(known(lines, [spent, part, rest], today=until + 26, versions=[short])) == (0, 60, 0, 0)


def test_spent_and_given_back_on_one_day_is_as_if_it_had_not_been():
    lines = [sale("A", "1", 5000)]
    acts = [act(1, Kind.SPEND, 30, on=12), act(2, Kind.BACK, 30, on=12, of="k1")]

    assert pots(known(lines, acts, today=12)) == (0, 50, 0, 0)


def test_giving_back_what_was_owed_meanwhile_pays_the_debt_first():
    bought, spent = sale("A", "1", 10000, product=1), act(1, Kind.SPEND, 100, on=20)
    gone = back("R", "1", 10000, product=1, on=30)
    given = act(2, Kind.BACK, 100, on=40, of="k1")

    assert pots(known([bought, gone], [spent], today=39)) == (0, 0, 0, 100)
    assert pots(known([bought, gone], [spent, given], today=40)) == (0, 0, 0, 0)
    paid = [bought, gone, sale("B", "1", 10000, on=21)]
    assert pots(known(paid, [spent], today=40)) == (0, 0, 0, 0)
    assert pots(known(paid, [spent, given], today=40)) == (0, 100, 0, 0)


def test_what_is_held_is_out_of_reach_and_captured_or_released():
    lines = [sale("A", "1", 5000)]
    holding = act(1, Kind.HOLD, 30, on=12)

    assert pots(known(lines, [holding], today=12)) == (0, 20, 30, 0)
    assert pots(known(lines, [holding, act(2, Kind.CAPTURE, 30, on=13, of="k1")], today=13)) == (0, 20, 0, 0)
    assert pots(known(lines, [holding, act(2, Kind.BACK, 30, on=13, of="k1")], today=13)) == (0, 50, 0, 0)
    assert pots(known([], [holding], today=13)) == (0, 0, 30, 30)
    assert pots(known([], [holding, act(2, Kind.BACK, 30, on=13, of="k1")], today=13)) == (0, 0, 0, 0)
    assert pots(known([], [holding, act(2, Kind.CAPTURE, 30, on=13, of="k1")], today=13)) == (0, 0, 0, 30)


def test_by_hand_points_come_and_go_and_pay_debt():
    assert pots(known([], [act(1, Kind.GRANT, 30, on=1)], today=1)) == (0, 30, 0, 0)
    assert pots(known([], [act(1, Kind.GRANT, 30, on=1), act(2, Kind.DEDUCT, 10, on=1)], today=1)) == (0, 20, 0, 0)
    assert pots(known([], [act(1, Kind.SPEND, 40, on=1), act(2, Kind.GRANT, 30, on=1)], today=1)) == (0, 0, 0, 10)


def test_debt_is_forgiven_after_two_years_and_not_paid_later():
    spent = act(1, Kind.SPEND, 40, on=1)

    assert pots(known([], [spent], today=730)) == (0, 0, 0, 40)
    assert pots(known([], [spent], today=731)) == (0, 0, 0, 0)
    assert known([], [spent], today=3).next_on == day(731)
    assert pots(known([sale("A", "1", 5000, on=725)], [spent], today=735)) == (0, 50, 0, 0)


def test_a_return_after_the_end_takes_nothing_that_is_not_there():
    bought = sale("A", "1", 5000, product=1, pieces=5000)
    late = back("R", "1", 2000, product=1, pieces=2000, on=2000)

    assert pots(known([bought, late], today=2000)) == (0, 0, 0, 0)


def test_decisions_keep_their_order_even_where_a_clock_was_put_back():
    lines = [sale("A", "1", 5000)]
    acts = [act(1, Kind.SPEND, 30, on=15), act(2, Kind.BACK, 30, on=12, of="k1")]

    assert pots(known(lines, acts, today=15)) == (0, 50, 0, 0)


def test_two_rules_round_for_themselves():
    extra = Version(code="extra", holds_from_on=START, num=1, den=1000, delivery_days=0, return_days=0)

    assert pots(known([sale("A", "1", 1999)], today=1, versions=[EURO, extra])) == (19, 1, 0, 0)


def test_keys_of_orders_and_lines_never_mean_another_line():
    lines = [sale("A|1", "2", 5000), sale("A", "1|2", 5000), sale("A%7C1", "2", 5000)]

    assert len({key.cause for key in known(lines, today=1).rows}) == 3


def test_differences_are_booked_so_that_no_pot_is_ever_below_nothing():
    """All is turned over: what was spent from one lot is spent from another, and the purchase is gone."""
    spent = act(1, Kind.SPEND, 40, on=20)
    before = known([sale("A", "1", 4000)], [spent], today=30)
    after = known([sale("B", "1", 4000, on=1)], [spent], today=30)
    left = dict.fromkeys(before.lots, 0)
    rows = booking.in_order(booking.differences(after.rows, before.rows), before=total(before), left=left)

    there = total(before)
    lots = dict(left)
    for key, one in rows:
        there.add(pending=one.pending, available=one.available, held=one.held, debt=one.debt)
        assert min(there.pending, there.available, there.held, there.debt) >= 0
        lots[key.lot] = lots.get(key.lot, 0) + one.available
        assert lots[key.lot] >= 0
    assert there == Pots(there.on, 0, 0, 0, 0)


@pytest.mark.slow
def test_the_rules_of_points_load_no_django():
    code = "import sys, stammkunde.loyalty.postings, stammkunde.loyalty.booking; sys.exit('django' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
