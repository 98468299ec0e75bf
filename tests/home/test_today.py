"""The work list: who stands on it, why, and what happens when somebody acts."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from stammkunde.home.queries import today as work
from stammkunde.intake.models import Import
from stammkunde.signals import suggestions as queries
from stammkunde.signals.models import Current, CustomerSignal, EarlyWarning, Generation
from stammkunde.signals.suggestions import ranked
from stammkunde.tasks import services as tasks
from stammkunde.tasks import worklist
from stammkunde.tasks.models import Task
from stammkunde.tasks.policy import Lengths
from stammkunde.tasks.worklist import Asked
from stammkunde.team.models import Staff
from tests import factories
from tests.pages import folded

pytestmark = pytest.mark.django_db
QUERIES = 45

TODAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def generation():
    made = Generation.objects.create(status="done", as_of_on=TODAY, activity_days=180, started_at=timezone.now())
    Current.objects.create(pk=1, generation=made)
    return made


def asked(generation=None, *, today=TODAY, owner=None, months=6, with_imports=False, plan=None) -> Asked:
    return Asked(
        today=today,
        generation=generation,
        owner=owner,
        months=months,
        may=lambda _right: with_imports,
        lengths=Lengths(usual=24),
        plan=plan or {},
    )


def overdue(generation, *, rank=1, **fields):
    customer = fields.pop("customer", None) or factories.customer()
    facts = {
        "stage": "at_risk",
        "value_rank": rank,
        "first_on": date(2025, 1, 1),
        "last_on": date(2026, 9, 23),
        "gap_days": 31,
        "silent_days": 58,
        "overdue_days": 27,
        "revenue_year_cents": 50_000,
        "margin_year_cents": 20_000,
        "yearly_cents": 20_000,
    }
    CustomerSignal.objects.create(generation=generation, customer=customer, **facts | fields)
    return customer


def silent(generation, *, rank, last_on):
    return overdue(generation, rank=rank, stage="lost", gap_days=None, overdue_days=None, last_on=last_on)


def test_most_valuable_overdue_customers_come_first(generation):
    second, first = overdue(generation, rank=2), overdue(generation, rank=1)
    overdue(generation, rank=3, stage="active", overdue_days=None)

    items = work.items(asked(generation), limit=10)

    assert [item.customer for item in items] == [first, second]
    assert [item.stake_cents for item in items] == [20_000, 20_000]
    assert items[0].key == f"overdue:{first.pk}:2026-09-23"


def test_customers_without_purchase_for_the_months_asked(generation):
    half_a_year = silent(generation, rank=1, last_on=date(2026, 5, 20))
    silent(generation, rank=2, last_on=date(2026, 5, 21))
    silent(generation, rank=3, last_on=date(2024, 5, 20))  # a matter for the list, not for today

    assert [item.customer for item in work.items(asked(generation, months=6), limit=9)] == [half_a_year]


def test_list_goes_on_until_it_is_full_though_many_were_dealt_with(generation, salesperson, monkeypatch):
    monkeypatch.setattr(ranked, "CHUNK", 2)
    customers = [overdue(generation, rank=rank) for rank in range(1, 8)]
    for item in work.items(asked(generation), limit=5):
        task = tasks.take_up(item.suggestion("x"), staff=salesperson, now=NOW)
        tasks.dismiss(task_id=task.pk, staff=salesperson, finished_at=datetime(2026, 11, 20, tzinfo=UTC))

    assert [item.customer for item in work.items(asked(generation), limit=5)] == customers[5:]


def test_new_purchase_begins_a_new_cycle(generation, salesperson):
    customer = overdue(generation)
    done = tasks.take_up(work.items(asked(generation), limit=1)[0].suggestion("x"), staff=salesperson, now=NOW)
    tasks.finish(task_id=done.pk, staff=salesperson, finished_at=datetime(2026, 11, 20, tzinfo=UTC))
    assert work.items(asked(generation), limit=1) == []

    CustomerSignal.objects.filter(customer=customer).update(last_on=date(2026, 10, 20))

    assert [item.key for item in work.items(asked(generation), limit=1)] == [f"overdue:{customer.pk}:2026-10-20"]


def test_snoozed_suggestion_comes_back_on_its_day(generation, salesperson):
    overdue(generation)
    task = tasks.take_up(work.items(asked(generation), limit=1)[0].suggestion("x"), staff=salesperson, now=NOW)
    tomorrow = TODAY + timedelta(days=1)
    tasks.snooze(task_id=task.pk, until_on=tomorrow, staff=salesperson, now=NOW)

    assert work.items(asked(generation), limit=9) == []
    assert len(work.items(asked(generation, today=tomorrow), limit=9)) == 1


@pytest.mark.parametrize(
    ("born", "today", "days"),
    [
        (date(1980, 11, 20), TODAY, 0),
        (date(1980, 11, 23), TODAY, 3),
        (date(1980, 11, 19), TODAY, -1),
        (date(1980, 1, 1), date(2026, 12, 31), 1),
        (date(1980, 12, 31), date(2027, 1, 1), -1),
        (date(1984, 2, 29), date(2026, 2, 28), 0),
    ],
)
def test_birthdays_are_met_in_time(born, today, days):
    person = factories.contact_person(factories.customer(), birthday_on=born)

    item = work.items(asked(today=today), limit=9)[0]

    assert (item.person, item.reason["days"], item.reason["age"]) == (person, days, item.reason["on"].year - born.year)


def test_birthday_far_away_is_left_out():
    factories.contact_person(factories.customer(), birthday_on=date(1980, 12, 1))

    assert work.items(asked(), limit=9) == []


def test_snoozed_birthday_comes_back_though_the_day_is_past(salesperson):
    factories.contact_person(factories.customer(), birthday_on=date(1980, 11, 20))
    task = tasks.take_up(work.items(asked(), limit=1)[0].suggestion("Gratulieren"), staff=salesperson, now=NOW)
    later = TODAY + timedelta(days=7)
    tasks.snooze(task_id=task.pk, until_on=later, staff=salesperson, now=NOW)

    assert [item.task for item in work.items(asked(today=later), limit=9)] == [task]


def test_anniversaries_are_round_and_of_customers_who_are_still_there(generation):
    five_years = overdue(
        generation, stage="active", overdue_days=None, customer=factories.customer(since_on=date(2021, 11, 20))
    )
    overdue(
        generation, rank=2, stage="lost", overdue_days=None, customer=factories.customer(since_on=date(2021, 11, 20))
    )
    overdue(
        generation, rank=3, stage="active", overdue_days=None, customer=factories.customer(since_on=date(2019, 11, 20))
    )
    overdue(  # a customer by the list of customers alone: no purchase is on record
        generation,
        rank=4,
        stage="prospect",
        overdue_days=None,
        customer=factories.customer(since_on=date(2021, 11, 20)),
    )

    items = queries.anniversaries(asked(generation))

    assert [(item.customer, item.reason["years"]) for item in items] == [(five_years, 5)]


def test_imports_with_problems_are_for_those_who_import():
    now = timezone.now()
    Import.objects.create(file_name="a.csv", path="a", status="failed", created_at=timezone.now())
    Import.objects.create(file_name="b.csv", path="b", status="done", created_at=timezone.now())

    today = timezone.localdate(now)
    assert [item.name for item in work.items(asked(today=today, with_imports=True), limit=9)] == ["a.csv"]
    assert work.items(asked(today=today), limit=9) == []


def test_mine_shows_my_customers_only(generation, salesperson):
    overdue(generation, rank=1)
    mine = overdue(generation, rank=2, customer=factories.customer(owner=salesperson))

    assert [item.customer for item in work.items(asked(generation, owner=salesperson), limit=9)] == [mine]


def test_whom_to_call_is_the_one_with_a_number(generation):
    customer = overdue(generation)
    factories.contact_person(customer, role="decision_maker")
    reachable = factories.contact_person(customer, phone="0171 2")

    item = work.items(asked(generation), limit=1)[0]

    assert (item.person, item.phone) == (reachable, "0171 2")


def at_risk(generation, *, cents, risk=0.5, level="amber", warned_on=None, **fields):
    facts = {"stage": "active", "overdue_days": None, "risk": risk, "risk_level": level, "margin_at_risk_cents": cents}
    customer = overdue(generation, rank=fields.pop("rank", 10), **facts | fields)
    if warned_on:
        EarlyWarning.objects.create(customer=customer, warned_on=warned_on, horizon_days=90, level=level)
    return customer


def test_warned_customers_stand_here_before_they_are_silent(generation):
    warned = at_risk(generation, cents=50_000, warned_on=date(2026, 11, 3))
    at_risk(generation, cents=90_000, level="green")

    items = work.items(asked(generation), limit=9)

    assert [(item.key, item.section) for item in items] == [(f"risk:{warned.pk}:2026-11-03", "risk")]
    assert worklist.again(items[0].key, asked(generation)).customer == warned
    assert queries.of_customer(warned, asked(generation)).key == items[0].key


def test_another_warning_begins_a_new_cycle(generation, salesperson):
    warned = at_risk(generation, cents=50_000, warned_on=date(2026, 11, 3))
    done = tasks.take_up(work.items(asked(generation), limit=1)[0].suggestion("x"), staff=salesperson, now=NOW)
    tasks.finish(task_id=done.pk, staff=salesperson, finished_at=datetime(2026, 11, 20, tzinfo=UTC))
    assert work.items(asked(generation), limit=1) == []

    EarlyWarning.objects.filter(customer=warned).update(warned_on=date(2026, 11, 19))

    assert [item.key for item in work.items(asked(generation), limit=1)] == [f"risk:{warned.pk}:2026-11-19"]


def test_most_at_risk_for_each_minute_comes_first(generation):
    much_for_long = at_risk(generation, cents=100_000)
    less_for_short = at_risk(generation, cents=60_000)
    silent_too = overdue(generation, risk=0.4, margin_at_risk_cents=30_000, risk_level="green")

    items = work.items(asked(generation, plan={much_for_long.pk: 60, less_for_short.pk: 20}), limit=9)

    assert [(item.customer, item.minutes) for item in items] == [
        (less_for_short, 20),
        (silent_too, 12),
        (much_for_long, 60),
    ]


def test_walk_goes_on_while_somebody_below_can_bring_more(generation, monkeypatch):
    monkeypatch.setattr(ranked, "CHUNK", 2)
    plan = {at_risk(generation, cents=100_000 - place).pk: 60 for place in range(4)}
    quick = at_risk(generation, cents=40_000)
    at_risk(generation, cents=1_000)

    assert [item.customer for item in work.items(asked(generation, plan=plan), limit=1)] == [quick]


def test_unknown_risk_stands_behind_and_counts_the_silence(generation):
    known = at_risk(generation, cents=100)
    long_silent = overdue(generation, rank=2, silent_days=310, yearly_cents=20_000)
    just_silent = overdue(generation, rank=1, silent_days=31, yearly_cents=30_000)

    items = work.items(asked(generation), limit=9)

    assert [item.customer for item in items] == [known, long_silent, just_silent]
    assert [item.section for item in items] == ["risk", "silence", "silence"]


def test_day_is_full_when_its_hours_are(generation):
    plan = {at_risk(generation, cents=100_000 * place, rank=place).pk: 60 for place in range(1, 7)}
    items = work.items(asked(generation, plan=plan), limit=9)

    fitting = work.that_fit(items, minutes=210, least=12)

    assert [item.minutes for item in fitting] == [60, 60, 60, 30]
    assert [item.customer for item in fitting] == [item.customer for item in items[:4]]


def test_full_day_still_names_three(generation):
    for place in range(1, 7):
        at_risk(generation, cents=100_000 * place, rank=place)
    items = work.items(asked(generation), limit=9)

    assert len(work.that_fit(items, minutes=0, least=12)) == 3


def test_what_has_its_day_is_kept_before_those_at_risk(generation, salesperson):
    for place in range(1, 4):
        at_risk(generation, cents=100_000 * place, rank=place)
    written = [tasks.add(tasks.Content(title=f"Aufgabe {place}"), now=NOW, staff=salesperson) for place in range(3)]
    items = work.items(asked(generation, owner=None), limit=9)

    kept = work.that_fit(items, minutes=72, least=12)

    assert [item.task for item in kept] == written


@pytest.fixture
def one_overdue(generation):
    Generation.objects.update(as_of_on=timezone.localdate())
    return overdue(generation)


def key_of(customer) -> str:
    return f"overdue:{customer.pk}:2026-09-23"


def test_whoever_has_no_hours_is_told_so_instead_of_a_share_of_nothing(client, salesperson, one_overdue):
    client.force_login(salesperson)
    Staff.objects.filter(pk=salesperson.pk).update(hours_per_week=0)
    none = folded(client.get("/today/").content.decode())
    Staff.objects.filter(pk=salesperson.pk).update(hours_per_week=20)
    some = folded(client.get("/today/").content.decode())

    assert "für Sie sind keine Stunden für Kunden eingetragen" in none
    assert "von 0,0 Stunden" not in none
    assert "von 4,0 Stunden" in some


def test_done_is_kept_shown_and_taken_back(client, salesperson, one_overdue):
    client.force_login(salesperson)

    client.post(reverse("today-act"), {"key": key_of(one_overdue), "act": "done", "outcome": "Kommt wieder"})

    task = Task.objects.get()
    assert (task.state, task.note, task.customer) == (Task.State.DONE, "Kommt wieder", one_overdue)
    page = client.get(reverse("today")).content.decode()
    assert "data-item" not in page
    assert "Kommt wieder" in page
    client.post(reverse("task-reopen", args=[task.pk]))
    assert "data-item" in client.get(reverse("today")).content.decode()


def test_acting_twice_is_harmless(client, salesperson, one_overdue):
    client.force_login(salesperson)

    for act in ("done", "done", "dismiss"):
        assert client.post(reverse("today-act"), {"key": key_of(one_overdue), "act": act}).status_code == 302

    assert Task.objects.get().state == Task.State.DONE


@pytest.mark.parametrize("key", ["", "overdue:1", "overdue:x:y", "overdue:999999:2026-09-23", "task:7:", "nothing:1:2"])
def test_acting_on_what_is_not_there_says_so(client, salesperson, one_overdue, key):
    client.force_login(salesperson)

    answer = client.post(reverse("today-act"), {"key": key, "act": "done"}, follow=True)

    assert answer.status_code == 200
    assert not Task.objects.exists()


def test_snooze_needs_a_day_to_come(client, salesperson, one_overdue):
    client.force_login(salesperson)
    tomorrow = timezone.localdate() + timedelta(days=1)

    client.post(reverse("today-act"), {"key": key_of(one_overdue), "act": "snooze", "until_on": "2020-01-01"})
    assert Task.objects.get().snoozed_until_on is None
    client.post(reverse("today-act"), {"key": key_of(one_overdue), "later": tomorrow.isoformat()})

    assert Task.objects.get().snoozed_until_on == tomorrow


def test_unknown_act_is_refused(client, salesperson, one_overdue):
    client.force_login(salesperson)

    assert client.post(reverse("today-act"), {"key": key_of(one_overdue), "act": "x"}).status_code == 400
    assert client.get(reverse("today-act")).status_code == 405


def test_acts_lead_back_to_this_site_only(client, salesperson, one_overdue):
    client.force_login(salesperson)

    answer = client.post(
        reverse("today-act"), {"key": key_of(one_overdue), "act": "done", "next": "https://evil.example/"}
    )

    assert answer.url == reverse("today")


def test_service_works_the_list_without_seeing_money(client, servant, one_overdue):
    client.force_login(servant)

    page = client.get(reverse("today")).content.decode()

    assert one_overdue.name in page
    assert 'class="stake"' not in page
    assert "class-" not in page


def test_analyst_has_no_work_list(client, analyst):
    client.force_login(analyst)

    assert client.get(reverse("today")).status_code == 403


def test_page_says_hours_money_level_and_what_has_moved(client, salesperson, generation):
    Generation.objects.update(as_of_on=timezone.localdate(), before_on=date(2026, 11, 13))
    reasons = [
        {"code": "silent", "gap_days": 31.0, "silent_days": 58},
        {"code": "late_deliveries", "late_deliveries": 2, "deliveries": 5},
    ]
    at_risk(generation, cents=123_400, risk=0.62, risk_before=0.55, level="red", risk_reasons=reasons, abc_class="A")
    client.force_login(salesperson)

    page = client.get(reverse("today")).content.decode()

    assert "1 Name, 1,0 von 4,0 Stunden." in page
    assert '<span class="number strong">1.234\xa0€</span>' in page
    assert "Bestellt alle 31 Tage, zuletzt vor 58 Tagen. 2 von 5 Lieferungen verspätet." in page
    assert 'class="badge light red"' in page
    assert "Risiko seit dem 13.11.2026 um 7 Punkte gestiegen." in page


def test_reason_of_one_purchase_is_told_once(client, salesperson, generation):
    Generation.objects.update(as_of_on=timezone.localdate())
    reasons = [{"code": "few_purchases", "purchase_days": 1, "window_days": 1}]
    at_risk(generation, cents=5_000, level="red", risk_reasons=reasons, gap_days=None)
    client.force_login(salesperson)

    page = client.get(reverse("today")).content.decode()

    assert "Hat erst an einem Tag gekauft, vor 58 Tagen; ein Rhythmus ist noch nicht zu erkennen." in page
    assert "Hat bisher an 1 Tag gekauft" not in page


@pytest.mark.parametrize("address", ["today", "warnings", "warnings-proof"])
def test_pages_before_anybody_has_bought_say_what_will_be_here(client, administrator, generation, address):
    Generation.objects.update(forecast={"value": {"refusal": {"code": "nobody_bought"}}})
    client.force_login(administrator)

    page = client.get(reverse(address)).content.decode()

    assert "Sobald Bestellungen importiert sind" in page
    assert "Datei hochladen" in page


def test_minutes_are_kept_and_cost_no_click(client, salesperson, generation):
    Generation.objects.update(as_of_on=timezone.localdate())
    first, second = overdue(generation, rank=1), overdue(generation, rank=2)
    client.force_login(salesperson)

    client.post(reverse("today-act"), {"key": key_of(first), "act": "done", "minutes": "30"})
    client.post(reverse("today-act"), {"key": key_of(second), "act": "done"})

    assert list(Task.objects.order_by("pk").values_list("minutes", flat=True)) == [30, None]
    assert "von 3,1 Stunden" not in client.get(reverse("today")).content.decode()  # nobody is left


@pytest.mark.parametrize("minutes", ["0", "1441", "-5", "x", "99999"])
def test_minutes_that_no_day_has_are_refused(client, salesperson, one_overdue, minutes):
    client.force_login(salesperson)

    answer = client.post(reverse("today-act"), {"key": key_of(one_overdue), "act": "done", "minutes": minutes})

    assert answer.status_code == 400
    assert Task.objects.get().state == Task.State.OPEN


def test_what_was_done_today_takes_from_the_hours(client, salesperson, generation):
    Generation.objects.update(as_of_on=timezone.localdate())
    for rank in range(1, 40):
        overdue(generation, rank=rank)
    client.force_login(salesperson)
    first = work.items(asked(generation, today=timezone.localdate()), limit=1)[0]

    client.post(reverse("today-act"), {"key": first.key, "act": "done", "minutes": "60"})

    assert "10 Namen, 2,0 von 3,0 Stunden." in client.get(reverse("today")).content.decode()
    assert "Zehn Namen genügen für einen Tag" in client.get(reverse("today")).content.decode()
    tasks.add(tasks.Content(title="Steuer"), now=NOW, staff=salesperson)
    client.post(reverse("today-act"), {"key": f"task:{Task.objects.latest('pk').pk}:", "act": "done", "minutes": "120"})
    assert "5 Namen, 1,0 von 1,0 Stunden." in client.get(reverse("today")).content.decode()


@pytest.mark.parametrize("rows", [1, 3])
def test_today_takes_the_same_number_of_queries(client, salesperson, generation, rows, django_assert_num_queries):
    Generation.objects.update(as_of_on=timezone.localdate())
    for rank in range(1, rows + 1):
        overdue(generation, rank=rank)
    client.force_login(salesperson)

    client.get(reverse("today"))  # makes the plan, which is kept

    with django_assert_num_queries(QUERIES):
        page = client.get(reverse("today"))

    assert page.content.decode().count("data-item") == rows


def test_wishes_leave_room_for_those_who_are_silent(generation):
    for _ in range(6):
        factories.contact_person(factories.customer(), birthday_on=date(1980, 11, 20))
    silent_one = overdue(generation)

    items = work.items(asked(generation), limit=10)

    assert [item.kind for item in items] == ["overdue", "birthday", "birthday"]
    assert items[0].customer == silent_one
