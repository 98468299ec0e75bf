"""What surrounds the names of Today: wishes beside them, the best time, working days, and what comes next."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from stammkunde.contacts.models import Contact
from stammkunde.home.queries import today as work
from stammkunde.home.views import today as page
from stammkunde.signals.models import Current, CustomerSignal, Generation
from stammkunde.tasks import services as tasks
from stammkunde.tasks import worklist
from stammkunde.tasks.models import Task
from stammkunde.tasks.policy import Lengths
from tests import factories

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def generation():
    today = timezone.localdate()
    made = Generation.objects.create(status="done", as_of_on=today, activity_days=180, started_at=timezone.now())
    Current.objects.create(pk=1, generation=made)
    return made


def silent(generation, **fields):
    customer = factories.customer(**fields)
    CustomerSignal.objects.create(
        generation=generation, customer=customer, stage="at_risk", value_rank=customer.pk, last_on=date(2026, 9, 23),
        first_on=date(2025, 1, 1), gap_days=31, silent_days=58, overdue_days=27, yearly_cents=20_000,
    )  # fmt: skip
    return customer


def asked(generation, *, today=TODAY, owner=None):
    lengths = Lengths(usual=24)
    return worklist.Asked(today=today, generation=generation, owner=owner, months=6, lengths=lengths)


def act(client, customer, **said):
    return client.post(reverse("today-act"), {"key": f"overdue:{customer.pk}:2026-09-23"} | said)


def test_wishes_stand_beside_ten_names_and_take_nobodys_place(generation):
    for _ in range(14):
        silent(generation)
    for _ in range(3):
        factories.contact_person(factories.customer(), birthday_on=date(1980, 11, 20))

    items = work.items(asked(generation), limit=12)
    names = work.that_fit(work.named(items), minutes=480, least=12)

    assert (len(work.named(items)), len(names)) == (12, 10)
    assert [item.kind for item in work.beside(items)] == ["birthday", "birthday"]


def test_more_than_ten_written_tasks_all_stand_there(generation, salesperson):
    silent(generation)
    for place in range(12):
        tasks.add(tasks.Content(title=f"Aufgabe {place}"), now=NOW, staff=salesperson)

    kept = work.that_fit(work.items(asked(generation), limit=20), minutes=480, least=12)

    assert [item.kind for item in kept] == ["task"] * 12


def called(customer, hour, *, outcome="reached", days=30):
    at = (timezone.localtime() - timedelta(days=days)).replace(hour=hour, minute=5)
    return Contact.objects.create(
        customer=customer, source=f"test:{customer.pk}:{hour}:{days}", direction="out", channel="phone",
        happened_at=at, happened_on=at.date(), outcome=outcome, recorded_at=at,
    )  # fmt: skip


def test_card_says_when_calls_reach_somebody_and_nothing_where_nothing_is_known(client, salesperson, generation):
    known, unknown = silent(generation, name="Ada", country="DE"), silent(generation, name="Ben")
    for day in (10, 20, 30):
        called(known, 9, days=day)
    called(known, 9, days=40, outcome="not_reached")
    called(unknown, 9)
    client.force_login(salesperson)

    rows = {row["item"].customer: row["hint"] for row in client.get(reverse("today")).context["sections"][0]["rows"]}

    told = rows[known]["likes"]
    assert told in ("am besten vormittags: bei 3 von 4 Anrufen erreicht", "dort ist heute Feiertag")
    assert rows[unknown] is None or rows[unknown]["likes"] == "dort ist heute Feiertag"


def test_opening_hours_of_a_customer_come_before_what_calls_tell(client, salesperson, generation):
    customer = silent(generation, attributes={"Öffnungszeiten": "Mo–Fr 8–12"}, country="Atlantis")
    for day in (10, 20, 30):
        called(customer, 9, days=day)
    client.force_login(salesperson)

    text = client.get(reverse("today")).content.decode()

    assert "geöffnet Mo–Fr 8–12" in text or "dort ist heute Feiertag" in text
    assert "am besten vormittags" not in text


@pytest.mark.parametrize(
    ("today", "days"),
    [
        (date(2026, 11, 20), (date(2026, 11, 23), date(2026, 11, 27))),  # a Friday
        (date(2026, 12, 23), (date(2026, 12, 24), date(2026, 12, 30))),
        (date(2026, 12, 24), (date(2026, 12, 28), date(2026, 12, 31))),  # Christmas, and a weekend
    ],
)
def test_what_is_put_off_comes_back_on_a_working_day(today, days):
    closed = {date(2026, 12, 25), date(2026, 12, 26), date(2027, 1, 1)}

    assert tuple(on for on, _label in page._snoozes(today, closed)) == days
    assert all(on.isoweekday() < 6 and on not in closed for on, _label in page._thens(today, closed))


def test_done_with_a_next_step_plans_it_and_taking_back_drops_it(client, salesperson, generation):
    customer, then_on = silent(generation), timezone.localdate() + timedelta(days=8)
    client.force_login(salesperson)

    act(client, customer, act="done", then=then_on.isoformat())

    done, following = Task.objects.order_by("pk")
    assert (following.title, following.due_on, following.owner) == (done.title, then_on, salesperson)
    client.post(reverse("task-reopen", args=[done.pk]))
    assert list(Task.objects.values_list("pk", "state")) == [(done.pk, "open")]


def test_suggestion_is_given_to_a_colleague_and_stands_on_their_list_alone(
    client, salesperson, administrator, generation
):
    customer = silent(generation, owner=salesperson)
    client.force_login(salesperson)

    act(client, customer, act="give", owner=administrator.pk)

    task, today = Task.objects.get(), timezone.localdate()
    assert (task.owner, task.state) == (administrator, "open")
    assert [one.task for one in work.items(asked(generation, today=today, owner=administrator), limit=9)] == [task]
    assert work.items(asked(generation, today=today, owner=salesperson), limit=9) == []
    assert f"Aufgabe „{task.title}“: Sven → Ada" in client.get(reverse("customer", args=[customer.pk])).content.decode()


def test_nobody_is_given_what_only_somebody_can_do(client, salesperson, analyst, generation):
    customer = silent(generation)
    client.force_login(salesperson)

    act(client, customer, act="give", owner=analyst.pk)

    assert Task.objects.get().owner == salesperson
