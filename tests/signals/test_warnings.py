"""The early warning: who is on the list and why, what can be done about it, and how good it has been."""

import csv
from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from stammkunde.signals import forecasts, suggestions
from stammkunde.signals import warnings as queries
from stammkunde.signals.models import CustomerSignal, EarlyWarning
from stammkunde.tasks.models import Task
from stammkunde.team.models import AuditEntry
from stammkunde.team.policy import Sight
from tests import factories
from tests.pages import folded
from tests.signals import forecasting
from tests.signals.forecasting import AS_OF, LATE, SILENT
from tests.signals.warning_pages import read

pytestmark = pytest.mark.django_db

NB = "\N{NO-BREAK SPACE}"


@pytest.fixture
def generation():
    return forecasting.generation()


@pytest.fixture
def four(generation, salesperson):
    return forecasting.four(generation, owned_by=salesperson)


def test_list_says_what_has_changed_since_last_time(four, client, salesperson):
    since = queries.since(four)

    assert (since.on, since.opened, since.closed, since.bought) == (date(2026, 11, 13), 4, 1, 1)
    assert "Seit 13.11.2026: 4 neu, 1 nicht mehr offen (davon 1 gekauft)." in folded(read(client, salesperson))


def test_first_day_has_nothing_to_compare_with(generation):
    generation.before_on = None

    assert queries.since(generation) is None


def test_unknown_amounts_are_no_sum(generation):
    forecasting.warn(forecasting.signal(generation, margin_at_risk_cents=None))

    assert queries.summed(queries.Filters(), generation=generation, on=AS_OF).at_risk_cents is None


def test_list_says_about_whom_and_why_and_how_much_in_german(client, salesperson, generation):
    krone = factories.customer(name="Gasthaus Krone", owner=salesperson, phone="030 123")
    forecasting.warn(forecasting.signal(generation, krone))

    text = read(client, salesperson)

    for said in (
        "Gasthaus Krone",
        "Bestellt alle 31 Tage, seit 58 Tagen still",
        "2 von 5 Lieferungen verspätet",
        f"Brachte zuletzt 76{NB}€ ein, im gleich langen Zeitraum davor 987{NB}€",
        "Rot",
        f"62{NB}%",
        "Risiko seit dem 13.11.2026 um 12 Punkte gestiegen.",
        f"1.234{NB}€",
        "58 Tage still",
        "Sven",
        'href="tel:030123"',
        "stark",
        f'href="{reverse("customer", args=[krone.pk])}#orders-title"',
        f"Erprobt am 31.03.2026: Von 412 Gewarnten gingen 66{NB}%, von allen Kunden 16{NB}%; ",
        f"von denen, die gingen, waren 42{NB}% gewarnt.",
    ):
        assert said in text


def test_list_in_english(client, salesperson, generation):
    forecasting.warn(forecasting.signal(generation))

    text = read(client, salesperson, language="en")

    for said in (
        "Orders every 31 days, silent for 58 days",
        "Red",
        "Risk up by 12 points since 13 Nov 2026.",
        "58 days silent",
        "€1,234",
        "the risk that they do not buy again within 90 days",
    ):
        assert said in text


def test_my_customers_and_the_sort_stand_in_the_address(client, salesperson, four):
    text = read(client, salesperson, owner="mine", sort="risk", level="red")

    assert "Dora" in text
    for other in ("Anton", "Berta", "Cäsar"):
        assert other not in text


def test_nonsense_in_the_address_is_ignored(client, salesperson, four):
    client.force_login(salesperson)

    for query in ("after=x", "before=[0,{},1]", "sort=x&state=y&owner=ä&level=z&abc=D"):
        assert client.get(f"{reverse('warnings')}?{query}").status_code == 200


@pytest.mark.parametrize("rows", [1, 3])
def test_list_takes_the_same_number_of_queries(client, salesperson, generation, rows, django_assert_num_queries):
    for _row in range(rows):
        customer = factories.customer(owner=salesperson)
        factories.contact_person(customer, phone="030 1")
        forecasting.warn(forecasting.signal(generation, customer))
    client.force_login(salesperson)

    with django_assert_num_queries(QUERIES):
        page = client.get(reverse("warnings"))

    assert page.content.decode().count("data-item") == rows


QUERIES = 28


def act(client, warning, **sent):
    return client.post(
        reverse("warnings-act"), {"customer": warning.customer_id, "next": "/warnings/?sort=risk"} | sent
    )


@pytest.fixture
def warning(generation, salesperson):
    krone = factories.customer(name="Gasthaus Krone", owner=salesperson)
    return forecasting.warn(forecasting.signal(generation, krone))


def state(warning) -> str:
    return queries.of_customer(warning.customer_id, generation=forecasting.Generation.objects.get()).state(
        on=timezone.localdate()
    )


def test_task_carries_the_reasons_without_amounts_and_is_made_once(client, administrator, salesperson, warning):
    client.force_login(administrator)

    for _twice in range(2):
        answer = act(client, warning, act="task")

    task = Task.objects.get()
    assert answer.url == f"{reverse('warnings')}?sort=risk"
    assert (task.kind, task.owner, task.due_on) == ("task", salesperson, timezone.localdate())
    assert task.title == "Bei Gasthaus Krone melden: droht abzuwandern"
    assert task.note.splitlines() == [
        "Bestellt alle 31 Tage, seit 58 Tagen still",
        "2 von 5 Lieferungen verspätet",
        "Bringt weniger ein als zuvor",
    ]
    assert state(warning) == "task"
    assert AuditEntry.objects.filter(action="task.created").count() == 1
    assert "Aufgabe anlegen" not in client.get(reverse("warnings")).content.decode().split('id="warning-')[1]


def test_put_off_leaves_the_list_until_the_day_and_can_be_undone(client, salesperson, warning):
    client.force_login(salesperson)
    tomorrow = timezone.localdate() + timedelta(days=1)

    act(client, warning, later=tomorrow.isoformat())

    generation = forecasting.Generation.objects.get()
    assert state(warning) == "snoozed"
    todo, aside = (
        [queries.page(queries.Filters(state=one), generation=generation, on=on).rows for on in (AS_OF, tomorrow)]
        for one in (queries.TODO, queries.ASIDE)
    )
    assert [len(rows) for rows in todo] == [0, 1]
    assert [len(rows) for rows in aside] == [1, 0]
    client.post(reverse("task-reopen", args=[Task.objects.get().pk]))
    assert state(warning) == ""


@pytest.mark.parametrize("later", ["", "2020-01-01", "morgen"])
def test_put_off_needs_a_day_to_come(client, salesperson, warning, later):
    client.force_login(salesperson)

    act(client, warning, act="snooze", until_on=later)

    assert state(warning) == ""
    assert not Task.objects.exists()


def test_not_relevant_leaves_today_too_and_a_purchase_begins_anew(client, salesperson, warning):
    client.force_login(salesperson)

    act(client, warning, act="dismiss")

    generation = forecasting.Generation.objects.get()
    assert state(warning) == "dismissed"
    assert Task.objects.get().key == f"{suggestions.OVERDUE}:{warning.customer_id}:2026-09-23"
    assert queries.page(queries.Filters(), generation=generation, on=AS_OF).rows == []
    CustomerSignal.objects.update(last_on=date(2026, 10, 1))
    assert len(queries.page(queries.Filters(), generation=generation, on=AS_OF).rows) == 1


def test_dismissed_warning_becomes_a_task_after_all(client, salesperson, warning):
    client.force_login(salesperson)
    act(client, warning, act="dismiss")

    act(client, warning, act="task", back="customer")

    task = Task.objects.get()
    assert (task.kind, task.state, task.finished_at) == ("task", "open", None)
    assert "seit 58 Tagen still" in task.note


def test_act_on_a_closed_warning_says_so(client, salesperson, warning):
    EarlyWarning.objects.update(outcome="bought", closed_on=AS_OF)
    client.force_login(salesperson)

    answer = client.post(reverse("warnings-act"), {"customer": warning.customer_id, "act": "task"}, follow=True)

    assert "nicht mehr offen" in answer.content.decode()
    assert not Task.objects.exists()


def test_act_of_no_kind_is_refused(client, salesperson, warning):
    client.force_login(salesperson)

    assert act(client, warning, act="delete").status_code == 400
    assert client.post(reverse("warnings-act"), {"act": "task", "customer": "x"}).status_code == 400


@pytest.mark.parametrize(
    ("person", "list_", "act_", "export"),
    [
        ("administrator", 200, 302, 200),
        ("salesperson", 200, 302, 200),
        ("analyst", 200, 403, 200),
        ("servant", 403, 302, 403),
    ],
)
def test_rights(client, request, warning, person, list_, act_, export):
    client.force_login(request.getfixturevalue(person))

    assert client.get(reverse("warnings")).status_code == list_
    assert client.get(reverse("warnings-proof")).status_code == list_
    assert act(client, warning, act="dismiss").status_code == act_
    assert client.post(reverse("warnings"), {"format": "csv"}).status_code == export


def test_analyst_sees_no_buttons(client, analyst, warning):
    assert "Nicht relevant" not in read(client, analyst)


def test_amounts_are_hidden_from_whoever_may_not_see_margins(client, salesperson, warning, monkeypatch):
    monkeypatch.setattr(forecasts, "sight", lambda _staff, _generation: Sight(figures=True))

    text = read(client, salesperson)

    for hidden in (f"1.234{NB}€", "auf dem Spiel</span>", f"76{NB}€"):
        assert hidden not in text
    assert "Bringt weniger ein als zuvor" in text


@pytest.mark.parametrize("form", ["csv", "csv-plain", "xlsx"])
def test_export_takes_the_list_along(client, salesperson, four, form):
    client.force_login(salesperson)

    answer = client.post(f"{reverse('warnings')}?sort=since&owner=mine", {"format": form})

    content = b"".join(answer.streaming_content)
    assert AuditEntry.objects.get(action="export").detail == {"rows": 2, "query": "sort=since&owner=mine"}
    if form == "csv-plain":
        rows = list(csv.DictReader(content.decode().splitlines(), delimiter=";"))
        told = [(row["Name"], row["Gewarnt am"], row["Tage still"], row["Gründe"]) for row in rows]
        why = (
            "Bestellt alle 31 Tage, seit 58 Tagen still; 2 von 5 Lieferungen verspätet; "
            f"Brachte zuletzt 76{NB}€ ein, im gleich langen Zeitraum davor 987{NB}€"
        )
        assert told == [("Anton", "17.11.2026", "20", why), ("Dora", "17.11.2026", "40", why)]


def test_export_in_no_form_is_refused(client, salesperson, four):
    client.force_login(salesperson)

    assert client.post(reverse("warnings"), {"format": "doc"}).status_code == 400


def test_without_figures_the_pages_say_how_they_come(client, administrator):
    assert "Noch keine Frühwarnung" in read(client, administrator)
    assert "Noch keine Frühwarnung" in read(client, administrator, name="warnings-proof")


def test_nobody_at_risk_is_good_news(client, salesperson, generation):
    assert "Niemand ist in Gefahr" in read(client, salesperson)


def test_all_dealt_with_leads_to_what_was(client, salesperson, warning):
    client.force_login(salesperson)
    act(client, warning, act="dismiss")

    text = read(client, salesperson)

    assert "Alle Warnungen sind bearbeitet" in text
    assert "Gasthaus Krone" in read(client, salesperson, state="aside")


def test_too_short_a_past_says_what_is_needed_and_when(client, salesperson):
    refusal = {"code": "no_past", "horizon_days": 90, "needed_days": 180}
    forecasting.generation(forecast={"risk": {"refusal": refusal, "horizon_days": 90, "rule": "silence"}})
    factories.order(factories.customer(), date(2026, 10, 1))

    for name in ("warnings", "warnings-proof"):
        text = read(client, salesperson, name=name)
        assert "Bestellungen aus 180 Tagen" in text
        assert "um den 30.03.2027 so weit" in text


def test_trend_is_told_in_whole_points_and_only_where_there_is_one(generation):
    up = forecasting.signal(generation, risk=0.62, risk_before=0.5)
    same = forecasting.signal(generation, risk=0.502, risk_before=0.498)
    new = forecasting.signal(generation, risk_before=None)

    told = forecasts.trend(up, generation)

    assert (told.points, told.is_up, told.size) == (12, True, 12)
    assert [forecasts.trend(one, generation) for one in (same, new, None)] == [None] * 3


def test_reasons_have_bars_by_their_odds():
    bars = [one.bar for one in forecasts.why([SILENT, LATE, {"code": "one_channel"}], sight=Sight(worth=True))]

    assert bars == ["63", "29", "0"]


def test_list_counts_by_level_and_those_without_a_light_any_more(client, salesperson, four):
    forecasting.warn(forecasting.signal(four, risk_level=""))

    text = " ".join(read(client, salesperson).split())

    assert '<strong class="number">5</strong> offene Warnungen' in text
    assert 'ohne Ampel</span> <span class="number">1</span>' in text
    assert text.index('Rot</span> <span class="number">3</span>') < text.index(
        'Gelb</span> <span class="number">1</span>'
    )


def test_list_says_who_is_lit_but_not_listed_and_why_nobody_is_amber(client, salesperson, four):
    ended = forecasting.signal(four, risk_level="amber")
    forecasting.warn(ended, outcome="left", closed_on=AS_OF, last_on=ended.last_on)
    before = forecasting.signal(four, risk_level="amber")  # has bought since, and fallen silent anew
    forecasting.warn(before, outcome="left", closed_on=AS_OF, last_on=before.last_on - timedelta(days=90))
    four.forecast["levels"] = {"red": 480, "amber": 0, "contacts": 900, "warned_percent": 12}
    four.save()

    text = folded(read(client, salesperson))

    assert "1 weiterer ist rot oder gelb, steht aber nicht hier" in text
    assert "Gelb ist niemand: Ihr Team erreicht in einer Woche alle" in text
    assert "steht aber nicht hier" not in folded(read(client, salesperson, level="red"))
