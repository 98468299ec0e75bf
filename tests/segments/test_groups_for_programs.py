"""What programs are told of groups of customers, and what they make."""

import pytest

from stammkunde.segments.models import Segment
from tests import factories
from tests.segments.test_group_pages import GERMANY, group
from tests.team.test_tokens import program

pytestmark = pytest.mark.django_db


def test_groups_are_listed_in_words_of_the_language_asked_for(salesperson):
    made = group(members=[factories.customer(name="Anna")])

    (listed,) = program(salesperson).get("/api/v1/segments", headers={"Accept-Language": "de"}).json()
    read = program(salesperson).get(f"/api/v1/segments/{made.pk}").json()

    assert (listed["name"], listed["says"], listed["members"]) == ("Stammkunden", "Land ist Deutschland", 1)
    assert (read["says"], read["rule"], read["version"]) == ("Country is Germany", made.versions.get().rule, 1)


def test_members_come_page_by_page(salesperson):
    customers = [factories.customer(name=name) for name in ("Anna", "Bert", "Cilli")]
    made = group(members=customers)
    asks, address = program(salesperson), f"/api/v1/segments/{made.pk}/members"

    first = asks.get(address, {"limit": 2}).json()
    second = asks.get(address, {"limit": 2, "after": first["next"]}).json()

    assert [one["number"] for one in (*first["members"], *second["members"])] == [one.number for one in customers]
    assert second["next"] is None


def test_group_is_made_and_what_cannot_be_asked_is_refused_with_its_place(salesperson):
    asks = program(salesperson)

    made = asks.post("/api/v1/segments", {"name": "Neu", "rule": GERMANY}, "application/json")
    again = asks.post("/api/v1/segments", {"name": "Neu", "rule": GERMANY}, "application/json")
    wrong = {"all": [{"field": "customer.shoe_size", "is": "is", "value": 43}]}
    odd = asks.post("/api/v1/segments", {"name": "Schuhe", "rule": wrong}, "application/json")

    assert (made.status_code, again.status_code, odd.status_code) == (201, 409, 422)
    assert odd.json()["detail"].startswith("rule.all.1.field: There is no field “customer.shoe_size” any more.")
    assert [one.name for one in Segment.objects.all()] == ["Neu"]
