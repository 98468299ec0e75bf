"""
Collecting a print run: one worker at a time claims what is due for it, and sets its file.

A run that nobody came back from several times in a row is set aside: its page says so, and it may be tried again, or
cancelled. The lease is that of whoever collects; the messages themselves are the run's (`printing.holder`).
"""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q, prefetch_related_objects

from stammkunde import work
from stammkunde.outreach import channels, paper
from stammkunde.outreach.channels import paper as on_paper
from stammkunde.outreach.models import Message, Piece, PrintRun
from stammkunde.outreach.services import claiming, printing
from stammkunde.outreach.services.claiming import Result
from stammkunde.team import queries as team
from stammkunde.team import services as team_services
from stammkunde.team.models import Staff
from stammkunde.work import Lease, LostLease

log = logging.getLogger(__name__)
State = Message.State
Run = PrintRun.State
LEASE = timedelta(minutes=2)
BEAT_SECONDS = 30.0
AT_ONCE = 200


def collect(*, run_id: int, now: datetime) -> PrintRun:
    """Bring what is due into a run and set its file; repeating goes on where another stopped, or changes nothing."""
    _turn(PrintRun.objects.get(pk=run_id), now=now)
    return PrintRun.objects.get(pk=run_id)


def collect_all(*, now: datetime) -> int:
    """
    Go on with every run that is being made, and tell how many were worked on.

    What goes wrong with one run holds up no other, and is raised when all had their turn.
    """
    worked_on, problems = 0, list[Exception]()
    for run in list(PrintRun.objects.filter(state=Run.COLLECTING, is_set_aside=False).order_by("pk")):
        try:
            worked_on += _turn(run, now=now)
        except Exception as problem:
            log.exception("print_run=%s collecting broke off", run.pk)
            problems.append(problem)
    if problems:
        raise problems[0]
    return worked_on


@transaction.atomic
def try_again(*, run_id: int, staff: Staff, now: datetime) -> PrintRun:
    """
    Let workers take up a run that was set aside. Repeating changes nothing.

    :raises RunIsOver: if it is not being made any more
    """
    run = printing.locked(run_id)
    if run.state != Run.COLLECTING:
        raise printing.RunIsOver(run.state)
    if run.is_set_aside:
        PrintRun.objects.filter(pk=run_id).update(**{**work.FREE, "is_set_aside": False})
        team_services.record(
            staff=staff, action="print_run.tried_again", at=now, thing="print_run", thing_id=run_id, label=str(run)
        )
    return run


def _claim(run: PrintRun, *, now: datetime) -> Lease | None:
    """Claim a run that is being made; None if somebody is at work, or it was set aside."""
    if run.is_set_aside or run.is_held(now=now):
        return None
    collecting = PrintRun.objects.filter(state=Run.COLLECTING)
    if run.kills_workers:
        work.set_aside(run, among=collecting, is_set_aside=True)
        return None
    holder = work.claim(run, among=collecting, until=now + LEASE)
    if holder is None:
        return None
    return Lease(rows=collecting, pk=run.pk, holder=holder, length=LEASE, moment=work.going_on(now))


def _turn(run: PrintRun, *, now: datetime) -> bool:
    """Take a run as far as it goes, and tell whether it was free."""
    lease = _claim(run, now=now)
    if lease is None:
        return False
    with lease.kept(every_seconds=BEAT_SECONDS):
        try:
            lease.let_go(**_carry_out(run.pk, lease, now=now))
        except LostLease:
            return False  # somebody cancelled it, or goes on
        except Exception:
            lease.let_go()
            raise
    return True


def _carry_out(run_id: int, lease: Lease, *, now: datetime) -> dict[str, object]:
    """Collect and set the file; give what becomes of the run."""
    while _collect_some(run_id, lease, now=now):
        pass
    run = PrintRun.objects.get(pk=run_id)
    if not run.pieces_count:
        return {"state": Run.CANCELLED, "finished_at": now}
    lease.save()  # the file holds addresses: none is made for a run that is over
    try:
        printing.make_file(run)
    except paper.CannotSet:
        _without_faulty(run, lease, now=now)
        return {}  # the next turn sets the rest
    return {"state": Run.READY}


@transaction.atomic
def _without_faulty(run: PrintRun, lease: Lease, *, now: datetime) -> None:
    """Sort out the pieces that cannot be set, so that they harm nobody."""
    run, faulty = printing.locked(run.pk), list[tuple[Message, Result]]()
    for piece in run.pieces.select_related("message"):
        try:
            paper.pdf(run.channel, sender=run.sender, pieces=[piece.sheet], on=run.dated_on)
        except paper.CannotSet as problem:
            faulty.append((piece.message, Result(state=State.FAILED, code="cannot_render", answer=str(problem))))
    claiming.record(faulty, holder=printing.holder(run), now=now)
    run.pieces.filter(message__in=[one for one, _result in faulty]).delete()
    lease.advance(pieces_count=F("pieces_count") - len(faulty), failed_count=F("failed_count") + len(faulty))


@transaction.atomic
def _collect_some(run_id: int, lease: Lease, *, now: datetime) -> bool:
    """Claim the next few and write down their sheets, in one transaction; tell whether there were any."""
    run = printing.locked(run_id)
    room = min(AT_ONCE, printing.MOST - run.pieces_count)
    if run.state != Run.COLLECTING or room <= 0:
        return False
    among = Q(origin=run.origin) if run.origin else Q()
    among &= Q(pk=run.only_id) if run.only_id else Q()
    claimed = claiming.claim(
        channel=run.channel,
        holder=printing.holder(run),
        at_most=room,
        now=now,
        among=among,
        until=printing.NO_LEASE,
    )
    pieces = _pieces(run, claimed, now=now)
    Piece.objects.bulk_create(pieces, batch_size=200)
    made = [one.message_id for one in pieces]
    reason = {"code": "in_print_run", "run": run.pk}
    Message.objects.filter(pk__in=made).update(rendered_at=now, attempts=F("attempts") + 1, reason=reason)
    if claimed:
        lease.advance(
            pieces_count=F("pieces_count") + len(made), failed_count=F("failed_count") + len(claimed) - len(made)
        )
    return bool(claimed)


def _pieces(run: PrintRun, messages: Sequence[Message], *, now: datetime) -> list[Piece]:
    """Render messages; what cannot be rendered has failed, and harms nobody."""
    company, found, unfit = team.company(), list[Piece](), list[tuple[Message, Result]]()
    prefetch_related_objects(messages, "customer__owner", "contact_person")
    for message in messages:
        try:
            sheet = channels.get(run.channel).render(message, company).body
        except Exception as problem:  # noqa: BLE001 (whatever is wrong with one message is its own)
            answer = str(problem) or type(problem).__name__
            unfit.append((message, Result(state=State.FAILED, code="cannot_render", answer=answer)))
            continue
        position = run.pieces_count + run.failed_count + len(found) + 1
        row = on_paper.row(message, sheet, company)
        found.append(Piece(run=run, position=position, message=message, sheet=sheet, row=row))
    if unfit:
        claiming.record(unfit, holder=printing.holder(run), now=now)
    return found
