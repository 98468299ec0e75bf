"""A campaign that is shared in social networks as well: a link for each, clicks that fade within weeks."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from stammkunde.demo.story import Deed, Story
from stammkunde.plays import services as plays
from stammkunde.plays.models import Play, ShareLink

CAMPAIGN, DAYS_BEFORE, DAYS = "Wir vermissen Sie: Berlin", 74, 21
TARGET = "https://www.gruenwerk.example/aktion/"
CLICKS = {"facebook": 30, "instagram": 45, "whatsapp": 12}  # of the first day


def deeds(story: Story) -> Iterator[Deed]:
    """Share the campaign the day after it began, and let people click."""
    chance, (marketing,) = story.chance("shares"), story.with_role("marketing")
    on = story.working_days(since=story.last - timedelta(days=DAYS_BEFORE))[0]

    def share(network: str) -> Callable[[datetime], object]:
        def do(at: datetime) -> None:
            play = Play.objects.get(name=CAMPAIGN)
            plays.share(play=play, network=network, target=TARGET, staff=marketing, now=at)

        return do

    for network, first in CLICKS.items():
        yield Deed(at=story.at(on, 15), do=share(network))
        for days in range(DAYS):
            many = int(chance.poisson(first * 0.8**days))
            yield Deed(at=story.at(on + timedelta(days=days), 20), do=_clicks(network, many))


def _clicks(network: str, many: int) -> Callable[[datetime], None]:
    def click(at: datetime) -> None:
        link = ShareLink.objects.get(network=network)
        for _one in range(many):
            plays.count_click(link, on=at.date())

    return click
