import re

import pytest
from django.utils import timezone

from stammkunde.team import services
from stammkunde.team.models import AuditEntry, Staff


@pytest.fixture
def ada(client, administrator):
    client.force_login(administrator)
    return client


def fields(staff, **changes):
    kept = {"name": staff.name, "email": staff.email, "role": staff.role, "hours_per_week": staff.hours_per_week}
    return kept | ({"is_active": "on"} if staff.is_active else {}) | changes


def link_in(response) -> str:
    return re.search(r'value="http://testserver(/set-password/[^"]+)"', response.content.decode())[1]


def test_staff_added_sets_a_password_through_a_link_and_signs_in(ada, client):
    added = ada.post(
        "/staff/new/", {"name": "Nils", "email": "Nils@Example.org", "role": "sales", "hours_per_week": 10}
    )
    link = link_in(added)
    client.logout()

    assert client.get(link).status_code == 200
    client.post(link, {"new_password": "ein langer Satz", "password_again": "ein langer Satz"})

    signed_in = client.post("/sign-in/", {"email": "nils@example.org", "password": "ein langer Satz"})
    assert signed_in.status_code == 302
    assert client.get(link).status_code == 410


def test_hours_are_asked_for_when_a_person_is_added(ada):
    empty = ada.get("/staff/new/").content.decode()
    unsaid = ada.post("/staff/new/", {"name": "Nils", "email": "nils@example.org", "role": "sales"})

    assert re.search(r'name="hours_per_week"(?![^>]* value=)[^>]*required', empty)
    assert unsaid.status_code == 200
    assert not Staff.objects.filter(email="nils@example.org").exists()


@pytest.mark.parametrize(("role", "hours"), [("sales", 20), ("management", 0), ("administrator", 0), ("service", 0)])
def test_a_new_login_adds_no_hours_unless_the_role_sells(role, hours, db):
    made = services.add_staff(by=None, email="x@example.org", name="X", role=role, now=timezone.now())

    assert made.hours_per_week == hours
    assert Staff.objects.create_user("y@example.org", None, name="Y", created_at=timezone.now()).hours_per_week == 0


def test_staff_link_is_not_shown_twice(ada, salesperson):
    link = link_in(ada.post(f"/staff/{salesperson.pk}/link/"))

    assert link not in ada.get(f"/staff/{salesperson.pk}/").content.decode()
    assert link not in str(list(AuditEntry.objects.values_list("detail", "label")))


@pytest.mark.parametrize("broken", ["/set-password/x/y/", "/set-password/MQ/abc-def/", "/set-password/w7x/abc-def/"])
def test_staff_link_that_is_broken_says_what_helps(client, administrator, broken):
    response = client.get(broken)

    assert response.status_code == 410
    assert "Dieser Link gilt nicht mehr" in response.content.decode()


def test_staff_link_refuses_a_weak_password(ada, salesperson):
    link = link_in(ada.post(f"/staff/{salesperson.pk}/link/"))

    response = ada.post(link, {"new_password": "password", "password_again": "password"})

    assert response.status_code == 200
    salesperson.refresh_from_db()
    assert salesperson.check_password("correct horse")


def test_staff_is_changed_and_the_change_is_recorded(ada, salesperson):
    ada.post(f"/staff/{salesperson.pk}/", fields(salesperson, role="analyst", name="Sven S."))

    salesperson.refresh_from_db()
    assert (salesperson.role, salesperson.name) == ("analyst", "Sven S.")
    entry = AuditEntry.objects.get(action="staff.changed")
    assert entry.detail == {"changes": {"name": ["Sven", "Sven S."], "role": ["sales", "analyst"]}}


def test_staff_closed_is_signed_out_at_once(ada, salesperson, client_of):
    theirs = client_of(salesperson)
    assert theirs.get("/profile/").status_code == 200

    ada.post(
        f"/staff/{salesperson.pk}/", {key: value for key, value in fields(salesperson).items() if key != "is_active"}
    )

    assert theirs.get("/profile/").status_code == 302


@pytest.mark.parametrize("change", [{"role": "sales"}, {"is_active": ""}])
def test_staff_last_administrator_cannot_be_shut_out(ada, administrator, change):
    sent = {key: value for key, value in fields(administrator, **change).items() if value != ""}

    response = ada.post(f"/staff/{administrator.pk}/", sent)

    assert "das letzte Konto der Administration" in response.content.decode()
    administrator.refresh_from_db()
    assert (administrator.role, administrator.is_active) == ("administrator", True)


def test_staff_second_to_last_administrator_may_step_down(administrator, salesperson):
    services.change_staff(by=administrator, staff_id=salesperson.pk, role=Staff.Role.ADMINISTRATOR, now=timezone.now())

    services.change_staff(by=administrator, staff_id=administrator.pk, role=Staff.Role.SALES, now=timezone.now())

    assert Staff.objects.get(pk=administrator.pk).role == "sales"


def test_staff_last_administrator_may_be_renamed(administrator):
    services.change_staff(by=administrator, staff_id=administrator.pk, name="Ada L.", now=timezone.now())

    assert Staff.objects.get(pk=administrator.pk).name == "Ada L."


def test_staff_email_is_taken_once(ada, salesperson):
    response = ada.post("/staff/new/", {"name": "X", "email": "SVEN@example.org", "role": "sales", "hours_per_week": 1})

    assert "schon vergeben" in response.content.decode()
    assert Staff.objects.count() == 2


def test_staff_list_takes_the_same_queries_for_one_and_three(
    ada, django_assert_max_num_queries, django_assert_num_queries, django_user_model
):
    with django_assert_max_num_queries(8) as few:
        ada.get("/staff/")
        count = len(few)
    for number in range(3):
        django_user_model.objects.create_user(f"{number}@example.org", "x", name=str(number), created_at=timezone.now())

    with django_assert_num_queries(count):
        ada.get("/staff/")


def test_profile_changes_name_only(client, salesperson):
    client.force_login(salesperson)

    client.post("/profile/", {"name": "Sven Neu", "hours_per_week": 12, "role": "administrator", "email": "x@y.de"})

    salesperson.refresh_from_db()
    assert (salesperson.name, salesperson.hours_per_week, salesperson.role) == ("Sven Neu", 12, "sales")
    assert salesperson.email == "sven@example.org"


def test_password_change_keeps_this_device_and_signs_out_the_others(client, salesperson, client_of):
    other = client_of(salesperson)
    client.force_login(salesperson)

    client.post(
        "/profile/password/",
        {"current_password": "correct horse", "new_password": "ein neuer Satz", "password_again": "ein neuer Satz"},
    )

    assert client.get("/profile/").status_code == 200
    assert other.get("/profile/").status_code == 302


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        (
            {"current_password": "wrong", "new_password": "ein neuer Satz", "password_again": "ein neuer Satz"},
            "nicht Ihr jetziges Passwort",
        ),
        (
            {"current_password": "correct horse", "new_password": "ein neuer Satz", "password_again": "etwas anderes"},
            "stimmen nicht überein",
        ),
        ({"current_password": "correct horse", "new_password": "kurz", "password_again": "kurz"}, "zu kurz"),
        (
            {"current_password": "correct horse", "new_password": "correct horse", "password_again": "correct horse"},
            "haben Sie schon",
        ),
    ],
)
def test_password_change_is_refused_with_the_reason(client, salesperson, sent, words):
    client.force_login(salesperson)

    assert words in client.post("/profile/password/", sent).content.decode()
