"""What programs are told of groups of customers, and what they make."""

import json

import pytest

from stammkunde.segments import services
from stammkunde.segments.models import Segment
from tests import factories
from tests.segments.test_group_pages import GERMANY, NOW, group
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


MARGIN = {
    "all": [{"field": "customer.country", "is": "is", "value": "DE"}, {"field": "signal.margin", "is": ">", "value": 1}]
}


@pytest.mark.parametrize("rule", [MARGIN, {"field": "customer.number", "is": "is", "value": "1"}])
def test_rule_about_what_a_token_may_not_see_is_neither_shown_nor_made(salesperson, rule):
    made = group(rule=rule)
    asks = program(salesperson, scopes=["figures", "segments"])

    (listed,) = asks.get("/api/v1/segments").json()
    tried = [
        asks.post("/api/v1/segments", {"name": "Neu", "rule": one}, "application/json")
        for one in (rule, {"segment": made.pk, "is": "in"}, GERMANY)
    ]

    assert (listed["rule"], listed["says"]) == (None, "")
    assert [one.status_code for one in tried] == [403, 403, 201]
    assert program(salesperson).get(f"/api/v1/segments/{made.pk}").json()["rule"] == made.versions.get().rule


@pytest.mark.parametrize(
    "given",
    [
        {"name": "Alt\ud800", "rule": GERMANY},
        {"name": "Alt\u0000", "rule": GERMANY},
        {"name": "Alt\nneu", "rule": GERMANY},
        {"name": "Alt", "rule": {"field": "customer.country", "is": "is", "value": "D\ud800"}},
        {"name": "Alt", "rule": {"field": "customer.\ud800", "is": "is", "value": "D"}},
        {"name": "Alt", "rule": {"\ud800": 1, **GERMANY}},
    ],
)
def test_signs_that_nobody_can_read_are_refused(salesperson, given):
    answer = program(salesperson).post("/api/v1/segments", json.dumps(given), "application/json")

    assert answer.status_code == 422
    assert not Segment.objects.exists()


def test_name_stands_in_one_line_whoever_gives_it():
    assert services.create(name=" Alt\n\0neu ", rule=GERMANY, now=NOW, staff=None).name == "Alt  neu"
