"""What a play that runs over time is made of; frozen, so that what somebody runs through never changes."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Ref = int | str  # a row's number here; in a file the name, which whoever imports it maps
Rule = Mapping[str, Any]  # a rule as JSON, see `insight.rules`; empty: none
OWED_KINDS = ("owed", "reply")
CUSTOMERS = "customers"


@dataclass(frozen=True, kw_only=True)
class Enters:
    """It begins when somebody comes into the group; not `later`: for nobody but those who are in it at the start."""

    later: bool = True


@dataclass(frozen=True, kw_only=True)
class Happened:
    """It begins with a new row of a table of facts; `where` holds for that row."""

    table: str
    where: tuple[Rule, ...] = ()
    too_old_days: int = 3


@dataclass(frozen=True, kw_only=True)
class Dated:
    """It begins on a day, or so many days before it (below 0) or after; `yearly`: each year anew."""

    table: str
    column: str
    offset_days: int = 0
    yearly: bool = False
    too_old_days: int = 3


Trigger = Enters | Happened | Dated


@dataclass(frozen=True, kw_only=True)
class Subject:
    """What somebody is in the play for: the customer, or the row that began it; its `fields` travel along."""

    per: str = "customer"  # customer | row
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Reentry:
    """Whether somebody may enter again, and how long after the last time."""

    again: bool = False
    pause_days: int = 0


@dataclass(frozen=True, kw_only=True)
class Message:
    """
    Something is said, by the first of these templates that is allowed and leads to her; `otherwise`, if none is.

    `variants` are other words that take the place of the first template: chance gives each customer one of them.
    """

    key: str
    templates: tuple[Ref, ...]
    variants: tuple[Ref, ...] = ()
    latest_days: int = 14
    otherwise: "tuple[Step, ...]" = ()

    @property
    def words(self) -> tuple[Ref, ...]:
        """Give what chance chooses from: the first template, and what may take its place."""
        return (self.templates[0], *self.variants)

    @property
    def every_template(self) -> tuple[Ref, ...]:
        return (*self.templates, *self.variants)

    def ways_with(self, words: Ref) -> tuple[Ref, ...]:
        """Give the ways of whoever got these words: they stand first."""
        return tuple(dict.fromkeys((words, *self.templates[1:])))


@dataclass(frozen=True, kw_only=True)
class Task:
    """Somebody of ours does something; `otherwise`, where it was not done in time, or nobody had room for it."""

    key: str
    title: str
    note: str = ""
    by_phone: bool = False
    owner: Ref | None = None  # None: whoever looks after the customer
    substitute: Ref | None = None  # where nobody does
    guide: str = ""
    minutes: int = 0
    latest_days: int = 7
    otherwise: "tuple[Step, ...]" = ()


@dataclass(frozen=True, kw_only=True)
class Wait:
    """
    Time passes: days or months, until a day of the week and an hour, or until something happens.

    Where it waits for something, `days` is how long at most, and `since` from when on it counts.
    """

    key: str
    days: int = 0
    months: int = 0
    weekday: int | None = None  # 1 is Monday
    hour: int | None = None
    until: "Happening | None" = None
    since: str = "wait"  # wait | entry


@dataclass(frozen=True, kw_only=True)
class Happening:
    """
    A kind of fact that is waited for, that is the goal, or that ends it.

    Args:
        column: the day of a row on which it happens, as that of a delivery; empty: the table's own.
        same: only what is about the row that began it for her counts.
    """

    table: str
    where: tuple[Rule, ...] = ()
    column: str = ""
    same: bool = False

    @property
    def name(self) -> str:
        """Tell it from others; equal ones have one name."""
        where = json.dumps([dict(one) for one in self.where], sort_keys=True)
        return f"{self.table} {self.column} {self.same} {where}"


@dataclass(frozen=True, kw_only=True)
class Branch:
    """Exactly two ways: by a rule, at once."""

    key: str
    rule: Rule
    yes: "tuple[Step, ...]" = ()
    no: "tuple[Step, ...]" = ()


@dataclass(frozen=True, kw_only=True)
class HandOver:
    """She leaves this play, and is admitted to another."""

    key: str
    play: Ref


@dataclass(frozen=True, kw_only=True)
class End:
    """It is over."""

    key: str


Step = Message | Task | Wait | Branch | HandOver | End


@dataclass(frozen=True, kw_only=True)
class Goal:
    """What the play is for, and within how many days; nothing at all is a choice that gives its reason."""

    happening: Happening | None
    window_days: int = 91
    because: str = ""  # why there is none
    worth_cents: int | None = None  # the smallest gain for each customer that is worth having; None: nobody says


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How many enter at most, what it may cost, and how many tasks of a day there are; None: no limit."""

    entries: int | None = None
    entries_a_day: int | None = None
    budget_cents: int | None = None
    minutes_a_day: int | None = None


@dataclass(frozen=True, kw_only=True)
class Holdout:
    """How many are left alone, to compare; nobody, with the reason."""

    share: float = 0.1
    because: str = ""


@dataclass(frozen=True, kw_only=True)
class Cost:
    """What it costs besides postage and minutes: for each who is contacted, in cents."""

    each_cents: int = 0


@dataclass(frozen=True, kw_only=True)
class Content:
    """
    All that a play says of itself.

    Args:
        group: whom it is for: a group of customers by number or name; None: everybody, or whoever fits `rule`.
        rule: a rule of the play's own, instead of a group.
        ends_on: what ends it for somebody, besides goal and last step: `left` (the group), `complaint`.
        ends_when: what ends it as soon as it happens.
        latest_days: on this day after entry it ends at the latest.
        kind: who comes first where several want the same customer: owed, reply, dated, play, newsletter.
        exclusive: plays of the same code (`contents.exclusive`) hold a customer one at a time; empty: any.
        prior_percent: what it is expected to bring before anything is measured, in percent of the expected margin.
    """

    trigger: Trigger
    steps: tuple[Step, ...]
    goal: Goal
    holdout: Holdout
    group: Ref | None = None
    rule: Rule = field(default_factory=dict)
    subject: Subject = Subject()
    reentry: Reentry = Reentry()
    ends_on: tuple[str, ...] = ()
    ends_when: tuple[Happening, ...] = ()
    latest_days: int = 60
    limits: Limits = Limits()
    cost: Cost = Cost()
    kind: str = "play"
    exclusive: str = ""
    prior_percent: float = 0.5

    @property
    def thing(self) -> str:
        """Name the table whose row begins it; empty where it is about the customer."""
        table = "" if isinstance(self.trigger, Enters) else self.trigger.table
        return "" if table == CUSTOMERS else table

    @property
    def is_owed(self) -> bool:
        """Tell whether it is owed to the customer, or an answer: nobody is left out of that, and it sells nothing."""
        return self.kind in OWED_KINDS
