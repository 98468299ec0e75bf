"""When a refresh learns anew, and when it scores with the model that is known."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest

from stammkunde import mirror
from stammkunde.sales import services as sales
from stammkunde.sales.models import Line, Order
from stammkunde.signals import learning, policy, queries, services
from stammkunde.signals.models import CustomerSignal
from stammkunde.store import kept
from tests import factories
from tests.signals import company

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("no_figures"),
    pytest.mark.same_on_both("worked out from the mirror; test_refresh, test_working and test_warned ask both"),
]

TODAY = date(2026, 3, 1)
NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)


def quiet(step, done, total):
    """Show nothing."""


@pytest.fixture
def fits(monkeypatch):
    """Count how often somebody learns."""
    days = []
    original = learning._risk

    def learn(lesson):
        days.append(lesson.as_of)
        return original(lesson)

    monkeypatch.setattr(learning, "_risk", learn)
    return days


@pytest.fixture
def shown(once, learns_once):
    return once(show)


def show():
    factories.decided(activity_days=90)
    company.play(size=160, until=TODAY)
    return refresh(learn=policy.Learn.NOW)


def refresh(*, days=0, learn=policy.Learn.DUE):
    later = timedelta(days=days)
    return services.refresh(as_of=TODAY + later, now=NOW + later, progress=quiet, learn=learn)


def rows():
    told = [field.name for field in CustomerSignal._meta.concrete_fields if field.name not in {"id", "generation"}]
    return list(queries.signals().order_by("customer_id").values_list(*told))


def test_known_model_says_the_same_as_one_learnt_now(shown, fits, learns_once, monkeypatch):
    monkeypatch.setattr(learning.risk, "fit", learns_once)  # really
    before = rows()

    made = refresh()

    assert fits == []
    assert made.forecast["model"] == shown.forecast["model"]
    assert made.forecast["risk"]["back_tests"] == shown.forecast["risk"]["back_tests"] != []
    assert rows() == before
    assert any(row for row in before)
    refresh(learn=policy.Learn.NOW)
    assert fits == [TODAY]
    assert rows() == before


def test_scores_are_of_the_day_and_models_of_the_week(shown, fits):
    before = {one.customer_id: (one.risk, one.expected_cents) for one in queries.signals()}

    made = refresh(days=6)

    now = {one.customer_id: (one.risk, one.expected_cents) for one in queries.signals()}
    assert fits == []
    assert sum(now[customer] != before[customer] for customer in now) > 60
    assert made.forecast["model"]["learnt_on"] == "2026-03-01"
    assert refresh(days=7).forecast["model"]["learnt_on"] == "2026-03-08"
    assert fits == [date(2026, 3, 8)]


def test_new_orders_teach_nothing_until_the_week_is_over_but_another_past_does(shown, fits):
    buyer = CustomerSignal.objects.filter(risk__isnull=False).first().customer
    factories.order(buyer, TODAY, cents=900)
    sales.mark_changed(["2026-03"])
    refresh()
    assert fits == []

    factories.order(buyer, date(2025, 6, 3), cents=900)
    sales.mark_changed(["2025-06"])
    refresh()
    assert fits == [TODAY]


def test_what_was_erased_is_unlearnt(shown, fits, settings):
    gone = Order.objects.filter(ordered_on__month=3, ordered_on__year=2026).first() or factories.order(
        CustomerSignal.objects.first().customer, TODAY, cents=1
    )
    sales.mark_changed(["2026-03"])
    former = refresh(learn=policy.Learn.NOW).forecast["model"]["id"]
    fits.clear()

    Line.objects.filter(order=gone).delete()
    gone.delete()
    sales.mark_changed(["2026-03"])
    made = refresh()

    assert fits == [TODAY]
    assert [file.name for file in (settings.MIRROR_DIR / "models").iterdir()] == [made.forecast["model"]["id"]]
    assert made.forecast["model"]["id"] != former


@pytest.mark.parametrize("chosen", [{"activity_days": 80}, {"risk_horizon_days": 40}])
def test_other_terms_are_another_model_whatever_was_asked(shown, fits, chosen):
    factories.decided(**{"activity_days": 90} | chosen)

    refresh(learn=policy.Learn.MISSING)

    assert fits == [TODAY]


def test_learning_only_what_is_missing_keeps_an_old_model(shown, fits):
    refresh(days=40, learn=policy.Learn.MISSING)

    assert fits == []
    assert queries.forecast()["model"]["learnt_on"] == "2026-03-01"


def test_model_that_another_program_kept_is_none(shown, fits, monkeypatch):
    monkeypatch.setattr(kept, "program", lambda part="": "another")

    refresh(learn=policy.Learn.MISSING)

    assert fits == [TODAY]


def test_name_of_a_model_tells_facts_day_terms_and_program(shown, monkeypatch):
    counted = json.dumps(shown.checkpoint["margin"])
    terms = learning.Terms(activity_days=90, horizon_days=None, basis="margin", margin=counted)
    lesson = learning.Lesson(facts=None, manifest=mirror.read(), as_of=TODAY, terms=terms)

    assert lesson.id == shown.forecast["model"]["id"]
    monkeypatch.setattr(kept, "program", lambda part="": "another")
    assert lesson.id != shown.forecast["model"]["id"]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({}, ""),
        ({"as_of": TODAY + timedelta(days=7)}, "week"),
        ({"as_of": TODAY - timedelta(days=1)}, "week"),
        ({"same_terms": False}, "terms"),
        ({"is_whole": False}, "too_little"),
        ({"erased": True}, "erased"),
        ({"changed": {"orders:2026-03", "customers"}}, ""),
        ({"changed": {"orders:2026-02"}}, "earlier_months"),
    ],
)
def test_when_to_learn(changed, said):
    usual = {
        "former_on": TODAY,
        "as_of": TODAY,
        "same_terms": True,
        "is_whole": True,
        "changed": set(),
        "erased": False,
    }

    assert policy.learns(policy.Learn.DUE, **usual | changed) == said
    assert policy.learns(policy.Learn.NOW, **usual | changed)
    assert policy.learns(policy.Learn.MISSING, **usual | changed) == (said if said == "terms" else "")
