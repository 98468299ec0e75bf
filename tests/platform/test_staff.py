import pytest
from click.testing import CliRunner
from django.utils import timezone

from stammkunde.cli import staff
from stammkunde.team.models import AuditEntry, Staff

pytestmark = pytest.mark.django_db


def _call(*arguments):
    return CliRunner().invoke(staff.command, arguments)


def test_first_administrator_is_made_once_and_can_sign_in(client):
    email, password = staff.first_administrator()

    assert client.login(username=email, password=password)
    assert staff.first_administrator() is None
    assert Staff.objects.get().role == Staff.Role.ADMINISTRATOR


def test_password_that_was_printed_is_changed_before_anything_else(client):
    email, password = staff.first_administrator()
    client.login(username=email, password=password)
    assert [client.get(page).headers["Location"] for page in ("/", "/staff/", "/profile/")] == [
        "/profile/password/"
    ] * 3
    assert "eigenes" in client.get("/profile/password/").text

    client.post(
        "/profile/password/",
        {"current_password": password, "new_password": "ein neuer Satz", "password_again": "ein neuer Satz"},
    )

    assert client.get("/profile/").status_code == 200


def test_first_administrator_is_made_where_none_has_a_password():
    Staff.objects.create_user("boss@example.org", None, name="Boss", role="administrator", created_at=timezone.now())
    Staff.objects.create_user(
        "left@example.org",
        "long gone 2020",
        name="Left",
        role="administrator",
        is_active=False,
        created_at=timezone.now(),
    )

    assert staff.first_administrator()[0] == staff.FIRST_EMAIL


def test_first_administrator_is_given_a_password_again_where_shut_out():
    staff.first_administrator()
    Staff.objects.update(is_active=False)

    email, _password = staff.first_administrator()

    assert Staff.objects.get(email=email).is_active


def test_password_command_gives_one_that_works(client, salesperson):
    result = _call("password", "Sven@Example.org")

    given = result.output.split("Password")[1].split()[0]
    assert result.exit_code == 0
    assert client.login(username="sven@example.org", password=given)


def test_password_is_recorded_but_kept_nowhere_in_clear(salesperson):
    given = _call("password", "sven@example.org").output.split("Password")[1].split()[0]

    entry = AuditEntry.objects.get()
    assert (entry.action, entry.label) == ("staff.password_given", "sven@example.org")
    assert given not in str(entry.detail) + Staff.objects.get().password


def test_password_command_says_whom_it_knows(salesperson):
    result = _call("password", "swen@example.org")

    assert result.exit_code == 1
    assert result.output == "Error: Nobody here has the e-mail 'swen@example.org'. Known: sven@example.org.\n"


def test_add_command_adds_a_person(client):
    result = _call("add", "eva@example.org", "--name", "Eva", "--role", "management")

    given = result.output.split("Password")[1].split()[0]
    assert client.login(username="eva@example.org", password=given)
    assert Staff.objects.get().role == "management"


def test_add_command_refuses_what_makes_no_sense(salesperson):
    result = _call("add", "sven@example.org", "--name", "Sven", "--role", "king")

    assert result.exit_code == 1
    assert "role:" in result.output
    assert "email:" in result.output
    assert Staff.objects.count() == 1
