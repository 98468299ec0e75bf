"""The columns of an ERP about people beside the customer: the contact person there, and who looks after her here."""

import re
from itertools import product
from typing import Any

from stammkunde.intake.layouts.vocabulary import ROLES, text
from stammkunde.store.layouts import CHOICE, EMAIL, PHONE, Column, Field, Table

Words = tuple[str, ...]
_NAMED = ("contact_name", "contact_last_name")
_NAMED_SOMEHOW = (*_NAMED, "last_name")
_GERMAN = ("Ansprechpartner", "Ansprechpartnerin", "Ansprechperson", "Kontaktperson", "Kontakt", "ASP", "AP")
_ENGLISH = ("Contact", "Contact person", "Primary contact", "Main contact")


def _of_person(name: str, de: Words, en: Words, *, alone: Words = (), **more: Any) -> Field:
    """Make a field about a contact person, by the ways in which programs put the two words together, or `alone`."""
    said = [f"{one} {who}" for one, who in product(de, _GERMAN)] + [f"{one} des Ansprechpartners" for one in de]
    said += [f"{who} {one}" for words, whose in ((de, _GERMAN), (en, _ENGLISH)) for who, one in product(whose, words)]
    said += [f"{one} of contact" for one in en]
    return Field(
        name=name,
        de=f"{de[0]} Ansprechpartner",
        en=f"Contact {en[0].lower()}",
        also=(*dict.fromkeys(said), *alone),
        only_with=() if name in _NAMED else _NAMED_SOMEHOW if alone else _NAMED,
        **more,
    )


CONTACT_FIELDS = (
    _of_person("contact_salutation", ("Anrede",), ("Salutation",), alone=("Anrede", "Salutation"), max_length=30),
    _of_person("contact_title", ("Titel",), ("Title",), alone=("Titel", "Akademischer Titel"), max_length=60),
    _of_person("contact_first_name", ("Vorname",), ("First name",), max_length=120),
    _of_person("contact_last_name", ("Nachname", "Familienname"), ("Last name", "Surname"), max_length=120),
    Field(
        name="contact_name", de="Ansprechpartner", en="Contact person", max_length=240,
        also=(
            "Ansprechpartnerin", "Ansprechperson", "Kontaktperson", "Hauptansprechpartner", "Ansprechpartner 1",
            "Name Ansprechpartner", "Ansprechpartner Name", "Name des Ansprechpartners", "Name Kontaktperson", "z. Hd.",
            "z. Hd. von", "zu Händen", "Contact", "Contact name", "Contact person name", "Primary contact",
            "Main contact", "Attention", "Attn",
        ),
    ),
    _of_person(
        "contact_role", ("Funktion", "Position", "Rolle", "Abteilung"), ("Role", "Position", "Job title", "Department"),
        type=CHOICE, choices=ROLES, otherwise="other",
    ),
    _of_person(
        "contact_email", ("E-Mail", "Email", "Mail", "E-Mail-Adresse"), ("E-mail", "Email address"), type=EMAIL,
        max_length=254,
    ),
    _of_person(
        "contact_phone", ("Telefon", "Tel.", "Telefonnummer", "Durchwahl"), ("Phone", "Phone number", "Telephone"),
        alone=("Durchwahl",), type=PHONE, max_length=60,
    ),
    _of_person(
        "contact_mobile", ("Mobil", "Handy", "Mobiltelefon", "Mobilnummer"), ("Mobile", "Mobile phone", "Cell"),
        type=PHONE, max_length=60,
    ),
)  # fmt: skip

OWNER_FIELDS = (
    Field(
        name="owner_email", de="Betreuer (E-Mail)", en="Responsible (e-mail)", type=EMAIL, max_length=254,
        also=("Betreuer E-Mail", "E-Mail Betreuer", "Vertreter E-Mail", "E-Mail Vertreter", "Kundenbetreuer E-Mail",
              "Owner e-mail", "Account manager e-mail", "Sales rep e-mail", "Responsible e-mail"),
    ),
    Field(
        name="owner_name", de="Betreuer", en="Responsible", max_length=120,
        also=("Kundenbetreuer", "Kundenbetreuerin", "Betreuerin", "Betreut von", "Vertreter", "Vertretername",
              "Name Vertreter", "Handelsvertreter", "Außendienst", "Außendienstmitarbeiter", "ADM", "Verkäufer",
              "Vertriebsmitarbeiter", "Vertriebsbeauftragter", "Zuständig", "Zuständiger Mitarbeiter", "Sachbearbeiter",
              "Sachbearbeiterin", "Innendienst", "Account manager", "Account owner", "Customer owner", "Owner",
              "Sales representative", "Sales rep", "Salesperson", "Sales person", "Representative", "Field sales",
              "Inside sales", "Handled by", "Clerk"),
    ),
    Field(
        name="owner_number", de="Vertreternummer", en="Sales rep number", max_length=60,
        also=("Vertreter-Nr.", "Vertreter-Nr", "VertreterNr", "Vertr.-Nr.", "Vertreter-ID", "Vertreterkürzel",
              "Betreuernummer", "Betreuer-Nr.", "Betreuerkürzel", "Kundenbetreuernummer", "Sachbearbeiternummer",
              "Sachbearbeiter-Nr.", "Sachbearbeiterkürzel", "Außendienstnummer", "ADM-Nr.", "Verkäufernummer",
              "Verkäufer-Nr.", "Sales rep ID", "Sales rep code", "Sales representative number", "Rep number", "Rep ID",
              "Salesperson code", "Salesperson ID", "Salesperson number", "Owner ID"),
    ),
)  # fmt: skip
OWNER = ("owner_email", "owner_name", "owner_number")
OWNER_WORD = "nullif(concat_ws(' / ', owner_email, owner_name, owner_number), '')"

_SALUTATION = re.compile(r"(?i)^(herrn?|hr|frau|fr|mrs?|ms|miss|mx)\b\.?\s*")
_TITLE = re.compile(r"(?i)^((?:prof|dr|dipl|mag|ing|med|phil|rer|nat|jur|h\.\s?c)\b[\w.-]*\s*)+")
_SMALL = frozenset(
    ["von", "van", "de", "den", "der", "del", "della", "di", "da", "zu", "zum", "zur", "vom", "le", "la", "ten", "ter"]
)


def person_part(part: str, name: str) -> str:
    """Give the salutation, title, first or last name of a person whose name stands in one cell."""
    rest = " ".join(name.split())
    said = {"salutation": "", "title": ""}
    for what, pattern in (("salutation", _SALUTATION), ("title", _TITLE)):
        if (found := pattern.match(rest)) and rest[found.end() :].strip():
            said[what], rest = found[0].strip(), rest[found.end() :].strip()
    last, comma, first = rest.partition(",")
    if comma and (found := _TITLE.match(first.strip())) and not said["title"]:
        said["title"], first = found[0].strip(), first.strip()[found.end() :]
    if part in said:
        return said[part].removesuffix("n") if said[part].casefold() == "herrn" else said[part]
    if not comma:
        words = rest.split(" ")
        begin = next((at for at, word in enumerate(words[1:], start=1) if word.casefold() in _SMALL), len(words) - 1)
        first, last = " ".join(words[:begin]), " ".join(words[begin:])
    return (first if part == "first" else last).strip()


_PARTS = ("salutation", "title", "first_name", "last_name")


def contact_persons(*, customer: str, beside: str, of_company: str = "") -> Table:
    """
    Make the table of the people whom the rows of a list of customers, or of orders, name beside the customer.

    Args:
        customer: SQL of the customer's source.
        beside: SQL of the customer's name: whoever is called like that is the customer.
        of_company: SQL that tells whether the row's own first and last name are those of somebody in a company.
    """
    own = {"first_name", "last_name"} if of_company else set()
    parts = {one: _part(one, of_company if one in own else "") for one in _PARTS}
    name = f"nullif(concat_ws(' ', {parts['first_name']}, {parts['last_name']}), '')"
    known = f"{parts['last_name']} IS NOT NULL AND lower({name}) IS DISTINCT FROM lower({beside})"
    needs = (*_NAMED, *sorted(own & {"last_name"}))
    return Table(
        name="contact_persons",
        source=f"CASE WHEN {known} THEN {customer} || '/' || coalesce(lower(contact_email), lower({name})) END",
        needs=needs,
        columns=(
            Column(name="customer_source", sql=customer, needs=needs),
            *(
                Column(name=one, sql=sql, needs=(f"contact_{one}", "contact_name", *own & {one}), empty="''")
                for one, sql in parts.items()
            ),
            Column(name="role", sql="contact_role", needs=("contact_role",), empty="'other'"),
            *(text(one, f"contact_{one}") for one in ("email", "phone", "mobile")),
        ),
    )


def _part(name: str, of_company: str) -> str:
    """Give the SQL of a part of a contact person's name: from its own column, from the whole name, or the row's own."""
    part = name.removesuffix("_name")
    own = f", CASE WHEN {of_company} THEN {name} END" if of_company else ""
    return f"coalesce(contact_{name}, nullif(person_part('{part}', contact_name), ''){own})"
