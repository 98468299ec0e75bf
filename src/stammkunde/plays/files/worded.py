"""A play of a file in words, before it is taken over: its rows are called as the file says."""

from dataclasses import replace
from functools import partial

from stammkunde.plays import groups, saying
from stammkunde.plays.contents import Rule
from stammkunde.plays.files.parts import PlayFile, said
from stammkunde.plays.saying import Card, Line, Named, Names
from stammkunde.store import facts


def names(file: PlayFile, language: str) -> Names:
    """Give the names of what comes along, and of what is needed and nobody knows here."""
    return Names(
        where=_where,
        templates={
            key: Named(name=said(one.name, language), channel=one.channel) for key, one in file.templates.items()
        },
        groups={key: said(one.name, language) for key, one in file.groups.items()},
        tables={one.what.partition(".")[0]: said(one.words, language) for one in file.needs},
    )


def _where(table: str, where: tuple[Rule, ...]) -> str:
    return groups.conditions(table, where) if table in facts.every() else Names().where(table, where)


def cards(file: PlayFile, language: str) -> tuple[list[Card], list[Line]]:
    """Give the cards, and the steps."""
    content, called = file.content_in(language), names(file, language)
    called = replace(called, rule=partial(groups.sentence, moments=saying.moments(content, called)))
    return saying.cards(content, called), saying.lines(content, called)
