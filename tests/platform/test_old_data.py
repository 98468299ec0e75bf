"""A data folder of an earlier version comes over: nothing is lost, and what it holds can be seen and worked with."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time

import click
import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client

from stammkunde import cli
from stammkunde.cli import doctor
from stammkunde.intake import services as intake
from stammkunde.intake.models import Import
from stammkunde.loyalty import triggers
from stammkunde.outreach.models import Undeliverable
from stammkunde.sales.models import Product
from stammkunde.signals import compute
from stammkunde.signals import services as signals
from stammkunde.signals.models import EarlyWarning
from stammkunde.signals.policy import Learn
from stammkunde.store import fresh, renames
from stammkunde.team.models import Settings, Staff
from tests.platform import old_folder
from tests.platform.old_pages import follow, read

pytestmark = [pytest.mark.django_db, pytest.mark.long]

OLDEST = "oldest"  # which version's dump; see dumps/README.md
NOW = datetime(2026, 11, 24, 20, tzinfo=UTC)

# What has another place since. Whoever moves or renames a table or column says so here.
NOW_TABLE = {
    "activity_task": "tasks_task",
    "customers_change": "store_change",
    "sales_change": "store_change",
    "outreach_holdout": "outreach_assignment",
}
# Settings were columns of the company's row.
NOW_SETTINGS = {row._meta.db_table: [one.name for one in row._meta.fields] for row in Settings.every()}
NOW_COLUMN = {
    ("intake_beforeimage", "batch_id"): ("intake_beforeimage", "incoming_id"),
    **{("team_company", name): (table, name) for table, names in NOW_SETTINGS.items() for name in names},
}
NOW_CALLED = {
    ("sales_change", part): f"orders:{part}" for part in (f"2026-{month:02}" for month in range(1, 12))
}  # a row's key
NOT_FACTS = ("django_", "auth_", "customers_search")  # Django's own bookkeeping, and an index made from other rows


def _is_told(after, message):
    """Say whether a message became a contact, which has its slot now."""
    sources = {row["source"]: row for row in after["contacts_contact"].values()}
    told = sources.get(f"outreach:{message['id']}")
    return told is not None and bool(told["takes_slot"]) == (message["slot_at"] is not None)


def _is_priced(after, product):
    """Say whether what a product costs holds from the day on which it was told."""
    costs = [row["cost_e4"] for row in after["sales_productcost"].values() if row["product_id"] == product["id"]]
    return costs == ([] if product["cost_e4"] is None else [product["cost_e4"]])


def _is_found(after, customer):
    """Say whether a customer is still found by the same words, and by phone numbers besides."""
    now = after["customers_customer"][customer["id"],]["search"]
    return [word for word in now.split() if not word.isdecimal()] == [
        word for word in customer["search"].split() if not word.isdecimal()
    ]


def _is_drawn(after, held_out):
    """Say whether whoever was left alone by a campaign still is, from when the campaign began."""
    now = after["outreach_assignment"][held_out["id"],]
    origin = after["outreach_draw"][held_out["draw_id"],]["origin"]
    play = after["plays_play"][int(origin.partition(":")[2]),]
    return bool(now["held_out"]) and now["entered_at"] == (play["starts_at"] or play["started_at"])


ELSEWHERE = {
    ("outreach_holdout", "since_at"): _is_drawn,
    ("outreach_message", "slot_at"): _is_told,
    ("sales_product", "cost_e4"): _is_priced,
    ("customers_customer", "search"): _is_found,
}


@contextmanager
def brought_over(folder) -> Iterator[dict[str, old_folder.Rows]]:
    """Load the dump, migrate as `serve` and `demo` do, and give the rows as they were before."""
    with old_folder.beside(folder):
        old_folder.load(OLDEST)
        before = old_folder.rows()
        _shut_postal_addresses()
        cli.open_database()
        yield before


def _shut_postal_addresses() -> None:
    """Note besides where nothing arrives: countries were named in English."""
    shut = "INSERT INTO outreach_undeliverable (channel, address, code, since_at) VALUES (%s, %s, 'bounced', %s)"
    places = [
        "A, 11000 Beograd, SERBIA",
        "B, 1010 Wien, ÖSTERREICH",
        "C, Praha, CZECHIA",
        "C, Praha, TSCHECHIEN",
        "D, Monaco",
    ]
    with connection.cursor() as cursor:
        cursor.executemany(shut, [("letter", place, NOW) for place in places] + [("email", "x, SERBIA", NOW)])


@pytest.fixture(scope="module")
def as_new(django_db_setup, django_db_blocker):
    """The tables of a fresh installation."""
    with django_db_blocker.unblock():
        return old_folder.schema()


@pytest.fixture(scope="module")
def before(as_new, django_db_blocker, tmp_path_factory):
    with django_db_blocker.unblock(), brought_over(tmp_path_factory.mktemp("old")) as rows:
        yield rows


@pytest.fixture
def ada(before, settings):
    settings.LANGUAGE_CODE = "de"
    client = Client()
    client.force_login(Staff.objects.get(email="ada@roesterei.example"))
    return client


def test_every_value_is_where_it_was_or_where_this_file_says(before):
    after, lost = old_folder.rows(), []
    for table, rows in before.items():
        if table.startswith(NOT_FACTS):
            continue
        for key, row in rows.items():
            for name, value in row.items():
                if (table, name) in ELSEWHERE and ELSEWHERE[table, name](after, row):
                    continue
                now_in, now_called = NOW_COLUMN.get((table, name), (NOW_TABLE.get(table, table), name))
                there = after.get(now_in, {}).get(_key_now(table, key), {})
                if now_called not in there or there[now_called] != NOW_CALLED.get((table, value), value):
                    lost.append((table, key, name, value, there.get(now_called)))

    assert lost == []


def _key_now(table, key):
    return tuple(NOW_CALLED.get((table, one), one) for one in key)


def test_tables_are_as_in_a_fresh_installation(before, as_new):
    assert sorted(old_folder.schema() ^ as_new) == []


def test_what_guards_the_ledger_of_points_is_there(before):
    assert triggers.missing(connection) == []


def test_no_migration_is_missing_and_none_is_unwritten(before):
    call_command("migrate", check_unapplied=True, verbosity=0)
    call_command("makemigrations", check_changes=True, dry_run=True, verbosity=0)


@pytest.mark.slow
def test_migrating_again_changes_nothing(before):
    rows, schema = old_folder.rows(), old_folder.schema()

    call_command("migrate", interactive=False, verbosity=0)

    assert (old_folder.rows(), old_folder.schema()) == (rows, schema)


def test_customers_are_found_and_shown_with_what_people_wrote(ada):
    customers = follow(ada, "/", "Kunden")
    words = read(ada, follow(ada, f"{customers}?q=hafenk", "Hafenkontor GmbH")).words

    for said in ("Dr. Eva Harms", "Trinkt nur entkoffeiniert.", "Angebot für Adventspakete schreiben", "Sven Ögür"):
        assert said in words
    assert "Élodie Dubois-Meyer" in read(ada, f"{customers}?q=elodie+meyer").words
    assert "Stille Firmen" in read(ada, customers).words


def test_messages_campaigns_and_imports_are_shown(ada):
    assert "Adventskaffee" in read(ada, follow(ada, "/", "Nachrichten")).words
    assert "Privatkunden" in read(ada, follow(ada, follow(ada, "/", "Kampagnen"), "Advent 2026")).words
    assert "rechnungen-november.csv" in read(ada, follow(ada, "/", "Importe")).words


def test_settings_show_what_the_company_decided(ada, before):
    first = follow(ada, "/", "Einstellungen")
    pages = [read(ada, path) for path in {first, *read(ada, first).links} if path.startswith(first) and "#" not in path]
    shown = set().union(*(page.values for page in pages))
    (company,) = before["team_company"].values()
    hidden = {"id", "is_demo", "time_a_percent", "time_b_percent", "time_c_percent"}
    decided = {name: as_typed(name, value) for name, value in company.items() if name not in hidden}

    assert {name: typed for name, typed in decided.items() if typed and not typed & shown} == {}


def as_typed(name, value) -> set[str]:
    """Give what may stand in a field for a value; nothing for a box to tick."""
    if name.endswith("_cents"):
        return {f"{value / 100:.2f}".replace(".", ",")}
    if isinstance(value, time):
        return {value.isoformat("minutes"), value.isoformat()}
    return set() if isinstance(value, bool) or value in (0, 1) else {str(value).replace("\n", "\r\n"), str(value)}


@pytest.mark.django_db(transaction=True)
def test_work_goes_on(tmp_path, settings, monkeypatch):
    monkeypatch.setattr(compute, "SLICES", ())  # as many figures as tell that they are counted
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
    with brought_over(tmp_path):
        assert Client().login(username="ada@roesterei.example", password="richtiges Pferd 27")

        changed = Import.objects.get(file_name="artikel-neu.csv")
        assert Product.objects.get(number="P1").price_e4 == 199_000
        intake.undo(import_id=changed.pk, now=NOW)
        intake.run(import_id=changed.pk, now=NOW)
        assert Product.objects.get(number="P1").price_e4 == 189_000

        signals.refresh(as_of=date(2026, 11, 24), now=NOW, progress=lambda *_: None, learn=Learn.NOW)
        warned = EarlyWarning.objects.filter(outcome="open").values_list("customer__number", "warned_on")
        assert {("K003", date(2026, 10, 24)), ("K014", date(2026, 11, 23))} <= set(warned)


def test_postal_addresses_that_are_shut_stay_shut_where_their_country_is_named_in_german_now(before):
    now_shut = Undeliverable.objects.filter(code="bounced").exclude(address__contains="@").order_by("address")

    assert [(one.channel, one.address) for one in now_shut] == [
        ("letter", "A, 11000 Beograd, SERBIEN"),
        ("letter", "B, 1010 Wien, ÖSTERREICH"),
        ("letter", "C, Praha, TSCHECHIEN"),
        ("letter", "D, Monaco"),
        ("email", "x, SERBIA"),
    ]


@pytest.mark.django_db(transaction=True)
def test_bridge_killed_half_way_leaves_everything_as_it_was(tmp_path, monkeypatch):
    def killed(*_arguments, **_more):
        raise KeyboardInterrupt

    with old_folder.beside(tmp_path):
        old_folder.load(OLDEST)
        before = old_folder.rows(), old_folder.schema()

        monkeypatch.setattr(renames, "_rename_app", killed)
        with pytest.raises(KeyboardInterrupt):
            call_command("migrate", interactive=False, verbosity=0)

        assert (old_folder.rows(), old_folder.schema()) == before


@pytest.mark.django_db(transaction=True)
def test_database_older_than_the_oldest_is_refused_with_the_cure_and_left_alone(tmp_path):
    with old_folder.beside(tmp_path):
        old_folder.load(OLDEST)
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM django_migrations WHERE app = 'team' AND name = '0008_paper'")
        before = old_folder.rows(), old_folder.schema()

        with pytest.raises(click.ClickException, match=r"lacks 'team\.0008_paper'.*git checkout db210b6"):
            cli.open_database()

        assert [finding.level for finding in doctor.check_migrations()] == [doctor.PROBLEM]
        assert (old_folder.rows(), old_folder.schema()) == before


@pytest.mark.django_db(transaction=True)
def test_asking_what_is_missing_changes_nothing(tmp_path, capsys):
    with old_folder.beside(tmp_path):
        old_folder.load(OLDEST)
        before = old_folder.rows(), old_folder.schema()

        call_command("migrate", plan=True)
        with pytest.raises(SystemExit, match="1"):
            call_command("migrate", check_unapplied=True)

        assert "Planned operations" in capsys.readouterr().out
        assert (old_folder.rows(), old_folder.schema()) == before


@pytest.mark.django_db(transaction=True)
def test_first_start_that_is_killed_leaves_an_empty_database_and_the_next_one_makes_it_whole(tmp_path, monkeypatch):
    def killed(*_arguments):
        raise KeyboardInterrupt

    with old_folder.beside(tmp_path):
        with monkeypatch.context() as meanwhile:
            meanwhile.setattr(MigrationRecorder, "record_applied", killed)
            with pytest.raises(KeyboardInterrupt):
                call_command("migrate", interactive=False, verbosity=0)
        assert fresh.is_empty(connection)

        cli.open_database()

        call_command("migrate", check_unapplied=True, verbosity=0)
        assert Staff.objects.count() == 0
