"""Measures on hold, or whose budget runs out, on the work list of those who plan messages."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stammkunde.plays.measures import reading, spending, wording
from stammkunde.plays.measures.spending import Budget
from stammkunde.plays.models import Play
from stammkunde.tasks.worklist import Asked, Entries, Item, Kind, Section, not_taken_up
from stammkunde.team import policy
from stammkunde.team.policy import Sight

HELD = Section(name="measures", heading=gettext_lazy("Measures on hold"), order=37, beside=True)
RUNNING_OUT = Section(name="budgets", heading=gettext_lazy("Measures whose budget runs out"), order=38, beside=True)
MOST = 3


def _rows(asked: Asked, _room: int) -> list[Item]:
    found = reading.held().order_by("pk")[:MOST]
    return not_taken_up([_item(one, asked) for one in found], today=asked.today)


def _item(play: Play, asked: Asked) -> Item:
    return Item(
        kind="measure",
        key=f"measure:{play.pk}:{play.trouble}",
        under=HELD,
        reason={"code": play.trouble, "detail": play.trouble_detail},
        name=play.name,
        url=reverse("measure", args=[play.pk]),
        minutes=asked.lengths.least,
    )


def _again(play_id: int, asked: Asked) -> Item | None:
    found = reading.held().filter(pk=play_id).first()
    return _item(found, asked) if found else None


def _budgets(asked: Asked, _room: int) -> list[Item]:
    found = spending.running_out(on=asked.today)[:MOST]
    return not_taken_up([_budget(one, asked) for one in found], today=asked.today)


def _budget(one: Budget, asked: Asked) -> Item:
    """Tell of a budget; once more, when it is used up."""
    return Item(
        kind="budget",
        key=f"budget:{one.play.pk}:{'over' if one.is_used_up else 'low'}",
        under=RUNNING_OUT,
        reason={"cents": one.cents, "used": one.used_cents},
        name=one.play.name,
        url=reverse("measure", args=[one.play.pk]),
        minutes=asked.lengths.least,
    )


def _budget_again(play_id: int, asked: Asked) -> Item | None:
    return next((_budget(one, asked) for one in spending.running_out(on=asked.today) if one.play.pk == play_id), None)


def _budget_words(item: Item, _sight: Sight) -> str:
    return wording.budget(item.reason["cents"], item.reason["used"])


def _budget_title(item: Item) -> str:
    return _("Look at the budget of the measure “%(name)s”") % {"name": item.name}


def _words(item: Item, _sight: Sight) -> str:
    return wording.trouble(item.reason["code"], item.reason["detail"])


def _title(item: Item) -> str:
    return _("Find out why the measure “%(name)s” is on hold") % {"name": item.name}


ENTRIES = (
    Entries(
        name="measures",
        order=27,
        kinds=(Kind(name="measure", icon="share", words=_words, title=_title, again=_again),),
        rows=_rows,
        right=policy.MESSAGES_SEND,
    ),
    Entries(
        name="budgets",
        order=28,
        kinds=(Kind(name="budget", icon="share", words=_budget_words, title=_budget_title, again=_budget_again),),
        rows=_budgets,
        right=policy.MESSAGES_SEND,
    ),
)
