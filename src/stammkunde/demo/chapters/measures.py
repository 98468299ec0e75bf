"""
Measures that run over time: ready-made ones, taken over within the year, and looked after on some evenings.

Five of them from early on; of the nineteen ways to bind customers all others that are possible here, half a year later,
each for some. The letter that wins back compares two of its words, and customers react to one of them (`answers`).
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np

from stammkunde.demo import outbox
from stammkunde.demo.chapters import answers, letters
from stammkunde.demo.story import EVENING, Deed, Story
from stammkunde.outreach import services as outreach
from stammkunde.outreach.content import Block, Text
from stammkunde.outreach.models import Message, Template
from stammkunde.plays import contents, files
from stammkunde.plays.editing import acts
from stammkunde.plays.files import PlayFile
from stammkunde.plays.measures import arms, reading, running, taking, variants, walk, working
from stammkunde.plays.models import Play, PlayVersion
from stammkunde.segments import latest, passes
from stammkunde.segments import services as segments
from stammkunde.team.models import Staff

LOOKS_DAYS = (350, 180, 100, 35)  # before the end; and on the last evening
AFTER_DAYS = 2  # when steps of those who entered on such an evening leave
WIDENED_DAYS = 1  # before the end

SILENT = {
    "left": {"happened": "orders", "measure": "last"},
    "is": ">",
    "times": 1.5,
    "right": {"happened": "orders", "measure": "gap"},
}
THRICE = {"happened": "orders", "measure": "count", "is": ">=", "value": 3}
# What models say is not known of past evenings: such groups are written here by what happened
DUE = SILENT | {"times": 0.9}
OFTEN = THRICE | {"value": 8}
QUIET = {"happened": "contacts", "measure": "count", "is": "is", "value": 0, "within": {"last": 60}}
GONE = {"happened": "orders", "measure": "count", "is": "is", "value": 0, "within": {"last": 365}}
ASKED = {
    "happened": "contacts",
    "measure": "count",
    "is": ">=",
    "value": 2,
    "within": {"last": 60},
    "where": [{"column": "direction", "is": "is", "value": "in"}],
}
OTHER_LETTER = Text(
    subject="Was wächst bei Ihnen?",
    blocks=(
        Block(
            kind="text",
            text="{greeting},\n\nwas ist aus Ihrem Garten geworden? Erzählen Sie es uns bei Ihrem nächsten Besuch.",
        ),
        Block(kind="text", text="Herzliche Grüße\n{owner|Ihr Team}\n{sender}"),
    ),
)


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
    compares: bool = False  # two words of its first message
    too_old_days: int | None = None  # what begins it may be so many days ago; None: as the file says
    takes_all: str = ""  # the name of a group, of which all enter at the start


WINS_BACK = "win-back"
PLANS = (
    Plan(key="thanks", days_before=350, also=(*_of(region="Bayern"),), of_group=False),
    Plan(key="second-purchase", days_before=330, also=(*_of(region=["Hessen", "Berlin"]),)),
    Plan(
        key="rhythm-a",
        name="Rhythmus gebrochen: Firmenkunden in Bayern",
        days_before=300,
        also=(*_of(kind="company", region="Bayern"), THRICE, SILENT),
        of_group=False,
    ),
    Plan(key="years", days_before=240, also=(*_of(region="Nordrhein-Westfalen"),)),
    Plan(key="after-project", days_before=200, also=(*_of(region="Sachsen"),)),
    Plan(key="service-check", days_before=190, also=(ASKED,), of_group=False),
    Plan(key="promise-kept", days_before=190, also=(*_of(region=["Nordrhein-Westfalen", "Bayern", "Sachsen"]),)),
    Plan(
        key="stay-in-touch-b",
        days_before=190,
        also=(*_of(kind="company", region="Rheinland-Pfalz"), THRICE, QUIET),
        of_group=False,
    ),
    Plan(
        key="own-offer", days_before=190, also=(*_of(kind="company", region="Brandenburg"), THRICE, DUE), of_group=False
    ),
    Plan(key="ask-review", days_before=190, also=(*_of(region="Schleswig-Holstein"),)),
    Plan(key="after-complaint", days_before=190, also=(), too_old_days=14),
    Plan(
        key="birthday",
        days_before=190,
        also=(*_of(kind="company", region=["Nordrhein-Westfalen", "Bayern"]),),
        of_group=False,  # of private people nobody knows a contact person
        too_old_days=3,
    ),
    Plan(key="learn-to-use", days_before=190, also=(), too_old_days=14),
    Plan(key="season", days_before=190, also=(*_of(region="Bremen"),)),
    Plan(
        key="perk-a",
        days_before=190,
        also=(*_of(kind="company", region=["Niedersachsen", "Hessen"]), OFTEN),
        of_group=False,
    ),
    Plan(
        key="reorder",
        days_before=190,
        also=(*_of(kind="person", region="Rheinland-Pfalz"), THRICE, DUE),
        of_group=False,
    ),
    Plan(key="ask-why", days_before=190, also=(*_of(kind="company", region=["Bremen", "Sachsen"]),)),
    Plan(key="welcome", days_before=190, also=(*_of(region=["Nordrhein-Westfalen", "Bayern"]),), too_old_days=10),
    Plan(
        key=WINS_BACK,
        days_before=180,
        also=(*_of(kind="person", region=["Nordrhein-Westfalen", "Bayern"]), THRICE, GONE),
        of_group=False,
        compares=True,
        takes_all="Privatkunden, seit einem Jahr still",
    ),
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
    yield from answers.deeds(story, begun, WINS_BACK, since=_day(story, LOOKS_DAYS[1]) + timedelta(days=AFTER_DAYS))
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
        rule: dict[str, Any] = {"rule": _all(*own, *plan.also)} if own or plan.also else {}
        if plan.takes_all:
            rule = {"group": _group(plan.takes_all, rule["rule"], staff, at)}
        if plan.too_old_days is not None:
            content["trigger"] = content["trigger"] | {"too_old_days": plan.too_old_days}
        content |= rule
        content = _with_other_words(content, staff, at) if plan.compares else content
        running.change(play_id=play.pk, content=content, staff=staff, now=at)
        already_in = running.AlreadyIn(enter=bool(plan.takes_all))
        begun[plan.key] = running.start(play_id=play.pk, already_in=already_in, staff=staff, now=at)
        _draw(story, plan, begun[plan.key], at)

    return start


def _group(name: str, rule: Mapping[str, Any], staff: Staff, at: datetime) -> int:
    """Make a group, and work out who is in it on that evening."""
    group = segments.create(name=name, rule=rule, now=at, staff=staff)
    passes.work_out_as_of([latest.version_of(group.pk)], on=at.date(), now=at)
    return group.pk


def _with_other_words(content: Mapping[str, Any], staff: Staff, at: datetime) -> dict[str, Any]:
    """Let the measure's message have other words as well, half and half."""
    message = next(one for one in contents.every(contents.read(content).steps) if isinstance(one, contents.Message))
    before = Template.objects.get(pk=message.templates[0])
    other = outreach.create_template(
        name=f"{before.name}, persönlicher", channel=before.channel, purpose=before.purpose, by=staff, now=at
    )
    outreach.put_words(template_id=other.pk, language="de", form="sie", text=OTHER_LETTER, by=staff, now=at)
    said = {name: value for name, value in acts.find(content, message.key).items() if name not in ("key", "kind")}
    return acts.changed(content, message.key, said | {"variants": [other.pk]})


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
    salt = f"demo:{story.seed}:{plan.key}"
    if what.share:
        outreach.prepare(replace(what, salt=salt), now=at)
    content = contents.read(version.content)
    for step in contents.every(content.steps):
        if isinstance(step, contents.Message) and step.variants:
            words = variants.drawn_as(play, version, content, step)
            outreach.prepare_varying(replace(words, salt=f"{salt}:words"), now=at)


def _look(at: datetime) -> None:
    """Let workers see who came into the groups of measures and for whom they begin, and do what is due."""
    entering = PlayVersion.objects.filter(content__trigger__kind="enters").values_list("segment_id", flat=True)
    entered = [one for one in latest.versions() if one.segment_id in set(entering)]
    passes.work_out_as_of(entered, on=at.date(), now=at)
    while working.sweep(now=at, is_shared=False):
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
