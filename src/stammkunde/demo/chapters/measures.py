"""Measures that run over time: five ready-made ones, taken over within the year, and looked after on some evenings."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np

from stammkunde.demo import outbox
from stammkunde.demo.chapters import letters
from stammkunde.demo.story import EVENING, Deed, Story
from stammkunde.outreach import services as outreach
from stammkunde.outreach.models import Message
from stammkunde.plays import contents, files
from stammkunde.plays.files import PlayFile
from stammkunde.plays.measures import arms, reading, running, taking, walk, working
from stammkunde.plays.models import Play, PlayVersion
from stammkunde.segments import latest, passes
from stammkunde.team.models import Staff

LOOKS_DAYS = (350, 270, 180, 100, 35, 10)  # before the end; and on the last evening
AFTER_DAYS = 2  # when steps of those who entered on such an evening leave
WIDENED_DAYS = 1  # before the end

SILENT = {
    "left": {"happened": "orders", "measure": "last"},
    "is": ">",
    "times": 1.5,
    "right": {"happened": "orders", "measure": "gap"},
}
THRICE = {"happened": "orders", "measure": "count", "is": ">=", "value": 3}


def _of(**fields: str | list[str]) -> list[dict[str, Any]]:
    return [{"field": f"customer.{name}", "is": "is", "value": value} for name, value in fields.items()]


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A ready-made measure: when it was taken over, and for whom beside those whom its own group names."""

    key: str
    days_before: int
    also: tuple[Mapping[str, Any], ...]
    of_group: bool = True  # whether the group that comes along stays
    name: str = ""  # empty: as the file says


PLANS = (
    Plan(key="thanks", days_before=350, also=(*_of(region="Bayern"),), of_group=False),
    Plan(key="second-purchase", days_before=330, also=(*_of(region="Hessen"),)),
    Plan(
        key="rhythm-a",
        name="Rhythmus gebrochen: Firmenkunden in Bayern",
        days_before=300,
        also=(*_of(kind="company", region="Bayern"), THRICE, SILENT),
        of_group=False,
    ),
    Plan(key="years", days_before=240, also=(*_of(region="Nordrhein-Westfalen"),)),
    Plan(key="after-project", days_before=200, also=(*_of(region="Sachsen"),)),
)


def deeds(story: Story) -> Iterator[Deed]:
    """Give how each was started, the evenings on which workers looked after them, and the mornings after."""
    (marketing,), chance = story.with_role("marketing"), story.chance("measures")
    begun: dict[str, Play] = {}
    for plan in PLANS:
        yield Deed(at=story.at(_day(story, plan.days_before), 11), do=_start(story, plan, marketing, begun))
    for days_before in LOOKS_DAYS:
        on = _day(story, days_before)
        yield Deed(at=story.at(on, EVENING - 2), do=_look)
        if (after := on + timedelta(days=AFTER_DAYS)) < story.last:
            yield Deed(at=story.at(after, 10), do=_leave(marketing, chance))
    yield Deed(at=story.at(story.last - timedelta(days=WIDENED_DAYS), 12), do=_widen(marketing, begun))
    yield Deed(at=story.at(story.last, EVENING - 1), do=_look)


def _day(story: Story, days_before: int) -> date:
    return story.working_days(since=story.last - timedelta(days=days_before))[0]


def _start(story: Story, plan: Plan, staff: Staff, begun: dict[str, Play]) -> Callable[[datetime], None]:
    """Take a measure over, narrow whom it is for, and start it; who is left alone is drawn by the story's seed."""

    def start(at: datetime) -> None:
        play = taking.take(_file(plan), language="de", staff=staff, now=at)
        content = dict(reading.newest(play).content)
        group = content.pop("group", None)
        own = [latest.version_of(group).rule] if group and plan.of_group else []
        running.change(play_id=play.pk, content=content | {"rule": _all(*own, *plan.also)}, staff=staff, now=at)
        begun[plan.key] = running.start(play_id=play.pk, staff=staff, now=at)
        _draw(story, plan, begun[plan.key], at)

    return start


def _file(plan: Plan) -> PlayFile:
    file = files.find(plan.key)
    assert file is not None
    words = file.words_in("de")
    return replace(file, words={"de": replace(words, name=plan.name or words.name)})


def _all(*some: Mapping[str, Any]) -> Mapping[str, Any]:
    return some[0] if len(some) == 1 else {"all": list(some)}


def _draw(story: Story, plan: Plan, play: Play, at: datetime) -> None:
    version = reading.running(play)
    assert version is not None
    what = arms.drawn_as(play, version, contents.read(version.content))
    if what.share:
        outreach.prepare(replace(what, salt=f"demo:{story.seed}:{plan.key}"), now=at)


def _look(at: datetime) -> None:
    """Let workers see who came into the groups of measures and for whom they begin, and do what is due."""
    entering = PlayVersion.objects.filter(content__trigger__kind="enters").values_list("segment_id", flat=True)
    entered = [one for one in latest.versions() if one.segment_id in set(entering)]
    passes.work_out_as_of(entered, on=at.date(), now=at)
    while working.sweep(now=at):
        pass


def _leave(staff: Staff, chance: np.random.Generator) -> Callable[[datetime], None]:
    """Let those who have entered take their steps, e-mails leave, and bring to the post what is to be printed."""

    def leave(at: datetime) -> None:
        _step(at)
        outbox.send(chance, at)
        waiting = Message.objects.filter(state=Message.State.PLANNED, due_at__lte=at, origin__in=_origins())
        for channel in sorted({"letter", "postcard"} & set(waiting.values_list("channel", flat=True))):
            letters.bring_to_the_post(staff, channel, at)
        _step(at + timedelta(hours=4))

    return leave


def _step(at: datetime) -> None:
    while walk.pull(now=at, at_most=walk.AT_ONCE) + walk.walk(now=at, at_most=walk.AT_ONCE):
        pass


def _origins() -> list[str]:
    return [play.origin for play in reading.measures()]


def _widen(staff: Staff, begun: dict[str, Play]) -> Callable[[datetime], None]:
    """Thank everybody from now on: far more than usual, so that the product holds it and asks."""

    def widen(at: datetime) -> None:
        play = begun["thanks"]
        content = {name: value for name, value in reading.newest(play).content.items() if name != "rule"}
        running.change(play_id=play.pk, content=content, staff=staff, now=at)
        running.start(play_id=play.pk, staff=staff, now=at)

    return widen
