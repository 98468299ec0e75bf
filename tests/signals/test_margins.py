"""
The margin of three customers, reckoned by hand from what the list of products says goods cost.

Anna, a consumer: 100 € of cups that cost 40 €, and 50 € of a vase of which nobody knows what it cost.
Muster GmbH, five contact persons: 1,000 € of cups that cost 400 €, and a cup of 100 € given back, which cost 40 €.
Otto asked for the catalogue, and has bought nothing.
"""

from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest
from django.utils import translation

from stammkunde import mirror
from stammkunde.contacts import services as contacts
from stammkunde.figures.queries import of_customer
from stammkunde.sales import history
from stammkunde.sales import services as sales
from stammkunde.sales.models import Line, Order, ProductCost
from stammkunde.signals import answers, exports, hourly, margins, orders, policy, queries, services, working
from stammkunde.signals.models import Figure
from stammkunde.tasks import services as tasks
from stammkunde.tasks.models import Task
from tests import factories

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("learns_once"),
    pytest.mark.same_on_both("worked out from the mirror; test_refresh, test_working and test_warned ask both"),
]
SAME = pytest.mark.same_on_both("reckoned in the mirror; the tests between ask what it is made of")

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)
AS_OF = date(2026, 2, 28)


@pytest.fixture
def three():
    cup, vase = factories.product(name="Tasse"), factories.product(name="Vase")
    ProductCost.objects.create(source="t:1@a", product=cup, holds_from_on=date(2026, 1, 1), cost_e4=400_000)
    anna, otto = factories.customer(name="Anna", kind="person"), factories.customer(name="Otto", kind="person")
    company = factories.customer(name="Muster GmbH", kind="company")
    for _person in range(5):
        factories.contact_person(company)
    factories.order(anna, date(2026, 2, 1), cents=10_000, of=cup)
    factories.order(anna, date(2026, 2, 1), cents=5_000, of=vase)
    ten = factories.order(company, date(2026, 2, 2), cents=100_000, of=cup)
    Line.objects.filter(order=ten).update(quantity=10)
    back = factories.order(company, date(2026, 2, 20), of=cup)
    Line.objects.filter(order=back).update(quantity=-1, revenue_cents=-10_000, kind="return")
    return {"anna": anna, "company": company, "otto": otto}


def refresh(**settings):
    factories.decided(**settings)
    return services.refresh(as_of=AS_OF, now=NOW, progress=lambda *_told: None, learn=policy.Learn.DUE)


def test_a_margin_says_of_how_much_of_the_turnover_it_is(three):
    refresh()

    found = {name: queries.signal_of(one.pk) for name, one in three.items()}
    assert (found["anna"].margin_year_cents, found["anna"].margin_year_coverage) == (6_000, pytest.approx(100 / 150))
    assert (found["company"].margin_cents, found["company"].margin_coverage) == (54_000, 1.0)
    assert (found["otto"].margin_cents, found["otto"].margin_coverage) == (None, None)
    assert {name: (one.value_rank, one.revenue_rank) for name, one in found.items()} == {
        "anna": (2, 2), "company": (1, 1), "otto": (None, None),
    }  # fmt: skip
    assert [answers.abc(basis=basis).basis for basis in (None, "revenue")] == ["margin", "revenue"]
    assert answers.abc(basis="revenue").shares[0].value_cents == 90_000


@SAME
def test_classes_go_by_margin_where_costs_are_known_well_enough_and_say_what_they_go_by(three):
    refresh()
    assert queries.signal_of(three["anna"].pk).abc_basis == "margin"  # 1,200 of 1,250 €: 96 %

    factories.order(three["anna"], date(2026, 2, 3), cents=20_000)
    sales.mark_changed(["2026-02"])
    refresh()
    assert queries.signal_of(three["anna"].pk).abc_basis == "revenue"


@SAME
def test_the_company_s_margin_is_that_of_what_is_known(three):
    refresh()

    figure = queries.figures().get(kpi="margin_per_customer_cents", period="2026", slice_by="")
    assert (figure.value, figure.remark, figure.coverage) == (30_000, "cost_partly_unknown", pytest.approx(1200 / 1250))


def test_orders_and_years_on_the_customer_page_know_the_same_costs(three):
    refresh()

    lines = [line for order in history.orders(three["company"].pk).orders for line in order.all_lines]
    assert [line.margin_cents for line in lines] == [-6_000, 60_000]
    (year,) = of_customer.years(three["anna"].pk)
    assert (year.margin_cents, year.revenue_cents) == (6_000, 15_000)


def test_what_is_shown_of_a_line_is_what_is_mirrored_to_the_cent():
    ware = factories.product()
    ProductCost.objects.create(source="t:1@", product=ware, holds_from_on=date(2026, 1, 1), cost_e4=12_345)
    anna = factories.customer()
    for place, quantity in enumerate((1, 2, 3, 10, -2)):
        order = factories.order(anna, date(2026, 2, 1 + place), of=ware)
        Line.objects.filter(order=order).update(quantity=quantity, kind="sale" if quantity > 0 else "return")
    Line.objects.filter(order=order).update(revenue_cents=-1)

    found = [line.goods_cents for line in history.valued(Line.objects.order_by("pk"))]

    assert found == [123, 247, 370, 1235, -247]


@pytest.fixture
def shipped(three):
    """The company's cups cost 12 € to send, of which she paid 5; what Anna's parcel cost is not known."""
    Order.objects.filter(customer=three["company"], lines__kind="sale").update(
        shipping_cents=500, shipping_cost_cents=1_200
    )
    Order.objects.filter(customer=three["anna"]).update(shipping_cents=490)
    return three


def margin(of):
    return queries.signal_of(of.pk).margin_cents


def brought(by):
    """What a customer's orders brought, as the page shows them one by one."""
    shown = orders.page(by.pk, generation=queries.current()).orders
    return sum(order.brought.margin_cents or 0 for order in shown)


def test_shipping_and_payment_are_taken_off_at_stage_two(shipped):
    refresh()
    assert margin(shipped["company"]) == 54_000 - 700
    assert margin(shipped["anna"]) == 6_000  # what she paid is no gain while nobody knows what it cost

    refresh(payment_percent=2.0)  # of what was sold: 1,000 €, and 100 € of Anna's 150 € at known cost
    assert margin(shipped["company"]) == 54_000 - 700 - 2_000 == brought(shipped["company"])
    assert margin(shipped["anna"]) == 6_000 - 200 == brought(shipped["anna"])


@SAME
def test_stage_one_knows_neither_shipping_nor_returns_and_leaves_revenue_alone(shipped):
    refresh(margin_stage="goods", payment_percent=2.0)

    company = queries.signal_of(shipped["company"].pk)
    assert (company.margin_cents, company.revenue_cents) == (60_000, 90_000)
    assert brought(shipped["company"]) == 60_000
    assert company.orders == 1


@SAME
def test_shipping_is_no_order_no_revenue_and_no_category(shipped):
    before = refresh(margin_stage="goods")
    counted = {f"{one.kpi} {one.period} {one.slice_by} {one.slice_value}": one.value for one in queries.figures()}
    refresh(margin_stage="delivery")
    now = {f"{one.kpi} {one.period} {one.slice_by} {one.slice_value}": one.value for one in queries.figures()}

    assert before.checkpoint["margin"] == {"stage": "goods", "payment_percent": 0.0}
    moved = {name.split()[0] for name in counted.keys() | now.keys() if counted.get(name) != now.get(name)}
    assert moved == {"margin_per_customer_cents", "predicted_value_cents", "margin_at_risk_cents"} & moved
    assert "margin_per_customer_cents" in moved


@SAME
def test_what_a_margin_is_and_what_is_missing_stands_beside_it(shipped):
    refresh()
    with translation.override("de"):
        assert " ".join(margins.definition(queries.current()).split()) == (
            "Stufe II: Umsatz nach Rabatten und Retouren, abzüglich der Kosten für Waren, Versand und Zahlung. "
            "Die Versandkosten sind von 25 % der Bestellungen bekannt: 12 €, davon haben Kunden 5 € bezahlt. "
            "Kosten der Zahlung sind nicht eingestellt."
        )

    refresh(margin_stage="goods")
    with translation.override("de"):
        assert margins.definition(queries.current()).startswith("Stufe I:")


@SAME
def test_answers_count_at_the_stage_of_the_shown_figures(shipped):
    refresh(margin_stage="goods")
    factories.decided(margin_stage="delivery")  # chosen, and not counted yet
    (month,) = [one for one in answers.revenue_by_month() if one.month == "2026-02"]
    assert month.margin_cents == 66_000

    refresh()
    (month,) = [one for one in answers.revenue_by_month() if one.month == "2026-02"]
    assert month.margin_cents == 60_000 - 700


def test_another_stage_is_due_learnt_anew_and_hands_on_no_money_of_the_former(shipped):
    first = refresh()
    Figure.objects.filter(generation=first, kpi__in=policy.SAID).update(period="2026-01")

    assert not working._window_changed(first)
    factories.decided(margin_stage="goods")
    assert working._window_changed(first)
    second = refresh()

    assert first.forecast["model"]["id"] != second.forecast["model"]["id"]
    said = Figure.objects.filter(generation=second, period="2026-01", slice_by="", kpi__in=policy.SAID)
    assert [one.kpi for one in said] == ["warned_customers"]
    assert margins.are_alike(second, refresh())


# --- stage III: an hour of sales costs 60 €, from March on 90; one of whoever is not known 30


@pytest.fixture
def served(shipped, salesperson, servant):
    """
    An hour and a half on the company: a task of 60 minutes, and a visit of 30 that somebody wrote down.

    A task of Anna's whose length nobody said (24 minutes are usual), and one conversation without minutes; half an hour
    that another program knows of the company's, and an hour of service, which has no hourly cost. Otto took an hour.
    """
    for role, on, cents in (("sales", date(2026, 1, 1), 6_000), ("sales", date(2026, 3, 1), 9_000)):
        hourly.write_down(role=role, holds_from_on=on, cents=cents, by=salesperson, now=NOW)
    hourly.write_down(role="", holds_from_on=date(2026, 1, 1), cents=3_000, by=salesperson, now=NOW)
    company, anna, otto = shipped["company"], shipped["anna"], shipped["otto"]
    finished(company, salesperson, minutes=60)
    finished(anna, salesperson, minutes=None)
    finished(otto, salesperson, minutes=60)
    finished(company, servant, minutes=60)
    told(company, source="hand:1", minutes=30, role="sales", staff_id=salesperson.pk, channel="meeting")
    told(company, source="crm:contact:1", minutes=30)
    told(anna, source="hand:2", minutes=None, role="sales", staff_id=salesperson.pk)
    told(anna, source="call:1", minutes=None, role="sales", staff_id=salesperson.pk)  # its task says how long
    return shipped


def finished(customer, by, *, minutes, at=datetime(2026, 2, 10, 9, tzinfo=UTC)):
    suggestion = tasks.Suggestion(kind="risk", customer_id=customer.pk, cycle=f"{by.pk}:{at}", title="Anrufen")
    task = tasks.take_up(suggestion, now=at, staff=by)
    return tasks.finish(task_id=task.pk, staff=by, finished_at=at, minutes=minutes)


def told(customer, *, channel="phone", **said):
    one = contacts.Said(
        customer_id=customer.pk, channel=channel, happened_at=datetime(2026, 2, 11, 9, tzinfo=UTC), **said
    )
    contacts.record_all([one], now=NOW)


def test_time_is_taken_off_at_stage_three_at_what_an_hour_of_the_role_costs(served):
    refresh(margin_stage="service")

    assert margin(served["company"]) == 54_000 - 700 - 6_000 - 3_000 - 1_500
    assert margin(served["anna"]) == 6_000 - 2_400  # 24 minutes, as usual
    otto = queries.signal_of(served["otto"].pk)
    assert (otto.margin_cents, otto.abc_class, otto.stage) == (None, "", "prospect")


@SAME
def test_time_changes_no_other_figure(served):
    Order.objects.update(channel="Laden")
    refresh()
    counted = {f"{one.kpi} {one.period} {one.slice_by} {one.slice_value}": one.value for one in queries.figures()}
    refresh(margin_stage="service")
    now = {f"{one.kpi} {one.period} {one.slice_by} {one.slice_value}": one.value for one in queries.figures()}

    assert counted.keys() == now.keys()
    moved = {name.split()[0] for name in now if counted[name] != now[name]}
    assert moved == {"margin_per_customer_cents", "predicted_value_cents", "margin_at_risk_cents"} & moved
    month = "margin_per_customer_cents 2026-02"
    assert now[f"{month}  "] == counted[f"{month}  "] - (2_400 + 10_500) / 2
    assert now[f"{month} channel Laden"] == counted[f"{month} channel Laden"]  # time came by no channel


@SAME
def test_what_time_counts_and_what_of_it_is_missing_is_said(served):
    refresh(margin_stage="service")

    with translation.override("de"):
        assert " ".join(margins.definition(queries.current()).split()) == (
            "Stufe III: Umsatz nach Rabatten und Retouren, abzüglich der Kosten für Waren, Versand, Zahlung und der "
            "Zeit für Kunden. Aufgaben und Kontakte dauerten 2,4 Stunden und kosteten 129 €. "
            "Davon gelten 0,4 Stunden als üblich, weil niemand die Dauer angegeben hat. "
            "1,0 Stunden zählen nicht, weil die Stundenkosten fehlen: Kundendienst. "
            "1,0 Stunden galten Menschen, die noch nichts gekauft haben; sie stehen in niemandes Deckungsbeitrag. "
            "1 Gespräch ohne Angabe der Dauer zählt nicht. "
            "Die Versandkosten sind von 25 % der Bestellungen bekannt: 12 €, davon haben Kunden 5 € bezahlt. "
            "Kosten der Zahlung sind nicht eingestellt."
        )


def test_hourly_costs_hold_from_their_day_and_another_one_is_counted_anew_but_compared(served, salesperson):
    first = refresh(margin_stage="service")
    Figure.objects.filter(generation=first, kpi__in=policy.SAID).update(period="2026-01")

    hourly.write_down(role="service", holds_from_on=date(2026, 5, 1), cents=4_000, by=salesperson, now=NOW)
    assert working._window_changed(first)
    second = refresh()

    assert (
        margin(served["company"]) == 54_000 - 700 - 6_000 - 3_000 - 1_500 - 4_000
    )  # what it cost first, it cost before
    assert margins.are_alike(first, second)
    assert not margins.are_alike(refresh(margin_stage="delivery"), second)


def test_time_that_becomes_known_of_an_earlier_month_counts_with_the_next_refresh(served, salesperson):
    refresh(margin_stage="service")
    before = {one.period: one.value for one in queries.figures().filter(kpi="margin_per_customer_cents", slice_by="")}

    assert mirror.facts_version() == queries.current().facts_version
    finished(served["company"], salesperson, minutes=120, at=datetime(2026, 2, 2, tzinfo=UTC))
    assert mirror.facts_version() == queries.current().facts_version  # it starts no refresh
    refresh()

    now = {one.period: one.value for one in queries.figures().filter(kpi="margin_per_customer_cents", slice_by="")}
    assert now["2026-02"] == before["2026-02"] - 12_000 / 2


def test_time_that_is_taken_back_counts_no_more(served, salesperson):
    refresh(margin_stage="service")
    task = Task.objects.get(customer=served["anna"])

    tasks.reopen(task_id=task.pk, now=NOW, staff=salesperson)
    contacts.void(["hand:1"], now=NOW)
    refresh()

    assert margin(served["anna"]) == 6_000
    assert margin(served["company"]) == 54_000 - 700 - 6_000 - 1_500


@pytest.mark.parametrize(("by", "left_out"), [("channel", 12_900), ("category", 12_900 + 700)])
def test_slices_and_what_belongs_to_none_add_up_to_the_whole(served, by, left_out):
    Order.objects.filter(customer=served["anna"]).update(channel="Laden")
    refresh(margin_stage="service")
    asked = {"periods": ["2026-02"], "names": ["margin_per_customer_cents"]}

    (whole,) = answers.figures(**asked)
    parts = [one for one in answers.figures(**asked, by=by) if one.value is not None]
    found = answers.unallocated(periods=["2026-02"], by=by)["2026-02"]

    assert found.cents == left_out
    assert sum(one.numerator for one in parts) - found.cents == whole.numerator
    with translation.override("de"):
        assert "Service- und Kontaktzeit 129\xa0€" in margins.left_out(found, by=by)
        assert ("Versand 7\xa0€" in margins.left_out(found, by=by)) == (by == "category")


def test_files_name_the_stage_in_headings_and_say_what_a_margin_contains(served, administrator):
    generation = refresh(margin_stage="service")
    row = SimpleNamespace(customer=served["anna"], signal=queries.signal_of(served["anna"].pk))

    with translation.override("de"):
        told = {str(one.label): one.value(row) for one in exports.customer_columns(administrator)}

        assert told["Deckungsbeitrag (Stufe III)"] == 6_000 - 2_400
        assert told["Was der Deckungsbeitrag enthält"] == margins.definition(generation)
        assert told["Klasse und Rang nach"] == "Deckungsbeitrag (Stufe III)"
        assert "Versand" in margins.of_goods(generation)
