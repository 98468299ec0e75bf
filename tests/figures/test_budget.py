"""Who is given how many minutes a month, by class and by what is at stake (R-K9)."""

from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from stammkunde.figures.queries import budget
from stammkunde.signals.models import Current, CustomerSignal, Generation
from stammkunde.tasks import services as tasks
from stammkunde.team import queries as team
from stammkunde.team import services
from stammkunde.team.models import Staff
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def generation():
    made = Generation.objects.create(
        status="done", as_of_on=date(2026, 11, 20), activity_days=180, started_at=timezone.now()
    )
    Current.objects.create(pk=1, generation=made)
    return made


def signal(generation, abc_class, *, at_risk=None, yearly=100_000, **fields):
    customer = fields.pop("customer", None) or factories.customer()
    facts = {"stage": "active", "silent_days": 40, "gap_days": 30.0, "first_on": date(2025, 1, 1)}
    CustomerSignal.objects.create(
        generation=generation,
        customer=customer,
        abc_class=abc_class,
        yearly_cents=yearly,
        margin_at_risk_cents=at_risk,
        **facts | fields,
    )
    return customer


def setting(hours=20, *, split=(70, 20, 10), usual=24) -> budget.Setting:
    return budget.Setting(hours_per_week=hours, usual_minutes=usual, split=split)


def test_month_of_the_team_is_shared_out_to_the_minute(generation):
    for place in range(1, 41):
        signal(generation, "ABC"[place % 3], at_risk=place * 1_000)

    plan = budget.of(generation, setting())

    assert plan.setting.month_minutes == 5200
    assert sum(plan.minutes.values()) == 5200
    assert [one.minutes for one in plan.classes] == [3120, 1560, 520]  # A has 13 customers and can use no more
    assert plan.left_minutes == 0


def test_more_at_risk_is_given_more_time_within_its_class(generation):
    less, more = signal(generation, "A", at_risk=10_000), signal(generation, "A", at_risk=40_000)
    least = signal(generation, "C", at_risk=1)

    plan = budget.of(generation, setting(hours=1, split=(80, 10, 10)))

    assert plan.minutes == {more.pk: 156, less.pk: 78, least.pk: 26}
    assert plan.classes[0].usual == 117


def test_without_anything_at_risk_nobody_is_given_time(generation):
    signal(generation, "A", at_risk=0)
    signal(generation, "", at_risk=500)  # bought nothing yet

    plan = budget.of(generation, setting())

    assert plan.minutes == {}
    assert plan.left_minutes == 5200


def test_where_no_risk_is_known_silence_and_worth_decide(generation):
    silent = signal(generation, "A", silent_days=90)
    in_rhythm = signal(generation, "A", silent_days=10)
    signal(generation, "A", stage="lost", silent_days=900)

    plan = budget.of(generation, setting(hours=1, split=(100, 0, 0)))

    assert not plan.by_risk
    assert plan.minutes == {silent.pk: 165, in_rhythm.pk: 95}  # 3/4 and 1/4 of the same worth, by their roots


def test_proposal_holds_until_the_company_decides(generation):
    signal(generation, "A", yearly=800_00, at_risk=600_00)
    signal(generation, "B", yearly=150_00, at_risk=250_00)
    signal(generation, "C", yearly=50_00, at_risk=150_00)

    assert budget.of(generation, setting(split=None)).split == (70, 20, 10)
    assert budget.of(generation, setting(split=(50, 30, 20))).split == (50, 30, 20)
    assert budget.of(None, setting(split=None)).split == (70, 20, 10)


def test_plan_is_made_once_for_a_generation_and_a_setting(generation, django_assert_num_queries):
    signal(generation, "A", at_risk=500)
    budget.of(generation, setting())

    with django_assert_num_queries(0):
        budget.of(generation, setting())
    with django_assert_num_queries(1):  # the customers of A; what is known of the classes is kept
        budget.of(generation, setting(split=(80, 10, 10)))


def test_hours_are_those_of_whoever_works_the_list(salesperson, analyst):
    Staff.objects.filter(pk=salesperson.pk).update(hours_per_week=12)
    services.change_company(
        by=salesperson,
        minutes_per_contact=30,
        time_a_percent=60,
        time_b_percent=30,
        time_c_percent=10,
        now=timezone.now(),
    )

    assert budget.setting(team.company()) == setting(12, usual=30, split=(60, 30, 10))


@pytest.mark.parametrize("parts", [(70, 20, 9), (70, 20, None), (None, None, 10), (101, 0, 0)])
def test_database_refuses_a_split_that_does_not_add_up(parts):
    a, b, c = parts
    with pytest.raises(IntegrityError), transaction.atomic():
        factories.decided(time_a_percent=a, time_b_percent=b, time_c_percent=c)


def test_customer_page_says_what_is_planned_and_spent(client, salesperson, generation):
    customer = signal(generation, "A", at_risk=50_000)
    task = tasks.add(tasks.Content(title="Anrufen"), now=timezone.now(), staff=salesperson, customer=customer)
    tasks.finish(task_id=task.pk, staff=salesperson, finished_at=timezone.now(), minutes=15)
    client.force_login(salesperson)

    page = client.get(reverse("customer", args=[customer.pk])).content.decode()

    assert "240 Minuten in diesem Monat, davon 15 genutzt." in page


def test_customer_page_says_when_nothing_is_planned(client, salesperson, generation):
    customer = signal(generation, "A", at_risk=0)
    client.force_login(salesperson)

    page = client.get(reverse("customer", args=[customer.pk])).content.decode()

    assert "in diesem Monat keines vorgesehen" in page


def test_only_this_month_is_spent(generation, salesperson):
    customer = signal(generation, "A", at_risk=50_000)
    for day, minutes in ((31, 5), (1, 10), (20, None)):
        task = tasks.add(tasks.Content(title="Anrufen"), now=timezone.now(), staff=salesperson, customer=customer)
        month = 10 if day == 31 else 11
        finished_at = datetime(2026, month, day, 12, tzinfo=UTC)
        tasks.finish(task_id=task.pk, staff=salesperson, finished_at=finished_at, minutes=minutes)

    found = budget.of_customer(customer.pk, generation, setting(), today=date(2026, 11, 20))

    assert (found.minutes, found.spent) == (240, 34)  # nobody said how long the last one took: as usual
