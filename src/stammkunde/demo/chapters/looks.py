"""Five seconds for a colleague: one understood the new offers, one did not, and one is still asked."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from stammkunde.demo.chapters.office import template
from stammkunde.demo.story import Deed, Story
from stammkunde.outreach import looks
from stammkunde.outreach.models import Look
from stammkunde.team.models import Staff

STYLE = ("de", "sie")
ANSWERS = (
    ("Neue Angebote", "Neue Ware der Saison", "In den Shop gehen", True),
    ("Rückgewinnung", "Ein Rabatt, ich weiß nicht mehr worauf", "Vermutlich etwas bestellen", False),
)


def deeds(story: Story) -> Iterator[Deed]:
    """Give what was asked and answered in the last weeks, and what was asked today."""
    (marketing,), (first, second, *_) = story.with_role("marketing"), story.with_role("sales")
    on = story.working_days(since=story.last - timedelta(days=20))[0]
    for place, answered in enumerate(ANSWERS):
        yield Deed(at=story.at(on, 10 + place), do=_looked(answered, marketing, (first, second)[place]))
    yield Deed(at=story.at(story.last, 11), do=lambda at: _ask("Geburtstag", marketing, first, at))


def _ask(name: str, by: Staff, of: Staff, at: datetime) -> Look:
    return looks.ask(template=template(name), style=STYLE, of=of.pk, by=by, now=at)


def _looked(answered: tuple[str, str, str, bool], by: Staff, of: Staff) -> Callable[[datetime], object]:
    name, offered, to_do, is_understood = answered

    def look(at: datetime) -> None:
        asked = looks.show(look=_ask(name, by, of, at), now=at + timedelta(hours=1))
        then = at + timedelta(hours=1, minutes=1)
        looks.answer(look=asked, offered=offered, to_do=to_do, is_understood=is_understood, now=then)

    return look
