"""
Admission: what begins a measure makes candidates; limits choose among them before chance does, in both arms alike.

Whoever is admitted is drawn (`hold_out`) and stands at the first step. Who does not fit today is looked at again
tomorrow, until it is too late. Too many at once hold the play until somebody has looked; never what is owed: a warning
comes as a surge.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.models import Max, Q, QuerySet
from django.utils import timezone

from stammkunde.customers.models import Customer
from stammkunde.outreach import places
from stammkunde.outreach import queries as outreach
from stammkunde.plays import clock, contents, entering, ranking, walking
from stammkunde.plays.contents import Content, Limits
from stammkunde.plays.entering import Before, Candidate
from stammkunde.plays.measures import agreeing, arms, costs, reading, spending
from stammkunde.plays.measures.holding import NOT_AGREED, SURGE, hold
from stammkunde.plays.models import Enrolment, Exclusive, Play, PlayVersion
from stammkunde.signals import queries as signals

AT_ONCE = 500
OVER = (Play.Status.STOPPED, Play.Status.DONE)
USUAL_DAYS = 28
BROUGHT = ("group:", "play:")  # by a person at the start, or by another measure: no surge
LEFT_ALONE = "left_alone"
LOOKED_AT_DAYS = 14  # so long somebody who did not fit is looked at again


def zone() -> ZoneInfo:
    return ZoneInfo(settings.TIME_ZONE)


@transaction.atomic
def admit(
    play: Play, version: PlayVersion, candidates: Sequence[Candidate], *, now: datetime, leaving: int | None = None
) -> int:
    """
    Write down who may enter, and tell how many were new; the same source again changes nothing.

    `leaving` is the enrolment that somebody is handed over from: it stands against nothing.
    Where there are too many of a day, nobody of them enters and the play is held.
    """
    if Play.objects.filter(pk=play.pk, status__in=OVER).exists():
        return 0
    content = contents.read(version.content)
    fresh = _fresh(play, content, candidates, now=now, leaving=leaving)
    if not content.is_owed and _brakes(play, fresh, now=now):
        return 0
    rows = [_row(play, version, content, one, now=now) for one in fresh]
    _value(rows, content, now=now)
    Enrolment.objects.bulk_create(rows, ignore_conflicts=True, batch_size=AT_ONCE)
    return len(rows)


def take_over(play_id: int, row: Enrolment, *, now: datetime) -> bool:
    """Let somebody who is handed over be a candidate of another play, with its own draw; inside the transaction."""
    play = Play.objects.filter(pk=play_id, kind=Play.Kind.MEASURE, status=Play.Status.RUNNING).first()
    version = reading.running(play) if play else None
    if play is None or version is None:
        return False
    today = timezone.localdate(now)
    source = f"play:{row.play_id}:{row.pk}"
    one = Candidate(customer_id=row.customer_id, source=source, on=today, at=now)
    return bool(admit(play, version, [one], now=now, leaving=row.pk))


def _fresh(
    play: Play, content: Content, candidates: Sequence[Candidate], *, now: datetime, leaving: int | None
) -> list[Candidate]:
    """Leave out who was here with the same source, who may not enter again yet, and whom nothing may reach."""
    ids = {one.customer_id for one in candidates}
    known = set(Enrolment.objects.filter(play=play, customer__in=ids).values_list("customer_id", "cycle"))
    before = _before(play, ids)
    shut = _shut(content, play, ids, leaving=leaving)
    there = set(Customer.objects.filter(pk__in=ids).values_list("pk", flat=True)) - shut
    found: dict[tuple[int, str], Candidate] = {}
    for one in candidates:
        subject = one.subject if content.subject.per == "row" else ""
        whose = (one.customer_id, subject)
        if one.customer_id not in there or (one.customer_id, one.round) in known or whose in found:
            continue
        if not entering.refusal(before.get(whose, Before()), content.reentry, now=now, zone=zone()):
            found[whose] = one
    return list(found.values())


def _before(play: Play, customer_ids: Collection[int]) -> dict[tuple[int, str], Before]:
    rows = Enrolment.objects.filter(play=play, customer__in=customer_ids).order_by()
    was_in = Q(closed_at=None) | Q(zero_at__isnull=False)  # not who waited, and was never let in
    found = rows.values_list("customer_id", "subject").annotate(
        last=Max("entered_at", filter=was_in), open=Max("pk", filter=Q(closed_at=None))
    )
    return {(pk, subject): Before(is_open=open_ is not None, last_at=last) for pk, subject, last, open_ in found}


def _shut(content: Content, play: Play, customer_ids: Collection[int], *, leaving: int | None) -> set[int]:
    """Tell who is left alone by all but what is owed, and who is in a play that excludes this one, in either arm."""
    alone = () if content.is_owed else outreach.left_alone(customer_ids)
    return {*alone, *(_elsewhere(content, play, customer_ids, leaving) if content.exclusive else ())}


def _elsewhere(content: Content, play: Play, customer_ids: Collection[int], leaving: int | None) -> set[int]:
    """Tell who is in another measure of the same set; whoever lets others into one of these waits meanwhile."""
    key = contents.exclusive.key(content.exclusive)
    Exclusive.objects.bulk_create([Exclusive(key=key)], ignore_conflicts=True)
    Exclusive.objects.select_for_update().get(pk=key)
    said = PlayVersion.objects.exclude(play=play).values_list("pk", "content__exclusive")
    versions = [pk for pk, name in said if name and contents.exclusive.key(name) == key]
    open_ones = Enrolment.objects.filter(closed_at=None, customer__in=customer_ids, version__in=versions)
    others = open_ones.exclude(state="").exclude(pk=leaving or 0)
    return set(others.values_list("customer_id", flat=True))


def lock_sets() -> None:
    """Wait until nobody else lets anybody into measures of any set, in one order; inside the caller's transaction."""
    list(Exclusive.objects.select_for_update().order_by("key"))


def _brakes(play: Play, fresh: Sequence[Candidate], *, now: datetime) -> bool:
    """Hold the play where far more want to enter within a day than usual, and say what brought them."""
    today = timezone.localdate(now)
    counted = [one for one in fresh if not one.source.startswith(BROUGHT)]
    if not counted:
        return False
    begin = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    entered = _entered(play, since=begin - timedelta(days=USUAL_DAYS))
    of_today = entered.filter(entered_at__gte=begin).count() + len(counted)
    usual_week = _usual_week(play, entered.filter(entered_at__lt=begin).count(), today=today)
    if not entering.is_surge(of_today=of_today - _allowed(play, today=today), usual_week=usual_week):
        return False
    detail = {"count": of_today, "usual_week": round(usual_week, 1), "cause": _cause(counted)}
    hold(play, code=SURGE, detail=detail, now=now)
    return True


def _entered(play: Play, *, since: datetime) -> "QuerySet[Enrolment]":
    """Give those who came by themselves."""
    rows = Enrolment.objects.filter(play=play, entered_at__gte=since).exclude(state="")  # the term of the index
    for brought in BROUGHT:
        rows = rows.exclude(source__startswith=brought)
    return rows


def _usual_week(play: Play, entered: int, *, today: date) -> float:
    """Tell how many enter in a usual week: of a young measure since its start, or as its start expected it."""
    age = (today - timezone.localdate(play.started_at)).days if play.started_at else USUAL_DAYS
    by_now = entered * 7 / min(max(age, 1), USUAL_DAYS)
    return max(by_now, play.entered_upto.get("usual_week", 0)) if age < USUAL_DAYS else by_now


def _allowed(play: Play, *, today: date) -> int:
    """Tell how many somebody let in today, having looked at them."""
    upto = play.entered_upto
    return int(upto.get("surge_allowed", 0)) if upto.get("surge_on") == today.isoformat() else 0


def _cause(candidates: Iterable[Candidate]) -> str:
    """Name the table that brought most of them."""
    names = [one.source.partition(":")[0] for one in candidates]
    return max(sorted(set(names)), key=names.count)


def _row(play: Play, version: PlayVersion, content: Content, one: Candidate, *, now: datetime) -> Enrolment:
    return Enrolment(
        play=play,
        version=version,
        customer_id=one.customer_id,
        contact_person_id=one.contact_person_id,
        cycle=one.round,
        source=one.source,
        subject=one.subject if content.subject.per == "row" else "",
        travels=dict(one.travels),
        state=walking.ADMITTED,
        entered_at=now,
        since_at=one.at or now,
        due_at=max(one.at or now, now),
    )


def waiting(play: Play, *, now: datetime) -> bool:
    """Tell whether somebody waits for admission."""
    return _waiting(play, now=now).exists()


def _waiting(play: Play, *, now: datetime) -> "QuerySet[Enrolment]":
    rows = Enrolment.objects.filter(play=play, state=walking.ADMITTED, closed_at=None, due_at__lte=now)
    return rows.exclude(state="")  # the term that the index is for


@transaction.atomic
def draw(play: Play, *, now: datetime) -> int:
    """
    Choose among those who wait for admission, draw who is left alone, and let all begin; tell how many were looked at.

    Where not all of them fit, whoever brings most comes first; the arm is not known when this is decided.
    """
    if Play.objects.select_for_update().get(pk=play.pk).status != Play.Status.RUNNING:
        return 0
    rows = _waiting(play, now=now)
    version = PlayVersion.objects.filter(pk__in=rows.order_by("due_at", "pk").values("version")[:1]).first()
    if version is None:
        return 0
    if agreeing.differs(version):
        hold(play, code=NOT_AGREED, detail={}, now=now)
        return 0
    content = contents.read(version.content)
    shared = spending.each(content, on=timezone.localdate(now))
    most, code = entering.room(_limits(content), spending.used(play, each_cents=shared, now=now), each_cents=shared)
    turn = ("-gain_cents", "entered_at", "pk") if most else ("due_at", "pk")
    claimed = rows.filter(version=version).select_related("customer").select_for_update(of=("self",))
    found = list(claimed.order_by(*turn)[: min(most or AT_ONCE, AT_ONCE)])
    fit = _leave_out(found, content, now=now)
    _value(fit, content, now=now)
    if most == 0:
        for row in fit:
            _not_today(row, code, now=now)
    else:
        _begin(play, version, content, fit, now=now)
    Enrolment.objects.bulk_update(found, _DRAWN, batch_size=100)
    return len(found)


def _limits(content: Content) -> Limits:
    """Give what limits how many enter; what is owed waits for no money."""
    return replace(content.limits, budget_cents=None) if content.is_owed else content.limits


_DRAWN = [
    "state", "arm", "zero_at", "gain_cents", "at_step", "since_at", "due_at", "waits_for", "code",
    "closed_at",
]  # fmt: skip


def _value(rows: Sequence[Enrolment], content: Content, *, now: datetime) -> None:
    """Say of each what is expected of her by what is known today."""
    each = costs.expected(content, on=timezone.localdate(now))
    for start in range(0, len(rows), AT_ONCE):
        some = rows[start : start + AT_ONCE]
        worth = signals.worth(customer_ids=[row.customer_id for row in some])
        for row in some:
            expected = worth.get(row.customer_id, 0)
            row.gain_cents = ranking.gain_cents(content, expected_cents=expected, cost_cents=each)


def _begin(play: Play, version: PlayVersion, content: Content, rows: Sequence[Enrolment], *, now: datetime) -> None:
    held_out = arms.held_out(play, version, content, rows, now=now)
    for row in rows:
        own = places.zone(row.customer.country, settings.TIME_ZONE)
        there = walking.begin(content, zero_at=now, zones=walking.Zones(ours=zone(), own=own))
        row.arm = Enrolment.Arm.HELD_OUT if row.customer_id in held_out else Enrolment.Arm.TREATED
        row.zero_at, row.code = now, ""
        row.state, row.at_step, row.waits_for = there.state, there.step, there.waits_for
        row.since_at, row.due_at = there.since_at, there.due_at


def _leave_out(rows: Sequence[Enrolment], content: Content, *, now: datetime) -> list[Enrolment]:
    """Close it for those who are left alone of everything since they were admitted; give the others."""
    alone = set() if content.is_owed else outreach.left_alone({row.customer_id for row in rows})
    for row in rows:
        if row.customer_id in alone:
            row.state, row.code, row.closed_at, row.due_at = walking.CLOSED, LEFT_ALONE, now, None
    return [row for row in rows if row.customer_id not in alone]


def _not_today(row: Enrolment, code: str, *, now: datetime) -> None:
    """Look again tomorrow, until it is too late for what began it."""
    row.code = code
    if now - (row.since_at or row.entered_at) > timedelta(days=LOOKED_AT_DAYS):
        row.state, row.code, row.closed_at, row.due_at = walking.CLOSED, "too_late", now, None
        return
    row.due_at = clock.morning_after(now, zone())
