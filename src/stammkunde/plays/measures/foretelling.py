"""What a start and a stop would do, and in what versions differ, each said before somebody decides."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stammkunde.outreach.models import Message
from stammkunde.plays import contents, saying, walking
from stammkunde.plays.contents import Content, Enters
from stammkunde.plays.measures import costs, wording
from stammkunde.plays.models import Enrolment, Play, PlayVersion, StepRun
from stammkunde.segments import membership
from stammkunde.ui import writing


@dataclass(frozen=True, kw_only=True)
class Differs:
    """What a version says that the one before it did not, and the other way round."""

    version: PlayVersion
    new: tuple[str, ...]
    gone: tuple[str, ...]


def start(content: Content, *, on: date) -> Iterator[str]:
    """Say what happens once it is started."""
    names = wording.names([content])
    cards = {one.key: one.sentences for one in saying.cards(content, names)}
    yield _("It runs from now on. When it begins for somebody: %(begins)s") % {"begins": cards["begins"][0]}
    if isinstance(content.trigger, Enters) and content.group is not None:
        yield from _already_in(membership.size(int(content.group)), is_chosen=content.trigger.later)
    yield cards["compare"][0]
    yield _("First: %(step)s.") % {"step": saying.lines(content, names)[0].text}
    cents = costs.expected(content, on=on)
    if cents:
        yield _("Each who is contacted costs %(euro)s at most.") % {"euro": writing.money(cents)}


def _already_in(size: int | None, *, is_chosen: bool) -> Iterator[str]:
    if size and is_chosen:
        text = ngettext(
            "%(n)s is in the group already: below you choose what becomes of that customer.",
            "%(n)s are in the group already: below you choose what becomes of them.",
            size,
        )
        yield text % {"n": writing.number(size)}
    elif not is_chosen:
        text = ngettext("It begins for %(n)s customer at once.", "It begins for %(n)s customers at once.", size or 0)
        yield text % {"n": writing.number(size or 0)}


def stop(play: Play) -> Iterator[str]:
    """Say what becomes of whom when it is stopped."""
    rows = Enrolment.objects.filter(play=play, closed_at=None).exclude(state="")
    waiting = rows.filter(state=walking.ADMITTED).count()
    on_the_way = rows.count() - waiting
    planned = Message.objects.filter(origin=play.origin, state=Message.State.PLANNED).count()
    acting = StepRun.objects.filter(enrolment__play=play, state=StepRun.State.ACTING, kind="task")
    tasks = acting.exclude(key="").count()
    found = [
        (
            on_the_way,
            ngettext("%(n)s is on the way, and drops out.", "%(n)s are on the way, and drop out.", on_the_way),
        ),
        (waiting, ngettext("%(n)s waits to enter, and will not.", "%(n)s wait to enter, and will not.", waiting)),
        (planned, _not_sent(planned)),
        (tasks, ngettext("%(n)s open task is taken away.", "%(n)s open tasks are taken away.", tasks)),
    ]
    yield from (text % {"n": writing.number(n)} for n, text in found if n)
    yield _("What was sent or done stays as it is.")


def _not_sent(n: int) -> str:
    return ngettext(
        "%(n)s message is planned, and will not be sent.", "%(n)s messages are planned, and will not be sent.", n
    )


def versions(play: Play) -> list[Differs]:
    """Give the versions, the newest first, each with what differs from the one before."""
    every = list(play.versions.select_related("by").order_by("number"))
    read = [contents.read(one.content) for one in every]
    names = wording.names(read)
    said = [_sentences(one, names) for one in read]
    before: list[list[str]] = [[], *said[:-1]]
    found = [_differs(*one) for one in zip(every, said, before, strict=True)]
    return found[::-1]


def _differs(version: PlayVersion, said: list[str], before: list[str]) -> Differs:
    new = tuple(one for one in said if one not in before) if version.number > 1 else ()
    return Differs(version=version, new=new, gone=tuple(one for one in before if one not in said))


def _sentences(content: Content, names: saying.Names) -> list[str]:
    cards = [sentence for card in saying.cards(content, names) for sentence in card.sentences]
    lines = saying.lines(content, names)
    return [*cards, *(" ".join([line.lead, f"{line.when}:", line.text, *line.notes]).strip() for line in lines)]
