"""Value and risk of every customer in the snapshot: what insight says, whom to worry about, what was said before."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pyarrow as pa
import pytest

from stammkunde import mirror
from stammkunde.cli import doctor
from stammkunde.customers.models import Customer
from stammkunde.figures.queries import budget
from stammkunde.insight import recency, risk
from stammkunde.insight.frames import rows
from stammkunde.insight.value import worth
from stammkunde.sales import services as sales
from stammkunde.signals import (
    diary,
    explaining,
    frames,
    lit,
    margins,
    outlook,
    policy,
    queries,
    said,
    services,
)
from stammkunde.store import kept
from stammkunde.tasks import policy as time
from stammkunde.team import queries as team
from tests import factories
from tests.signals import company
from tests.signals.limited import limits

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("no_figures"),
    pytest.mark.same_on_both("worked out from the mirror; test_refresh, test_working and test_warned ask both"),
]
SAME = pytest.mark.same_on_both("worked out beside the database; the tests between ask how it is stored")

TODAY = date(2026, 3, 1)
NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)
ACTIVITY_DAYS = 90


def quiet(step, done, total):
    """Show nothing."""


def refresh(*, on=TODAY, rebuild=False, learn=policy.Learn.MISSING):
    now = NOW + (on - TODAY)
    return services.refresh(as_of=on, now=now, progress=quiet, learn=learn, rebuild=rebuild)


@pytest.fixture
def played(once):
    return once(open_shop)


@pytest.fixture
def shop(played, learns_once):
    return played


@pytest.fixture
def shown(once, learns_once):
    """Give the shop after its first refresh, on a day that one may choose."""
    return lambda *, on=TODAY: once(show_shop, on, services.lit.limits())


def show_shop(on, _limits):
    open_shop()
    return refresh(on=on)


def open_shop():
    factories.decided(activity_days=ACTIVITY_DAYS)
    return company.play(until=TODAY)


@pytest.fixture
def small_team(monkeypatch):
    """Five red, and seven amber."""
    monkeypatch.setattr(services.lit, "limits", lambda: limits(week=5, month=12))


def known_now():
    return frames.open_facts(mirror.tables(), margin=margins.wanted())


def signals():
    return list(queries.signals().order_by("customer_id"))


def test_refresh_stores_the_risk_that_insight_gives(played):
    refresh()

    facts = known_now()
    model = risk.fit(facts, as_of=TODAY, activity_days=ACTIVITY_DAYS)
    scored = {row["customer_id"]: row for row in risk.score(facts, model).to_pylist()}
    assert model.verdict.by == "time"
    assert 60 < len(scored) < 200
    for signal in signals():
        expected = scored.get(signal.customer_id)
        assert signal.risk == (expected and pytest.approx(expected["probability"]))
        assert bool(signal.risk_level) == (expected is not None)
        stake = expected and round(signal.risk * signal.yearly_cents)
        assert signal.margin_at_risk_cents == (expected and pytest.approx(stake, abs=1))


def test_refresh_stores_the_value_that_insight_gives(shown):
    shown()

    facts = known_now()
    fitted = worth.fit(facts, as_of=TODAY)
    valued = {row["customer_id"]: row for row in worth.customers(facts, fitted).to_pylist()}
    assert len(valued) == Customer.objects.count()
    for signal in signals():
        row = valued[signal.customer_id]
        assert signal.expected_purchases == pytest.approx(row["expected_purchases"])
        for stored, name in {
            "expected_cents": "expected_cents",
            "expected_low_cents": "low_cents",
            "expected_high_cents": "high_cents",
            "clv_cents": "clv_cents",
            "clv_low_cents": "clv_low_cents",
            "clv_high_cents": "clv_high_cents",
        }.items():
            assert getattr(signal, stored) == row[name], name


@SAME
def test_lights_go_by_margin_at_risk_and_by_what_the_team_can_do(shown, small_team):
    made = shown()

    base = made.forecast["risk"]["base_share"]
    worrying = [one for one in signals() if one.risk is not None and one.risk > base]
    order = sorted(worrying, key=lambda one: (-one.margin_at_risk_cents, one.customer_id))
    light = {one.customer_id: "red" if place < 5 else "amber" for place, one in enumerate(order[:12])}
    for one in signals():
        assert one.risk_level == light.get(one.customer_id, "" if one.risk is None else "green")
    told = made.forecast["levels"]
    assert (told["red"], told["amber"], told["contacts"], told["base_share"]) == (5, 7, 5, base)


@SAME
def test_lights_of_today_and_of_the_back_test_are_one_rule(shown):
    made = shown()

    model, limits_now = risk.fit(known_now(), as_of=TODAY, activity_days=ACTIVITY_DAYS), lit.limits()
    for told, test in zip(made.forecast["risk"]["back_tests"], model.back_tests, strict=True):
        columns = ("customer_id", "probability", "yearly_cents", "abc_class", "silent_days")
        then = {name: getattr(test, name) for name in columns}
        customers = pa.table(then | dict.fromkeys(("late_after_days", "gap_days"), then["silent_days"]))
        named = customers.rename_columns({"probability": "risk"})
        as_today = lit.today(named, base_share=test.base_share, usual_days=ACTIVITY_DAYS, limits=limits_now)
        light = as_today.rows["risk_level"].to_numpy()
        for one in told["by_light"]:
            own = light == one["light"]
            assert (one["customers"], one["left"]) == (own.sum(), (own & test.gone).sum())
        warned = light != "green"
        assert 0 < told["warned"] == warned.sum() <= round(0.12 * test.customers)
        assert told["warned_left"] == (warned & test.gone).sum()
        assert told["warned_left_cents"] == test.yearly_cents[warned & test.gone].sum()


@SAME
def test_red_is_what_the_team_reaches_by_the_minutes_that_today_plans_with(shown, administrator):
    made = shown()

    plan = budget.of(made, budget.setting(team.company()))
    lengths = plan.setting.lengths
    base = made.forecast["risk"]["base_share"]
    worrying = [one for one in signals() if one.risk is not None and one.risk > base and one.margin_at_risk_cents]
    order = sorted(worrying, key=lambda one: (-one.margin_at_risk_cents, one.customer_id))
    contacts = [lengths.contact(plan.minutes.get(one.customer_id, 0)) for one in order]
    week = plan.setting.hours_per_week * 60
    assert plan.setting.hours_per_week > 0
    assert any(one.yearly_cents and one.risk is None for one in signals())  # who is lost is given no time by either
    told = time.reached(week, contacts[: 5 * time.MOST_PER_DAY], least=lengths.least, fewest=15)  # one person
    assert made.forecast["levels"]["contacts"] == told > 0


@SAME
def test_reasons_are_there_at_once_for_whom_we_warn_and_for_all_others_when_somebody_looks(shown, small_team):
    shown()

    facts = known_now()
    model = risk.fit(facts, as_of=TODAY, activity_days=ACTIVITY_DAYS)
    told = risk.explain(facts, model, customer_ids=[one.customer_id for one in signals()])
    stored = {one.customer_id: one.risk_reasons for one in signals() if one.risk_reasons is not None}
    assert len(stored) == 12
    assert {one.customer_id for one in signals() if one.risk_level in {"red", "amber"}} == set(stored)
    plain = json.loads(json.dumps(told), object_hook=lambda found: found)
    assert {str(customer): reasons for customer, reasons in stored.items()} == {str(c): plain[str(c)] for c in stored}
    for one in signals():
        assert queries.explained(one.customer_id) == told.get(one.customer_id)


@SAME
def test_what_explains_is_read_only_where_this_program_wrote_it(shown, settings):
    made = shown()
    green = queries.signals().filter(risk_level="green").first()
    file = settings.MIRROR_DIR / "explaining" / str(made.pk) / "model"
    assert queries.explained(green.customer_id) is not None

    content = file.read_bytes()
    file.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    assert queries.explained(green.customer_id) is None

    file.write_bytes(content)
    settings.SECRET_KEY = "another"
    assert queries.explained(green.customer_id) is None


@SAME
def test_what_explains_goes_with_its_generation_and_its_version(shown, settings, monkeypatch):
    former = shown()
    made = refresh(on=TODAY + timedelta(days=1))
    green = queries.signals().filter(risk_level="green").first()

    assert [folder.name for folder in (settings.MIRROR_DIR / "explaining").iterdir()] == [str(made.pk)]
    assert explaining.explain(green.customer_id, generation_id=former.pk) is None
    monkeypatch.setattr(kept, "program", lambda part="": "another")
    assert queries.explained(green.customer_id) is None


@SAME
def test_where_the_disk_takes_nothing_figures_are_shown_and_the_loss_is_said(shop, settings):
    settings.MIRROR_DIR.mkdir(exist_ok=True)
    for place in (settings.MIRROR_DIR / "explaining", settings.HISTORY_DIR):
        place.write_text("in the way")

    made = refresh()

    assert queries.current() == made
    green = queries.signals().filter(risk_level="green").first()
    assert queries.explained(green.customer_id) is None
    lost = "reasons for whom nobody is warned about and this day of the history"
    said_by_doctor = [one.what for one in doctor.check_figures(NOW) if one.level == doctor.WARNING]
    assert said_by_doctor == [f"Figures are shown, but not kept beside them: {lost}"]


def test_too_little_past_is_said_and_silence_warns_instead():
    factories.decided(activity_days=100)
    late, regular, never = (factories.customer() for _ in range(3))
    for days in (60, 90, 120):
        factories.order(late, TODAY - timedelta(days=days), cents=900)
    for days in (5, 35, 65, 95):
        factories.order(regular, TODAY - timedelta(days=days), cents=500)

    made = refresh()

    told = {one.customer_id: one for one in signals()}
    assert made.forecast["risk"]["refusal"]["code"] in {"no_past", "too_few"}
    assert (made.forecast["risk"]["rule"], made.forecast["risk"]["base_share"]) == ("silence", None)
    assert made.forecast["value"]["refusal"]["code"] == "few_purchases"
    assert made.forecast["value"]["rule"] == "rate"
    assert [told[who.pk].risk_level for who in (late, regular, never)] == ["red", "green", ""]
    assert [(one.risk, one.margin_at_risk_cents, one.risk_before) for one in told.values()] == [(None, None, None)] * 3
    assert told[late.pk].risk_reasons == [{"code": "silent", "gap_days": 30, "silent_days": 60}]
    assert (told[never.pk].expected_cents, told[never.pk].yearly_cents, told[never.pk].clv_cents) == (None, None, None)
    figures = {figure.kpi: figure for figure in queries.figures().filter(kpi__in=policy.SAID)}
    assert (figures["predicted_value_cents"].value, figures["predicted_value_cents"].reason) == (None, "value_unknown")
    assert (figures["margin_at_risk_cents"].value, figures["margin_at_risk_cents"].reason) == (None, "risk_unknown")
    assert (figures["warned_customers"].value, figures["warned_customers"].denominator) == (1, 2)


def test_without_orders_nobody_is_valued_and_nobody_is_at_risk():
    factories.customer()

    made = refresh()

    assert made.forecast["value"] == made.forecast["risk"] == {"refusal": {"code": "nobody_bought"}}
    (found,) = signals()
    assert (found.risk_level, found.yearly_cents, found.expected_cents) == ("", None, None)
    assert diary.points(found.customer_id, until=TODAY) == []


@SAME
def test_forecast_tells_how_it_was_worked_out(shown):
    made = shown()

    facts = known_now()
    model = risk.fit(facts, as_of=TODAY, activity_days=ACTIVITY_DAYS)
    made.refresh_from_db()
    told = made.forecast["risk"]
    assert (told["rule"], told["by"], told["horizon_days"], told["refusal"]) == (
        model.rule,
        "time",
        model.horizon_days,
        None,
    )
    assert told["qualities"][model.rule]["auc"] == pytest.approx(model.verdict.qualities[model.rule].auc)
    assert [test["as_of"] for test in told["back_tests"]] == [str(test.as_of) for test in model.back_tests]
    first = told["back_tests"][0]
    assert (first["customers"], first["left"]) == (model.back_tests[0].customers, model.back_tests[0].left)
    assert [one["class"] for one in first["by_class"]] == ["A", "B", "C"]
    assert first["lift_curve"][-1] == {"share": 1.0, "found": 1.0}
    value = made.forecast["value"]
    assert (value["basis"], value["customers"], value["horizon_days"]) == ("margin", Customer.objects.count(), 365)
    assert value["back_test"]["observed"] > 0
    assert value["back_test"]["laid"] == "latest"
    assert (value["level"]["kind"], value["level"]["factor"]) == ("none", 1.0)
    assert told["level"]["log_odds"] == model.level.log_odds


@SAME
def test_stage_is_at_risk_where_the_rhythm_sees_nothing_yet(shop, monkeypatch):
    monkeypatch.setattr(recency, "LIKELY", 0.0)
    monkeypatch.setattr(recency, "ODDS_ABOVE", 1.0)
    made = refresh()

    base = made.forecast["risk"]["base_share"]
    facts = known_now()
    plain = {
        row["customer_id"]: row for row in rows(recency.customers(facts, as_of=TODAY, activity_days=ACTIVITY_DAYS))
    }
    raised = [one for one in signals() if one.stage_reason["code"] == "risk"]
    assert raised
    for one in raised:
        before = plain[one.customer_id]
        assert (one.stage, before["stage"]) == ("at_risk", "active")
        assert one.risk >= base
        assert one.stage_reason == recency.stage_reason(before) | {
            "code": "risk",
            "risk": round(one.risk, 3),
            "base_share": round(base, 3),
            "horizon_days": made.forecast["risk"]["horizon_days"],
        }


def test_risk_before_is_what_was_said_at_least_a_week_ago(shop):
    days = [TODAY - timedelta(days=ago) for ago in (20, 9, 3)]
    said_then = {}
    for on in days:
        assert refresh(on=on).before_on == next((day for day in days if day < on and on - day >= timedelta(7)), None)
        said_then[on] = {one.customer_id: one.risk for one in signals()}

    made = refresh()

    assert made.before_on == days[1]
    compared = [one for one in signals() if one.risk_before is not None]
    assert len(compared) > 60
    for one in compared:
        assert one.risk_before == pytest.approx(said_then[days[1]][one.customer_id], abs=1e-6)


@SAME
def test_history_of_a_customer_is_what_was_said_day_by_day(shown):
    days = [TODAY - timedelta(days=ago) for ago in (9, 0)]
    seen = []
    for on, show in zip(days, (shown, refresh), strict=True):
        show(on=on)
        seen.append(queries.signals().filter(risk_level__in=["red", "amber"]).order_by("-risk").first())
    one = queries.signals().get(customer=seen[0].customer_id)

    points = queries.risk_history(one.customer_id)

    assert [point["on"] for point in points] == days[: len(points)]
    first = points[0]
    assert (first["risk_level"], first["stage"], first["silent_days"]) == (
        seen[0].risk_level,
        seen[0].stage,
        seen[0].silent_days,
    )
    assert first["risk"] == pytest.approx(seen[0].risk, abs=1e-6)
    assert first["margin_at_risk_cents"] == seen[0].margin_at_risk_cents
    assert first["expected_cents"] == seen[0].expected_cents
    assert first["reasons"] == seen[0].risk_reasons
    assert first["horizon_days"] == queries.forecast()["risk"]["horizon_days"]


@SAME
def test_history_outlives_the_mirror_and_a_rebuild(shown):
    shown(on=TODAY - timedelta(days=9))

    refresh(rebuild=True)

    assert diary.days() == [TODAY - timedelta(days=9), TODAY]


@SAME
def test_history_keeps_the_days_of_a_quarter_and_the_ends_of_months(settings):
    settings.HISTORY_DIR.mkdir()
    for back in range(200):
        (settings.HISTORY_DIR / f"{TODAY - timedelta(days=back)}.parquet").write_bytes(b"PAR1PAR1")
    beside = settings.HISTORY_DIR / "2026-03-01.77.new"
    (settings.HISTORY_DIR / "2026-02-28.12.new").touch()
    beside.write_bytes(b"PAR1PAR1")

    diary.keep(beside, as_of=TODAY)

    kept = diary.days()
    assert kept[-93:] == [TODAY - timedelta(days=back) for back in range(92, -1, -1)]
    assert kept[:-93] == [date(2025, 8, 31), date(2025, 9, 30), date(2025, 10, 31)]
    assert list(settings.HISTORY_DIR.glob("*.new")) == []


@SAME
def test_other_horizons_are_not_compared(shown, monkeypatch):
    shown(on=TODAY - timedelta(days=9))
    as_told = outlook.risk.fit
    monkeypatch.setattr(outlook.risk, "fit", lambda *a, **k: replace(as_told(*a, **k), horizon_days=77))

    made = refresh(learn=policy.Learn.NOW)

    assert made.forecast["risk"]["horizon_days"] == 77
    assert {one.risk_before for one in signals()} == {None}


def of_said():
    names = ("kpi", "period", "slice_by", "slice_value", "value", "numerator", "denominator", "n", "reason")
    return set(queries.figures().filter(kpi__in=policy.SAID).values_list(*names))


def test_figures_of_what_is_expected_are_sums_over_the_customers(shown, small_team):
    shown()

    everyone = signals()
    warned = [one for one in everyone if one.risk_level in {"red", "amber"}]
    chile = set(Customer.objects.filter(country="Chile").values_list("pk", flat=True))
    for by, value, some in [("", "", None), ("country", "Chile", chile)]:
        of = [one for one in everyone if some is None or one.customer_id in some]
        those = [one for one in warned if some is None or one.customer_id in some]
        found = {
            figure.kpi: (figure.value, figure.numerator, figure.denominator, figure.n)
            for figure in queries.figures().filter(kpi__in=policy.SAID, slice_by=by, slice_value=value)
        }
        assert found == {
            "predicted_value_cents": (sum(one.expected_cents for one in of), None, None, len(of)),
            "margin_at_risk_cents": (sum(one.margin_at_risk_cents for one in those), None, None, len(those)),
            "warned_customers": (len(those), len(those), sum(bool(one.risk_level) for one in of), len(those)),
        }
    assert {figure[2] for figure in of_said()} == {"", "class", "country", "kind"} & {"", *said.SLICES}


@pytest.mark.parametrize("rebuild", [False, True])
def test_figures_of_earlier_months_stay_as_they_were_said(once, learns_once, rebuild):
    buyer, january = once(show_two_months, services.lit.limits())
    factories.order(buyer, date(2025, 3, 3), cents=999_999)
    sales.mark_changed(["2025-03"])

    refresh(rebuild=rebuild)

    assert {figure for figure in of_said() if figure[1] == "2026-01"} == january
    assert {figure[1] for figure in of_said()} == {"2026-01", "2026-02", "2026-03"}


def show_two_months(_limits):
    buyer = open_shop()[0]
    refresh(on=date(2026, 1, 31))
    january = of_said()
    refresh(on=date(2026, 2, 27))
    return buyer, january


@SAME
def test_figures_of_the_month_under_way_are_those_of_its_last_refresh(shown):
    shown(on=date(2026, 2, 20))
    refresh(on=date(2026, 2, 27))

    whole = [figure for figure in of_said() if figure[2] == ""]
    assert sorted(figure[:2] for figure in whole) == [(kpi, "2026-02") for kpi in sorted(policy.SAID)]
    assert queries.expected_now()["expected_cents"] == sum(one.expected_cents for one in signals())
