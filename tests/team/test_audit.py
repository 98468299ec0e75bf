from datetime import UTC, datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from stammkunde.team.models import AuditEntry
from stammkunde.team.services import record
from stammkunde.team.views.people import AuditTrail


@pytest.fixture
def ada(client, administrator):
    client.force_login(administrator)
    return client


def at(entry_id: int, moment: datetime) -> None:
    AuditEntry.objects.filter(pk=entry_id).update(at=moment)


def test_audit_is_paged_by_key_in_both_directions(ada, administrator, monkeypatch):
    monkeypatch.setattr(AuditTrail, "size", 2)
    for number in range(5):
        record(staff=administrator, action="staff.changed", at=timezone.now(), label=str(number))

    def shown(address):
        page = ada.get(address).context["listing"]
        return [row["entry"].label for row in page.rows], page.pager

    first, there = shown("/audit/?action=staff.changed")
    second, further = shown(there["next"])
    last, end = shown(further["next"])
    back, _pager = shown(end["previous"])

    assert (first, second, last, back) == (["4", "3"], ["2", "1"], ["0"], ["2", "1"])
    assert (there["previous"], end["next"]) == ("", "")
    assert further["first"] == "/audit/?action=staff.changed"


def test_audit_is_filtered_by_person_action_and_day(ada, administrator, salesperson):
    record(staff=salesperson, action="staff.changed", at=timezone.now(), label="theirs")
    record(staff=administrator, action="settings.changed", at=timezone.now(), label="hers")
    late = AuditEntry.objects.get(label="hers").pk
    at(late, datetime(2011, 12, 9, 22, 30, tzinfo=UTC))  # 23:30 in Berlin: still the 9th

    def shown(query):
        return [row["entry"].label for row in ada.get("/audit/" + query).context["rows"]]

    assert shown(f"?staff={salesperson.pk}") == ["theirs"]
    assert shown("?action=settings.changed") == ["hers"]
    assert shown("?from_on=2011-12-09&to_on=2011-12-09") == ["hers"]
    assert shown("?to_on=2011-12-08") == []
    assert shown("?from_on=gestern&staff=x&before=y") == ["hers", "theirs"]


def test_audit_takes_the_same_queries_for_one_and_three(
    ada, administrator, django_assert_max_num_queries, django_assert_num_queries
):
    record(staff=administrator, action="staff.changed", at=timezone.now())
    with django_assert_max_num_queries(10) as few:
        ada.get("/audit/")
        count = len(few)
    record(staff=administrator, action="staff.changed", at=timezone.now())
    record(staff=administrator, action="staff.changed", at=timezone.now())

    with django_assert_num_queries(count):
        ada.get("/audit/")


def test_audit_export_is_recorded_and_harmless_in_a_spreadsheet(ada, administrator):
    record(
        staff=administrator,
        action="staff.changed",
        at=timezone.now(),
        label='=HYPERLINK("x")',
        changes={"name": ["A", "B"]},
    )

    response = ada.post(reverse("audit"), {"format": "csv"})

    text = b"".join(response.streaming_content).decode()
    assert text.startswith("\N{BYTE ORDER MARK}Wann;Wer;Vorgang;")
    assert ';"\'=HYPERLINK(""x"")";Name: A → B' in text
    assert AuditEntry.objects.filter(action="audit.exported", staff=administrator).count() == 1
