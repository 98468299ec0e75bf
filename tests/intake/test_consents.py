"""Consents from another program: found again, proven or not, and taken back."""

from datetime import UTC, date, datetime

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter

from stammkunde.customers import queries
from stammkunde.customers.models import Consent
from stammkunde.customers.policy import Reason, normalized
from stammkunde.intake import layouts, recognise, services
from tests.intake.bringing import bring, everything, undo
from tests.intake.reading import TODAY, checked, remarks, rows, write

GERMAN = "Kundennummer;Ansprechpartner;Kanal;Zweck;Stand;Datum;Adresse;Herkunft;Wortlaut;Nachweis\n"
ENGLISH = "Customer number,Contact person,Channel,Purpose,State,Date,Address,Origin,Wording,Proof\n"
SAID = {
    "customer_number": "1",
    "channel": "email",
    "purpose": "newsletter",
    "state": "given",
    "happened_at": "2024-03-01 10:30",
    "consent_origin": "Messe Köln",
    "wording": "Ja, gern.",
    "evidence": "Ordner 3",
}


@pytest.fixture
def customers(tmp_path):
    bring(
        tmp_path,
        "customers",
        [
            {"customer_number": "1", "customer_name": "Kaffee Lux", "email": "lux@example.org", "kind": "company"},
            {"customer_number": "2", "customer_name": "Tee Ost", "email": "ost@example.org", "kind": "company"},
        ],
    )
    person = {"customer_number": "1", "first_name": "Kim", "last_name": "Ost", "email": "kim@example.org"}
    bring(tmp_path, "contact_persons", [person, {"customer_number": "2", "first_name": "Jo", "last_name": "West"}])


def reasons(**asked) -> dict:
    found = queries.permissions(
        customer_ids=Consent.objects.values_list("customer", flat=True), buyers=(), today=date(2026, 11, 20), **asked
    )
    return {str(person): permission.reason for (_customer, person), permission in found.items()}


# --- reading


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (GERMAN + "7;;E-Mail;Newsletter;erteilt;01.03.2024;A@x.de;Messe;Ja;Karte\n", ("email", "newsletter", "given")),
        (ENGLISH + "7,,Post,Offers,objection,2024-03-01,,Letter,,\n", ("post", "advertising", "objected")),
    ],
)
def test_consents_are_recognised_in_german_and_english(tmp_path, text, words):
    path = write(tmp_path, text)

    found = checked(path)

    assert (found.layout, found.problem_count) == ("consents", 0)
    assert rows(path, "consents", "channel", "purpose", "state") == [words]


@pytest.mark.slow
def test_same_consents_are_read_from_excel_and_parquet(tmp_path):
    names = ["Kundennummer", "Kanal", "Zweck", "Stand", "Datum", "Herkunft", "Nachweis"]
    row = ["7", "Telefon", "Angebote", "ja", "2024-03-01", "Messe", "Karte"]
    book = xlsxwriter.Workbook(tmp_path / "consents.xlsx")
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, names)
    sheet.write_row(1, 0, row)
    book.close()
    pq.write_table(pa.table({name: [cell] for name, cell in zip(names, row, strict=True)}), tmp_path / "c.parquet")
    found = []

    for name in ("consents.xlsx", "c.parquet"):
        checked(tmp_path / name)
        found.append(rows(tmp_path / name, "consents", "source", "channel", "state", "happened_at", "basis"))

    assert found[0] == found[1]
    assert found[0][0][1:] == ("phone", "given", "2024-02-29 23:00:00+00", "imported")


def test_rows_that_say_nothing_are_refused_with_the_cure(tmp_path):
    path = write(
        tmp_path,
        GERMAN
        + "7;;Fax;Newsletter;erteilt;01.03.2024;;Messe;Ja;\n"
        + "7;;E-Mail;;erteilt;01.03.2024;;Messe;Ja;\n"
        + "7;;E-Mail;Newsletter;vielleicht;01.03.2024;;Messe;Ja;\n"
        + "7;;E-Mail;Newsletter;erteilt;31.02.2024;;Messe;Ja;\n"
        + ";;E-Mail;Newsletter;erteilt;01.03.2024;;Messe;Ja;\n"
        + "7;;E-Mail;Newsletter;erteilt;01.03.2124;;Messe;Ja;\n",
    )

    found = checked(path)

    assert (found.accepted, found.refused) == (0, 6)
    assert remarks(found) == [
        (2, "Kanal", "choice_needed"),
        (3, "Zweck", "missing_value"),
        (4, "Stand", "choice_needed"),
        (5, "Datum", "not_a_date"),
        (6, "Kundennummer", "missing_value"),
        (7, "Datum", "date_in_future"),
    ]


SPELLINGS = {
    "E-Mail": {"A@X.de": "a@x.de", "Jürgen.Ö@X.de": "jürgen.ö@x.de"},
    "Brief": {"Am  Markt 1,  Köln": "Am Markt 1, Köln", "Am\u00a0Markt 1": "Am Markt 1"},
    "SMS": {
        "+49 (0)171 3920001": "+491713920001",
        "0171/392-0001": "+491713920001",
        "0049 171 3920001": "+491713920001",
        "0049 (30) 12-3456": "+4930123456",
        "+43 (0)664 1234567": "+436641234567",
        "12": "12",
        "+49 1": "+491",
        "01 23": "0123",
    },
    "Telefon": {"+49 30 123": "+4930123", "0049 30 123": "+4930123", "030/123": "030123", "(0) 30 123": "030123"},
}


def test_addresses_are_written_as_they_are_compared(tmp_path):
    spelt = [(channel, written) for channel, some in SPELLINGS.items() for written in some]
    lines = [f"{n};;{channel};Newsletter;ja;01.03.2024;{at};;Ja;\n" for n, (channel, at) in enumerate(spelt)]
    path = write(tmp_path, GERMAN + "".join(lines))

    checked(path)

    found = dict(rows(path, "consents", "customer_source", "address"))
    read = {at: found[f"files:{n}"] for n, (_channel, at) in enumerate(spelt)}
    known = {"E-Mail": "email", "Brief": "post", "SMS": "message", "Telefon": "phone"}
    assert read == {at: said for some in SPELLINGS.values() for at, said in some.items()}
    assert read == {at: normalized(known[channel], at) for channel, at in spelt}


def test_template_is_recognised_as_what_it_is(tmp_path):
    for language in ("de", "en"):
        path = write(tmp_path, layouts.template_csv("consents", language=language), name=f"{language}.csv")

        found = recognise.recognise(path, today=TODAY)

        assert (found.layout, found.missing, found.problems) == ("consents", (), [])


# --- bringing in


@pytest.mark.django_db(transaction=True)
def test_consents_come_with_their_proof_and_the_same_again_changes_nothing(tmp_path, customers):
    file = [
        SAID | {"contact_person_name": "", "address": "LUX@example.org"},
        SAID | {"contact_person_name": "", "address": "", "state": "withdrawn", "happened_at": "2025-01-01"},
    ]

    first, again = bring(tmp_path, "consents", file), bring(tmp_path, "consents", file)

    assert first.counts == {"consents": {"created": 2, "changed": 0, "unchanged": 0, "refused": 0}}
    assert again.counts == {"consents": {"created": 0, "changed": 0, "unchanged": 2, "refused": 0}}
    given = Consent.objects.get(state="given")
    assert (given.customer.number, given.contact_person, given.basis) == ("1", None, "imported")
    assert (given.origin, given.wording, given.proof) == ("Messe Köln", "Ja, gern.", {"evidence": "Ordner 3"})
    assert (given.address, given.happened_at) == ("lux@example.org", datetime(2024, 3, 1, 9, 30, tzinfo=UTC))
    assert given.imported_by == first.pk
    assert reasons(channel="email", purpose="newsletter")["None"] == Reason.WITHDRAWN


@pytest.mark.django_db(transaction=True)
def test_other_words_are_another_record_and_leave_the_first_alone(tmp_path, customers):
    bring(tmp_path, "consents", [SAID])

    bring(tmp_path, "consents", [SAID | {"wording": "Ja, ich will."}])

    assert sorted(Consent.objects.values_list("wording", flat=True)) == ["Ja, gern.", "Ja, ich will."]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("who", [{"contact_person_email": "KIM@example.org"}, {"contact_person_number": "K-9"}])
def test_contact_persons_are_found_as_they_were_imported(tmp_path, customers, who):
    bring(
        tmp_path,
        "contact_persons",
        [{"customer_number": "1", "contact_number": "K-9", "last_name": "Neun", "email": "neun@example.org"}],
    )

    incoming = bring(tmp_path, "consents", [SAID | who])

    assert incoming.counts["consents"]["created"] == 1
    record = Consent.objects.get()
    assert record.person_source == record.contact_person.source
    assert reasons(channel="email", purpose="newsletter")[str(record.contact_person_id)] == Reason.CONSENT_GIVEN


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"customer_number": "99"}, "unknown_customer"),
        ({"contact_person_number": "K-9"}, "unknown_contact_person"),
        ({"contact_person_number": "2/jo west"}, "unknown_contact_person"),
    ],
)
def test_consent_of_nobody_and_of_somebody_elsewhere_is_refused(tmp_path, customers, wrong, code):
    incoming = bring(tmp_path, "consents", [SAID | wrong])

    assert incoming.counts == {"consents": {"created": 0, "changed": 0, "unchanged": 0, "refused": 1}}
    assert [problem["code"] for problem in incoming.problems] == [code]
    assert not Consent.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_consent_without_proof_is_kept_and_allows_nothing(tmp_path, customers):
    bare = SAID | {"wording": "", "evidence": "", "consent_origin": ""}

    bring(tmp_path, "consents", [bare, bare | {"channel": "phone"}, bare | {"channel": "post", "state": "objected"}])

    assert set(Consent.objects.values_list("channel", "basis", "origin")) == {
        ("email", "unproven", "import"),
        ("phone", "unproven", "import"),
        ("post", "", "import"),
    }
    assert reasons(channel="email", purpose="newsletter")["None"] == Reason.NOT_PROVEN
    assert reasons(channel="post", purpose="newsletter")["None"] == Reason.OBJECTED


@pytest.mark.django_db(transaction=True)
def test_dry_run_changes_nothing_and_undo_takes_all_of_it_back(tmp_path, customers):
    bring(tmp_path, "consents", [SAID])
    before = everything()

    tried = bring(tmp_path, "consents", [SAID | {"purpose": "survey"}], dry_run=True)
    assert (tried.counts["consents"]["created"], everything()) == (1, before)
    incoming = bring(tmp_path, "consents", [SAID, SAID | {"purpose": "survey"}])
    assert incoming.counts["consents"] == {"created": 1, "changed": 0, "unchanged": 1, "refused": 0}
    undo(incoming)

    assert everything() == before


@pytest.mark.django_db(transaction=True)
def test_customers_with_consents_are_not_taken_back(tmp_path, customers):
    later = bring(tmp_path, "customers", [{"customer_number": "3", "customer_name": "Drei"}])
    bring(tmp_path, "consents", [SAID | {"customer_number": "3"}])

    with pytest.raises(services.CannotUndo) as refused:
        undo(later)

    assert (refused.value.code, refused.value.detail) == ("in_use", {"consents": 1})
    assert Consent.objects.count() == 1
