"""Taking a measure over from a file: its templates and groups come along, people and other measures are found here."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.utils.translation import gettext as _

from stammkunde.outreach import services as outreach
from stammkunde.plays import contents, files
from stammkunde.plays.contents import InvalidContent, Problem, Ref
from stammkunde.plays.files import FileGroup, FileTemplate, PlayFile, members
from stammkunde.plays.files.parts import in_language, said
from stammkunde.plays.measures import bringing, reading, running
from stammkunde.plays.models import Brought, Play, PlayVersion
from stammkunde.segments import services as segments
from stammkunde.segments.models import Segment
from stammkunde.segments.wording import problems
from stammkunde.team.models import Staff

Answers = Mapping[str, str]  # kind and name in the file → number of the row here, or that it is left out
NONE: Answers = {}


@transaction.atomic
def bring(
    file: PlayFile, *, language: str, staff: Staff, now: datetime, press: str, play: Play | None = None
) -> Play | Brought:
    """
    Take a file over, as another version of a measure or as one of its own, or keep it where it asks for something.

    The same press of a button gives what it made before, also where it comes twice at once.

    :raises InvalidContent: as `take`
    :raises NotPossible: if the measure is over
    """
    kept = _claim(press, data=file.data, play=play, staff=staff, now=now)
    made = made_by(press)
    if made is None and bringing.questions(file, language):
        return kept
    kept.delete()
    return made or _take(file, play, language=language, staff=staff, now=now, press=press)


@transaction.atomic
def take_ready(file: PlayFile, *, language: str, staff: Staff, now: datetime, press: str) -> Play:
    """
    Take a ready-made measure over; the same press of a button gives what it made before.

    :raises InvalidContent: as `take`
    """
    kept = _claim(press, data=file.data, play=None, staff=staff, now=now)
    made = made_by(press) or take(file, language=language, staff=staff, now=now, press=press)
    kept.delete()
    return made


@transaction.atomic
def copied(play: Play, *, name: str, staff: Staff, now: datetime, press: str) -> Play:
    """Write the same down again under another name; the same press of a button gives what it made before."""
    kept = _claim(press, data={}, play=play, staff=staff, now=now)
    content = reading.newest(play).content
    made = made_by(press) or running.draft(name=name, content=content, staff=staff, now=now, press=press)
    kept.delete()
    return made


@transaction.atomic
def take_brought(pk: int, *, language: str, staff: Staff, now: datetime, press: str) -> Play | None:
    """
    Take over what was kept, by the answers given meanwhile; None: it was put away.

    :raises InvalidContent: as `take`
    :raises NotPossible: if the measure is over
    """
    kept = Brought.objects.select_for_update(of=("self",)).select_related("play").filter(pk=pk).first()
    if kept is None:
        return made_by(press)
    answers = {name: one for name, one in kept.answers.items() if one}
    file, play = files.read(kept.data), kept.play
    kept.delete()
    return _take(file, play, language=language, staff=staff, now=now, answers=answers, press=kept.press)


def made_by(press: str) -> Play | None:
    """Give the measure that a press of a button made, if it made one."""
    return Play.objects.filter(press=press).first() if press else None


def _claim(press: str, *, data: Mapping[str, Any], play: Play | None, staff: Staff, now: datetime) -> Brought:
    """Hold what a press of a button brought, so that whoever comes with the same one waits."""
    mine = Brought(data=dict(data), play=play, staff=staff, at=now, press=press or uuid4().hex)
    Brought.objects.bulk_create([mine], ignore_conflicts=True)
    return Brought.objects.select_for_update().get(press=mine.press)


def _take(file: PlayFile, play: Play | None, *, language: str, staff: Staff, now: datetime, **more: Any) -> Play:
    if play is None:
        return take(file, language=language, staff=staff, now=now, **more)
    more.pop("press")
    take_version(play, file, language=language, staff=staff, now=now, **more)
    return play


@transaction.atomic
def take(
    file: PlayFile, *, language: str, staff: Staff, now: datetime, answers: Answers = NONE, press: str = ""
) -> Play:
    """
    Make a draft of a file, with the templates and groups that come along, unless some of the same name are here.

    `answers` say which rows here are meant by names that are not (`bringing.questions`).

    :raises InvalidContent: with what it names, is not here, and was not answered for
    """
    content = _Taking(file=file, language=language, staff=staff, now=now, answers=answers).content()
    return running.draft(name=file.words_in(language).name, content=content, staff=staff, now=now, press=press)


@transaction.atomic
def take_version(
    play: Play, file: PlayFile, *, language: str, staff: Staff, now: datetime, answers: Answers = NONE
) -> PlayVersion:
    """
    Make another version of a measure from a file, as a draft.

    :raises InvalidContent: as `take`
    :raises NotPossible: if the measure is over
    """
    content = _Taking(file=file, language=language, staff=staff, now=now, answers=answers).content()
    return running.change(play_id=play.pk, content=content, staff=staff, now=now)


@dataclass(kw_only=True)
class _Taking:
    file: PlayFile
    language: str
    staff: Staff
    now: datetime
    answers: Answers
    problems: list[Problem] = field(default_factory=list)
    making: list[str] = field(default_factory=list)  # groups that others ask for

    def content(self) -> dict[str, Any]:
        given = contents.with_keys(in_language(dict(self.file.content), self.language))
        given = bringing.answered(given, self.answers)
        places = iter(contents.names(given))
        named = contents.renamed(given, lambda kind, ref: self._row(next(places)[0], kind, ref))
        here: dict[str, Any] = members.renamed(named, lambda kind, ref: self._row("steps", kind, ref))
        if self.problems:
            raise InvalidContent(self.problems)
        return {**here, "steps": bringing.without_left_out(here["steps"])}

    def _row(self, place: str, kind: str, ref: Ref) -> Any:
        """Give the number of the row that is meant, None where it is left out; what comes along is made."""
        if answer := self.answers.get(f"{kind}|{ref}"):
            return None if answer == bringing.LEFT_OUT else int(answer)
        if kind == "template" and (template := self.file.templates.get(str(ref))):
            return self._template(template)
        if kind == "group" and (group := self.file.groups.get(str(ref))):
            return self._group(place, str(ref), group)
        found = bringing.ROWS[kind](str(ref)).order_by("-pk").values_list("pk", flat=True).first()
        if found is None:
            text = _("There is nothing called “%(name)s” here. Create it first, or write the name of another.")
            self._wrong(f"content.{place}", "not_there", text % {"name": ref})
        return found or ref

    def _wrong(self, place: str, code: str, text: str) -> None:
        self.problems.append(Problem(place=place, code=code, text=text))

    def _template(self, part: FileTemplate) -> int:
        name = said(part.name, self.language)[:80]
        known = bringing.ROWS["template"](name).first()
        if known is not None:
            return int(known.pk)
        made = outreach.create_template(
            name=name, channel=part.channel, purpose=part.purpose, by=self.staff, now=self.now
        )
        for (language, form), text in part.texts.items():
            outreach.put_words(
                template_id=made.pk, language=language, form=form, text=text, by=self.staff, now=self.now
            )
        return made.pk

    def _group(self, place: str, ref: str, part: FileGroup) -> Any:
        name = said(part.name, self.language)[:80]
        known = bringing.ROWS["group"](name).first()
        if known is not None:
            return known.pk
        if ref in self.making:
            self._wrong(f"groups.{ref}.rule", "circle", _("Groups ask for each other in a circle."))
            return ref
        self.making.append(ref)
        rule = members.renamed(dict(part.rule), lambda kind, inner: self._row(place, kind, inner))
        self.making.pop()
        origin = Segment.Origin.FILE
        rule = bringing.answered(rule, self.answers)
        try:
            return segments.create(name=name, rule=rule, now=self.now, staff=self.staff, origin=origin).pk
        except segments.InvalidRule as refused:
            self._wrong(f"groups.{ref}.rule.{refused.place}".rstrip("."), refused.code, problems.text(refused))
        return ref
