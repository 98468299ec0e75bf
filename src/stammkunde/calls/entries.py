"""Calls of campaigns on the work list: those that are due, as long as they may be made."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stammkunde.outreach import services as outreach
from stammkunde.outreach import wording as outreach_wording
from stammkunde.outreach.channels.call import provider_id
from stammkunde.signals.suggestions.item import NOT_CALLED
from stammkunde.tasks import queries as tasks
from stammkunde.tasks.models import Task
from stammkunde.tasks.queries import PLANNED_CALL
from stammkunde.tasks.worklist import Asked, Entries, Item, Kind, Refusal, Section
from stammkunde.team.policy import Sight
from stammkunde.ui import writing

CAMPAIGNS = Section(name="campaign_calls", heading=gettext_lazy("Calls of campaigns"), order=15)


def _rows(asked: Asked, room: int) -> list[Item]:
    """Give what is due; what may not be made now is told beside, and another call takes its place."""
    due = tasks.planned_calls(today=asked.today, staff=asked.owner, limit=room * 2)
    listed = {one.provider_id: one for one in outreach.open_calls([task.pk for task in due])}
    reasons = outreach.still_refused(list(listed.values()), now=asked.moment) if listed else {}
    found = []
    for task in due:
        message = listed.get(provider_id(task.pk))
        reason = reasons.get(message.key) if message else None
        found.append(_item(task, asked, Refusal(why=outreach_wording.reason(reason)) if reason else None))
    return [item for item in found if not item.refusal][:room] + [item for item in found if item.refusal]


def _item(task: Task, asked: Asked, refusal: Refusal | None) -> Item:
    return Item(
        kind=PLANNED_CALL,
        key=task.key or f"{PLANNED_CALL}:{task.pk}:",
        under=NOT_CALLED if refusal else CAMPAIGNS,
        reason={"due_on": task.due_on},
        customer=task.customer,
        task=task,
        minutes=asked.lengths.usual,
        refusal=refusal,
    )


def _words(item: Item, _sight: Sight) -> str:
    due_on = item.reason["due_on"]
    return _("Call of a campaign, due %(day)s.") % {"day": writing.day(due_on)} if due_on else _("Call of a campaign.")


def _title(item: Item) -> str:
    return item.task.title if item.task else ""


ENTRIES = (
    Entries(
        name="campaign_calls",
        order=15,
        kinds=(Kind(name=PLANNED_CALL, icon="phone", words=_words, title=_title),),
        rows=_rows,
    ),
)
