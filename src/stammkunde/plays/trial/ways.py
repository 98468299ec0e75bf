"""By which ways those of a play can be reached, why others cannot, and what each step would say to somebody."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from stammkunde.customers import caretakers
from stammkunde.customers.models import ContactPerson, Customer
from stammkunde.customers.queries import Recipient
from stammkunde.outreach import recipients
from stammkunde.outreach import services as outreach
from stammkunde.outreach import wording as words
from stammkunde.outreach.models import Template
from stammkunde.outreach.services import CountsAsAdvertising
from stammkunde.plays import contents
from stammkunde.plays.contents import Content, Message, Task
from stammkunde.plays.measures import chores
from stammkunde.plays.services import preparing
from stammkunde.plays.services.preparing import NothingToSay
from stammkunde.team import queries as team
from stammkunde.team.models import Staff


@dataclass(frozen=True, kw_only=True)
class Reach:
    """How many one template reaches, how many of the others by a way after it, and why not."""

    text: str
    reached: int
    reasons: tuple[tuple[str, int], ...]
    after: int  # of those, how many are reached by a later way of the same step


@dataclass(frozen=True, kw_only=True)
class Example:
    """What a step would say to one customer."""

    name: str
    customer: Customer
    subject: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Said:
    reach: tuple[Reach, ...] = ()
    examples: tuple[Example, ...] = ()


def of(content: Content, asked: Sequence[Recipient], *, today: date) -> Said:
    """Tell of each message of a play."""
    reach: list[Reach] = []
    examples: list[Example] = []
    for step in contents.every(content.steps):
        if isinstance(step, Message):
            found = _step(step, asked, today=today)
            reach += found.reach
            examples += found.examples
        elif isinstance(step, Task) and asked:
            examples.append(_task(step, asked[0]))
    return Said(reach=tuple(reach), examples=tuple(examples))


def reached(content: Content, asked: Sequence[Recipient], *, today: date) -> int:
    """Tell how many some message of a play reaches; all, where it says none."""
    steps = [one for one in contents.every(content.steps) if isinstance(one, Message)]
    refs = {int(ref) for one in steps for ref in one.every_template}
    templates = Template.objects.in_bulk(refs).values()
    found = set[int]().union(*(_asked(one, asked, today=today)[0] for one in templates))
    return len(found) if templates else len(asked)


def _step(step: Message, asked: Sequence[Recipient], *, today: date) -> Said:
    known = Template.objects.in_bulk([int(one) for one in step.every_template])
    templates = [known[int(one)] for one in (*step.words, *step.templates[1:]) if int(one) in known]
    found = [_asked(one, asked, today=today) for one in templates]
    compared = sum(int(one) in known for one in step.words)  # of these each customer gets one
    reach = []
    for place, (template, (reached, reasons)) in enumerate(zip(templates, found, strict=True)):
        later = set[int]().union(*(some for some, _why in found[max(place + 1, compared) :])) - reached
        reach.append(
            Reach(
                text=_text(template),
                reached=len(reached),
                reasons=tuple((words.in_general(code), n) for code, n in reasons.most_common()),
                after=len(later),
            )
        )
    persons = dict(asked)
    first = ((one, min(reached)) for one, (reached, _why) in zip(templates, found, strict=True) if reached)
    return Said(reach=tuple(reach), examples=tuple(_example(one, (pk, persons[pk]), today=today) for one, pk in first))


def _task(step: Task, about: Recipient) -> Example:
    """Show a task as it would stand on somebody's list."""
    customer, person = Customer.objects.get(pk=about[0]), ContactPerson.objects.filter(pk=about[1] or 0).first()
    owner = chores.owner_of(step, caretakers.of([about])[about], set(team.workers().values_list("pk", flat=True)))
    whose = Staff.objects.filter(pk=owner or 0).first()
    return Example(
        name=_("Task for %(name)s") % {"name": whose} if whose else _("Task for nobody in particular"),
        customer=customer,
        subject=chores.title(step, person),
        text=step.note,
    )


def _text(template: Template) -> str:
    return _("%(way)s “%(name)s”") % {"way": words.channel(template.channel), "name": template.name}


def _asked(template: Template, asked: Sequence[Recipient], *, today: date) -> tuple[set[int], Counter[str]]:
    whom = recipients.wanted(purpose=template.purpose, role=template.wanted_role)
    chosen = recipients.meant(recipients=asked, channel=template.channel, whom=whom, today=today)
    reached = {pk for (pk, _person), one in chosen.items() if one.is_allowed}
    return reached, Counter(one.reason for (pk, _person), one in chosen.items() if pk not in reached)


def _example(template: Template, asked: Recipient, *, today: date) -> Example:
    customer = Customer.objects.get(pk=asked[0])
    whom = recipients.wanted(purpose=template.purpose, role=template.wanted_role)
    chosen = recipients.meant(recipients=[asked], channel=template.channel, whom=whom, today=today)
    recipient = (customer.pk, chosen[asked].person_id)
    try:
        preparing.check_words(template)
        filled = outreach.contents(template=template, recipients={recipient}, today=today)[recipient]
    except (NothingToSay, CountsAsAdvertising):
        filled = None
    said = (filled.content if filled else None) or {}
    return Example(name=template.name, customer=customer, subject=said.get("subject", ""), text=said.get("text", ""))
