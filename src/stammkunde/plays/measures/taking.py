"""Taking a measure over from a file: its templates and groups come along, people and other measures are found here."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from stammkunde.outreach import services as outreach
from stammkunde.outreach.models import Template
from stammkunde.plays import contents
from stammkunde.plays.contents import InvalidContent, Problem, Ref
from stammkunde.plays.files import FileGroup, FileTemplate, PlayFile, members
from stammkunde.plays.files.parts import in_language, said
from stammkunde.plays.measures import running
from stammkunde.plays.models import Play, PlayVersion
from stammkunde.segments import services as segments
from stammkunde.segments.models import Segment
from stammkunde.team.models import Staff


@transaction.atomic
def take(file: PlayFile, *, language: str, staff: Staff, now: datetime) -> Play:
    """
    Make a draft of a file, with the templates and groups that come along, unless some of the same name are here.

    :raises InvalidContent: with the people and measures that it names and are not here
    """
    content = _Taking(file=file, language=language, staff=staff, now=now).content()
    return running.draft(name=file.words_in(language).name, content=content, staff=staff, now=now)


@transaction.atomic
def take_version(play: Play, file: PlayFile, *, language: str, staff: Staff, now: datetime) -> PlayVersion:
    """
    Make another version of a measure from a file, as a draft.

    :raises InvalidContent: as `take`
    :raises NotPossible: if the measure is over
    """
    content = _Taking(file=file, language=language, staff=staff, now=now).content()
    return running.change(play_id=play.pk, content=content, staff=staff, now=now)


@dataclass(kw_only=True)
class _Taking:
    file: PlayFile
    language: str
    staff: Staff
    now: datetime
    problems: list[Problem] = field(default_factory=list)

    def content(self) -> dict[str, Any]:
        given = contents.with_keys(in_language(dict(self.file.content), self.language))
        places = iter(contents.names(given))
        named = contents.renamed(given, lambda kind, ref: self._row(next(places)[0], kind, ref))
        here: dict[str, Any] = members.renamed(named, lambda kind, ref: self._row("steps", kind, ref))
        if self.problems:
            raise InvalidContent(self.problems)
        return here

    def _row(self, place: str, kind: str, ref: Ref) -> Ref:
        """Give the number of the row that is meant; what comes along is made."""
        if kind == "template" and (template := self.file.templates.get(str(ref))):
            return self._template(template)
        if kind == "group" and (group := self.file.groups.get(str(ref))):
            return self._group(group)
        found = _ROWS[kind](str(ref)).order_by("-pk").values_list("pk", flat=True).first()
        if found is None:
            text = _("There is nothing called “%(name)s” here. Create it first, or write the name of another.")
            problem = Problem(place=f"content.{place}", code="not_there", text=text % {"name": ref})
            self.problems.append(problem)
        return found or ref

    def _template(self, part: FileTemplate) -> int:
        name = said(part.name, self.language)[:80]
        known = Template.objects.filter(name=name).first()
        if known is not None:
            return known.pk
        made = outreach.create_template(
            name=name, channel=part.channel, purpose=part.purpose, by=self.staff, now=self.now
        )
        for (language, form), text in part.texts.items():
            outreach.put_words(
                template_id=made.pk, language=language, form=form, text=text, by=self.staff, now=self.now
            )
        return made.pk

    def _group(self, part: FileGroup) -> int:
        name = said(part.name, self.language)[:80]
        known = Segment.objects.filter(name=name, archived_at=None).first()
        if known is not None:
            return known.pk
        origin = Segment.Origin.FILE
        return segments.create(name=name, rule=dict(part.rule), now=self.now, staff=self.staff, origin=origin).pk


_ROWS: dict[str, "Callable[[str], QuerySet[Any]]"] = {
    "template": lambda name: Template.objects.filter(name=name, is_archived=False),
    "group": lambda name: Segment.objects.filter(name=name, archived_at=None),
    "staff": lambda name: Staff.objects.filter(Q(email__iexact=name) | Q(name=name), is_active=True),
    "play": lambda name: Play.objects.filter(name=name, kind=Play.Kind.MEASURE),
}
