from datetime import date, timedelta

import pyarrow as pa
import pytest

from stammkunde.insight import comeback, products, rhythm
from stammkunde.insight.errors import InvalidInput, NotEnoughData, SliceUnknown
from stammkunde.insight.frames import rows

from .conftest import facts_of, line

DAY = date(2011, 5, 1)


def shop():
    return facts_of(
        line(customer=1, on=DAY, product=1, cents=1000, cost=400),
        line(customer=1, on=DAY + timedelta(days=9), product=1, cents=1000, cost=400),
        line(customer=2, on=DAY, product=1, cents=1000, cost=400),
        line(customer=2, on=DAY + timedelta(days=1), product=1, cents=-500, cost=-200, kind="return"),
        line(customer=None, on=DAY, product=1, cents=1000, cost=400, order=5),
        line(customer=2, on=DAY, product=2, cents=200),
        customers=pa.table({"customer_id": [1, 2, 3], "country": ["DE", "AT", "DE"]}),
    )


def test_product_is_described():
    described = {row["product_id"]: row for row in rows(products.table(shop()))}

    assert {
        "revenue_cents": 3500,
        "margin_cents": 2100,
        "buyers": 2,
        "rebuyers": 1,
        "repurchase_share": 0.5,
        "returned_share": 500 / 3000,
    }.items() <= described[1].items()
    assert (described[2]["margin_cents"], described[2]["repurchase_share"]) == (None, 0.0)


def test_tops_and_flops_leave_the_unknown_out():
    described = products.table(shop())

    assert [row["product_id"] for row in products.tops(described, by="margin_cents")] == [1]
    assert [row["product_id"] for row in products.flops(described, by="revenue_cents")] == [2, 1]
    with pytest.raises(InvalidInput, match="Ask for at least 1"):
        products.tops(described, n=0)


def test_buyers_are_compared_with_all_buyers():
    found = products.buyers(shop(), product_id=2, by="country")

    assert [(share.slice, share.buyers, share.share, share.share_of_all, share.index) for share in found] == [
        ("AT", 1, 1.0, 0.5, 2.0),
        ("DE", 0, 0.0, 0.5, 0.0),
    ]
    assert products.buyers(shop(), product_id=99, by="country") == []
    with pytest.raises(SliceUnknown):
        products.buyers(shop(), product_id=2, by="channel")


def test_comeback_is_the_mantel_haenszel_difference():
    cells = {1: (10, 6), 2: (20, 8)}
    everyone = {1: (30, 12), 2: (60, 20), 3: (5, 5)}

    found = comeback.compared(7, cells, everyone)

    difference = ((6 * 20 - 6 * 10) / 30 + (8 * 40 - 12 * 20) / 60) / (10 * 20 / 30 + 20 * 40 / 60)
    assert found.difference == pytest.approx(difference, rel=1e-12)
    assert (found.n, found.returned, found.share) == (30, 14, 14 / 30)
    assert found.share_of_others == pytest.approx((10 * 6 / 20 + 20 * 12 / 40) / 30, rel=1e-12)
    assert found.low < found.difference < found.high
    assert comeback.compared(7, {1: (30, 9)}, {1: (30, 9)}) is None


def test_comeback_sees_what_brings_customers_back():
    lines = []
    for n in range(1, 81):
        lines.append(line(customer=n, on=DAY, product=1 if n <= 40 else 2))
        if n % 4 and n <= 40:
            lines.append(line(customer=n, on=DAY + timedelta(days=30), product=3))

    best, worst = comeback.products(facts_of(*lines), as_of=DAY + timedelta(days=90), within_days=60)

    assert (best.product_id, best.n, best.share, best.share_of_others, best.is_clear) == (1, 40, 0.75, 0.0, True)
    assert (worst.product_id, worst.difference) == (2, -0.75)


def test_comeback_needs_customers_who_could_be_followed():
    with pytest.raises(NotEnoughData, match="could be followed for 60 days"):
        comeback.products(shop(), as_of=DAY + timedelta(days=59), within_days=60)


def test_window_holds_nine_in_ten_gaps_and_explains_itself():
    lines = [line(customer=n, on=DAY + timedelta(days=gap)) for n in range(1, 31) for gap in (0, 28, 56 + n)]

    found = rhythm.suggest_activity_days(facts_of(*lines))

    assert (found.activity_days, found.median_gap_days, found.quantile_gap_days) == (60, 28, 52)
    assert (found.gaps, found.repeat_buyers, found.covered_share) == (60, 30, 1.0)


def test_window_is_refused_with_too_few_repeat_buyers():
    lines = [line(customer=n, on=DAY + timedelta(days=d)) for n in range(1, 20) for d in (0, 9)]

    with pytest.raises(NotEnoughData, match="19 customers bought more than once; a rhythm needs 20"):
        rhythm.suggest_activity_days(facts_of(*lines))
