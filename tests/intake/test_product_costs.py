"""What goods cost comes from the list of products, with the day from which it holds, to lines that say none."""

from datetime import UTC, date, datetime

import pytest
from django.utils import timezone, translation

from stammkunde import mirror
from stammkunde.intake import report
from stammkunde.sales.models import Line, ProductCost
from tests import factories
from tests.intake.bringing import NOW, bring, undo

pytestmark = pytest.mark.django_db(transaction=True)

LATER = datetime(2026, 12, 10, 12, tzinfo=UTC)


def products(tmp_path, *costs, now=NOW):
    """Import one product again and again, each time with another cost, and maybe the day from which it holds."""
    rows = [{"product_number": "A1", "product_name": "Tasse", "cost": cost, "cost_from_on": day} for cost, day in costs]
    return bring(tmp_path, "products", rows, now=now)


def known():
    return list(ProductCost.objects.order_by("holds_from_on").values_list("holds_from_on", "cost_e4"))


def mirrored():
    mirror.bring_up_to_date(now=timezone.now(), progress=lambda *_told: None)
    return [cost for (cost,) in mirror.tables().lines.order("ordered_on, order_id").project("cost_cents").fetchall()]


def invoice(tmp_path, number, day, **more):
    row = {"order_number": number, "customer_number": "7", "ordered_at": day, "product_number": "A1"}
    return bring(tmp_path, "flat", [row | {"quantity": "3", "unit_price": "10"} | more])


def test_a_cost_with_a_day_holds_from_that_day(tmp_path):
    products(tmp_path, ("7.40", "2025-01-01"), ("8.00", "2026-01-01"))

    assert known() == [(date(2025, 1, 1), 74_000), (date(2026, 1, 1), 80_000)]


def test_a_cost_without_a_day_holds_from_its_import_and_only_where_it_differs(tmp_path):
    products(tmp_path, ("7", ""))
    again = products(tmp_path, ("7", ""), now=LATER)

    assert known() == [(date(2026, 11, 20), 70_000)]
    assert again.counts["product_costs"]["unchanged"] == 1

    products(tmp_path, ("8", ""), now=LATER)
    assert known() == [(date(2026, 11, 20), 70_000), (date(2026, 12, 10), 80_000)]

    products(tmp_path, ("7", ""), now=datetime(2026, 12, 24, 12, tzinfo=UTC))
    assert known()[-1] == (date(2026, 12, 24), 70_000)


def test_a_cost_of_nothing_is_none(tmp_path):
    products(tmp_path, ("7", "2025-01-01"))
    rows = [
        {"product_number": number, "product_name": "Tasse", "cost": cost}
        for number, cost in (("A1", "0"), ("A2", ""), ("A3", "0,00"))
    ]

    done = bring(tmp_path, "products", rows)

    assert known() == [(date(2025, 1, 1), 70_000)]
    assert done.counts["products"]["created"] == 2
    assert [(one.row, one.column, one.value, one.is_refused) for one in report.of(done).problems] == [
        (2, "cost", "0", False),
        (4, "cost", "0", False),
    ]
    with translation.override("de"):
        (told, _other) = report.of(done).problems
        assert told.reason == "Ein Einkaufspreis von „0“ ist keiner; was der Artikel kostet, bleibt, wie es war."
    assert report.of(done).counted.flagged == 2


def test_a_line_whose_goods_cost_nothing_is_counted_so_and_flagged(tmp_path):
    done = invoice(tmp_path, "1", "2026-02-01", unit_cost="0")

    assert Line.objects.get().cost_cents == 0
    (told,) = report.of(done).problems
    assert (told.row, told.column, told.is_refused) == (2, "unit_cost", False)
    assert "Der ganze Betrag zählt als Deckungsbeitrag" in told.reason


def test_costs_come_as_a_list_of_their_own_too(tmp_path):
    products(tmp_path, ("", ""))

    done = bring(
        tmp_path,
        "product_costs",
        [
            {"product_number": "A1", "cost": "6.50", "cost_from_on": "2026-02-01"},
            {"product_number": "A2", "cost": "1.00", "cost_from_on": "2026-02-01"},
        ],
    )

    assert known() == [(date(2026, 2, 1), 65_000)]
    assert done.counts["product_costs"]["refused"] == 1  # nobody knows A2


def test_lines_without_a_cost_get_the_one_that_held_on_their_day(tmp_path):
    products(tmp_path, ("4", "2025-01-01"), ("5", "2026-01-01"))
    for number, day in (("1", "2024-06-01"), ("2", "2025-12-31"), ("3", "2026-01-01")):
        invoice(tmp_path, number, day)
    invoice(tmp_path, "4", "2026-02-01", unit_cost="6")
    invoice(tmp_path, "5", "2026-02-02", quantity="-1")  # comes back: so does what it cost
    invoice(tmp_path, "6", "2026-02-03", product_number="B9")

    assert mirrored() == [1200, 1200, 1500, 1800, -500, None]
    assert list(Line.objects.filter(cost_cents=None).values_list("order__number", flat=True).order_by("pk")) == [
        "1", "2", "3", "5", "6",
    ]  # what was told stays told  # fmt: skip


def test_a_new_cost_reaches_lines_that_are_mirrored_already_and_goes_with_its_import(tmp_path):
    products(tmp_path, ("", ""))
    invoice(tmp_path, "1", "2026-03-01")
    assert mirrored() == [None]

    priced = products(tmp_path, ("4", "2026-01-01"))
    assert mirror.stale_parts(mirror.tables().manifest) >= {"product_costs"}
    assert mirrored() == [1200]

    undo(priced)
    assert (known(), mirrored()) == ([], [None])


def rewritten(now=NOW):
    """The months of lines and orders whose files are others after a build, which adds up to what a whole one says."""
    before = mirror.read()
    mirror.bring_up_to_date(now=now, progress=lambda *_told: None)
    after, told = mirror.read(), mirrored()
    mirror.bring_up_to_date(now=now, progress=lambda *_told: None, rebuild=True)
    assert told == mirrored()
    months = {
        name: {month for month, share in after.months[name].items() if share != before.months[name].get(month)}
        for name in ("lines", "orders")
    }
    assert months["lines"] == months["orders"]
    return sorted(months["lines"])


def test_another_cost_reads_only_the_months_again_in_which_lines_cost_otherwise(tmp_path):
    products(tmp_path, ("4", "2025-01-01"), ("5", "2026-01-01"))
    for number, day in (("1", "2024-06-01"), ("2", "2025-12-31"), ("3", "2026-01-01"), ("4", "2026-03-01")):
        invoice(tmp_path, number, day)
    invoice(tmp_path, "5", "2026-02-02", product_number="B9")
    assert mirrored() == [1200, 1200, 1500, None, 1500]

    products(tmp_path, ("6", "2026-02-15"))
    assert rewritten() == ["2026-03"]
    products(tmp_path, ("3", "2025-06-01"))
    assert rewritten() == ["2025-12"]
    earliest = products(tmp_path, ("2", "2024-01-01"))  # what is known first holds before, too
    assert (rewritten(), mirrored()) == (["2024-06"], [600, 900, 1500, None, 1800])
    undo(earliest)
    assert (rewritten(), mirrored()) == (["2024-06"], [1200, 900, 1500, None, 1800])

    bring(tmp_path, "products", [{"product_number": "C1", "product_name": "Krug", "cost": "1"}])  # never sold
    assert rewritten() == []
    products(tmp_path, ("9", "2024-06-01"))
    invoice(tmp_path, "6", "2026-04-01")
    assert rewritten() == ["2024-06", "2026-04"]


def test_pieces_that_are_written_off_bring_no_cost_back():
    ware = factories.product()
    ProductCost.objects.create(source="t:1@", product=ware, holds_from_on=date(2026, 1, 1), cost_e4=40_000)
    factories.order(factories.customer(), date(2026, 3, 1), of=ware)
    Line.objects.update(kind="adjustment", quantity=-5, revenue_cents=0)

    assert mirrored() == [None]


def test_goods_that_are_given_for_nothing_cost_what_they_cost():
    ware = factories.product()
    ProductCost.objects.create(source="t:1@", product=ware, holds_from_on=date(2026, 1, 1), cost_e4=12_345)
    factories.order(factories.customer(), date(2026, 3, 1), of=ware)
    Line.objects.update(kind="adjustment", quantity=2, revenue_cents=0)

    assert mirrored() == [247]
