"""What a colleague asks on the work list: to look at words for five seconds."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stammkunde.outreach import looks
from stammkunde.outreach.models import Look
from stammkunde.tasks.worklist import Asked, Entries, Item, Kind, Section, not_taken_up
from stammkunde.team import policy
from stammkunde.team.policy import Sight

LOOKS = Section(name="looks", heading=gettext_lazy("A colleague asks for five seconds"), order=45)
MOST = 3


def _rows(asked: Asked, _room: int) -> list[Item]:
    waiting = looks.open_for([asked.owner.pk] if asked.owner else None)
    return not_taken_up([_item(one, asked) for one in waiting.order_by("pk")[:MOST]], today=asked.today)


def _item(look: Look, asked: Asked) -> Item:
    return Item(
        kind="look",
        key=f"look:{look.pk}:1",
        under=LOOKS,
        reason={"by": look.asked_by.name if look.asked_by else "", "of": look.asked_of.name},
        name=look.template.name,
        url=reverse("look", args=[look.pk]),
        minutes=asked.lengths.least,
    )


def _again(look_id: int, asked: Asked) -> Item | None:
    found = looks.open_for([asked.owner.pk] if asked.owner else None).filter(pk=look_id).first()
    return _item(found, asked) if found else None


def _words(item: Item, _sight: Sight) -> str:
    said = {"by": item.reason["by"], "of": item.reason["of"], "name": item.name}
    return _("%(by)s asks %(of)s what “%(name)s” says in five seconds.") % said


def _title(item: Item) -> str:
    return _("Look at “%(name)s” for five seconds") % {"name": item.name}


ENTRIES = (
    Entries(
        name="looks",
        order=25,
        kinds=(Kind(name="look", icon="clock", words=_words, title=_title, again=_again),),
        rows=_rows,
        right=policy.ANSWERS_SEND,
    ),
)
