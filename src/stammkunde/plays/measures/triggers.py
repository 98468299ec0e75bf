"""What begins measures: who came into the group, what happened, which day it is. Asked again, the same comes back."""

from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from stammkunde.plays import clock, contents, entering, groups
from stammkunde.plays.contents import Content, Dated, Enters, Happened, Happening
from stammkunde.plays.entering import Candidate
from stammkunde.plays.measures import admit, happenings, reading, upto
from stammkunde.plays.measures.happenings import Fact
from stammkunde.plays.models import Play, PlayVersion
from stammkunde.store import facts

LOOKS_BACK = timedelta(days=7)  # for changes of a group: a week's standstill begins nothing twice, nor loses anybody
USUAL_WEEKS = 4
USUAL = timedelta(weeks=USUAL_WEEKS)
AT_ONCE = 500
PERSONS = "contact_persons"


def enter(play: Play, *, now: datetime) -> int:
    """Let those enter for whom something new begins the play, and tell how many; repeating is harmless."""
    version = reading.running(play)
    if version is None or play.started_at is None:
        return 0
    content = contents.read(version.content)
    seen = _seen(play, version, content, now=now)
    if seen == play.entered_upto.get("seen"):
        return 0
    found = list(_candidates(play, version, content, now=now))
    entered = admit.admit(play, version, found, now=now) if found else 0
    if not _is_held(play):
        upto.note(play.pk, seen=seen)
    return entered


def enter_of(play: Play, customer_ids: Collection[int], *, now: datetime) -> int:
    """Let those enter of some customers for whom something began the play lately; repeating is harmless."""
    version = reading.running(play)
    if version is None or play.started_at is None:
        return 0
    content = contents.read(version.content)
    if isinstance(content.trigger, Enters):
        return 0
    found = list(_candidates(play, version, content, now=now, of=sorted(customer_ids)))
    entered = admit.admit(play, version, found, now=now) if found else 0
    if _is_held(play):
        look_again(play)
    return entered


def look_again(play: Play) -> None:
    """Let all be looked at again, whatever was seen."""
    upto.note(play.pk, seen=None)


def has_news(play: Play, *, now: datetime) -> bool:
    """Tell whether something may have begun the play since somebody looked."""
    version = reading.running(play)
    if version is None:
        return False
    return bool(_seen(play, version, contents.read(version.content), now=now) != play.entered_upto.get("seen"))


def _is_held(play: Play) -> bool:
    return Play.objects.filter(pk=play.pk).exclude(status=Play.Status.RUNNING).exists()


def _seen(play: Play, version: PlayVersion, content: Content, *, now: datetime) -> list[object]:
    """Tell by what it is known whether there is anything new to look at."""
    today = timezone.localdate(now).isoformat()
    if isinstance(content.trigger, Enters) and version.segment_id:
        return [version.pk, today, *groups.mark(version.segment_id, since=_since(play, now))]
    return [version.pk, today, play.entered_upto.get("everybody", 0)]


def _since(play: Play, now: datetime) -> datetime:
    return max(play.started_at or now, now - LOOKS_BACK)


def _candidates(
    play: Play, version: PlayVersion, content: Content, *, now: datetime, of: Collection[int] | None = None
) -> Iterator[Candidate]:
    trigger = content.trigger
    if isinstance(trigger, Enters):
        yield from _came(play, version, now=now) if trigger.later else ()
    elif isinstance(trigger, Happened):
        yield from _among(version, list(_happened(play, content, trigger, now=now, of=of)), now=now)
    else:
        yield from _among(version, list(_since_start(play, content, trigger, now=now, of=of)), now=now)


def _came(play: Play, version: PlayVersion, *, now: datetime) -> Iterator[Candidate]:
    assert version.segment_id is not None  # a start sees to that
    last: dict[int, groups.Change] = {}
    for change in groups.changes(version.segment_id, since=_since(play, now)):
        last[change.customer_id] = change
    for change in last.values():
        if change.is_in:
            source = f"segment:{version.segment_id}:{change.number}"
            yield Candidate(customer_id=change.customer_id, source=source, on=change.on, at=None)


def _happened(
    play: Play, content: Content, trigger: Happened, *, now: datetime, of: Collection[int] | None
) -> Iterator[Candidate]:
    today = timezone.localdate(now)
    started_on = timezone.localdate(play.started_at or now)
    first = max(started_on, today - timedelta(days=trigger.too_old_days))
    what = Happening(table=trigger.table, where=trigger.where)
    for fact in happenings.since(what, on=first, now=now, customer_ids=of):
        is_too_old = entering.is_too_old(fact.on, today=today, too_old_days=trigger.too_old_days, started_on=started_on)
        if fact.on <= today and not is_too_old and _began_after(play, fact):
            yield _candidate(content, trigger.table, fact)


def _began_after(play: Play, fact: Fact) -> bool:
    """Leave out what is dated before the play was started, on the same day where the moment is known."""
    assert play.started_at is not None
    return fact.at is None or fact.at >= play.started_at


def _candidate(content: Content, table: str, fact: Fact, *, cycle: str = "") -> Candidate:
    travels = happenings.values(table, fact.row, content.subject.fields) if content.subject.fields else {}
    return Candidate(
        customer_id=fact.customer_id,
        source=fact.source,
        on=fact.on,
        cycle=cycle,
        subject=fact.source,
        travels=tuple(sorted(travels.items())),
        contact_person_id=fact.row if table == PERSONS else None,
    )


def _since_start(
    play: Play, content: Content, trigger: Dated, *, now: datetime, of: Collection[int] | None
) -> Iterator[Candidate]:
    """Leave out whose day was before the play was started."""
    started_on = timezone.localdate(play.started_at or now)
    ago = (timezone.localdate(now) - started_on).days
    yield from _dated(content, replace(trigger, too_old_days=min(trigger.too_old_days, ago)), now=now, of=of)


def _dated(
    content: Content, trigger: Dated, *, now: datetime, of: Collection[int] | None = None
) -> Iterator[Candidate]:
    """Give those whose day it is, or was a few days ago: the days in the table that lead to one of these."""
    table = facts.table(trigger.table)
    today = timezone.localdate(now)
    for ago in range(trigger.too_old_days + 1):
        on = today - timedelta(days=ago)
        wanted = on - timedelta(days=trigger.offset_days)
        for fact in happenings.dated(table, trigger.column, _days(table, trigger, wanted), customer_ids=of):
            cycle = f"{entering.digest(fact.source)[:24]}:{wanted:%Y-%m}" if trigger.yearly else ""
            yield _candidate(content, trigger.table, fact, cycle=cycle)


def _days(table: facts.FactTable, trigger: Dated, wanted: date) -> list[date]:
    if not trigger.yearly:
        return [wanted]
    same = {f"{trigger.column}__month": wanted.month, f"{trigger.column}__day": wanted.day}
    days = list(table.rows().filter(**same).order_by().values_list(trigger.column, flat=True).distinct())
    if (wanted.month, wanted.day) == (2, 28) and clock.this_year(date(2024, 2, 29), wanted.year).day == 28:
        leap = {f"{trigger.column}__month": 2, f"{trigger.column}__day": 29}
        days += table.rows().filter(**leap).order_by().values_list(trigger.column, flat=True).distinct()
    return [one for one in days if one.year < wanted.year]


def _among(version: PlayVersion, found: list[Candidate], *, now: datetime) -> Iterator[Candidate]:
    """Keep those who are in the play's group, where it has one."""
    if version.segment_id is None:
        yield from found
        return
    ids = sorted({one.customer_id for one in found})
    inside: set[int] = set()
    for start in range(0, len(ids), AT_ONCE):
        inside |= groups.is_in(version.segment_id, ids[start : start + AT_ONCE], now=now)
    yield from (one for one in found if one.customer_id in inside)


def lately(content: Content, *, days: int, now: datetime) -> list[Candidate]:
    """Give those for whom it would have begun on the last days; not of a group, whose changes say that."""
    trigger = content.trigger
    if isinstance(trigger, Dated):
        return list(_dated(content, replace(trigger, too_old_days=days - 1), now=now))
    if isinstance(trigger, Happened):
        first = timezone.localdate(now) - timedelta(days=days - 1)
        facts_of = happenings.since(Happening(table=trigger.table, where=trigger.where), on=first, now=now)
        return [_candidate(content, trigger.table, fact) for fact in facts_of]
    return []


def usual_week(version: PlayVersion, content: Content, *, now: datetime) -> float:
    """Tell for how many it would have begun in a week of the last four; a surge is what is far more."""
    if isinstance(content.trigger, Enters):
        came = groups.changes(version.segment_id, since=now - USUAL) if version.segment_id else []
        return sum(one.is_in for one in came) / USUAL_WEEKS
    return sum(1 for _one in _among(version, lately(content, days=USUAL.days, now=now), now=now)) / USUAL_WEEKS


def of_group(customer_ids: list[int], *, start: int, weeks: int, now: datetime) -> list[Candidate]:
    """Let those who are in the group already begin: now, or spread over weeks; each start is another round."""
    on = timezone.localdate(now)
    return [
        Candidate(
            customer_id=one,
            source=f"group:{one}:{start}",
            on=on,
            at=now if not days else timezone.make_aware(datetime.combine(on + timedelta(days=days), time(8))),
        )
        for one, days in entering.spread(customer_ids, weeks=weeks)
    ]
