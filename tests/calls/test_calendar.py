"""The calendar file: what goes in comes out again."""

from datetime import UTC, date, datetime

import icalendar
import pytest
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from stammkunde.calls import calendar, links
from stammkunde.tasks import services as tasks
from stammkunde.tasks.models import Task
from tests import factories

AT = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)


def entry(**fields):
    usual = {"uid": "task-1@example.org", "title": "Anrufen", "on": date(2026, 11, 24), "changed_at": AT}
    return calendar.Entry(**usual | fields)


def events(text):
    return icalendar.Calendar.from_ical(text).walk("VEVENT")


def test_a_moment_and_a_whole_day_are_read_as_written():
    text = calendar.write(
        [entry(at=AT, minutes=15, is_urgent=True, url="https://a.example/x?for=1,2"), entry()], title="T"
    )

    timed, whole = events(text)
    assert (timed.decoded("DTSTART"), timed.decoded("DTEND")) == (AT, AT.replace(minute=45))
    assert (whole.decoded("DTSTART"), whole.decoded("DTEND")) == (date(2026, 11, 24), date(2026, 11, 25))
    assert (timed["PRIORITY"], str(timed["URL"]), str(timed["UID"])) == (
        1, "https://a.example/x?for=1,2", "task-1@example.org",
    )  # fmt: skip


words = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]) | st.sampled_from('\n;,\\:"'), max_size=200)


@given(title=words, note=words)
def test_any_text_comes_back_as_it_was(title, note):
    text = calendar.write([entry(title=title, note=note)], title="T")

    (found,) = events(text)
    assert str(found["SUMMARY"]) == title
    assert str(found.get("DESCRIPTION", "")) == note


def test_a_calendar_says_whose_it_is_and_how_often_it_is_worth_asking_again():
    found = icalendar.Calendar.from_ical(calendar.write([], title="Lorenz, Müller · Ada"))

    assert str(found["X-WR-CALNAME"]) == "Lorenz\\, Müller · Ada"  # programs read it as text, the library as it stands
    assert (str(found["VERSION"]), str(found["METHOD"]), found["REFRESH-INTERVAL"].to_ical()) == (
        "2.0", "PUBLISH", b"PT1H",
    )  # fmt: skip


@given(title=words)
def test_no_line_is_longer_than_75_octets_nor_breaks_a_character(title):
    raw = calendar.write([entry(title=title)], title=title).encode()

    assert raw.endswith(b"\r\n")
    lines = raw.split(b"\r\n")
    assert max(len(line) for line in lines) <= 75
    assert [line.decode() for line in lines]


def test_control_characters_begin_no_line_of_their_own():
    text = calendar.write([entry(title="a\r\nBEGIN:VEVENT\x00\x0bb")], title="T")

    (found,) = events(text)
    assert str(found["SUMMARY"]) == "a\nBEGIN:VEVENTb"


@pytest.mark.django_db
def test_the_address_gives_tasks_with_a_day_to_whoever_has_it(client, salesperson, administrator):
    customer = factories.customer(name="Weber", phone="030 1")
    Task.objects.create(
        title="Rückruf",
        customer=customer,
        owner=salesperson,
        due_on=date(2999, 1, 2),
        key="call:1",
        created_at=timezone.now(),
    )
    tasks.add(tasks.Content(title="Ohne Tag"), now=timezone.now(), staff=salesperson)
    tasks.add(tasks.Content(title="Anderer"), now=timezone.now(), staff=administrator, due_on=date(2999, 1, 2))

    response = client.get(links.calendar_path(salesperson))

    assert response.headers["Content-Type"] == "text/calendar; charset=utf-8"
    (found,) = events(response.content)
    assert str(found["SUMMARY"]) == "Rückruf"
    assert str(found["URL"]) == f"http://testserver{reverse('call', args=[customer.pk])}?for=call:1"


@pytest.mark.django_db
def test_the_address_is_void_after_a_new_password_or_when_changed_or_when_the_account_is_closed(client, salesperson):
    path = links.calendar_path(salesperson)
    assert client.get(path).status_code == 200
    assert client.get(path.replace("-", "0-", 1)).status_code == 404

    salesperson.is_active = False
    salesperson.save(update_fields=["is_active"])
    assert client.get(path).status_code == 404
    salesperson.is_active = True
    salesperson.set_password("another horse")
    salesperson.save()
    assert client.get(path).status_code == 404


@pytest.mark.django_db
def test_who_works_on_no_tasks_has_no_calendar(client, analyst):
    assert client.get(links.calendar_path(analyst)).status_code == 404
