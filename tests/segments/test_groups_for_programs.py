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


def test_words_of_rules_are_listed_but_for_what_a_token_may_not_see(salesperson):
    told = program(salesperson).get("/api/v1/segments/vocabulary", headers={"Accept-Language": "de"}).json()
    less = program(salesperson, scopes=["figures", "segments"]).get("/api/v1/segments/vocabulary").json()

    fields = {one["name"]: one for one in told["fields"]}
    orders = next(one for one in told["tables"] if one["name"] == "orders")
    assert (fields["customer.country"]["label"], fields["customer.country"]["kind"]) == ("Land", "text")
    assert fields["signal.class"]["choices"][0] == {"value": "A", "label": "A"}
    assert "top %" in fields["signal.margin"]["operators"]
    assert orders["has_days"]
    assert {one["name"] for one in orders["columns"]} >= {"revenue", "channel"}
    assert next(one for one in told["tables"] if one["name"] == "lines")["below"] == ["orders"]
    assert told["most"] == {"leaves": 50, "depth": 4, "values": 1000, "groups": 500}
    unseen = fields.keys() - {one["name"] for one in less["fields"]}
    assert unseen >= {"customer.number", "customer.owner", "signal.margin"}


def test_each_word_that_is_listed_can_be_asked(salesperson):
    asks = program(salesperson)
    told = asks.get("/api/v1/segments/vocabulary").json()
    leaves = [{"field": one["name"], "is": "is known"} for one in told["fields"]]
    leaves += [
        {"happened": table["name"], "where": [{"column": one["name"], "is": "is known"}], "is": ">=", "value": 1}
        for table in told["tables"]
        for one in table["columns"]
    ]

    for n in range(0, len(leaves), 25):
        made = asks.post("/api/v1/segments", {"name": f"{n}", "rule": {"any": leaves[n : n + 25]}}, "application/json")
        assert made.status_code == 201, made.json()


def test_group_is_changed_called_otherwise_and_deleted(salesperson):
    made, asks = group(), program(salesperson)
    address = f"/api/v1/segments/{made.pk}"
    austrian = {"all": [{"field": "customer.country", "is": "is", "value": "AT"}]}

    changed = asks.patch(address, {"name": "Alpen", "rule": austrian, "version": 1}, "application/json").json()
    late = asks.patch(address, {"rule": GERMANY, "version": 1}, "application/json")
    other = group("Andere")
    taken = asks.patch(address, {"name": "Andere", "rule": GERMANY}, "application/json")

    assert (changed["name"], changed["version"], changed["rule"]) == ("Alpen", 2, austrian)
    assert (late.status_code, taken.status_code) == (409, 409)
    assert made.versions.count() == 2  # what was refused changed nothing
    assert asks.delete(f"/api/v1/segments/{other.pk}").status_code == 204
    assert list(Segment.objects.values_list("name", flat=True)) == ["Alpen"]


def test_group_in_use_stays_and_there_are_only_so_many(salesperson, monkeypatch):
    made, asks = group(), program(salesperson)
    group("Ohne", {"segment": made.pk, "is": "not in"})
    monkeypatch.setattr(services, "MOST_GROUPS", 2)

    used = asks.delete(f"/api/v1/segments/{made.pk}")
    more = asks.post("/api/v1/segments", {"name": "Dritte", "rule": GERMANY}, "application/json")
    services.archive(segment_id=Segment.objects.get(name="Ohne").pk, now=NOW, staff=salesperson)

    assert (used.status_code, more.status_code) == (409, 409)
    assert "Ohne" in used.json()["detail"]
    assert asks.post("/api/v1/segments", {"name": "Dritte", "rule": GERMANY}, "application/json").status_code == 201
