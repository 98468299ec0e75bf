from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from stammkunde.api import api
from stammkunde.customers.models import Customer
from stammkunde.intake import services as intake
from stammkunde.signals import services as signals
from stammkunde.signals.models import Current, CustomerSignal, Generation
from stammkunde.signals.policy import Learn
from stammkunde.team import tokens
from stammkunde.team.api import NeedsRight
from stammkunde.team.models import ApiToken, AuditEntry
from tests import factories
from tests.signals.test_levels import LEVEL
from tests.signals.test_levels import TESTED as VALUE_TEST

FLAT = """\
Rechnungsnummer;Rechnungsdatum;Kundennummer;Artikelnummer;Bezeichnung;Menge;Einzelpreis
R1;21.12.2010;17850;A1;Teelicht;6;2,55
R2;22.12.2010;13047;A2;Laterne;6;3,39
"""


@pytest.fixture
def ask(client):
    """Ask the API as somebody's program."""

    def asking(staff, path, *, post=None, **token):
        name = f"program {ApiToken.objects.count()}"
        token = tokens.create(staff=staff, name=name, now=timezone.now(), **token)
        headers = {"Authorization": f"Bearer {token}"}
        address = f"/api/v1/{path}"
        return client.get(address, headers=headers) if post is None else client.post(address, post, headers=headers)

    return asking


def upload() -> SimpleUploadedFile:
    return SimpleUploadedFile("export.csv", FLAT.encode())


@pytest.mark.django_db
def test_api_asks_for_a_token_and_nothing_else(client, administrator):
    client.force_login(administrator)

    assert client.get("/api/v1/customers").status_code == 401
    assert client.get("/api/v1/customers", headers={"Authorization": "Bearer stk_nonsense"}).status_code == 401


def test_every_operation_says_which_right_it_needs():
    operations = [
        operation
        for _, router in api._routers
        for view in router.path_operations.values()
        for operation in view.operations
    ]

    assert operations
    assert all(isinstance(one, NeedsRight) for operation in operations for one in operation.auth_callbacks)
    assert all(operation.auth_callbacks for operation in operations)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("person", "path", "status"),
    [
        ("servant", "figures?period=2011", 403),
        ("servant", "customers", 403),
        ("salesperson", "imports/1", 403),
        ("analyst", "customers", 200),
        ("salesperson", "customers?sort=value", 200),
        ("administrator", "imports/1", 404),
    ],
)
def test_token_has_the_rights_of_its_person(request, ask, person, path, status):
    assert ask(request.getfixturevalue(person), path).status_code == status


@pytest.mark.django_db
def test_customers_come_page_by_page_and_leave_a_trace(client, analyst):
    wanted = [factories.customer(name=name) for name in ("Anton", "Berta", "Cäsar")]
    headers = {"Authorization": f"Bearer {tokens.create(staff=analyst, name='notebook', now=timezone.now())}"}

    first = client.get("/api/v1/customers?limit=2", headers=headers).json()
    rest = client.get("/api/v1/customers", {"limit": 2, "after": first["next"]}, headers=headers).json()

    assert [one["id"] for one in first["customers"] + rest["customers"]] == [one.pk for one in wanted]
    assert rest["next"] is None
    assert AuditEntry.objects.filter(action="customers.exported", detail__by="api").count() == 2
    assert client.get("/api/v1/customers?after=nonsense", headers=headers).status_code == 422


@pytest.mark.django_db
def test_customer_comes_with_contact_persons(ask, analyst):
    berta = factories.customer(name="Berta", attributes={"Branche": "Hotel"})
    factories.contact_person(berta, last_name="Weber", birthday_on=date(1980, 5, 1))

    given = ask(analyst, f"customers/{berta.pk}").json()

    assert (given["name"], given["attributes"]) == ("Berta", {"Branche": "Hotel"})
    assert [(one["last_name"], one["birthday_on"]) for one in given["contact_persons"]] == [("Weber", "1980-05-01")]


@pytest.mark.django_db
def test_customers_come_by_risk_with_what_they_are_worth(ask, analyst):
    generation = Generation.objects.create(
        status="done", as_of_on=date(2026, 11, 20), activity_days=180, started_at=timezone.now(),
        forecast={"value": {"rule": "model", "back_test": VALUE_TEST, "level": LEVEL}},
    )  # fmt: skip
    Current.objects.create(pk=1, generation=generation)
    for name, level, cents in (("Anton", "green", 900), ("Berta", "red", 500), ("Cäsar", "red", 700)):
        CustomerSignal.objects.create(
            generation=generation,
            customer=factories.customer(name=name),
            stage="active",
            risk=0.5,
            risk_level=level,
            risk_reasons=[{"code": "one_channel"}],
            margin_at_risk_cents=cents,
            expected_cents=2 * cents,
        )

    answer = ask(analyst, "customers?level=red&sort=at_risk").json()
    given = answer["customers"]
    hidden = ask(analyst, f"customers/{given[0]['id']}", scopes=["customers"]).json()

    assert [(one["name"], one["margin_at_risk_cents"], one["expected_cents"]) for one in given] == [
        ("Cäsar", 700, 1400),
        ("Berta", 500, 1000),
    ]
    assert given[0]["risk_reasons"] == [{"code": "one_channel"}]
    assert (hidden["risk_level"], hidden["risk"]) == ("red", 0.5)
    assert {hidden[name] for name in ("margin_at_risk_cents", "expected_cents", "risk_reasons", "values_tested")} == {
        None
    }
    assert answer["values_tested"] == {
        "as_of": "2025-03-02",
        "first_on": "2025-03-03",
        "last_on": "2026-03-01",
        "expected": 1000.2,
        "came": 1300.0,
        "is_same_season": True,
        "level": 1.2686,
    }


@pytest.mark.django_db
def test_figures_before_the_first_refresh_are_refused_with_the_cure(ask, analyst):
    answer = ask(analyst, "figures?period=2011-Q3")

    assert (answer.status_code, "Import a file" in answer.json()["detail"]) == (409, True)


@pytest.mark.django_db(transaction=True)
def test_program_brings_a_file_and_takes_figures_and_undoes(client, administrator):
    headers = {"Authorization": f"Bearer {tokens.create(staff=administrator, name='shop', now=timezone.now())}"}

    sent = client.post("/api/v1/imports", {"file": upload()}, headers=headers)
    while intake.sweep(now=timezone.now()):
        pass
    state = client.get(f"/api/v1/imports/{sent.json()['id']}", headers=headers).json()
    signals.refresh(as_of=date(2010, 12, 31), now=timezone.now(), progress=lambda *_: None, learn=Learn.NOW)
    figures = client.get("/api/v1/figures?period=2010-12&activity_days=30", headers=headers).json()

    assert (sent.status_code, state["status"], Customer.objects.count()) == (201, "done", 2)
    won = next(one for one in figures if one["kpi"] == "customers_won")
    assert (won["value"], won["slice"]) == (2, None)
    assert client.get("/api/v1/figures?period=someday", headers=headers).status_code == 422

    assert client.post(f"/api/v1/imports/{state['id']}/undo", headers=headers).status_code == 200
    while intake.sweep(now=timezone.now()):
        pass
    assert Customer.objects.count() == 0
    assert client.post(f"/api/v1/imports/{state['id']}/undo", headers=headers).status_code == 409


@pytest.mark.django_db
def test_unknown_mapping_is_refused_by_name(ask, administrator):
    answer = ask(administrator, "imports?mapping=Shop", post={"file": upload()})

    assert (answer.status_code, "No mapping is called 'Shop'" in answer.json()["detail"]) == (422, True)


@pytest.mark.django_db(transaction=True)
def test_rows_are_brought_by_the_same_checks_as_a_file(administrator, client):
    headers = {"Authorization": f"Bearer {tokens.create(staff=administrator, name='till', now=timezone.now())}"}

    def bring(kind, rows):
        body = {"origin": "till-1", "rows": rows}
        return client.post(f"/api/v1/rows/{kind}", body, content_type="application/json", headers=headers)

    sent = bring("orders", [{"order_number": "A-1", "ordered_at": "2026-11-01"}])
    assert (sent.status_code, sent.json()["status"]) == (201, "queued")
    while intake.sweep(now=timezone.now()):
        pass
    state = client.get(f"/api/v1/imports/{sent.json()['id']}", headers=headers).json()
    assert (state["status"], state["counts"]["orders"]["created"]) == ("done", 1)

    assert bring("dreams", [{}]).status_code == 404
    assert bring("orders", []).status_code == 422
    strange = bring("orders", [{"order": "A-1"}])
    assert strange.status_code == 422
    assert "There are: order_number," in strange.json()["detail"]
