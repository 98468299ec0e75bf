"""
What counts as the same suggestion, how much fits into a day, a week and a month, and who is given how many minutes.

The first minutes with a customer do the most: four times as much at stake is given twice the time (square root).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np

LEAST_PER_DAY = 3  # whoever has no hours to speak of still gets a list, and somebody is warned about
MOST_PER_DAY = 10  # of those who may be lost, together with what has its day: more than that is no plan for a day
WORKING_DAYS = 5
WEEKS_PER_MONTH = 52 / 12
LONGEST_NOTE = 4000
CLASSES = ("A", "B", "C")
USUAL_SPLIT = (70, 20, 10)  # in percent, while nothing is known of margins
LEAST_SHARE = 5  # in percent: whoever is asked for nothing is still asked now and then
HALVINGS = 80  # until the scale of a class is exact to the last digit of a float
LONGEST_DAY = 24 * 60
QUICK_MINUTES = (5, 15, 30, 60)  # to choose from, when somebody says how long it took


@dataclass(frozen=True, kw_only=True)
class Lengths:
    """How long a contact is useful, in minutes: at least, at one time at most, and with one customer in a month."""

    usual: int

    @property
    def least(self) -> int:
        return max(self.usual // 2, 1)

    @property
    def at_once(self) -> int:
        return self.usual * 5 // 2

    @property
    def most(self) -> int:
        return self.usual * 10

    def contact(self, month_minutes: int) -> int:
        """Tell how long the next contact with a customer may take who is given so many minutes a month."""
        return min(max(month_minutes, self.least), self.at_once)


def key(*, kind: str, subject: int | None, cycle: str) -> str:
    """Give what makes a suggestion the same one: kind, whom it is about, and which round."""
    return f"{kind}:{subject or 0}:{cycle}"


def day_minutes(hours_per_week: int) -> int:
    """Tell how many minutes of a working day are for customers."""
    return round(hours_per_week * 60 / WORKING_DAYS)


def week_minutes(hours_per_week: int) -> int:
    """Tell how many minutes of a working week are for customers."""
    return hours_per_week * 60


def month_minutes(hours_per_week: int) -> int:
    """Tell how many minutes of a month are for customers."""
    return round(hours_per_week * 60 * WEEKS_PER_MONTH)


def week_hours(month_minutes: int) -> float:
    """Tell how many hours of a week so many minutes of a month are."""
    return month_minutes / 60 / WEEKS_PER_MONTH


def at_stake(yearly_cents: int, *, silent_days: int, usual_days: float) -> float:
    """
    Say roughly what is at stake where no risk is known: the more of the year's worth, the longer the silence.

    Half of it when somebody has been silent for as long as usual, two thirds at twice as long.
    """
    return yearly_cents * silent_days / (silent_days + usual_days) if silent_days > 0 else 0.0


def in_percent(parts: Sequence[float]) -> tuple[int, ...]:
    """Bring parts to whole percents that add up to 100; nothing at all gives the usual split."""
    known = [max(part, 0.0) for part in parts]
    return tuple(shared_out(100, known)) if sum(known) else USUAL_SPLIT


def proposed_split(*, margins: Sequence[float], at_risk: Sequence[float]) -> tuple[int, ...]:
    """
    Propose how to split the time over the classes, in percent: where the money is, and where it is in danger.

    The mean of a class's share of the yearly margin and of its share of the margin at risk, and a little for everyone.
    """
    known = [in_percent(parts) for parts in (margins, at_risk) if sum(max(part, 0) for part in parts)]
    if not known:
        return USUAL_SPLIT
    means = [sum(parts) / len(known) for parts in zip(*known, strict=True)]
    return in_percent([max(mean, LEAST_SHARE) for mean in means])


def shared_out(total: int, parts: Sequence[float]) -> list[int]:
    """Share out whole units in proportion, so that they add up exactly (largest remainder)."""
    whole = sum(parts)
    return _rounded([total * part / whole for part in parts], total=total)


def by_class(minutes: int, *, split: Sequence[float], customers: Sequence[int], lengths: Lengths) -> list[int]:
    """
    Split the minutes of a month over the classes; what a class cannot use goes to the others, A first.

    Args:
        minutes: what there is.
        split: percent for each class.
        customers: how many of each class have something at stake.
        lengths: how long a contact is useful.

    Returns:
        minutes for each class; together all, unless all together cannot use them.
    """
    rooms = [lengths.most * count for count in customers]
    given = [
        min(part, room) if part >= lengths.least else 0
        for part, room in zip(shared_out(minutes, split), rooms, strict=True)
    ]
    for place, room in enumerate(rooms):
        more = min(minutes - sum(given), room - given[place])
        given[place] += more if given[place] + more >= lengths.least else 0
    return given


def by_need(minutes: int, needs: Sequence[float], *, lengths: Lengths) -> list[int]:
    """
    Give the customers of a class their minutes of a month, by what is at stake with each.

    Args:
        minutes: what the class has.
        needs: cents at stake for each customer; nobody is called for nothing.
        lengths: how long a contact is useful: whoever is called is given as much, and nobody more than the most.

    Returns:
        minutes for each customer: more at stake is never given less. They add up exactly to what the class has, or to
        what its customers can use, if that is less.
    """
    order = sorted((place for place, need in enumerate(needs) if need > 0), key=lambda place: -needs[place])
    chosen = order[: minutes // lengths.least]
    given = [0] * len(needs)
    if chosen:
        roots = np.sqrt(np.array([needs[place] for place in chosen], dtype=float))
        budget = min(minutes, lengths.most * len(chosen))
        for place, part in zip(chosen, _rounded(_filled(roots, budget, lengths), total=budget), strict=True):
            given[place] = part
    return given


def planned(
    minutes: int,
    needs: Sequence[float] | np.ndarray,
    *,
    classes: Sequence[str] | np.ndarray,
    yearly: Sequence[float] | np.ndarray,
    split: Sequence[float] | None,
    lengths: Lengths,
) -> np.ndarray:
    """
    Plan a month: split its minutes over the classes, and spread those of each over its customers.

    Args:
        minutes: what there is.
        needs: cents at stake for each customer, shape (n,).
        classes: A, B, C or nothing for each customer, shape (n,).
        yearly: what a year of each customer is worth, shape (n,).
        split: percent for each class; None: as proposed.
        lengths: how long a contact is useful.

    Returns:
        minutes for each customer, shape (n,).
    """
    stake, worth = (np.maximum(np.asarray(one, dtype=np.float64), 0) for one in (needs, yearly))
    own = [np.flatnonzero(np.asarray(classes) == name) for name in CLASSES]
    at_risk = [float(stake[places].sum()) for places in own]
    percents = split or proposed_split(margins=[float(worth[places].sum()) for places in own], at_risk=at_risk)
    customers = [int((stake[places] > 0).sum()) for places in own]
    parts = by_class(minutes, split=percents, customers=customers, lengths=lengths)
    given = np.zeros(len(stake), dtype=np.int64)
    for places, part in zip(own, parts, strict=True):
        most = places[np.argsort(-stake[places], kind="stable")[: part // lengths.least]]
        given[most] = by_need(part, stake[most].tolist(), lengths=lengths)
    return given


def reached(minutes: float, contacts: Iterable[int], *, least: int, fewest: int = 0) -> int:
    """
    Tell how many contacts of these lengths are made in so many minutes, one after the other.

    The last one may be given what is left, if that is a useful length. The list of a day and the red lights count so.

    Args:
        minutes: what there is.
        contacts: how long each is planned to take, in the order in which they are made.
        least: the shortest that is useful.
        fewest: so many are made on a full day, too.

    Returns:
        how many.
    """
    left = minutes
    place = -1
    for place, length in enumerate(contacts):
        if left < min(least, length) and place >= fewest:
            return place
        left -= length
    return place + 1


@dataclass(frozen=True, kw_only=True)
class Capacity:
    """What time the whole team has for customers, and how it plans it."""

    hours_per_week: int
    usual_minutes: int  # per contact
    people: int = 1  # who have hours
    split: tuple[int, int, int] | None = None  # percent for A, B, C; None: as proposed

    @property
    def lengths(self) -> Lengths:
        return Lengths(usual=self.usual_minutes)

    def week_contacts(
        self, needs: np.ndarray, *, order: np.ndarray, classes: np.ndarray, yearly: np.ndarray, part: float = 1.0
    ) -> int:
        """
        Tell how many of these customers the team reaches within a week, by the minutes that Today plans with.

        Nobody's day has more names than Today gives it.

        Args:
            needs: cents at stake for each customer, shape (n,).
            order: places of those who are called, most at stake first.
            classes: A, B, C or nothing for each customer, shape (n,).
            yearly: what a year of each customer is worth, shape (n,).
            part: the part of the company's customers that these are; they are given that part of the time.

        Returns:
            how many of `order`, from the first.
        """
        month = round(month_minutes(self.hours_per_week) * part)
        plan = planned(month, needs, classes=classes, yearly=yearly, split=self.split, lengths=self.lengths)
        contacts = (self.lengths.contact(int(minutes)) for minutes in plan[order])
        days = WORKING_DAYS * max(self.people, 1) * part
        most, fewest = round(MOST_PER_DAY * days), round(LEAST_PER_DAY * WORKING_DAYS * part)
        week = week_minutes(self.hours_per_week) * part
        return reached(week, islice(contacts, most), least=self.lengths.least, fewest=fewest)


def _filled(roots: np.ndarray, budget: int, lengths: Lengths) -> list[float]:
    """Find the scale at which the bounded parts fill the budget."""
    low, high = 0.0, lengths.most / float(roots.min())
    for _halving in range(HALVINGS):
        scale = (low + high) / 2
        too_much = np.clip(scale * roots, lengths.least, lengths.most).sum() > budget
        low, high = (low, scale) if too_much else (scale, high)
    return [float(part) for part in np.clip(low * roots, lengths.least, lengths.most)]


def _rounded(ideal: Sequence[float], *, total: int) -> list[int]:
    """Round so that the sum is exact: the largest remainders are rounded up, the earlier one first."""
    whole = [int(part + 1e-9) for part in ideal]
    order = sorted(range(len(ideal)), key=lambda place: whole[place] - ideal[place])
    for place in order[: total - sum(whole)]:
        whole[place] += 1
    return whole


def took(state: str, minutes: int | None, *, usual: int) -> int:
    """Tell how long a finished task took: as said, otherwise as usual; what was only taken off the list, nothing."""
    if minutes is not None:
        return minutes
    return usual if state == "done" else 0


def with_outcome(note: str, outcome: str) -> str:
    """Append what came of a task to its note."""
    return "\n".join(part for part in (note, outcome.strip()) if part)[:LONGEST_NOTE]
