"""The time budget's page: hours planned and spent, the split tried and kept, and who may see and change what."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from stammkunde.figures import hours
from stammkunde.figures.queries import budget
from stammkunde.figures.queries import hours as queries
from stammkunde.signals.models import Current, CustomerSignal, Generation
from stammkunde.tasks import services as tasks
from stammkunde.tasks.models import TimeSettings
from stammkunde.team import queries as team
from stammkunde.team.models import AuditEntry, Staff
from stammkunde.team.policy import NO_MONEY, Sight
from tests import factories

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def generation():
    made = Generation.objects.create(
        status="done", as_of_on=date(2026, 11, 20), activity_days=180, started_at=timezone.now()
    )
    Current.objects.create(pk=1, generation=made)
    return made


def signal(generation, abc_class, *, yearly, at_risk=10_000, name="Kunde"):
    customer = factories.customer(name=name)
    CustomerSignal.objects.create(
        generation=generation,
        customer=customer,
        stage="active",
        silent_days=10,
        abc_class=abc_class,
        yearly_cents=yearly,
        margin_at_risk_cents=at_risk,
    )
    return customer


def spent(customer, minutes, *, by, at=NOW - timedelta(days=1)):
    task = tasks.add(tasks.Content(title="Anrufen"), now=NOW, staff=by, customer=customer)
    tasks.finish(task_id=task.pk, staff=by, finished_at=at, minutes=minutes)


@pytest.fixture
def company(generation, salesperson, administrator):
    """Three customers; a B customer takes most of the time and brings little."""
    best = signal(generation, "A", yearly=900_000, name="Gut GmbH")
    eater = signal(generation, "B", yearly=20_000, name="Müller GmbH")
    signal(generation, "C", yearly=80_000)
    now = timezone.now() - timedelta(hours=1)
    for minutes in (30, 30, 30, 30):
        spent(eater, minutes, by=salesperson, at=now)
    spent(best, 30, by=administrator, at=now)
    spent(None, None, by=salesperson, at=now)
    return {"best": best, "eater": eater}


def asked(staff=None, *, weeks=4, now=NOW) -> queries.Asked:
    return queries.Asked(staff=staff, weeks=weeks, now=now)


def plan_of(generation, *, split=(70, 20, 10)) -> budget.Budget:
    return budget.of(generation, budget.Setting(hours_per_week=40, usual_minutes=24, split=split))


def test_hours_planned_and_spent_stand_side_by_side(generation, company, salesperson, administrator):
    report = queries.report(asked(now=timezone.now()), plan=plan_of(generation), generation=generation)

    assert [(line.name, line.budget, line.spent, line.yearly_cents) for line in report.classes] == [
        ("A", 6720, 30, 900_000),
        ("B", 1920, 120, 20_000),
        ("C", 960, 0, 80_000),
    ]
    assert [(line.name, line.budget, line.spent, line.by_class) for line in report.people] == [
        ("Ada", 4800, 30, (30, 0, 0)),
        ("Sven", 4800, 144, (0, 120, 0)),
    ]
    assert (report.budget, report.spent, report.assumed, report.elsewhere) == (9600, 174, 24, 24)


def test_who_takes_most_for_what_they_bring_comes_first(generation, company):
    report = queries.report(asked(now=timezone.now()), plan=plan_of(generation), generation=generation)

    eater, best = report.eaters
    assert (eater.customer.name, eater.time_share, eater.worth_share) == ("Müller GmbH", 120 / 174, 0.02)
    assert eater.hourly_cents == round(20_000 / (2 * 13))  # two hours in four weeks are 26 in a year
    assert best.customer.name == "Gut GmbH"


def test_finding_names_the_customer_who_eats_the_time(generation, company):
    report = queries.report(asked(now=timezone.now()), plan=plan_of(generation), generation=generation)

    told = hours.findings(report, basis="margin", sight=Sight(worth=True))

    assert told == [
        "Ein B-Kunde, Müller GmbH, braucht 69\xa0% Ihrer Zeit und bringt 2\xa0% des Deckungsbeitrags.",
        *(
            f"{name}-Kunden bekamen {got}\xa0% der genutzten Zeit; vorgesehen sind {planned}\xa0%. "
            f"Sie bringen {brings}\xa0% des Deckungsbeitrags."
            for name, got, planned, brings in (("A", 17, 70, 90), ("B", 69, 20, 2), ("C", 0, 10, 8))
        ),
    ]
    assert hours.usage(report) == (
        "2,9 von 160,0 Stunden sind genutzt. Davon sind 0,4 angenommen, weil niemand die Dauer angegeben hat."
    )


def test_findings_keep_money_from_those_who_may_not_see_it(generation, company):
    report = queries.report(asked(now=timezone.now()), plan=plan_of(generation), generation=generation)

    told = " ".join(hours.findings(report, basis="margin", sight=NO_MONEY))

    assert "A-Kunden bekamen" in told
    assert "Deckungsbeitrag" not in told


def test_few_tasks_tell_nothing(generation, salesperson):
    spent(signal(generation, "B", yearly=1), 60, by=salesperson)

    report = queries.report(asked(), plan=plan_of(generation), generation=generation)

    assert hours.findings(report, basis="margin", sight=Sight(worth=True)) == []


def test_weeks_without_work_are_there_with_zero(generation, salesperson):
    spent(None, 60, by=salesperson, at=NOW - timedelta(days=8))

    report = queries.report(asked(), plan=plan_of(generation), generation=generation)

    assert report.weeks == [
        (date(2026, 11, 16), 0),
        (date(2026, 11, 9), 60),
        (date(2026, 11, 2), 0),
        (date(2026, 10, 26), 0),
    ]


def test_hours_of_those_who_have_left_are_not_forgotten(generation, salesperson, administrator):
    spent(None, 60, by=salesperson)
    Staff.objects.filter(pk=salesperson.pk).update(is_active=False)

    report = queries.report(asked(), plan=plan_of(generation), generation=generation)

    assert [(line.name, line.budget, line.spent) for line in report.people] == [("Ada", 4800, 0), ("Sven", 0, 60)]


def page(client, staff, query="") -> str:
    client.force_login(staff)
    answer = client.get(reverse("time") + query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_management_sees_everybody_and_sales_only_the_own_hours(client, administrator, salesperson, company):
    everybody, own = page(client, administrator), page(client, salesperson)

    assert "Nach Person" in everybody
    assert "2,9 von 160,0 Stunden sind genutzt." in everybody
    assert "Nach Person" not in own
    assert "2,4 von 80,0 Stunden sind genutzt." in own
    assert "a_slider" not in own
    assert "0,5 von 80,0 Stunden sind genutzt." in page(client, administrator, "?who=mine")


def test_service_sees_hours_and_no_money(client, servant, company):
    text = page(client, servant)

    assert "Wohin die Zeit geht" in text
    for hidden in ("Deckungsbeitrag", "Je Stunde", "C-Kunden mit"):
        assert hidden not in text


def test_analyst_works_no_list_and_has_no_budget(client, analyst, company):
    client.force_login(analyst)

    assert client.get(reverse("time")).status_code == 403


def sent(**changes):
    return {"hours_per_week": "20", "a": "70", "b": "20", "c": "10", "act": "save"} | changes


def test_split_is_tried_before_it_is_kept(client, administrator, salesperson, company):
    client.force_login(administrator)

    tried = client.post(reverse("time"), sent(a="40", b="40", c="20", act="preview")).content.decode()

    assert "Das ergäbe sich daraus" in tried
    assert "Noch ist nichts gespeichert." in tried
    assert TimeSettings.of(team.company()).time_split is None
    client.post(reverse("time"), sent(a="40", b="40", c="20"))
    assert TimeSettings.of(team.company()).time_split == (40, 40, 20)
    assert AuditEntry.objects.filter(action="settings.changed").count() == 1


def test_hours_tried_change_the_minutes_at_once(client, salesperson, administrator, company):
    Staff.objects.filter(pk=administrator.pk).update(hours_per_week=0)
    client.force_login(salesperson)

    tried = client.post(reverse("time"), sent(hours_per_week="0", act="preview")).content.decode()
    client.post(reverse("time"), sent(hours_per_week="12"))

    assert 'class="other"' in tried
    assert Staff.objects.get(pk=salesperson.pk).hours_per_week == 12


@pytest.mark.parametrize(
    ("wish", "split"),
    [
        ({"a": "60", "b": "60", "c": "0"}, (50, 50, 0)),
        ({"a": "1", "b": "1", "c": "1"}, (34, 33, 33)),
        ({"a": "65", "b": "25", "c": "10", "a_slider": "70", "b_slider": "20", "c_slider": "10"}, (65, 25, 10)),
    ],
)
def test_what_does_not_add_up_is_brought_to_a_hundred(client, administrator, company, wish, split):
    client.force_login(administrator)

    client.post(reverse("time"), sent(**wish))

    assert TimeSettings.of(team.company()).time_split == split


def test_without_scripts_the_slider_that_was_moved_counts(client, administrator, company):
    client.force_login(administrator)
    client.post(reverse("time"), sent(a="60", b="30", c="10"))

    client.post(reverse("time"), sent(a="60", b="30", c="10", a_slider="60", b_slider="10", c_slider="30"))

    assert TimeSettings.of(team.company()).time_split == (60, 10, 30)


def test_nothing_wished_for_changes_nothing(client, administrator, company):
    client.force_login(administrator)
    shown = budget.of(Generation.objects.get(), budget.setting(team.company())).split

    client.post(reverse("time"), sent(a=shown[0], b=shown[1], c=shown[2]))

    assert TimeSettings.of(team.company()).time_split is None  # the proposal still follows the figures


def test_back_to_the_proposal(client, administrator, company):
    client.force_login(administrator)
    client.post(reverse("time"), sent(a="10", b="10", c="80"))

    client.post(reverse("time"), sent(act="proposal"))

    assert TimeSettings.of(team.company()).time_split is None


def test_sales_changes_own_hours_and_never_the_split(client, salesperson, company):
    client.force_login(salesperson)

    client.post(reverse("time"), sent(a="0", b="0", c="100", a_slider="0"))

    assert TimeSettings.of(team.company()).time_split is None
    assert client.post(reverse("time"), sent(act="proposal")).status_code == 403


@pytest.mark.parametrize("wish", [{"hours_per_week": "81"}, {"hours_per_week": ""}, {"a": "101"}])
def test_wish_out_of_range_is_refused(client, administrator, company, wish):
    client.force_login(administrator)

    assert client.post(reverse("time"), sent(**wish)).status_code == 400
    assert TimeSettings.of(team.company()).time_split is None


def test_unknown_act_is_refused(client, administrator, company):
    client.force_login(administrator)

    assert client.post(reverse("time"), sent(act="x")).status_code == 400


def test_page_before_the_first_figures(client, administrator):
    text = page(client, administrator)

    assert "In diesen Wochen wurde nichts erledigt." in text


def test_minutes_by_customer_are_taken_along(client, administrator, company):
    client.force_login(administrator)

    answer = client.post(reverse("time-export"), {"format": "csv"})

    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    assert lines[0] == (
        "Kundennummer;Name;Klasse;Minuten vorgesehen im Monat;Minuten genutzt;davon angenommen;"
        "Wert eines Jahres;Auf dem Spiel;Worin beide gerechnet sind"
    )
    eater = next(line for line in lines if "Müller GmbH" in line)
    assert eater.endswith("Müller GmbH;B;240;120;0;200,00;100,00;")  # these figures do not say their stage
    assert AuditEntry.objects.get(action="export").thing == "time"


def test_service_takes_nothing_along(client, servant, company):
    client.force_login(servant)

    assert client.post(reverse("time-export"), {"format": "csv"}).status_code == 403


@pytest.mark.parametrize("rows", [1, 3])
def test_page_takes_the_same_number_of_queries(
    client, administrator, salesperson, generation, rows, django_assert_num_queries
):
    for _row in range(rows):
        spent(signal(generation, "A", yearly=1_000), 30, by=salesperson, at=timezone.now())
    client.force_login(administrator)
    client.get(reverse("time"))  # makes the plan, which is kept

    with django_assert_num_queries(QUERIES):
        client.get(reverse("time"))


QUERIES = 15


def test_english(client, administrator, company):
    Staff.objects.filter(pk=administrator.pk).update(language="en")
    administrator.refresh_from_db()

    text = page(client, administrator)

    assert "One B customer, Müller GmbH, takes 69% of your time and brings 2% of the contribution margin." in text
