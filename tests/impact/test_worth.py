"""What is worth having is what the measure says; where it does not, a twentieth of what a customer brings."""

import pytest

from stammkunde.impact import counting, judging, working
from stammkunde.impact.models import Trial
from stammkunde.plays.models import PlayVersion

from .company import NOW, TODAY, drawn, people, play

pytestmark = pytest.mark.django_db(transaction=True)

SAYS = {
    "trigger": {"kind": "happened", "table": "orders"},
    "steps": [{"key": "a", "kind": "wait", "days": 1}],
    "holdout": {"share": 0.5},
}


@pytest.mark.parametrize(
    ("goal", "worth_cents"), [({}, 200), ({"worth_cents": 300}, 300), ({"worth_cents": 0}, 0), (None, 200)]
)
def test_what_is_worth_having_the_measure_says(goal, worth_cents, monkeypatch):
    of, ids = play(kind="measure"), people(30)
    drawn(of, ids, expected=dict.fromkeys(ids, 4_000))
    if goal is not None:
        content = SAYS | {"goal": {"kind": "purchase", **goal}}
        PlayVersion.objects.create(play=of, number=1, content=content, from_at=NOW, changed_at=NOW)
    monkeypatch.setattr(judging, "_needed", lambda *_given, **_more: 80)
    monkeypatch.setattr(working.lags, "usual", lambda: 30)
    working.begin()
    trial = Trial.objects.get()

    judging.plan(trial, counting.count(trial, as_of=TODAY), generation=None)

    assert (trial.worth_cents, trial.planned is not None) == (worth_cents, True)
