"""An app that no part of the product knows: its facts are imported, mirrored and taken back, its settings kept."""

from datetime import date

import pytest
from django.db import connection
from django.test import override_settings

from stammkunde import mirror
from stammkunde.customers.models import Customer
from stammkunde.intake import apart
from stammkunde.intake import services as intake
from stammkunde.segments import services as segments
from stammkunde.segments import vocabulary
from stammkunde.store import facts
from stammkunde.team import queries as team
from stammkunde.team import services as teams
from stammkunde.team import wording
from stammkunde.team.models import AuditEntry, Company
from tests import factories
from tests.intake.bringing import NOW, bring, changed

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def diary(settings, monkeypatch):
    monkeypatch.setattr(apart, "read", _read_here)  # readers come from a process that knows the product's apps only
    with override_settings(INSTALLED_APPS=["tests.store.diary.apps.DiaryConfig", *settings.INSTALLED_APPS]):
        _forget()
        yield from _with_tables()
    _forget()


def _read_here(function, *, bounds, progress=None, **given):
    return function(**given, **({"progress": progress} if progress else {}))


def _forget():
    facts.tables.cache_clear()
    Company._meta._expire_cache(forward=False)  # whose settings stand beside it; `apps.clear_cache` makes managers anew


def _with_tables():
    from tests.store.diary import models  # noqa: PLC0415 (only while the app is installed)

    tables = (models.Visit, models.Impression, models.DiarySettings)
    with connection.schema_editor() as editor:
        for one in tables:
            editor.create_model(one)
    yield models.Visit
    with connection.schema_editor() as editor:
        for one in reversed(tables):
            editor.delete_model(one)


def visit(number: str, day: str, minutes: str = "30", customer_number: str = "1") -> dict[str, object]:
    return {"visit_number": number, "customer_number": customer_number, "came_on": day, "minutes": minutes}


def come(tmp_path):
    bring(tmp_path, "customers", [{"customer_number": "1", "customer_name": "Eins"}])
    return bring(
        tmp_path,
        "visits",
        [visit("A", "2026-09-30"), visit("B", "2026-10-01", "45"), visit("C", "2026-10-02", customer_number="9")],
    )


def build():
    return mirror.bring_up_to_date(now=NOW, progress=lambda *_told: None)


def mirrored():
    return sorted(mirror.tables().visits.project("visit_id, came_on, came_month, minutes").fetchall())


def test_its_file_is_imported_by_the_same_checks(tmp_path, diary):
    incoming = come(tmp_path)

    assert [(one.source, one.came_on, one.minutes) for one in diary.objects.order_by("source")] == [
        ("t:A", date(2026, 9, 30), 30),
        ("t:B", date(2026, 10, 1), 45),
    ]
    assert incoming.counts["visits"] == {"created": 2, "changed": 0, "unchanged": 0, "refused": 1}
    assert [problem["code"] for problem in incoming.problems] == ["unknown_customer"]


def test_the_same_file_again_changes_nothing_and_another_day_moves_its_month(tmp_path, diary):
    come(tmp_path)
    before = changed()

    assert come(tmp_path).counts["visits"]["unchanged"] == 2
    assert changed() == before

    bring(tmp_path, "visits", [visit("A", "2026-08-15")])
    assert {part for part, version in changed().items() if before.get(part) != version} == {
        "visits:2026-08",
        "visits:2026-09",
    }


def test_it_comes_along_in_the_mirror_and_starts_no_refresh(tmp_path):
    factories.order(factories.customer(), date(2026, 9, 1))
    held = build()
    version = mirror.facts_version()

    bring(tmp_path, "customers", [{"customer_number": "1", "customer_name": "Eins"}])
    built = build()
    bring(tmp_path, "visits", [visit("A", "2026-09-30"), visit("B", "2026-10-01", "45")])

    assert mirror.stale_parts(built) == set()
    assert mirror.facts_version() == built.version != version
    again = build()
    assert [(row[2], row[3]) for row in mirrored()] == [(680, 30), (681, 45)]
    assert mirror.tables(again).stamp("lines") == mirror.tables(held).stamp("lines")


def test_groups_of_customers_may_ask_for_it_by_its_declaration_alone():
    rule = {"happened": "visits", "within": {"last": 30}, "measure": "sum.minutes", "is": ">=", "value": 90}

    made = segments.create(name="Lange da", rule=rule, now=NOW, staff=None)

    (kept,) = made.versions.all()
    assert kept.rule["happened"] == "visits"
    assert [(one.label, one.asked.unit) for one in vocabulary.words(facts.table("visits"))] == [("Minutes", "min")]


def test_taken_back_it_leaves_nothing_and_the_mirror_follows(tmp_path, diary):
    incoming = come(tmp_path)
    build()

    intake.undo(import_id=incoming.pk, now=NOW)
    intake.run(import_id=incoming.pk, now=NOW)

    assert not diary.objects.exists()
    assert Customer.objects.count() == 1
    build()
    assert mirrored() == []


def test_what_hangs_on_it_goes_along_or_keeps_it_as_it_says(tmp_path, diary):
    from tests.store.diary.models import Impression  # noqa: PLC0415

    incoming = come(tmp_path)
    first = diary.objects.first()
    derived = Impression.objects.create(visit=first)
    written = Impression.objects.create(visit=first, is_written=True)

    with pytest.raises(intake.CannotUndo) as refused:
        intake.undo(import_id=incoming.pk, now=NOW)
    assert refused.value.detail == {"impression": 1}

    written.delete()
    intake.undo(import_id=incoming.pk, now=NOW)
    intake.run(import_id=incoming.pk, now=NOW)
    assert not diary.objects.exists()
    assert not Impression.objects.filter(pk=derived.pk).exists()


def test_its_settings_are_read_with_those_of_all_apps_and_changed_and_told_like_them(django_assert_num_queries):
    from tests.store.diary.models import DiarySettings  # noqa: PLC0415

    assert DiarySettings.of(team.company()).longest_visit == 90
    teams.change_company(by=None, now=NOW, name="Rösterei", longest_visit=45)

    with django_assert_num_queries(1):
        company = team.company()
        assert (company.name, DiarySettings.of(company).longest_visit) == ("Rösterei", 45)
    told = AuditEntry.objects.get(action="settings.changed").detail
    assert wording.changes(told) == "Name: leer → Rösterei · longest visit: 90 → 45"
