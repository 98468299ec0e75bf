"""Whether a play of a file can run here: what it asks for is known, and its groups can be asked."""

from collections.abc import Iterator

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from stammkunde.plays.files.parts import OTHER, Need, PlayFile, said
from stammkunde.segments import services as segments
from stammkunde.segments import vocabulary


def lacking(file: PlayFile) -> list[str]:
    """Say what is missing here, each as a sentence; empty: it can run."""
    language = get_language() or OTHER
    return [*_needs(file, language), *_groups(file, language)]


def _needs(file: PlayFile, language: str) -> Iterator[str]:
    known = _known() if file.needs else frozenset()
    for need in file.needs:
        if need.what not in known:
            yield _("It needs “%(what)s”, which this version does not know yet.") % {"what": _said(need, language)}


def _groups(file: PlayFile, language: str) -> Iterator[str]:
    for group in file.groups.values():
        try:
            segments.check(dict(group.rule))
        except segments.InvalidRule as refused:
            told = {"name": said(group.name, language), "why": str(refused)}
            yield _("Its group “%(name)s” cannot be asked here: %(why)s") % told


def _said(need: Need, language: str) -> str:
    return said(need.words, language)


def _known() -> frozenset[str]:
    """Name all that rules may ask: fields, tables, and their columns."""
    tables = vocabulary.tables()
    columns = {f"{table.name}.{word.name}" for table in [*tables] for word in vocabulary.words(table)}
    return frozenset({word.name for word in vocabulary.fields()} | {table.name for table in tables} | columns)
