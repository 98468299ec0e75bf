"""The steps of a play in words, each with the day from which on it may begin, and under which condition."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, npgettext

from stammkunde.calls.models import Guide
from stammkunde.plays.contents import Branch, Content, End, HandOver, Message, Step, Task, Wait, about, every
from stammkunde.plays.saying import happenings
from stammkunde.plays.saying.names import Names
from stammkunde.plays.services.ways import DEAR
from stammkunde.ui import writing

Way = tuple[str, str, tuple[Step, ...]]  # its name, what leads there, its steps


@dataclass(frozen=True, order=True)
class Earliest:
    """How much time has passed since the enrolment, at least."""

    months: int = 0
    days: int = 0

    def then(self, wait: Wait, content: Content) -> "Earliest":
        """Add a wait; one that may end with something adds nothing for sure, unless that is the goal and ends all."""
        goal = content.goal
        is_over = self.at_most_days + wait.days <= goal.window_days and wait.until == goal.happening
        is_over = is_over and not _may_be_before(content)
        return self if wait.until and not is_over else Earliest(self.months + wait.months, self.days + wait.days)

    @property
    def at_most_days(self) -> int:
        return self.months * 31 + self.days

    @property
    def at_least_days(self) -> int:
        """Give the days that this takes in the shortest months."""
        return self.months * 30 - 2 * (self.months > 0) + self.days

    def __bool__(self) -> bool:
        return bool(self.months or self.days)


def _may_be_before(content: Content) -> bool:
    """Tell whether it may have happened before it began, and was no goal then: an order that is delivered already."""
    return content.goal.happening is not None and about.counts_from_its_day(content.goal.happening, content)


@dataclass(frozen=True, kw_only=True)
class Line:
    """
    A step in words.

    Args:
        place: where it stands in the content: `steps.2.no.0`.
        lead: what leads to it, where it is the first of a way: “If nothing was bought:”.
        when: from when on it may begin, and under which condition.
        notes: what else is true of it.
    """

    key: str
    kind: str
    place: str
    depth: int
    lead: str
    when: str
    text: str
    notes: tuple[str, ...] = ()


@dataclass(kw_only=True)
class _Telling:
    content: Content
    names: Names
    lines: list[Line] = field(default_factory=list)

    def tell(
        self, steps: tuple[Step, ...], at: Earliest | None, *, place: str, depth: int, lead: str
    ) -> Earliest | None:
        """Say steps that begin at a moment; tell from when on it goes on after them, None: never."""
        for number, step in enumerate(steps):
            here = f"{place}.{number}"
            self.lines.append(self._line(step, at, place=here, depth=depth, lead=lead if not number else ""))
            at = self._after(step, at, place=here, depth=depth)
        return at

    def _line(self, step: Step, at: Earliest | None, *, place: str, depth: int, lead: str) -> Line:
        return Line(
            key=step.key,
            kind=_KINDS[type(step)],
            place=place,
            depth=depth,
            lead=lead,
            when=self._when(at),
            text=_text(step, self.names),
            notes=tuple(_notes(step, self.names)),
        )

    def _after(self, step: Step, at: Earliest | None, *, place: str, depth: int) -> Earliest | None:
        if isinstance(step, (End, HandOver)):
            return None
        usual = at.then(step, self.content) if at is not None and isinstance(step, Wait) else at
        ends = [] if isinstance(step, Branch) else [usual]
        for name, lead, inner in _ways(step):
            ends.append(
                self.tell(inner, usual, place=f"{place}.{name}", depth=depth + 1, lead=lead) if inner else usual
            )
        return min((one for one in ends if one is not None), default=None)

    def _when(self, at: Earliest | None) -> str:
        if at is None:
            return _("never: every way before it ends")
        if at.at_least_days > self.content.latest_days:
            return _("never: it is over on day %(n)s") % {"n": writing.number(self.content.latest_days)}
        if not at:
            return _("from day 0 on")
        condition = self._condition(at)
        return f"{_when(at)}, {condition}" if condition else _when(at)

    def _condition(self, at: Earliest) -> str:
        """Say that the goal is not reached: whoever has reached it is out, as long as it is looked for."""
        goal = self.content.goal
        if goal.happening is None or at.at_most_days > goal.window_days:
            return ""
        if _may_be_before(self.content):
            return _("if the goal is not reached")
        return happenings.not_yet(goal.happening, self.names)


def lines(content: Content, names: Names) -> list[Line]:
    """Say all steps in the order of the page, those of a way after the step that opens it."""
    telling = _Telling(content=content, names=names)
    telling.tell(content.steps, Earliest(), place="steps", depth=0, lead="")
    return telling.lines


def leads(content: Content) -> dict[tuple[str, str], str]:
    """Say what leads to each way of each step: (key, way) → “If not:”."""
    return {(step.key, way): lead for step in every(content.steps) for way, lead, _inner in _ways(step)}


def moments(content: Content, names: Names) -> dict[str, str]:
    """Name the moments from which conditions may count: the start, and each step that does something or waits."""
    called = {f"step:{one.key}": _moment(one, names) for one in every(content.steps)}
    return {"entry": _("the start"), **{name: text for name, text in called.items() if text}}


def _moment(step: Step, names: Names) -> str:
    if isinstance(step, Message):
        found = names.templates.get(step.templates[0])
        return _("the message “%(name)s”") % {"name": found.name if found else step.templates[0]}
    if isinstance(step, Task):
        return (_("the call “%(name)s”") if step.by_phone else _("the task “%(name)s”")) % {"name": step.title}
    return _("the end of “%(step)s”") % {"step": _wait(step, names)} if isinstance(step, Wait) else ""


def _when(at: Earliest) -> str:
    if not at.months:
        return _("from day %(n)s on") % {"n": writing.number(at.days)}
    months = ngettext("%(n)s month after the start", "%(n)s months after the start", at.months)
    said = months % {"n": writing.number(at.months)}
    return _("%(months)s, and %(days)s") % {"months": said, "days": happenings.days(at.days)} if at.days else said


def _ways(step: Step) -> list[Way]:
    if isinstance(step, Branch):
        return [("yes", _("If so:"), step.yes), ("no", _("If not:"), step.no)]
    if isinstance(step, Message):
        return [("otherwise", _("If the customer cannot be reached so:"), step.otherwise)]
    if isinstance(step, Task):
        phoned = _("If no call is allowed, or it is not made in time:")
        return [("otherwise", phoned if step.by_phone else _("If it is not done in time:"), step.otherwise)]
    return []


def _message(step: Message, names: Names) -> str:
    first = _(" or ").join(names.template(one) for one in step.words)
    others = [names.template(one) for one in step.templates[1:]]
    if not others:
        return first
    return _("%(first)s, else %(others)s") % {"first": first, "others": _(", else ").join(others)}


def _task(step: Task, names: Names) -> str:
    who = names.person(step.owner) if step.owner is not None else _("who looks after the customer")
    said = _("Call “%(title)s”: %(who)s") if step.by_phone else _("Task “%(title)s”: %(who)s")
    return said % {"title": step.title, "who": who}


def _wait(step: Wait, names: Names) -> str:
    if step.until:
        until = happenings.until(step.until, names)
        return _("Wait %(until)s, at most %(days)s") % {"until": until, "days": happenings.days(step.days)}
    parts = [_months(step.months)] if step.months else []
    parts += [happenings.days(step.days)] if step.days else []
    return _("Wait: %(how_long)s") % {"how_long": ", ".join([*parts, *_clock(step)])}


def _clock(step: Wait) -> Iterator[str]:
    hour = _("%(hour)s o'clock") % {"hour": step.hour} if step.hour is not None else ""
    if step.weekday:
        day = str(WEEKDAYS[step.weekday - 1])
        yield _("until %(day)s, %(hour)s") % {"day": day, "hour": hour} if hour else _("until %(day)s") % {"day": day}
    elif hour:
        yield _("until %(hour)s") % {"hour": hour}


def _text(step: Step, names: Names) -> str:
    match step:
        case Message():
            said = _message(step, names)
        case Task():
            said = _task(step, names)
        case Wait():
            said = _wait(step, names)
        case Branch():
            said = _("Is this true: %(rule)s?") % {"rule": names.rule(step.rule)}
        case HandOver():
            said = _("Goes on in the measure “%(name)s”") % {"name": names.play(step.play)}
        case End():
            said = _("It ends here")
    return said


_KINDS = {
    Message: "message", Task: "task", Wait: "wait", Branch: "branch", HandOver: "hand_over", End: "end",
}  # fmt: skip


def _notes(step: Step, names: Names) -> Iterator[str]:
    if isinstance(step, Message):
        if _puts_cheap_first(step, names):
            yield _("For C customers what costs nothing is tried first.")
        if step.variants:
            yield _("Chance gives each customer one of these words, always the same; what each earns is compared.")
        within = ngettext("Within %(n)s day, or not at all.", "Within %(n)s days, or not at all.", step.latest_days)
        yield within % {"n": writing.number(step.latest_days)}
    elif isinstance(step, Task):
        yield from _task_notes(step, names)
    elif isinstance(step, Wait) and step.until and step.since == "entry":
        yield _("What has happened since the start counts, too.")


def _puts_cheap_first(step: Message, names: Names) -> bool:
    """Tell whether something dear stands before something that costs nothing."""
    dear = [found.channel in DEAR for one in step.templates if (found := names.templates.get(one))]
    return dear != sorted(dear)


def _task_notes(step: Task, names: Names) -> Iterator[str]:
    if step.owner is None and step.substitute is not None:
        yield _("Where nobody looks after the customer: %(name)s.") % {"name": names.person(step.substitute)}
    if step.guide:
        kinds = dict(Guide.Kind.choices)
        yield _("With the guide “%(name)s”.") % {"name": kinds.get(step.guide, step.guide)}
    if step.minutes:
        minutes = ngettext("%(n)s minute", "%(n)s minutes", step.minutes) % {"n": writing.number(step.minutes)}
        yield _("About %(minutes)s.") % {"minutes": minutes}
    within = ngettext("Within %(n)s day.", "Within %(n)s days.", step.latest_days)
    yield within % {"n": writing.number(step.latest_days)}


def _months(number: int) -> str:
    return npgettext("wait", "%(n)s month", "%(n)s months", number) % {"n": writing.number(number)}
