from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import OperationalError

from stammkunde import work
from stammkunde.mailbox import imap, queries, services, wording
from stammkunde.mailbox.models import Mail, Mailbox
from stammkunde.mailbox.services import Box
from stammkunde.work.models import MOST_CLAIMS
from tests.mailboxes import server

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 11, tzinfo=UTC)


def mail(number):
    return f"From: anna@mail.example\r\nSubject: {number}\r\n\r\nHallo {number}".encode()


@pytest.fixture
def there():
    with server.running() as running:
        running.mails = {number: mail(number) for number in (3, 5, 8)}
        yield running


def box(there, taken=None, **address):
    def take(arrived, _now):
        if taken is not None:
            taken.append(arrived.header("Subject"))
        return arrived.told.kind

    return Box(name="desk", address=replace(there.address, **address), take=take)


def test_each_mail_is_taken_once_in_its_order_and_counted(there):
    taken = []
    services.read(box(there, taken), now=NOW)
    there.mails[9] = mail(9)
    soon = services.read(box(there, taken), now=NOW + services.EVERY / 2)
    known = services.read_now(box(there, taken), now=NOW + timedelta(hours=1))

    assert taken == ["3", "5", "8", "9"]
    assert (soon, known.read_to, known.problem) == (False, 9, None)
    assert queries.counted(known) == {"other": 4}
    assert wording.counts(queries.counted(known)).endswith(": 4")


def test_first_reading_leaves_what_arrived_more_than_thirty_days_ago_and_no_later_one_does(there):
    first = NOW.date() - timedelta(days=30)
    there.arrived = {3: first - timedelta(days=1), 5: first}
    taken = []
    services.read(box(there, taken), now=NOW)
    there.mails[9], there.arrived[9] = mail(9), date(2020, 1, 1)  # moved there by hand
    known = services.read_now(box(there, taken), now=NOW + timedelta(hours=1))

    assert taken == ["5", "8", "9"]
    assert known.read_to == 9


def test_first_reading_of_a_mailbox_in_which_all_is_old_takes_nothing(there):
    there.arrived = dict.fromkeys(there.mails, date(2026, 1, 1))
    taken = []

    known = services.read_now(box(there, taken), now=NOW)

    assert (taken, known.read_to, known.read_at, known.problem) == ([], 0, NOW, None)


def test_nothing_is_changed_in_the_mailbox_and_old_mails_are_left_on_the_first_reading(there):
    services.read(box(there), now=NOW)
    services.read_now(box(there), now=NOW + timedelta(hours=1))

    assert 'EXAMINE "INBOX"' in there.asked
    assert [one for one in there.asked if "SEARCH" in one] == [
        "UID SEARCH UID 1:* SINCE 25-Oct-2026",
        "UID SEARCH UID 9:*",
    ]
    assert all("PEEK" in one for one in there.asked if "FETCH" in one)


def test_numbers_that_hold_no_more_begin_anew_and_no_mail_is_taken_twice(there):
    taken = []
    services.read(box(there, taken), now=NOW)
    there.validity, there.mails = 8, {1: mail(3), 2: mail(4)}
    known = services.read_now(box(there, taken), now=NOW)

    assert taken == ["3", "5", "8", "4"]
    assert (known.uid_validity, known.read_to) == (8, 2)


def test_of_a_long_mail_only_the_beginning_is_read(there):
    there.mails = {1: mail(1) + b"x" * (2 * imap.LONGEST)}
    sizes = []
    ours = Box(
        name="desk", address=there.address, take=lambda got, _now: sizes.append((len(got.text), got.size)) or "x"
    )

    services.read(ours, now=NOW)

    assert sizes == [(imap.LONGEST, len(there.mails[1]))]


def test_answer_that_claims_to_be_huge_is_not_read(there):
    there.claims = 10**12

    assert services.read_now(box(there), now=NOW).problem["code"] == "broke_off"


class Killed(BaseException):
    """The process ends here, whatever it was doing."""


def test_reader_that_is_killed_leaves_nothing_half_done(there):
    taken = []

    def take(arrived, _now):
        if arrived.header("Subject") == "5" and not taken.count("died"):
            Mailbox.objects.filter(name="desk").update(place="half-done")
            taken.append("died")
            raise Killed
        taken.append(arrived.header("Subject"))
        return "other"

    ours = Box(name="desk", address=there.address, take=take)
    with pytest.raises(Killed):
        services.read(ours, now=NOW)
    left = Mailbox.objects.get()
    services.read(ours, now=NOW + services.LEASE * 2)

    assert (left.read_to, left.place == "half-done") == (3, False)
    assert taken == ["3", "died", "5", "8"]


def test_mail_that_kills_reader_after_reader_is_set_aside(there):
    taken = []
    Mailbox.objects.create(
        name="desk", place=there.address.place, uid_validity=7, read_to=3, claims=MOST_CLAIMS, leased_by="x 1 y"
    )

    services.read(box(there, taken), now=NOW)

    assert taken == ["8"]
    assert queries.counted(Mailbox.objects.get()) == {"other": 1, "set_aside": 1}
    assert Mailbox.objects.get().claims == 0


@pytest.mark.parametrize("is_told", [True, False], ids=["let go", "too locked to let go"])
def test_mail_is_not_set_aside_because_the_database_was_locked(there, monkeypatch, is_told):
    taken, let_go, locked = [], work.Lease.let_go, [True]

    def take(arrived, _now):
        if locked[0]:
            raise OperationalError("database is locked")
        taken.append(arrived.header("Subject"))
        return "other"

    def hard_to_let_go(lease, **changes):
        if locked[0] and not is_told:
            raise OperationalError("database is locked")
        let_go(lease, **changes)

    monkeypatch.setattr(work.Lease, "let_go", hard_to_let_go)
    ours = Box(name="desk", address=there.address, take=take)
    for turn in range(MOST_CLAIMS + 1):
        with pytest.raises(OperationalError):
            services.read(ours, now=NOW + turn * services.LEASE * 2)
        assert services.read(ours, now=NOW + turn * services.LEASE * 2) is False, "it waits"
    locked[0] = False
    services.read(ours, now=NOW + timedelta(days=1))

    assert taken == ["3", "5", "8"]
    assert Mailbox.objects.get().claims == 0


def test_mail_that_cannot_be_dealt_with_stops_no_other(there):
    def take(arrived, _now):
        if arrived.header("Subject") == "5":
            Mail.objects.all().delete()
            raise RecursionError
        return "other"

    services.read(Box(name="desk", address=there.address, take=take), now=NOW)

    assert queries.counted(Mailbox.objects.get()) == {"other": 2, "set_aside": 1}


def test_mailbox_that_somebody_reads_is_left_alone(there):
    Mailbox.objects.create(name="desk", leased_by="elsewhere 1 abc", lease_until=NOW + timedelta(minutes=1))

    assert services.read(box(there), now=NOW) is False
    with pytest.raises(services.IsBeingRead):
        services.read_now(box(there), now=NOW)
    assert there.asked == []


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"password": "no"}, "not_signed_in"),
        ({"folder": "Elsewhere"}, "no_folder"),
        ({"port": 1}, "no_connection"),
        ({"tls": "start"}, "no_tls"),
        ({"tls": "always"}, "no_tls"),
    ],
)
def test_problem_names_place_and_cure_and_waits(there, given, code):
    ours = box(there, **given)
    services.read(ours, now=NOW)
    known = Mailbox.objects.get()

    said = wording.problem(known.problem, place=ours.address.place, setting="STAMMKUNDE_X_URL")
    assert known.problem["code"] == code
    assert ours.address.place in said
    assert "STAMMKUNDE_X_URL" in said
    assert server.PASSWORD not in said
    assert known.is_held(now=NOW + timedelta(minutes=5))
    assert not known.is_held(now=NOW + timedelta(minutes=11))
