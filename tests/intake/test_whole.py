"""A newer file of an order replaces its lines where it holds the order whole; where nobody knows, it is asked."""

import pytest
from django.db.models import Sum
from django.urls import reverse

from stammkunde import mirror
from stammkunde.intake import report, services
from stammkunde.intake.models import BeforeImage, Import
from stammkunde.mirror import few
from stammkunde.sales import history, queries
from stammkunde.sales.models import Line, Order
from tests.intake.bringing import NOW, bring, everything, meaning, queue, undo, write

pytestmark = pytest.mark.django_db(transaction=True)


def line(order, product, price, *, day="2024-03-01", **more):
    return {
        "order_number": order,
        "ordered_at": day,
        "customer_number": "K1",
        "customer_name": "Muster GmbH",
        "product_number": product,
        "product_name": product,
        "quantity": "1",
        "unit_price": str(price),
        **more,
    }


CHAIR, TABLE, LAMP = (line("1001", *one) for one in (("ST-1", 50), ("TI-1", 50), ("LA-1", 50)))
OTHER = line("1002", "ST-1", 20, day="2024-04-02")
WHOLE = {"options": {"whole": "yes"}}
PARTS = {"options": {"whole": "no"}}


def revenue():
    return Line.objects.aggregate(cents=Sum("revenue_cents"))["cents"]


def test_edited_order_counts_its_new_lines_alone_and_undo_brings_the_old_ones_back(tmp_path):
    bring(tmp_path, "flat", [CHAIR, TABLE, OTHER])
    before = everything()

    edited = bring(tmp_path, "flat", [CHAIR, LAMP], **WHOLE)

    assert (edited.status, revenue()) == ("done", 120_00)
    assert edited.counts["lines"] == {"created": 1, "changed": 0, "unchanged": 1, "refused": 0, "retired": 1}
    assert list(Line.ever.exclude(retired_by=None).values_list("product__number", "retired_by", "revenue_cents")) == [
        ("TI-1", edited.pk, 50_00)
    ]
    assert report.of(edited).retired == 1

    undo(edited)

    assert everything() == before
    assert not BeforeImage.objects.exists()


def test_the_same_file_again_changes_nothing_and_a_line_that_comes_back_counts_again(tmp_path):
    bring(tmp_path, "flat", [CHAIR, TABLE])
    bring(tmp_path, "flat", [CHAIR], **WHOLE)
    before = everything()

    again = bring(tmp_path, "flat", [CHAIR], **WHOLE)

    assert report.of(again).is_nothing_new
    assert everything() == before

    back = bring(tmp_path, "flat", [CHAIR, TABLE], **WHOLE)

    assert (back.counts["lines"]["changed"], revenue()) == (1, 100_00)
    assert not Line.ever.exclude(retired_by=None).exists()
    undo(back)
    assert everything() == before


def test_retired_lines_count_nowhere(tmp_path):
    bring(tmp_path, "flat", [CHAIR, TABLE, OTHER])
    mirror.bring_up_to_date(now=NOW, progress=lambda *_told: None)
    bring(tmp_path, "flat", [CHAIR], **WHOLE)
    mirror.bring_up_to_date(now=NOW, progress=lambda *_told: None)

    customer = Order.objects.first().customer_id
    assert mirror.tables().lines.aggregate("count(*), sum(revenue_cents)").fetchall() == [(2, 70_00)]
    assert sum(one.revenue_cents for one in history.purchases(customer)) == 70_00
    assert {one.name for one in history.favourite_products(customer)} == {"ST-1"}
    (shown,) = [one for one in history.orders(customer).orders if one.number == "1001"]
    assert ([one.product.number for one in shown.all_lines], shown.revenue_cents) == (["ST-1"], 50_00)
    assert [one["net"] for one in queries.by_month(origin="t", first="2024-01-01", last="2024-12-31")] == [5000, 2000]
    with few.opened([customer], ["lines"]) as home:
        assert home.execute("SELECT sum(revenue_cents) FROM lines").fetchall() == [(70_00,)]


def test_order_that_lost_all_its_sales_is_no_purchase(tmp_path):
    bring(tmp_path, "flat", [CHAIR])
    customer = Order.objects.get().customer_id

    bring(tmp_path, "flat", [line("1001", "KORR", -5)], **WHOLE)

    assert revenue() == -5_00
    assert queries.buyers(customer_ids=[customer]) == set()
    assert history.purchases(customer) == []


def test_where_nobody_knows_it_is_asked_once_with_what_is_at_stake_and_nothing_is_written(tmp_path):
    bring(tmp_path, "flat", [CHAIR, TABLE, OTHER])
    before = everything()

    asked = bring(tmp_path, "flat", [CHAIR, LAMP])

    assert (asked.status, everything()) == ("checked", before)
    (question,) = report.open_questions(asked)
    assert (question.option, question.row, question.example) == ("whole", 2, "1001")
    assert question.detail == {"lines": 1, "documents": 1}
    assert [(one.value, one.cents) for one in question.answers] == [("yes", 100_00), ("no", 150_00)]

    services.start(import_id=asked.pk, now=NOW, options={**asked.options, "whole": "yes"})
    done = services.run(import_id=asked.pk, now=NOW)

    assert (done.status, report.open_questions(done), revenue()) == ("done", [], 120_00)


def test_nothing_is_asked_where_nothing_depends_on_it(tmp_path):
    bring(tmp_path, "flat", [CHAIR, OTHER])

    assert bring(tmp_path, "flat", [CHAIR, TABLE]).status == "done"
    assert bring(tmp_path, "orders", [{"order_number": "1001", "ordered_at": "2024-03-01"}]).status == "done"
    assert revenue() == 120_00


def test_lines_of_a_split_file_stay(tmp_path):
    bring(tmp_path, "flat", [CHAIR])

    later = bring(tmp_path, "flat", [TABLE], **PARTS)

    assert (later.status, revenue()) == ("done", 100_00)


def test_order_of_which_a_row_was_refused_is_not_whole(tmp_path):
    bring(tmp_path, "flat", [CHAIR, TABLE, OTHER, line("1002", "TI-1", 5, day="2024-04-02")])

    bring(tmp_path, "flat", [CHAIR, TABLE | {"quantity": "viele"}, OTHER], **WHOLE)

    assert revenue() == 120_00  # 1002 lost its table, 1001 kept what could not be read


def test_same_number_of_another_origin_is_another_order(tmp_path):
    bring(tmp_path, "flat", [CHAIR, TABLE])

    other = bring(tmp_path, "flat", [CHAIR], options={"origin": "till", "whole": "yes"})

    assert (other.counts["lines"]["created"], Order.objects.count(), revenue()) == (1, 2, 150_00)


def test_cancelled_import_in_between_is_compared_again_and_ends_the_same(tmp_path, monkeypatch):
    """The files of the comparison are lost in a crash, after the old lines were retired."""
    bring(tmp_path, "flat", [CHAIR, TABLE, OTHER])
    incoming = queue(write(tmp_path, [CHAIR, LAMP]), "flat", **WHOLE)
    publish = services.running.Publishing.run

    def run(publishing):
        publish(publishing)
        monkeypatch.setattr(services.running.Publishing, "run", publish)
        Import.objects.filter(pk=incoming.pk).update(checkpoint={**publishing.checkpoint, "folder": ""})
        raise RuntimeError("crash")

    monkeypatch.setattr(services.running.Publishing, "run", run)
    monkeypatch.setattr("stammkunde.intake.services.running.PAUSE", services.running.PAUSE * 0)

    done = services.run(import_id=incoming.pk, now=NOW)

    assert (done.status, done.error, revenue()) == ("done", None, 120_00)
    said = meaning()
    undo(done)
    assert revenue() == 120_00
    assert meaning() != said


def test_the_page_asks_with_both_sums(tmp_path, client, administrator):
    bring(tmp_path, "flat", [CHAIR, TABLE])
    asked = bring(tmp_path, "flat", [CHAIR, LAMP])
    administrator.language = "de"
    administrator.save()
    client.force_login(administrator)

    shown = client.get(reverse("import", args=[asked.pk])).content.decode()

    assert "Bekannte Bestellungen mit Positionen, die in dieser Datei fehlen: 1 (Positionen: 1)." in shown
    assert 'name="answer-whole"' in shown
    assert "150,00" in shown
    assert "Noch wurde nichts geändert: Eine Frage ist offen." in shown

    form = {"layout": "flat", "layout_shown": "flat", "origin": "t", "price_basis": "net", "answer-whole": "yes"}
    form |= {f"column-{name}": name for name in CHAIR} | {"do": "import"}
    client.post(reverse("import-start", args=[asked.pk]), form)
    assert (services.run(import_id=asked.pk, now=NOW).status, revenue()) == ("done", 100_00)
