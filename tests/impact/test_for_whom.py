"""For whom a play works: told by what was known before, by honest splits or three named groups, never by luck."""

import numpy as np
import pytest

from stammkunde.impact import beside, for_whom
from stammkunde.impact.models import Trial, Verdict
from stammkunde.impact.reading import Members
from stammkunde.insight.periods import day_number
from stammkunde.segments import bits
from stammkunde.segments import services as segments
from stammkunde.segments.models import Segment, SegmentState, SegmentVersion

from .company import BEGAN, DAY, buys, figured, people
from .test_pages import as_role, text  # noqa: F401 (a fixture)
from .test_verdicts import stream, told, work  # noqa: F401 (fixtures)

pytestmark = pytest.mark.django_db(transaction=True)


def members(n: int, *, customers=None, seed=3) -> Members:
    """Some who entered on one day, half of them contacted; nobody knows their risk."""
    dice, entered = np.random.default_rng(seed), day_number(BEGAN.date())
    return Members(
        assignments=np.arange(n),
        customers=np.asarray(customers or np.arange(n) + 10**9),
        draws=np.ones(n, dtype=np.int64),
        treated=dice.random(n) < 0.5,
        first_on=np.full(n, entered + 1),
        last_on=np.full(n, entered + 91),
        expected_cents=dice.gamma(2.0, 3_000, n).round(),
        expected_purchases=np.zeros(n),
        risk=np.full(n, np.nan),
    )


def net(some: Members, gain) -> np.ndarray:
    return some.expected_cents * np.random.default_rng(5).uniform(0.8, 1.2, len(some)) + np.where(some.treated, gain, 0)


def test_of_few_three_groups_are_compared_that_were_named_before(told):  # noqa: F811
    some = members(400)
    is_better = some.expected_cents > np.median(some.expected_cents)

    found = for_whom.tell(some, net(some, np.where(is_better, 6_000, 500)))

    assert (found["by"], [row["name"] for row in found["rows"]]) == ("named", ["worth_more"])
    (row,) = found["rows"]
    assert row["is_clear"]
    assert row["having"][1] < 6_000 < row["having"][2]
    assert row["lacking"][1] < 500 < row["lacking"][2]


def test_where_all_gain_alike_nobody_is_named(told):  # noqa: F811
    some = members(400)

    found = for_whom.tell(some, net(some, 2_000))

    assert for_whom.clear(found["rows"]) == []


def test_of_many_it_is_learnt_on_one_half_and_judged_on_the_other(told):  # noqa: F811
    some = members(4_400)
    is_better = some.expected_cents > np.median(some.expected_cents)

    clear = for_whom.tell(some, net(some, np.where(is_better, 6_000, 500)))
    alike = for_whom.tell(some, net(some, 2_000))

    assert (clear["by"], clear["is_clear"], clear["rows"][0]["name"]) == ("splits", True, "expected_cents")
    assert "or more" in beside.named(clear["rows"][0]) or "oder mehr" in beside.named(clear["rows"][0])
    assert (alike["by"], alike["is_clear"], alike["rows"]) == ("splits", False, [])


def group(some: Members, inside, *, began, name) -> Segment:
    """A group of the company in which some of the members are, recorded since a moment."""
    made = segments.create(name=name, rule={"field": "customer.kind", "is": "is known"}, now=began, staff=None)
    version = made.versions.get()
    ids = np.sort(some.customers[inside])
    SegmentVersion.objects.filter(pk=version.pk).update(began_at=began)
    SegmentState.objects.create(
        version=version, generation=1, as_of_on=began.date(), until={}, at=began, highest=int(ids[-1]),
        bits=bits.packed(ids.tolist()), n=len(ids),
    )  # fmt: skip
    return made


def test_own_groups_are_asked_as_they_stood_before_the_entry_and_none_that_was_made_later(told, settings):  # noqa: F811
    settings.LANGUAGE_CODE = "de"
    some = members(4_400, customers=(np.arange(4_400) + 1_000).tolist())
    inside = np.random.default_rng(8).random(4_400) < 0.5
    cents = net(some, np.where(inside, 6_000, 500))
    assert for_whom.tell(some, cents)["own_groups"] == 0

    group(some, inside, began=BEGAN + DAY, name="Danach")
    assert (found := for_whom.tell(some, cents))["own_groups"] == 0
    assert found["rows"] == []

    asked = group(some, inside, began=BEGAN - DAY, name="Stammgäste")
    found = for_whom.tell(some, cents)
    assert (found["is_clear"], found["own_groups"], len(found["rows"])) == (True, 1, 1)
    row = found["rows"][0]
    assert row["having"][1] < 6_000 < row["having"][2]
    assert row["lacking"][1] < 500 < row["lacking"][2]
    Segment.objects.filter(pk=asked.pk).update(name="Anders")
    assert beside.named(row) == "Gruppe: Stammgäste"


def test_of_very_many_some_are_looked_at_as_chance_has_it(told, monkeypatch):  # noqa: F811
    some = members(400)
    monkeypatch.setattr(for_whom, "MOST", 100)

    found, again = (for_whom.tell(some, net(some, 2_000)) for _twice in range(2))

    assert found == again
    assert found["treated"] + found["held_out"] == 100


def test_what_came_on_the_day_of_entry_or_later_tells_nobody_apart(db):
    ids, day = people(2), BEGAN.date()
    for number, on in enumerate((day - 400 * DAY, day - 10 * DAY, day, day + DAY)):
        buys(ids[0], on, margin=500, number=f"o{number}")
    figured()

    one, other = for_whom._before(members(2, customers=ids)).to_pylist()

    assert (one["purchases_year"], one["revenue_year_cents"]) == (1, 1_000)
    assert (one["days_since"], one["days_known"]) == (10, 400)
    assert (one["kind"], other["purchases_year"], other["days_since"]) == ("person", 0, None)


def test_the_page_says_for_whom_with_the_verdict(told, as_role, settings):  # noqa: F811
    settings.LANGUAGE_CODE = "de"
    work()

    page = text(as_role("analyst"), "trial", Trial.objects.get().pk)

    assert "Bei wem sie wirkt" in page
    assert "Obere Hälfte nach erwartetem Wert" in page
    assert "erst ab 2.000 Kontaktierten und 2.000 Ausgelassenen" in page
    assert {row["name"] for row in Verdict.objects.get().numbers["for_whom"]["rows"]} <= set(for_whom.SEGMENTS)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"look": 1, "of": 4}, "steht hier mit dem letzten Urteil der Runde."),
        ({"numbers": {"margin": None}}, None),
        ({"numbers": {"for_whom": None}}, None),
    ],
)
def test_before_the_last_look_and_without_a_verdict_nothing_is_told_for_whom(told, settings, change, said):  # noqa: F811
    settings.LANGUAGE_CODE = "de"
    work()
    verdict = Verdict.objects.get()
    verdict.numbers |= change.pop("numbers", {})
    for name, value in change.items():
        setattr(verdict, name, value)

    found = beside.whom(verdict.trial, verdict)

    assert "rows" not in found
    assert (found == {}) if said is None else found["text"].endswith(said)
