"""The work list: who stands on it, why, and what happens when somebody acts."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from stammkunde.activity import services as activity
from stammkunde.activity.models import Task
from stammkunde.home.queries import today as queries
from stammkunde.intake.models import Import
from stammkunde.signals.models import Current, CustomerSignal, Generation
from tests import factories

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 20)


@pytest.fixture
def generation():
    made = Generation.objects.create(status="done", as_of_on=TODAY, activity_days=180)
    Current.objects.create(pk=1, generation=made)
    return made


def asked(generation=None, *, today=TODAY, owner=None, months=6, with_imports=False) -> queries.Asked:
    return queries.Asked(today=today, generation=generation, owner=owner, months=months, with_imports=with_imports)


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

    items = queries.items(asked(generation), limit=10)

    assert [item.customer for item in items] == [first, second]
    assert [item.stake_cents for item in items] == [20_000, 20_000]
    assert items[0].key == f"overdue:{first.pk}:2026-09-23"


def test_customers_without_purchase_for_the_months_asked(generation):
    half_a_year = silent(generation, rank=1, last_on=date(2026, 5, 20))
    silent(generation, rank=2, last_on=date(2026, 5, 21))
    silent(generation, rank=3, last_on=date(2024, 5, 20))  # a matter for the list, not for today

    assert [item.customer for item in queries.items(asked(generation, months=6), limit=9)] == [half_a_year]


def test_list_goes_on_until_it_is_full_though_many_were_dealt_with(generation, salesperson, monkeypatch):
    monkeypatch.setattr(queries, "CHUNK", 2)
    customers = [overdue(generation, rank=rank) for rank in range(1, 8)]
    for item in queries.items(asked(generation), limit=5):
        task = activity.take_up(item.suggestion("x"), staff=salesperson)
        activity.dismiss(task_id=task.pk, staff=salesperson, finished_at=datetime(2026, 11, 20, tzinfo=UTC))

    assert [item.customer for item in queries.items(asked(generation), limit=5)] == customers[5:]


def test_new_purchase_begins_a_new_cycle(generation, salesperson):
    customer = overdue(generation)
    done = activity.take_up(queries.items(asked(generation), limit=1)[0].suggestion("x"), staff=salesperson)
    activity.finish(task_id=done.pk, staff=salesperson, finished_at=datetime(2026, 11, 20, tzinfo=UTC))
    assert queries.items(asked(generation), limit=1) == []

    CustomerSignal.objects.filter(customer=customer).update(last_on=date(2026, 10, 20))

    assert [item.key for item in queries.items(asked(generation), limit=1)] == [f"overdue:{customer.pk}:2026-10-20"]


def test_snoozed_suggestion_comes_back_on_its_day(generation, salesperson):
    overdue(generation)
    task = activity.take_up(queries.items(asked(generation), limit=1)[0].suggestion("x"), staff=salesperson)
    tomorrow = TODAY + timedelta(days=1)
    activity.snooze(task_id=task.pk, until_on=tomorrow, today=TODAY, staff=salesperson)

    assert queries.items(asked(generation), limit=9) == []
    assert len(queries.items(asked(generation, today=tomorrow), limit=9)) == 1


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

    item = queries.items(asked(today=today), limit=9)[0]

    assert (item.person, item.reason["days"], item.reason["age"]) == (person, days, item.reason["on"].year - born.year)


def test_birthday_far_away_is_left_out():
    factories.contact_person(factories.customer(), birthday_on=date(1980, 12, 1))

    assert queries.items(asked(), limit=9) == []


def test_snoozed_birthday_comes_back_though_the_day_is_past(salesperson):
    factories.contact_person(factories.customer(), birthday_on=date(1980, 11, 20))
    task = activity.take_up(queries.items(asked(), limit=1)[0].suggestion("Gratulieren"), staff=salesperson)
    later = TODAY + timedelta(days=7)
    activity.snooze(task_id=task.pk, until_on=later, today=TODAY, staff=salesperson)

    assert [item.task for item in queries.items(asked(today=later), limit=9)] == [task]


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

    items = queries.anniversaries(asked(generation))

    assert [(item.customer, item.reason["years"]) for item in items] == [(five_years, 5)]


def test_imports_with_problems_are_for_those_who_import():
    now = timezone.now()
    failed = Import.objects.create(file_name="a.csv", path="a", status="failed")
    Import.objects.create(file_name="b.csv", path="b", status="done")

    today = timezone.localdate(now)
    assert [item.batch for item in queries.items(asked(today=today, with_imports=True), limit=9)] == [failed]
    assert queries.items(asked(today=today), limit=9) == []


def test_mine_shows_my_customers_only(generation, salesperson):
    overdue(generation, rank=1)
    mine = overdue(generation, rank=2, customer=factories.customer(owner=salesperson))

    assert [item.customer for item in queries.items(asked(generation, owner=salesperson), limit=9)] == [mine]


def test_whom_to_call_is_the_one_with_a_number(generation):
    customer = overdue(generation)
    factories.contact_person(customer, role="decision_maker")
    reachable = factories.contact_person(customer, phone="0171 2")

    item = queries.items(asked(generation), limit=1)[0]

    assert (item.person, item.phone) == (reachable, "0171 2")


@pytest.fixture
def one_overdue(generation):
    Generation.objects.update(as_of_on=timezone.localdate())
    return overdue(generation)


def key_of(customer) -> str:
    return f"overdue:{customer.pk}:2026-09-23"


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


@pytest.mark.parametrize("rows", [1, 3])
def test_today_takes_the_same_number_of_queries(client, salesperson, generation, rows, django_assert_num_queries):
    Generation.objects.update(as_of_on=timezone.localdate())
    for rank in range(1, rows + 1):
        overdue(generation, rank=rank)
    client.force_login(salesperson)

    with django_assert_num_queries(QUERIES):
        page = client.get(reverse("today"))

    assert page.content.decode().count("data-item") == rows


QUERIES = 19


def test_wishes_leave_room_for_those_who_are_silent(generation):
    for _ in range(6):
        factories.contact_person(factories.customer(), birthday_on=date(1980, 11, 20))
    silent_one = overdue(generation)

    items = queries.items(asked(generation), limit=10)

    assert [item.kind for item in items] == ["overdue", "birthday", "birthday"]
    assert items[0].customer == silent_one
