"""Making and changing templates. Words are refused where they say more than their purpose allows."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from stammkunde.outreach import knowing, starters
from stammkunde.outreach.claims import Claim
from stammkunde.outreach.content import FieldsUnknown, Text
from stammkunde.outreach.models import Template, TemplateText
from stammkunde.outreach.services import pictures
from stammkunde.outreach.services.filling import words
from stammkunde.outreach.services.judging import argue, argued, disguised, refuse_disguised
from stammkunde.team import services as team
from stammkunde.team.models import Staff

WHOM = ("wanted_role", "to_several")


class NameTaken(Exception):
    """Another template has this name."""


@transaction.atomic
def create_template(
    *, name: str, channel: str, purpose: str, by: Staff, now: datetime, options: Mapping[str, Any] = {}, **whom: Any
) -> Template:
    """
    Create a template without words; `whom` may name a `wanted_role`, and whether it goes `to_several`.

    :raises NameTaken: if another one has its name
    """
    made = _create(name=name, channel=channel, purpose=purpose, options=options, by=by, now=now, **whom)
    _record(made, "template.created", by, now)
    return made


@transaction.atomic
def create_starters(*, language: str, by: Staff, now: datetime) -> list[Template]:
    """
    Create the ready-made templates; those whose name is there already are left alone, so repeating is harmless.

    :raises NameTaken: if somebody else creates one of them at the same moment
    """
    there = set(Template.objects.values_list("name", flat=True))
    wanted = [one for one in starters.STARTERS if one.name(language) not in there]
    return [_start(one, language=language, by=by, now=now) for one in wanted]


@transaction.atomic
def change_template(
    *,
    template_id: int,
    name: str,
    channel: str,
    purpose: str,
    by: Staff,
    now: datetime,
    options: Mapping[str, Any] | None = None,
    **whom: Any,
) -> Template:
    """
    Change what a template is called, how it leaves, looks, what and (`whom`) whom it is for; repeating changes nothing.

    :raises NameTaken: if another one has its name
    :raises CountsAsAdvertising: if its words need another purpose
    """
    template = Template.objects.select_for_update().get(pk=template_id)
    wanted: dict[str, Any] = {"name": name, "channel": channel, "purpose": purpose, **whom}
    if options is not None:
        wanted["options"] = dict(options)
    changes = {
        field: [getattr(template, field), new] for field, new in wanted.items() if getattr(template, field) != new
    }
    if not changes:
        return template
    _refuse_taken(name, but=template.pk)
    refuse_disguised(words(template).values(), purpose=purpose, argued=argued(template))
    for field, new in wanted.items():
        setattr(template, field, new)
    _touch(template, by=by, now=now, fields=list(changes))
    _record(template, "template.changed", by, now, changes=changes)
    return template


@transaction.atomic
def put_words(
    *, template_id: int, language: str, form: str, text: Text, by: Staff, now: datetime, because: str = ""
) -> Template:
    """
    Keep the words of one language and form of address; repeating changes nothing.

    `because` says why what sounds like advertising is none; it is kept with the template and in the trail.

    :raises FieldsUnknown: if the words have fields that there are not
    :raises PictureGone: if they show a picture that is no longer there
    :raises CountsAsAdvertising: if the words need another purpose, and no reason from whoever may give one
    """
    template = Template.objects.select_for_update().get(pk=template_id)
    unknown = knowing.unknown(text)
    if unknown:
        raise FieldsUnknown(unknown)
    found = disguised([text], purpose=template.purpose, argued=argued(template))
    if found:
        _argue(template, found, because=because, by=by, now=now)
    if words(template).get((language, form)) == text:
        return template
    pictures.hold_pictures(asdict(block) for block in text.blocks)
    _put(template, (language, form), text)
    _touch(template, by=by, now=now)
    _record(template, "template.changed", by, now, words=f"{language}-{form}")
    return template


@transaction.atomic
def take_words_away(*, template_id: int, language: str, form: str, by: Staff, now: datetime) -> Template:
    """Take the words of one language and form of address away; repeating changes nothing."""
    template = Template.objects.select_for_update().get(pk=template_id)
    gone, _which = template.texts.filter(language=language, form=form).delete()
    if gone:
        _touch(template, by=by, now=now)
        _record(template, "template.changed", by, now, taken_away=f"{language}-{form}")
    return template


@transaction.atomic
def duplicate(*, template_id: int, copy_of: str, by: Staff, now: datetime) -> Template:
    """Make a copy with all words; `copy_of` names it in the person's language, with `%(name)s` and `%(n)s` in it."""
    template = Template.objects.select_for_update().get(pk=template_id)  # one copy after the other
    name = _free_name(template.name, copy_of)
    same: dict[str, Any] = {one: getattr(template, one) for one in ("channel", "purpose", "options", "argued", *WHOM)}
    made = _create(name=name, **same, by=by, now=now)
    for style, text in words(template).items():
        _put(made, style, text)
    _record(made, "template.created", by, now, copied_from=template.name)
    return made


@transaction.atomic
def archive(*, template_id: int, by: Staff, now: datetime) -> Template:
    """Put a template away: it is offered nowhere any more; what was sent with it stays. Repeating changes nothing."""
    return _file(template_id, is_archived=True, action="template.archived", by=by, now=now)


@transaction.atomic
def take_out(*, template_id: int, by: Staff, now: datetime) -> Template:
    """Take a template out of the archive; repeating changes nothing."""
    return _file(template_id, is_archived=False, action="template.taken_out", by=by, now=now)


def _file(template_id: int, *, is_archived: bool, action: str, by: Staff, now: datetime) -> Template:
    template = Template.objects.select_for_update().get(pk=template_id)
    if template.is_archived != is_archived:
        template.is_archived = is_archived
        _touch(template, by=by, now=now, fields=["is_archived"])
        _record(template, action, by, now)
    return template


def _start(one: starters.Starter, *, language: str, by: Staff, now: datetime) -> Template:
    made = _create(name=one.name(language), channel=one.channel, purpose=one.purpose, by=by, now=now)
    for style, text in one.texts.items():
        _put(made, style, text)
    _record(made, "template.created", by, now)
    return made


def _create(
    *, name: str, channel: str, purpose: str, by: Staff, now: datetime, options: Mapping[str, Any] = {}, **whom: Any
) -> Template:
    try:
        with transaction.atomic():
            looks = {"channel": channel, "options": dict(options), **whom}
            return Template.objects.create(name=name, purpose=purpose, **looks, changed_by=by, changed_at=now)
    except IntegrityError as taken:
        raise NameTaken(name) from taken


def _put(template: Template, style: tuple[str, str], text: Text) -> None:
    blocks = [{name: said for name, said in asdict(block).items() if said} for block in text.blocks]
    TemplateText.objects.update_or_create(
        template=template,
        language=style[0],
        form=style[1],
        defaults={"subject": text.subject, "preview": text.preview, "blocks": blocks},
    )


def _touch(template: Template, *, by: Staff, now: datetime, fields: Iterable[str] = ()) -> None:
    template.changed_by, template.changed_at = by, now
    template.save(update_fields=["changed_by", "changed_at", *fields])


def _record(template: Template, action: str, by: Staff, at: datetime, **detail: object) -> None:
    team.record(staff=by, action=action, at=at, thing="template", thing_id=template.pk, label=template.name, **detail)


def _refuse_taken(name: str, *, but: int) -> None:
    if Template.objects.filter(name=name).exclude(pk=but).exists():
        raise NameTaken(name)


def _argue(template: Template, found: Sequence[Claim], *, because: str, by: Staff, now: datetime) -> None:
    """Keep why the words advertise nothing, beside the reasons that were given for others."""
    said = argue(found, because=because, by=by, now=now)
    sentences = sorted({*argued(template), *said["sentences"]})
    template.argued = {**said, "sentences": sentences, "reasons": [*template.reasons, said]}
    _touch(template, by=by, now=now, fields=["argued"])
    _record(template, "template.argued", by, now, because=said["because"], sentences=said["sentences"])


def _free_name(name: str, copy_of: str) -> str:
    taken = set(Template.objects.values_list("name", flat=True))
    tries = (copy_of % {"name": name[:60], "n": n} for n in range(2, len(taken) + 3))
    return next(one for one in tries if one not in taken)
