"""List pages of every app take the same queries for one row and for three."""

import pytest
from django.urls import reverse
from django.utils import timezone

from stammkunde.intake.models import Import
from stammkunde.team.services import record
from tests import factories
from tests.outreach.planning import planned

pytestmark = pytest.mark.django_db


def _imported():
    Import.objects.create(file_name="a.csv", path="x", status="done", created_at=timezone.now())


ROWS = {
    "messages": lambda: planned(factories.customer(), purpose="service"),
    "imports": _imported,
    "audit": lambda: record(staff=None, action="staff.changed", at=timezone.now()),
}


@pytest.mark.parametrize("name", ROWS)
def test_list_page_takes_the_same_queries_for_one_row_and_for_three(
    client, administrator, name, django_assert_num_queries, django_assert_max_num_queries
):
    client.force_login(administrator)
    ROWS[name]()
    with django_assert_max_num_queries(14) as few:
        assert client.get(reverse(name)).status_code == 200
    ROWS[name]()
    ROWS[name]()

    with django_assert_num_queries(len(few)):
        client.get(reverse(name))
