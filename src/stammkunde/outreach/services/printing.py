"""
Print runs: letters and postcards leave together, when a person brings them to the post.

1. `make_run` writes down that somebody wants to print. Committed.
2. `collecting.collect` claims what is due, a few hundred in one transaction with what stands on their sheets, and sets
   the file. Whoever is killed in between loses and doubles nothing: the run goes on where it stopped.
3. `hand_over` says that they are at the post, and `take_back` that they are not; `cancel` plans them again.

A run holds its messages until somebody says what became of it, with no lease: only whoever collects has one.
"""

import os
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from stammkunde.outreach import cases, channels, paper, policy
from stammkunde.outreach.channels import paper as on_paper
from stammkunde.outreach.models import Message, MessageSettings, Piece, PrintRun
from stammkunde.outreach.policy import Decision, Verdict
from stammkunde.outreach.services import claiming, settling, telling
from stammkunde.outreach.services.claiming import Result
from stammkunde.team import queries as team
from stammkunde.team import services as team_services
from stammkunde.team.models import Company, Staff

State = Message.State
Run = PrintRun.State
TAKEN_BACK_WITHIN = timedelta(days=1)
_HELD_AGAIN = ["slot_at", "handed_over_at", "cost_cents", "state", "reason", "leased_by", "lease_until"]
MOST = 2000  # of one run: a file that a printer still takes
NO_LEASE = datetime(9999, 1, 1, tzinfo=UTC)


class NotOnPaper(Exception):
    """Messages of this channel are not printed, or something must be set up first; the message is its code."""


class RunIsOver(Exception):
    """The run was handed over or cancelled meanwhile, or is still being made."""


def make_run(
    *, channel: str, staff: Staff | None, now: datetime, origin: str = "", only: Message | None = None
) -> PrintRun:
    """
    Begin a print run of what is due: of one origin, of one message, or of everything.

    :raises NotOnPaper: if the channel is not printed, or the sender's address is missing
    """
    company = team.company()
    if channel not in channels.collecting():
        raise NotOnPaper("not_on_paper")
    if code := channels.get(channel).missing(company):
        raise NotOnPaper(code)
    with transaction.atomic():
        run = PrintRun.objects.create(
            channel=channel,
            origin=origin,
            only=only,
            dated_on=timezone.localdate(now),
            sender=on_paper.sender(company).data(),
            cost_cents=_cost(company, channel),
            made_at=now,
            made_by=staff,
        )
        team_services.record(
            staff=staff, action="print_run.made", at=now, thing="print_run", thing_id=run.pk, label=str(run)
        )
    return run


@transaction.atomic
def hand_over(*, run_id: int, staff: Staff, now: datetime) -> PrintRun:
    """
    Note that a run is at the post: its messages are handed over, with their cost. Repeating changes nothing.

    :raises RunIsOver: if it was cancelled, or is still being made
    """
    run = locked(run_id)
    if run.state == Run.HANDED_OVER:
        return run
    if run.state != Run.READY:
        raise RunIsOver(run.state)
    result = Result(state=State.HANDED_OVER, cost_cents=run.cost_cents)
    held = list(Message.objects.filter(pieces__run=run, state=State.CLAIMED).order_by("pk"))
    claiming.record([(one, result) for one in held], holder=holder(run), now=now)
    return _end(run, Run.HANDED_OVER, staff=staff, now=now, pieces=len(held))


@transaction.atomic
def take_back(*, run_id: int, staff: Staff, now: datetime) -> PrintRun:
    """
    Take back that a run is at the post: it can be printed, changed and cancelled as before. Repeating changes nothing.

    What has come back from the post meanwhile stays as it is.

    :raises RunIsOver: if it was cancelled, is still being made, or has been at the post for longer than a day
    """
    run = locked(run_id)
    if run.state == Run.READY:
        return run
    if not may_be_taken_back(run, now=now):
        raise RunIsOver(run.state)
    sent = Message.objects.filter(pieces__run=run, state=State.HANDED_OVER)
    settling.lock(set(sent.values_list("customer_id", flat=True)))
    held = list(sent.order_by("pk"))
    for message in held:
        telling.untell(message, now=now)
        message.slot_at, message.handed_over_at, message.cost_cents = message.handed_over_at, None, None
        message.state, message.reason = State.CLAIMED, {"code": "in_print_run", "run": run.pk}
        message.leased_by, message.lease_until = holder(run), NO_LEASE
    Message.objects.bulk_update(held, _HELD_AGAIN, batch_size=200)
    settling.log(held, now=now, by=staff.name)
    run.state, run.finished_at = Run.READY, None
    run.save(update_fields=["state", "finished_at"])
    _audit(run, "print_run.taken_back", staff, at=now, pieces=len(held))
    return run


def may_be_taken_back(run: PrintRun, *, now: datetime) -> bool:
    """Tell whether it may still be said that a run is not at the post after all."""
    since = run.finished_at if run.state == Run.HANDED_OVER else None
    return since is not None and now - since <= TAKEN_BACK_WITHIN


@transaction.atomic
def cancel(*, run_id: int, staff: Staff, now: datetime) -> PrintRun:
    """
    Give a run up before it is at the post: its messages wait again. Repeating changes nothing.

    :raises RunIsOver: if it was handed over
    """
    run = locked(run_id)
    if run.state == Run.CANCELLED:
        return run
    if run.state == Run.HANDED_OVER:
        raise RunIsOver(run.state)
    held = _held(run)
    _let_go(run, held, now=now)
    return _end(run, Run.CANCELLED, staff=staff, now=now, pieces=len(held))


def objections(run: PrintRun, *, now: datetime) -> list[tuple[Piece, Decision]]:
    """Give the pieces of a run that should not leave any more, because somebody objected or moved meanwhile."""
    pieces = list(run.pieces.select_related("message"))
    book = cases.read([one.message for one in pieces], now=now)
    decided = [(one, policy.decide(book.case(one.message))) for one in pieces]
    return [(one, decision) for one, decision in decided if decision.verdict == Verdict.REFUSED]


@transaction.atomic
def take_out(*, run_id: int, staff: Staff, now: datetime) -> int:
    """
    Take what should not leave any more out of a run, and tell how much; the file is set anew.

    :raises RunIsOver: if it was handed over or cancelled, or is still being made
    """
    run = locked(run_id)
    if run.state != Run.READY:
        raise RunIsOver(run.state)
    pieces = [piece for piece, _decision in objections(run, now=now)]
    Piece.objects.filter(pk__in=[one.pk for one in pieces]).delete()
    run.pieces_count = F("pieces_count") - len(pieces)
    run.save(update_fields=["pieces_count"])
    _let_go(run, [one.message for one in pieces], now=now)
    _audit(run, "print_run.taken_out", staff, at=now, pieces=len(pieces))
    transaction.on_commit(lambda: _forget_files(run))
    return len(pieces)


def file(run: PrintRun, *, marks: bool = False) -> Path:
    """Give a run's file; where it is not there (any more), it is made again from the same pieces."""
    path = _path(run, marks=marks)
    return path if path.exists() else make_file(run, marks=marks)


def make_file(run: PrintRun, *, marks: bool = False) -> Path:
    """Set a run's file; the same pieces give the same bytes, so that repeating is harmless."""
    sheets = list(run.pieces.order_by("position").values_list("sheet", flat=True))
    made = paper.pdf(run.channel, sender=run.sender, pieces=sheets, on=run.dated_on, marks=marks)
    path = _path(run, marks=marks)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    beside = path.with_suffix(f".{os.getpid()}.part")
    beside.write_bytes(made)
    beside.replace(path)
    return path


def holder(run: PrintRun) -> str:
    """Say who holds the messages of a run."""
    return f"print run {run.pk}"


def locked(run_id: int) -> PrintRun:
    """Give a run that nobody else changes until the caller's transaction ends."""
    return PrintRun.objects.select_for_update(of=("self",)).get(pk=run_id)


def _held(run: PrintRun) -> list[Message]:
    return list(Message.objects.filter(pieces__run=run, state=State.CLAIMED, leased_by=holder(run)).order_by("pk"))


def _let_go(run: PrintRun, messages: Sequence[Message], *, now: datetime) -> None:
    """Plan messages again, and let the governor decide about them at once."""
    customers = {one.customer_id for one in messages}
    settling.lock(customers)
    claiming.release(messages, holder=holder(run), code="print_run_cancelled", until=now)
    if customers:
        settling.settle(customers, now=now)


def _end(run: PrintRun, state: str, *, staff: Staff, now: datetime, pieces: int) -> PrintRun:
    run.state, run.finished_at = PrintRun.State(state), now
    run.save(update_fields=["state", "finished_at"])
    _audit(run, f"print_run.{state}", staff, at=now, pieces=pieces)
    transaction.on_commit(lambda: _forget_files(run))
    return run


def _audit(run: PrintRun, action: str, staff: Staff, *, at: datetime, pieces: int) -> None:
    team_services.record(
        staff=staff, action=action, at=at, thing="print_run", thing_id=run.pk, label=str(run), pieces=pieces
    )


def _path(run: PrintRun, *, marks: bool) -> Path:
    """Name the number of pieces, too: a file from before some were taken out is not found again."""
    return Path(settings.PRINT_DIR) / f"{run.pk}-{run.pieces_count}{'-marks' if marks else ''}.pdf"


def _forget_files(run: PrintRun) -> None:
    for path in Path(settings.PRINT_DIR).glob(f"{run.pk}-*"):
        path.unlink(missing_ok=True)


def _cost(company: Company, channel: str) -> int | None:
    ours = MessageSettings.of(company)
    costs: dict[str, int | None] = {"letter": ours.letter_cost_cents, "postcard": ours.postcard_cost_cents}
    return costs[channel]
