"""The figures of past evenings: warnings, changes of stage, and what was said of everybody."""

from collections.abc import Iterator

from stammkunde.demo.story import EVENING, Deed, Story


def deeds(story: Story) -> Iterator[Deed]:
    """Look at the figures on every evening of the story."""
    for on in story.evenings:
        yield Deed(at=story.at(on, EVENING), do=lambda at: story.nights.say(at.date()))
