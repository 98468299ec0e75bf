"""Writing what a template says to each of many people, in their own language and form of address."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.conf import settings

from stammkunde.customers.models import ContactPerson, ContactPreference, Customer
from stammkunde.customers.queries import Recipient
from stammkunde.outreach import content, knowing, persons
from stammkunde.outreach.content import FieldsMissing, Text
from stammkunde.outreach.models import MessageSettings, Template
from stammkunde.outreach.services import judging
from stammkunde.team import queries as team
from stammkunde.team.models import Company, Staff

OWNER = "owner"  # in a template's options: who signs
Style = tuple[str, str]  # language and form of address


class NothingWritten(Exception):
    """The template has no words yet."""


@dataclass(frozen=True, kw_only=True)
class Filled:
    """What a template says to one person; `missing` names the fields that have neither value nor fallback."""

    language: str
    content: dict[str, Any] | None
    missing: tuple[str, ...] = ()

    def of(self, whose: Mapping[str, Any]) -> "Filled":
        """Note whose words these are, and since when they stand so."""
        return self if self.content is None else replace(self, content=self.content | {"worded": dict(whose)})


def contents(
    *,
    template: Template,
    recipients: Collection[Recipient],
    today: date,
    more: Mapping[Recipient, Mapping[str, str]] = {},
) -> dict[Recipient, Filled]:
    """
    Write to many at once; the number of queries does not grow with them.

    `more` gives values that belong to one message, a voucher's code for instance.

    :raises NothingWritten: if the template has no words in any language
    :raises CountsAsAdvertising: if its words advertise under a purpose that needs no consent
    """
    texts = words(template)
    if not texts:
        raise NothingWritten(template.name)
    judging.refuse_disguised(texts.values(), purpose=template.purpose, argued=judging.argued(template))
    known = _Known.read(recipients, fields=_fields(texts.values()), today=today)
    options, whose = template.options, {"template": template.pk, "since": template.changed_at.isoformat()}
    written = {one: known.write(one, texts, options=options, more=more.get(one, {})) for one in recipients}
    return {one: said.of(whose) for one, said in written.items()}


def write_to(
    *,
    recipient: Recipient,
    style: Style,
    text: Text,
    today: date,
    more: Mapping[str, str] = {},
    options: Mapping[str, Any] = {},
    writer: Staff | None = None,
) -> Filled:
    """Write words of one language and form of address to one person, whatever she wishes; `writer` signs them."""
    known = _Known.read([recipient], fields=_fields([text]), today=today)
    written = known.fill(recipient, style, text, options=options, more=more)
    if writer is None or written.content is None:
        return written
    return replace(written, content=written.content | {"writer": persons.writer(writer)})


def style_of(recipient: Recipient, *, today: date) -> Style:
    """Tell in which language, and how addressed, a person is written to."""
    return _Known.read([recipient], fields=(), today=today).style(recipient)


def choose_words(template: Template, *, style: Style) -> Text | None:
    """Give the words of a template that come closest to a language and form of address; None: it has none yet."""
    return persons.choose(words(template), language=style[0], form=style[1], fallback=settings.LANGUAGE_CODE)


def values(recipient: Recipient, *, today: date) -> tuple[Style, dict[str, str]]:
    """Give the language and form of one recipient, and what can be filled in; empty where nothing is known."""
    known = _Known.read([recipient], fields=knowing.fields(), today=today)
    style = known.style(recipient)
    return style, known.values(recipient, style)


def words(template: Template) -> dict[Style, Text]:
    """Give a template's words by language and form of address."""
    return {
        (one.language, one.form): content.read(subject=one.subject, preview=one.preview, blocks=one.blocks)
        for one in template.texts.all()
    }


def _fields(texts: Collection[Text]) -> set[str]:
    return {name for text in texts for name in content.fields(text)}


@dataclass(frozen=True, kw_only=True)
class _Known:
    customers: dict[int, Customer]
    people: dict[int, ContactPerson]
    wishes: dict[Recipient, ContactPreference]
    about: dict[int, dict[str, Any]]
    company: Company

    @classmethod
    def read(cls, recipients: Collection[Recipient], *, fields: Collection[str], today: date) -> "_Known":
        ids = sorted({customer for customer, _person in recipients})
        customers = Customer.objects.select_related("owner").in_bulk(ids)
        people = ContactPerson.objects.in_bulk({person for _customer, person in recipients if person})
        wishes = ContactPreference.objects.filter(customer__in=ids)
        return cls(
            customers=customers,
            people=people,
            wishes={(one.customer_id, one.contact_person_id): one for one in wishes},
            about=knowing.about(customers, asked=fields, today=today),
            company=team.company(),
        )

    def write(
        self,
        recipient: Recipient,
        texts: Mapping[Style, Text],
        *,
        options: Mapping[str, Any],
        more: Mapping[str, str],
    ) -> Filled:
        language, form = self.style(recipient)
        chosen = persons.choose(
            {style: (style, text) for style, text in texts.items()},
            language=language, form=form, fallback=settings.LANGUAGE_CODE,
        )  # fmt: skip
        assert chosen is not None
        return self.fill(recipient, *chosen, options=options, more=more)

    def fill(
        self,
        recipient: Recipient,
        style: Style,
        text: Text,
        *,
        options: Mapping[str, Any],
        more: Mapping[str, str],
    ) -> Filled:
        unknown = knowing.unknown(text)
        if unknown:
            return Filled(language=style[0], content=None, missing=tuple(unknown))
        try:
            written = content.write(text, {**self.values(recipient, style), **more})
        except FieldsMissing as missing:
            return Filled(language=style[0], content=None, missing=missing.names)
        return Filled(language=style[0], content=written | _for_paper(options, more) | self._signed(recipient, options))

    def _signed(self, recipient: Recipient, options: Mapping[str, Any]) -> dict[str, Any]:
        """Let whoever looks after the customer sign, where the template says so; else the company does."""
        owner = self.customers[recipient[0]].owner
        by_owner = options.get("signed") == OWNER and owner is not None and owner.is_active
        return {"writer": persons.writer(owner)} if by_owner and owner else {}

    def values(self, recipient: Recipient, style: Style) -> dict[str, str]:
        customer = self.customers[recipient[0]]
        own = persons.values(
            customer=customer,
            person=self.people.get(recipient[1] or 0),
            company=self.company,
            owner=customer.owner,
            style=style,
        )
        return own | knowing.said(self.about[customer.pk], language=style[0])

    def style(self, recipient: Recipient) -> Style:
        """Her own wish, then the customer's, then the company's habit."""
        said = [self.wishes[one] for one in (recipient, (recipient[0], None)) if one in self.wishes]
        language = next((one.language for one in said if one.language), settings.LANGUAGE_CODE)
        return language, next((one.form for one in said if one.form), MessageSettings.of(self.company).default_form)


def _for_paper(options: Mapping[str, Any], more: Mapping[str, str]) -> dict[str, Any]:
    """Give what letters and postcards show beside the words: how they look, and the code that can be scanned."""
    said = {"options": dict(options), "code": more.get("code", "")}
    return {name: value for name, value in said.items() if value}
