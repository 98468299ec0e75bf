"""What messages of campaigns, thank-yous and measures belong to: the play, by its name."""

from collections.abc import Iterable

from stammkunde.plays.models import Play

PREFIX = "play:"


def names(origins: Iterable[str]) -> dict[str, str]:
    """Give the names of plays by their origins, of those that are there."""
    told = [one.removeprefix(PREFIX) for one in origins if one.startswith(PREFIX)]
    numbers = [int(number) for number in told if number.isascii() and number.isdecimal()]
    return {one.origin: one.name for one in Play.objects.filter(pk__in=numbers)}
