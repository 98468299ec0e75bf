"""A play of a file in words, before it is taken over: its rows are called as the file says."""

from stammkunde.plays import saying
from stammkunde.plays.files.parts import PlayFile, said
from stammkunde.plays.saying import Card, Line, Named, Names


def names(file: PlayFile, language: str) -> Names:
    """Give the names of what comes along."""
    return Names(
        templates={
            key: Named(name=said(one.name, language), channel=one.channel) for key, one in file.templates.items()
        },
        groups={key: said(one.name, language) for key, one in file.groups.items()},
    )


def cards(file: PlayFile, language: str) -> tuple[list[Card], list[Line]]:
    """Give the cards, and the steps."""
    content, called = file.content_in(language), names(file, language)
    return saying.cards(content, called), saying.lines(content, called)
