"""What programs read of what plays changed."""

import pytest

from stammkunde.impact.api import TrialOut
from stammkunde.impact.models import Trial, Verdict
from stammkunde.outreach.models import Draw
from tests.team.test_tokens import program

from .test_pages import judged

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def told(once):
    return once(judged)


def test_programs_read_what_was_changed_with_all_verdicts(told, analyst):
    asks, trial, verdict = program(analyst), Trial.objects.get(), Verdict.objects.get()
    margin = verdict.numbers["margin"]

    (listed,) = asks.get("/api/v1/impact").json()
    one = asks.get(f"/api/v1/impact/{trial.pk}").json()

    assert {name: value for name, value in one.items() if name != "verdicts"} == listed
    assert (listed["name"], listed["origin"], listed["verdict"]) == ("Sommerkarte", f"play:{told['play']}", "works")
    assert [listed[f"{name}_cents"] for name in ("effect", "low", "high")] == [
        pytest.approx(margin[name]) for name in ("effect", "low", "high")
    ]
    assert (listed["treated"], listed["held_out"]) == (200 - len(told["alone"]), len(told["alone"]))
    assert (listed["as_of"], listed["next"]) == (verdict.as_of_on.isoformat(), None)
    (said,) = one["verdicts"]
    assert (said["look"], said["of"], said["customers"]) == (1, 1, 200)
    assert said["numbers"]["arms"]["held_out"]["n"] == len(told["alone"])
    assert "moved" in margin
    assert "moved" not in said["numbers"]["margin"]


def test_nobody_is_named_by_the_message_that_shows_which_words_they_got(told, analyst):
    verdict = Verdict.objects.get()
    verdict.numbers["words"] = [{"template": 4, "n": 90, "example": 7}]
    verdict.save()

    one = program(analyst).get(f"/api/v1/impact/{verdict.trial_id}").json()

    assert one["verdicts"][0]["numbers"]["words"] == [{"template": 4, "n": 90}]
    assert one["all_rounds"] is None


def test_before_a_verdict_programs_are_told_when_to_expect_it(told, analyst):
    Verdict.objects.all().delete()
    Trial.objects.update(progress=Trial.objects.get().progress | {"next_on": "2026-12-24"})

    (listed,) = program(analyst).get("/api/v1/impact").json()

    assert (listed["verdict"], listed["effect_cents"], listed["next"]) == ("", None, "2026-12-24")


def test_only_who_may_see_margins_and_gave_the_token_that_scope_reads_it(told, analyst, servant):
    pk = Trial.objects.get().pk

    for path in ("/api/v1/impact", f"/api/v1/impact/{pk}"):
        assert program(servant).get(path).status_code == 403
        assert program(analyst, scopes=["figures"]).get(path).status_code == 403
        assert program(analyst, scopes=["margins"]).get(path).status_code == 200
    assert program(analyst).get("/api/v1/impact/99999").status_code == 404


def test_programs_are_told_that_it_may_be_of_everything_in_a_year():
    said = TrialOut.model_json_schema()["properties"]["origin"]["description"]

    assert f"`{Draw.OF_EVERYTHING}2027`" in said
