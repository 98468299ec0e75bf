from datetime import UTC, datetime

import pytest
from django.urls import reverse

from stammkunde.team import queries
from stammkunde.team.models import AuditEntry
from stammkunde.team.services import record


@pytest.fixture
def ada(client, administrator):
    client.force_login(administrator)
    return client


def at(entry_id: int, moment: datetime) -> None:
    AuditEntry.objects.filter(pk=entry_id).update(at=moment)


def test_audit_is_paged_by_key_in_both_directions(administrator):
    for number in range(5):
        record(staff=administrator, action="staff.changed", label=str(number))
    which = queries.AuditFilter()

    first = queries.audit_page(which=which, size=2)
    second = queries.audit_page(which=which, before=first.older, size=2)
    last = queries.audit_page(which=which, before=second.older, size=2)
    back = queries.audit_page(which=which, after=last.newer, size=2)

    assert [entry.label for entry in first.entries] == ["4", "3"]
    assert [entry.label for entry in second.entries] == ["2", "1"]
    assert [entry.label for entry in last.entries] == ["0"]
    assert (first.newer, last.older) == (None, None)
    assert [entry.label for entry in back.entries] == ["2", "1"]


def test_audit_is_filtered_by_person_action_and_day(ada, administrator, salesperson):
    record(staff=salesperson, action="staff.changed", label="theirs")
    record(staff=administrator, action="settings.changed", label="hers")
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
    record(staff=administrator, action="staff.changed")
    with django_assert_max_num_queries(10) as few:
        ada.get("/audit/")
        count = len(few)
    record(staff=administrator, action="staff.changed")
    record(staff=administrator, action="staff.changed")

    with django_assert_num_queries(count):
        ada.get("/audit/")


def test_audit_export_is_recorded_and_harmless_in_a_spreadsheet(ada, administrator):
    record(staff=administrator, action="staff.changed", label='=HYPERLINK("x")', changes={"name": ["A", "B"]})

    response = ada.post(reverse("audit-export"))

    text = b"".join(response.streaming_content).decode()
    assert text.startswith("\N{BYTE ORDER MARK}Wann;Wer;Vorgang;")
    assert ';"\'=HYPERLINK(""x"")";Name: A → B' in text
    assert AuditEntry.objects.filter(action="audit.exported", staff=administrator).count() == 1
