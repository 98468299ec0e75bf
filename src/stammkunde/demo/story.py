"""
What the demo company did in three years, in the order in which it did it, by the ordinary services with their moments.

A chapter (`chapters`) tells of one subject: it gives deeds, each with the moment at which it is done. The deeds of all
chapters are done in the order of time, so that each finds what was there then. The same seed tells the same story.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from importlib import import_module
from zlib import crc32

import numpy as np
from django.conf import settings
from django.utils import timezone, translation

from stammkunde.demo import chapters
from stammkunde.signals.nights import Nights
from stammkunde.team.models import Staff

SATURDAY = 5
EVENING = 22.0


@dataclass(frozen=True, kw_only=True)
class Deed:
    """Something that is done at a moment; what it does takes that moment as its own."""

    at: datetime
    do: Callable[[datetime], object]


@dataclass(frozen=True, kw_only=True)
class Story:
    """Who lives it, and from which day to which."""

    seed: int
    first: date
    last: date
    evenings: Sequence[date]  # on which the figures are looked at
    nights: Nights
    staff: Sequence[Staff]  # as `names.STAFF` has them

    def chance(self, chapter: str) -> np.random.Generator:
        """Give a chapter chance of its own, so that another chapter changes nothing in it."""
        return np.random.default_rng([self.seed, crc32(chapter.encode())])

    def at(self, on: date, hour: float) -> datetime:
        """Give a moment of a day, in the company's own time."""
        begin = timezone.make_aware(datetime.combine(on, time()), timezone.get_default_timezone())
        return begin + timedelta(minutes=round(hour * 60))

    def with_role(self, role: str) -> list[Staff]:
        return [one for one in self.staff if one.role == role]

    def working_days(self, *, since: date | None = None) -> list[date]:
        """List the days on which somebody works, from a day on."""
        begin = max(self.first, since or self.first)
        days = [begin + timedelta(days=n) for n in range((self.last - begin).days + 1)]
        return [day for day in days if day.weekday() < SATURDAY]


def tell(story: Story, *, say: Callable[[str], object]) -> None:
    """Let everything happen that the chapters tell of."""
    with translation.override(settings.LANGUAGE_CODE):
        for deed in _in_order(story, say=say):
            deed.do(deed.at)


def _in_order(story: Story, *, say: Callable[[str], object]) -> Iterator[Deed]:
    """Give the deeds as time goes by; of the same moment, in the order of the chapters. Quarters are said."""
    deeds = sorted((deed for name in chapters.NAMES for deed in _of(name, story)), key=lambda deed: deed.at)
    said = ""
    for deed in deeds:
        quarter = f"{deed.at.year}, quarter {(deed.at.month + 2) // 3}"
        if quarter != said:
            said = quarter
            say(f"Living through {quarter} …")
        yield deed


def _of(name: str, story: Story) -> Iterable[Deed]:
    deeds: Iterable[Deed] = import_module(f"stammkunde.demo.chapters.{name}").deeds(story)
    return deeds
