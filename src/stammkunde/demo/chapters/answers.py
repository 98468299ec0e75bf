"""
How customers answer two letters that are compared: whoever got the second one, and is of a kind, buys; a hidden rule.

The rule is in `docs/develop/demo.md`; no chapter of its own, but part of that of the measures.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, timedelta

from stammkunde.demo.chapters.reactions import Reaction, bring
from stammkunde.demo.story import Deed, Story
from stammkunde.outreach.models import Assignment, Draw
from stammkunde.plays import costing
from stammkunde.plays.models import Play

ANSWER = Reaction(every=2, product="02-002")
SERIES = "FB"
BUYS_AFTER_DAYS = (12, 40)  # once the letter is at the post
BROUGHT_DAYS = 30  # before the end: what is told of as it happens holds no measure up for a month


def deeds(story: Story, begun: Mapping[str, Play], key: str, *, since: date) -> Iterator[Deed]:
    """Give the orders that the second letter of a measure brought; it was at the post on a day."""
    at = story.at(story.last - timedelta(days=BROUGHT_DAYS), 6)
    yield Deed(at=at, do=_answering(story, begun, key, since))


def _answering(story: Story, begun: Mapping[str, Play], key: str, since: date) -> Callable[[datetime], None]:
    def answer(at: datetime) -> None:
        numbers = [one for one in _got_second(begun[key]) if int(one) % ANSWER.every == 0]
        days = story.chance(f"{key}: answers").integers(*BUYS_AFTER_DAYS, len(numbers)).tolist()
        moments = [story.at(since + timedelta(days=after), 15) for after in days]
        bring(SERIES, ANSWER, list(zip(numbers, moments, strict=True)), at)

    return answer


def _got_second(play: Play) -> list[str]:
    """List the numbers of those whom the second words have reached."""
    words = Draw.objects.filter(origin__startswith=f"{play.origin}{Draw.OF_WORDS}")
    second = Assignment.objects.filter(draw__in=words, held_out=False, entered_at__isnull=False)
    rows = second.filter(customer__in=costing.reached(play)).order_by("customer__source")
    return list(rows.values_list("customer__number", flat=True))
