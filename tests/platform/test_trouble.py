"""A disk or a database that refuses: a sentence, and no word that was typed is lost."""

import errno
import sqlite3
from contextlib import closing, contextmanager, nullcontext
from datetime import timedelta

import pytest
from django.contrib.auth.tokens import default_token_generator
from django.db import DataError, InternalError, OperationalError, connection, connections
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlsafe_base64_encode
from psycopg.errors import DeadlockDetected, DiskFull, LockNotAvailable, ReadOnlySqlTransaction

from stammkunde.front import __main__ as web
from stammkunde.team import sessions, tokens
from stammkunde.ui import trouble
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)

TYPED = "ü" * 3900 + "\nSie mag <Rosen> & Tulpen."


@pytest.fixture
def page(client, salesperson):
    client.force_login(salesperson)
    client.raise_request_exception = False
    return client


@pytest.fixture
def by_hand():
    """What is said to the connection of the pages, and unsaid."""
    said = []

    def say(on, off):
        said.append(off)
        with connection.cursor() as cursor:
            cursor.execute(on)

    yield say
    with connection.cursor() as cursor:
        for off in said:
            cursor.execute(off)


def is_read_only(by_hand):
    """The database as it is on a read-only disk."""
    if connection.vendor == "sqlite":
        by_hand("PRAGMA query_only=on", "PRAGMA query_only=off")
    else:
        by_hand("SET default_transaction_read_only=on", "SET default_transaction_read_only=off")
    return nullcontext()


def is_full(by_hand):
    """A disk with no room for anything; PostgreSQL's is asked by its state alone."""
    if connection.vendor == "postgresql":
        pytest.skip("a full disk is simulated by a pragma of SQLite")
    with connection.cursor() as cursor:
        cursor.execute("VACUUM")
    by_hand("PRAGMA max_page_count=1", "PRAGMA max_page_count=1073741823")
    return nullcontext()


@contextmanager
def is_locked(by_hand):
    """Somebody else who writes, and does not end."""
    if connection.vendor == "sqlite":
        by_hand("PRAGMA busy_timeout=20", "PRAGMA busy_timeout=30000")
        with closing(sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            yield
        return
    by_hand("SET lock_timeout='20ms'", "SET lock_timeout=0")
    other = connections.create_connection("default")
    try:
        with other.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute("LOCK TABLE customers_note, team_apitoken, team_auditentry IN EXCLUSIVE MODE")
            yield
    finally:
        other.close()


@pytest.fixture
def write_note(page):
    customer = factories.customer(name="Muster")
    return lambda **more: page.post(f"/customers/{customer.pk}/notes/", {"text": TYPED, "next": "/customers/"}, **more)


@pytest.mark.parametrize(
    ("refuses", "why"),
    [
        (is_read_only, "Im Moment kann nichts gespeichert werden."),
        (is_full, "Die Festplatte ist voll."),
        (is_locked, "Die Datenbank ist gerade belegt."),
    ],
)
def test_database_that_takes_nothing_is_a_sentence_and_no_typed_word_is_lost(page, write_note, by_hand, refuses, why):
    with refuses(by_hand):
        answer, in_place = write_note(), write_note(headers={"HX-Request": "true"})

    assert (answer.status_code, in_place.status_code) == (503, 503)
    said = answer.content.decode()
    assert why in said
    assert "Vielleicht wurde nicht alles gespeichert" in said
    assert "Sie mag &lt;Rosen&gt; &amp; Tulpen.</textarea>" in said
    assert 'name="next" value="/customers/"' in said
    assert 'name="csrfmiddlewaretoken"' in said
    assert in_place.content.decode().startswith(why), "the page that asked says it, and keeps what stands in it"


def test_pages_wait_for_locks_as_long_on_both_databases():
    ours = connection.settings_dict
    bounded = web.waits_no_longer({**ours, "OPTIONS": {**(ours["OPTIONS"] or {})}})
    if connection.vendor == "sqlite":
        assert bounded["OPTIONS"]["timeout"] == web.LOCK_SECONDS
        return
    with closing(type(connections["default"])(bounded, "default")) as other, other.cursor() as cursor:
        cursor.execute("SHOW lock_timeout")
        assert cursor.fetchone() == (f"{web.LOCK_SECONDS}s",)


def test_pages_are_read_where_nothing_can_be_written(page, by_hand, monkeypatch):
    monkeypatch.setattr(sessions, "NOTED_EVERY", timedelta())

    with is_read_only(by_hand):
        assert page.get("/customers/").status_code == 200


@pytest.mark.parametrize("refuses", [is_read_only, is_locked])
def test_programs_read_where_nothing_can_be_written_what_needs_no_entry(client, administrator, by_hand, refuses):
    factories.customer()
    client.raise_request_exception = False
    bearer = {"Authorization": f"Bearer {tokens.create(staff=administrator, name='a', now=timezone.now())}"}

    def ask(path, how=client.get):
        return how(f"/api/v1{path}", headers=bearer).status_code

    with refuses(by_hand):
        assert ask("/hourly-costs") == 200
        assert ask("/customers") == 503, "what cannot be noted does not leave"
        assert ask("/hourly-costs/1", client.delete) == 503


def test_sign_in_that_cannot_be_noted_is_refused_and_says_no_password(client, salesperson, by_hand):
    client.raise_request_exception = False
    with is_read_only(by_hand):
        answer = client.post("/sign-in/", {"email": salesperson.email, "password": "mein geheimes Wort"})

    assert answer.status_code == 503
    assert b"geheimes" not in answer.content


SECRETS = {"current_password": "correct horse", "new_password": "Kranich im Baum", "password_again": "Kranich im Baum"}


def test_new_passwords_that_cannot_be_kept_are_not_shown(page, salesperson, by_hand):
    person = urlsafe_base64_encode(str(salesperson.pk).encode())
    link = reverse("set-password", args=[person, default_token_generator.make_token(salesperson)])
    with is_read_only(by_hand):
        answers = [page.post(place, SECRETS) for place in (link, "/profile/password/")]

    assert [one.status_code for one in answers] == [503, 503]
    assert not any(word in one.text for one in answers for word in SECRETS.values())


def test_what_a_view_declares_as_secret_is_not_shown_and_a_password_not_even_before_a_view_is_asked(rf):
    request = rf.post("/profile/password/", SECRETS | {"pin": "1234 5678", "note": "zwei Worte"})
    before = trouble.page(request).content.decode()
    request.sensitive_post_parameters = ("pin",)
    within = trouble.page(request).content.decode()

    assert not any(word in before for word in SECRETS.values())
    assert ("1234 5678" in before, "1234 5678" in within, "zwei Worte" in within) == (True, False, True)


@pytest.mark.parametrize(
    ("problem", "why"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "full"),
        (OSError(errno.EROFS, "Read-only file system"), "read_only"),
        (OSError(errno.ECONNRESET, "reset"), ""),
        (OperationalError("connection refused"), "away"),
        (DataError("out of range"), ""),
        (LookupError("full"), ""),
    ],
)
def test_why_is_told_by_what_disk_and_database_say(problem, why):
    assert trouble.why(problem) == why


@pytest.mark.parametrize(
    ("raised", "why"),
    [
        (DiskFull, "full"),
        (ReadOnlySqlTransaction, "read_only"),
        (LockNotAvailable, "locked"),
        (DeadlockDetected, "locked"),
    ],
)
def test_states_of_postgresql_are_known(raised, why):
    problem = InternalError("said in the language of the server")
    problem.__cause__ = raised()

    assert trouble.why(problem) == why
