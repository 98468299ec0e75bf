"""Documents of which one file has the totals and another the lines count once, whichever comes first."""

import pytest
from django.db.models import Sum

from stammkunde.intake import report, services
from stammkunde.intake.check.given import LIVE
from stammkunde.sales.models import Line, Order
from tests.intake.bringing import NOW, bring, everything, undo

pytestmark = pytest.mark.django_db(transaction=True)


def head(order, total, *, day="2024-03-01"):
    return {"order_number": order, "ordered_at": day, "customer_number": "K1", "line_net": str(total)}


def line(order, product, price, *, day="2024-03-01"):
    return {
        "order_number": order,
        "ordered_at": day,
        "customer_number": "K1",
        "product_number": product,
        "product_name": product,
        "quantity": "1",
        "unit_price": str(price),
    }


TOTALS = [head("1001", 100), head("1002", 30), head("1003", 7)]
LINES = [line("1001", "ST", 60), line("1001", "TI", 40), line("1002", "ST", 30)]
OTHER_LINES = [line("1001", "ST", 60), line("1001", "TI", 38)]


def revenue():
    return Line.objects.aggregate(cents=Sum("revenue_cents"))["cents"]


def answered(incoming, **answers):
    services.start(import_id=incoming.pk, now=NOW, options={**incoming.options, **answers})
    return services.run(import_id=incoming.pk, now=NOW)


def test_lines_take_the_place_of_totals_that_come_to_the_same_and_undo_brings_those_back(tmp_path):
    bring(tmp_path, "documents", TOTALS)
    before = everything()

    done = bring(tmp_path, "flat", LINES)

    assert (done.status, revenue()) == ("done", 137_00)
    assert (done.counts["lines"]["created"], done.counts["lines"]["retired"]) == (3, 2)
    assert set(Line.objects.filter(product=None).values_list("order__number", flat=True)) == {"1003"}
    undo(done)
    assert everything() == before


def test_totals_of_documents_that_are_here_with_their_lines_do_not_count_beside_them(tmp_path):
    bring(tmp_path, "flat", LINES)
    before = everything()

    done = bring(tmp_path, "documents", TOTALS)

    assert (done.status, revenue(), Order.objects.count()) == ("done", 137_00, 3)
    assert [(one["code"], one["detail"]) for one in done.problems] == [("total_beside_lines", {"documents": 2})]
    assert done.counts["lines"]["created"] == 1
    undo(done)
    assert everything() == before


def test_the_totals_again_bring_nothing_back_that_gave_way_to_lines(tmp_path):
    bring(tmp_path, "documents", TOTALS)
    bring(tmp_path, "flat", LINES)
    before = everything()

    again = bring(tmp_path, "documents", TOTALS)

    assert (again.status, everything()) == ("done", before)
    assert report.of(again).is_nothing_new


@pytest.mark.parametrize(
    ("first", "then", "option", "sums", "results"),
    [
        (("documents", TOTALS), ("flat", OTHER_LINES), "totals_known", (98_00, 198_00), (135_00, 235_00)),
        (("flat", OTHER_LINES), ("documents", TOTALS), "lines_known", (135_00, 235_00), (135_00, 235_00)),
    ],
)
def test_where_the_sums_differ_it_is_asked_with_both_and_nothing_is_written(
    tmp_path, first, then, option, sums, results
):
    bring(tmp_path, *first)
    before = everything()

    asked = bring(tmp_path, *then)

    assert (asked.status, everything()) == ("checked", before)
    (question,) = report.open_questions(asked)
    assert (question.option, question.row, question.example, question.detail) == (option, 2, "1001", {"documents": 1})
    assert tuple(one.cents for one in question.answers) == sums
    for answer, result in zip(("lines", "both"), results, strict=True):
        done = answered(asked, **{option: answer})
        assert (done.status, revenue()) == ("done", result)
        undo(done)
        assert everything() == before


def test_a_file_that_holds_its_documents_whole_replaces_totals_unasked(tmp_path):
    bring(tmp_path, "documents", TOTALS)

    done = bring(tmp_path, "flat", OTHER_LINES, options={"whole": "yes"})

    assert (done.status, revenue()) == ("done", 135_00)


def test_money_given_back_is_no_total_and_what_programs_hand_in_is_a_part(tmp_path):
    bring(tmp_path, "flat", LINES)

    bring(tmp_path, "documents", [head("1001", -20)], options={"whole": "no"})
    bring(tmp_path, "documents", [head("1002", 5)], options={LIVE: True})

    assert revenue() == 115_00
