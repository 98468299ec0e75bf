"""
What pages of figures usually ask, answered by the worker after each data refresh, before somebody looks.

One question a turn, as other work waits. Each is noted before it is asked and ticked off afterwards: what a worker was
stopped at is asked once more, and what kills workers is then left to whoever opens the page.
"""

import logging
from collections.abc import Callable
from datetime import datetime

from django.core.cache import cache

from stammkunde.figures.proposal import proposal
from stammkunde.insight import periods
from stammkunde.insight.errors import CannotAnswer
from stammkunde.segments import selection
from stammkunde.signals import answers
from stammkunde.signals import queries as signals
from stammkunde.signals.models import Generation

KEY = "figures:ahead"  # (generation, when it began, how many questions were asked, how often the next one was begun)
MOST_BEGINNINGS = 2
Question = Callable[[str], object]  # about the usual period, where it asks for one


def _portrait(_period: str) -> None:
    """Describe the best, and look for who else is so."""
    found = answers.profile()
    if not isinstance(found, answers.TooLittle):
        proposal(found)


def last_year(period: str) -> periods.Period:
    """Give the last year that is over when a period is."""
    end_on = periods.parse(period).end_on
    year = periods.containing(end_on, grain="year")
    return year if year.end_on == end_on else year.previous()


QUESTIONS: tuple[Question, ...] = (
    lambda _period: answers.keep_shelf(),  # first, as others read from it
    lambda _period: answers.slices(),
    lambda _period: answers.suggested_activity_days(),
    lambda _period: answers.revenue_by_month(),
    lambda period: answers.kept(year=str(last_year(period))),
    lambda _period: answers.cohorts(),
    lambda _period: answers.abc(),
    lambda period: answers.products(period=period),
    lambda _period: answers.comebacks(),
    lambda period: answers.customers_behind(group="lost", period=period),
    lambda period: answers.last_bought(period=period),
    lambda period: answers.customers_behind(group="won", period=period),
    lambda _period: answers.silence(),
    lambda _period: answers.drivers(),
    _portrait,
)

log = logging.getLogger(__name__)


def sweep(*, now: datetime) -> bool:  # noqa: ARG001 (as all sweeps)
    """Ask the next question about the shown figures; say whether there was one."""
    shown = signals.current()
    if shown is None or signals.running():
        return False
    asked, begun = _asked(shown)
    if begun == MOST_BEGINNINGS:
        asked, begun = asked + 1, 0
    if asked == len(QUESTIONS):
        return False
    _note(shown, asked, begun + 1)
    _ask(QUESTIONS[asked], shown)
    _note(shown, asked + 1, 0)
    return True


def _name(shown: Generation) -> tuple[int, datetime]:
    """Name a generation; the moment tells those of another database apart."""
    return shown.pk, shown.started_at


def _asked(shown: Generation) -> tuple[int, int]:
    *name, asked, begun = cache.get(KEY) or (0, 0, 0)
    return (asked, begun) if tuple(name) == _name(shown) else (0, 0)


def _note(shown: Generation, asked: int, begun: int) -> None:
    cache.set(KEY, (*_name(shown), asked, begun), timeout=None)


def _ask(question: Question, shown: Generation) -> None:
    """Ask; what fails now fails again where a page asks, and says so there."""
    usual = selection.read({}, as_of_on=shown.as_of_on, usual_days=shown.activity_days)
    try:
        question(str(usual.period))
    except (answers.NoMirror, answers.NoFacts, CannotAnswer) as reason:
        log.debug("nothing to answer: %s", type(reason).__name__)
    except Exception:
        log.exception("a question asked ahead failed")
