"""What a program may do with a token, how long, how often; and that what it reads stands in the trail."""

import ast
import json
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connections
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

import stammkunde
from stammkunde.api import api
from stammkunde.intake.models import Import
from stammkunde.segments import bits
from stammkunde.segments import services as segments
from stammkunde.segments.models import SegmentState
from stammkunde.team import policy, services, tokens
from stammkunde.team.access import needs
from stammkunde.team.middleware import what_leaves_is_noted
from stammkunde.team.models import AccessSettings, ApiToken, AuditEntry, Staff
from tests import factories
from tests.plays import over_time

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 20, 9, 30, 20, tzinfo=UTC)
PACKAGE = Path(stammkunde.__file__).parent
# Who answers the same by a page, and how it is asked there; what a program reads is a file that it takes along
PAGES = {
    "figures": ("overview", {}),
    "customers": ("customers", {"format": "csv"}),
    "customer": ("customers", {"format": "csv"}),
    "segments": ("segments", {}),
    "segment": ("segments", {}),
    "segments_vocabulary": ("segments", {}),
    "create_segment": ("segment-new", {}),
    "change_segment": ("segment-new", {}),
    "delete_segment": ("segment-new", {}),
    "segment_members": ("customers", {"format": "csv"}),
    "measures": ("measures", {}),
    "measure": ("measures", {}),
    "measure_enrolments": ("measures", {}),
    "impact": ("impact", {}),
    "impact_of_one": ("impact", {}),
    "import_state": ("import", {}),
    "hourly_costs": ("settings-costs", {}),
    "hourly_cost": ("settings-costs", {}),
    "remove_hourly_cost": ("settings-costs", {}),
    "year_costs": ("settings-costs", {}),
    "year_cost": ("settings-costs", {}),
    "remove_year_cost": ("settings-costs", {}),
    "bring": ("import-upload", {}),
    "bring_rows": ("import-upload", {}),
    "undo": ("import-undo", {}),
}
SENT = {
    "create_segment": {"name": "Neu", "rule": {"field": "customer.kind", "is": "unknown"}},
    "hourly_cost": {"role": "sales", "holds_from_on": "2026-01-01", "cents": 4800},
    "year_cost": {"year": 2025, "winning_cents": 1_200_000},
    "bring_rows": {"origin": "till", "rows": []},
}


def operations():
    return {
        operation.view_func.__name__: (method, path, operation)
        for prefix, router in api._routers
        for path, view in router.path_operations.items()
        for operation in view.operations
        for method in operation.methods
    }


def program(staff, **given) -> Client:
    name = f"program {ApiToken.objects.count()}"
    token = tokens.create(staff=staff, name=name, now=timezone.now(), **given)
    return Client(headers={"Authorization": f"Bearer {token}"})


def address(path: str, **numbers: int) -> str:
    return f"/api/v1{path.format(layout='orders', **numbers)}"


@pytest.fixture
def numbers(administrator):
    customer = factories.customer(name="Berta")
    factories.contact_person(customer, last_name="Weber")
    problems = [{"row": 2, "code": "not_a_date", "column": "x", "value": "Weber"}]
    of = {"layout": "orders", "status": "done", "problems": problems, "created_at": NOW, "size_bytes": 1}
    incoming = Import.objects.create(file_name="a.csv", **of)
    bought = {"happened": "orders", "is": ">=", "value": 1}
    group = segments.create(name="Käufer", rule=bought, now=NOW, staff=None)
    SegmentState.objects.create(
        version=group.versions.get(), generation=1, as_of_on=NOW.date(), until={}, at=NOW, highest=customer.pk,
        bits=bits.packed([customer.pk]), n=1,
    )  # fmt: skip
    play = over_time.started(over_time.wait(10))
    over_time.buys(customer)
    over_time.work()
    return {
        "customer_id": customer.pk,
        "import_id": incoming.pk,
        "cost_id": 1,
        "year": 2025,
        "segment_id": group.pk,
        "measure_id": play.pk,
        "trial_id": 1,
    }


def test_every_operation_has_its_page():
    assert operations().keys() == PAGES.keys()


@pytest.mark.parametrize("role", Staff.Role.values)
def test_what_a_page_refuses_to_a_role_the_api_refuses(role, numbers, client_of):
    staff = Staff.objects.create_user(f"{role}@example.org", name=role, role=role, created_at=NOW)
    browser, asks = client_of(staff), program(staff)

    for name, (method, path, _operation) in operations().items():
        answer = asks.generic(method, address(path, **numbers), json.dumps(SENT.get(name, {})), "application/json")
        page, form = PAGES[name]
        args = [numbers["import_id"]] if page in {"import", "import-undo"} else []
        url = reverse(page, args=args)
        seen = browser.post(url, form) if form or page in {"import-upload", "import-undo"} else browser.get(url)
        assert (answer.status_code == 403) == (seen.status_code == 403), f"{role}: {name} and {page} differ"


def test_scopes_leave_of_the_rights_what_they_say(administrator, numbers):
    found = {name: (method, address(path, **numbers)) for name, (method, path, _of) in operations().items()}
    right = {
        "figures": "figures",
        "customers": "customers",
        "segments_vocabulary": "figures",
        "create_segment": "segments",
        "delete_segment": "segments",
        "measures": "measures",
        "impact": "margins",
        "impact_of_one": "margins",
        "import_state": "imports",
        "hourly_costs": "settings",
        "year_costs": "settings",
    }

    for scope in policy.SCOPES:
        asks = program(administrator, scopes=[scope])
        may = {name for name in right if asks.generic(*found[name], "{}", "application/json").status_code != 403}
        assert may == {name for name, wanted in right.items() if wanted == scope}, scope


def test_a_token_without_margins_shows_none(administrator):
    staff = tokens.owner(token=tokens.create(staff=administrator, name="a", now=NOW, scopes=["figures"]), now=NOW)

    assert (policy.sight(staff).figures, policy.sight(staff).margin) == (True, False)
    assert policy.sight(administrator).margin


def test_every_read_of_personal_data_stands_in_the_trail(administrator, numbers):
    """An operation says what it gives; where it gives personal data, an answer leaves an entry with a number."""
    asks = program(administrator)
    for name, (method, path, operation) in operations().items():
        gives = operation.auth_callbacks[0].gives
        before = AuditEntry.objects.filter(detail__has_key="rows").count()
        answer = asks.generic(method, address(path, **numbers) + "?sort=name")
        noted = AuditEntry.objects.filter(detail__has_key="rows").count() - before
        assert noted == (1 if gives and answer.status_code == 200 else 0), name

    entries = AuditEntry.objects.filter(detail__by="api").order_by("pk").values_list("action", "label", "detail")
    by = {"by": "api", "token": "program 0", "rows": 1}
    assert list(entries) == [
        ("customers.exported", "", by | {"query": "sort=name"}),
        ("api.read", "Berta", by | {"persons": 1}),
        ("api.read", "Käufer", by),
        ("api.read", "Maßnahme", by),
        ("api.read", "a.csv", by),  # how it is, and what became of it when it was taken back
        ("api.read", "a.csv", by),
    ]


def test_of_a_search_the_trail_keeps_that_there_was_one_and_no_name(administrator):
    for number in range(2):
        factories.customer(name=f"Erika Mustermann {number}", search="erika mustermann")
    asks = program(administrator)
    first = asks.get("/api/v1/customers?q=Erika+Mustermann&sort=name&limit=1").json()
    asks.get("/api/v1/customers", {"sort": "name", "after": first["next"]})

    searched, next_page = (entry.detail for entry in AuditEntry.objects.filter(detail__by="api").order_by("pk"))
    assert (searched["searched"], searched["query"], next_page["query"]) == (True, "sort=name&limit=1", "sort=name")
    assert "Erika" in first["next"]


def test_what_a_view_forgets_to_note_is_noted(administrator):
    request = RequestFactory().get("/new/export/?who=all")
    request.user = administrator
    what_leaves_is_noted(lambda _request: HttpResponse(headers={"Content-Disposition": "attachment"}))(request)

    entry = AuditEntry.objects.get()
    assert (entry.action, entry.thing, entry.label) == ("export", "file", "/new/export/")
    assert entry.detail == {"rows": 1, "query": "who=all"}


GIVES = ("tables.answer(", "to_take_along(", "as_attachment=True", "'attachment;")


def test_every_view_that_gives_a_file_notes_it_with_its_rows():
    """The middleware knows neither what it is nor how much; so each function that gives a file says it."""
    silent = []
    for path in [*PACKAGE.rglob("views/*.py"), *PACKAGE.rglob("views.py"), *PACKAGE.rglob("exports.py")]:
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(function, ast.FunctionDef):
                text = ast.unparse(function)
                gives = (
                    "tables.answer(" in text
                    or "to_take_along(" in text
                    or "as_attachment=True" in text
                    or "'attachment;" in text
                )
                if gives and not ("taking." in text or "_note(" in text):
                    silent.append(f"{path.name}: {function.name}")

    assert silent == []


def test_administrator_sees_and_takes_back_the_tokens_of_others_and_nobody_else_does(
    client_of, administrator, analyst, servant
):
    tokens.create(staff=analyst, name="notebook", now=NOW)
    page, token = f"/staff/{analyst.pk}/", ApiToken.objects.get()
    assert "notebook" in client_of(administrator).get(page).text
    assert client_of(servant).post(f"{page}tokens/{token.pk}/revoke/").status_code == 403

    client_of(administrator).post(f"{page}tokens/{token.pk}/revoke/")

    assert ApiToken.objects.count() == 0
    assert AuditEntry.objects.get(action="token.revoke").staff == administrator


def test_limit_of_calls_is_each_tokens_own_and_says_when_to_come_back(administrator, servant):
    services.change_company(by=administrator, now=NOW, calls_per_minute=2)
    per_minute = AccessSettings.objects.get().calls_per_minute
    first, second = (tokens.create(staff=administrator, name=name, now=NOW) for name in "ab")

    def ask(token, at):
        return tokens.admit(token=token, per_minute=per_minute, now=at)

    assert [ask(first, NOW) for _twice in range(2)] == [administrator, administrator]
    with pytest.raises(tokens.TooMany) as refusal:
        ask(first, NOW)
    assert refusal.value.seconds == 40
    assert ask(second, NOW) == administrator
    assert ask(first, NOW + timedelta(seconds=40)) == administrator
    assert ApiToken.objects.get(name="a").calls == 1


@pytest.mark.django_db(transaction=True)
def test_calls_at_once_never_pass_the_limit_together(analyst, monkeypatch):
    token = tokens.create(staff=analyst, name="notebook", now=NOW)
    find, everybody = tokens._find, threading.Barrier(8, timeout=20)

    def find_and_wait(token):
        found = find(token)
        everybody.wait()
        return found

    def ask(_number):
        try:
            return tokens.admit(token=token, per_minute=3, now=NOW) == analyst
        except tokens.TooMany:
            return False
        finally:
            connections.close_all()

    monkeypatch.setattr(tokens, "_find", find_and_wait)
    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(ask, range(8))) == 3
    assert ApiToken.objects.get().calls == 3


def test_token_that_is_taken_back_while_it_asks_is_nobodys(analyst, monkeypatch):
    token, find = tokens.create(staff=analyst, name="notebook", now=NOW), tokens._find

    def find_and_lose(token):
        found = find(token)
        ApiToken.objects.all().delete()
        return found

    monkeypatch.setattr(tokens, "_find", find_and_lose)
    assert tokens.admit(token=token, per_minute=3, now=NOW) is None


def test_program_that_asks_too_often_is_told_to_wait(administrator):
    services.change_company(by=administrator, now=NOW, calls_per_minute=1)
    asks = program(administrator)
    answers = [asks.get("/api/v1/hourly-costs") for _thrice in range(3)]

    refused = answers[-1]
    assert refused.status_code == 429
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    assert "Too many calls" in refused.json()["detail"]


def test_token_expires_on_its_day_and_says_so(administrator):
    asks = program(administrator, days=30)
    assert asks.get("/api/v1/hourly-costs").status_code == 200

    ApiToken.objects.update(expires_at=timezone.now() - timedelta(hours=1))
    answer = asks.get("/api/v1/hourly-costs")
    assert (answer.status_code, "has expired" in answer.json()["detail"]) == (401, True)
    answer = asks.get("/api/v1/hourly-costs", headers={"Accept-Language": "de-DE,de;q=0.9,en;q=0.5"})
    assert answer.json()["detail"].startswith("Dieser Schlüssel ist abgelaufen (")


@pytest.mark.parametrize("way", ["password", "account", "command", "revoke"])
def test_token_ends_with_the_password_with_the_account_and_when_it_is_taken_back(way, administrator, analyst):
    asks = program(analyst)
    assert asks.get("/api/v1/customers").status_code == 200

    if way == "password":
        services.change_password(staff=analyst, password="ein neuer Satz", now=NOW)
    elif way == "account":
        services.change_staff(by=administrator, staff_id=analyst.pk, is_active=False, now=NOW)
    elif way == "command":
        services.end_access(analyst, now=NOW)
    else:
        tokens.revoke(staff=analyst, token_id=ApiToken.objects.get().pk, now=NOW)

    assert asks.get("/api/v1/customers").status_code == 401
    told = "token.revoke" if way == "revoke" else "token.ended"
    assert AuditEntry.objects.filter(action=told, label="program 0").count() == 1


def test_token_is_kept_as_a_digest_and_notes_its_use(analyst):
    token = tokens.create(staff=analyst, name="notebook", now=NOW)

    assert token not in json.dumps([*ApiToken.objects.values(), *AuditEntry.objects.values()], default=str)
    assert tokens.admit(token=token, per_minute=9, now=NOW) == analyst
    assert ApiToken.objects.get().used_at == NOW


def test_page_makes_shows_once_lists_and_takes_back(client_of, analyst, servant):
    browser = client_of(analyst)
    sent = {"name": "notebook", "scopes": ["figures"], "days": "30"}

    made = browser.post("/profile/tokens/", sent)
    again = browser.get("/profile/tokens/").text

    assert tokens.PREFIX in made.text
    assert tokens.PREFIX not in again
    assert "notebook" in again
    assert "Kennzahlen lesen" in again
    token = ApiToken.objects.get()
    assert token.scopes == ["figures"]
    client_of(servant).post(f"/profile/tokens/{token.pk}/revoke/")
    assert ApiToken.objects.count() == 1, "somebody else's"
    browser.post(f"/profile/tokens/{token.pk}/revoke/")
    assert ApiToken.objects.count() == 0


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"name": "there"}, "Einen Schlüssel dieses Namens haben Sie schon"),
        ({"scopes": ["settings"]}, "ist keine gültige Auswahl"),
        ({"scopes": []}, "Wählen Sie mindestens eines"),
        ({"days": "366"}, "Schlüssel gelten höchstens 365 Tage"),
    ],
)
def test_page_refuses_a_token_with_the_cure(client_of, analyst, wrong, sentence):
    tokens.create(staff=analyst, name="there", now=timezone.now())
    answer = client_of(analyst).post("/profile/tokens/", {"name": "new", "scopes": ["figures"], "days": "30"} | wrong)

    assert answer.status_code == 400
    assert sentence in answer.text
    assert ApiToken.objects.count() == 1


def test_second_click_at_the_same_moment_is_told_that_the_name_is_taken(client_of, analyst, monkeypatch):
    def first_click(_token):
        given = {"staff": analyst, "name": "notebook", "digest": "first"}
        ApiToken.objects.create(**given, created_at=NOW, expires_at=NOW)
        return "second"

    monkeypatch.setattr(tokens, "_digest", first_click)
    answer = client_of(analyst).post("/profile/tokens/", {"name": "notebook", "scopes": ["figures"], "days": "30"})

    assert answer.status_code == 400
    assert "Einen Schlüssel dieses Namens haben Sie schon" in answer.text


def test_expired_and_soon_expiring_are_said_at_sign_in_and_on_the_page(client, analyst):
    for name, days in (("old", -1), ("ending", 5), ("long", 80)):
        tokens.create(staff=analyst, name=name, now=timezone.now(), days=days)

    said = client.post("/sign-in/", {"email": analyst.email, "password": "correct horse"}, follow=True).text
    page = client.get("/profile/tokens/").text

    assert "Schlüssel Ihrer Programme laufen bald ab" in said
    assert (page.count(">abgelaufen<"), page.count(">bald<")) == (1, 1)


def test_what_expired_is_said_at_the_next_sign_in_and_not_again(client, analyst):
    tokens.create(staff=analyst, name="old", now=timezone.now() - timedelta(days=31), days=30)
    Staff.objects.filter(pk=analyst.pk).update(last_login=timezone.now() - timedelta(days=2))
    signing_in = {"email": analyst.email, "password": "correct horse"}

    first, second = (client.post("/sign-in/", signing_in, follow=True).text for _time in range(2))

    assert "Schlüssel Ihrer Programme sind abgelaufen" in first
    assert "Schlüssel Ihrer Programme" not in second


def test_administrator_sees_whose_tokens_end(client_of, administrator, analyst):
    browser = client_of(administrator)
    assert "callout warning" not in browser.get("/staff/").text
    for name, days in (("shop", 5), ("long", 80), ("over", -1)):
        tokens.create(staff=analyst, name=name, now=timezone.now(), days=days)

    page = browser.get("/staff/").text
    assert "Schlüssel von Programmen laufen bald ab" in page
    assert f'<a href="/staff/{analyst.pk}/">{analyst}</a>: shop,' in page
    assert "long" not in page
    assert "over," not in page  # what is over needs nobody's attention


def test_service_has_nothing_that_a_program_could_use(client_of, servant):
    assert policy.scopes(servant) == []
    assert "Ihre Rolle hat keine Rechte" in client_of(servant).get("/profile/tokens/").text


def test_rights_of_a_page_are_not_changed_by_a_token(administrator):
    """A token's scopes hold for whoever acts by it, and for nobody else of that name."""

    @needs(policy.STAFF_MANAGE)
    def view(_request):
        return HttpResponse()

    request = RequestFactory().get("/")
    request.user = administrator
    assert view(request).status_code == 200
    request.user = tokens.owner(token=tokens.create(staff=administrator, name="a", now=NOW), now=NOW)
    with pytest.raises(PermissionDenied):
        view(request)
