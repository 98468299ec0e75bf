"""Consents that another program kept, with their proof. `docs/guide/import.md` lists every column."""

from stammkunde.customers.policy import normalized
from stammkunde.intake.layouts.vocabulary import customer_number, plain, text
from stammkunde.store.layouts import CHOICE, EMAIL, KEY, MOMENT, Column, Field, Layout, Table

CHANNELS = {
    "email": ("E-Mail", "Email", "Mail", "E-Mail-Werbung"),
    "post": ("Post", "Brief", "Postalisch", "Letter", "Mailing"),
    "phone": ("Telefon", "Anruf", "Telefonisch", "Call"),
    "message": ("Kurznachricht", "SMS", "WhatsApp", "Messenger", "Text message"),
}
PURPOSES = {
    "newsletter": ("Newsletter", "Rundbrief", "Neuigkeiten", "News"),
    "advertising": ("Werbung", "Angebote", "Marketing", "Aktionen", "Offers", "Promotion"),
    "survey": ("Umfrage", "Umfragen", "Umfragen und Bewertungen", "Bewertung", "Befragung", "Surveys", "Review"),
    "thanks": ("Dank", "Danke", "Thank-you"),
    "service": ("Service", "Bestellungen und Anfragen", "Orders and requests", "Transaktion", "Transactional"),
}
STATES = {
    "given": (
        "erteilt", "gegeben", "ja", "yes", "true", "1", "x", "aktiv", "active", "bestätigt", "confirmed", "angemeldet",
        "subscribed", "opt-in", "opted in", "zugestimmt",
    ),
    "withdrawn": (
        "widerrufen", "Widerruf", "abgemeldet", "unsubscribed", "opt-out", "opted out", "nein", "no", "false", "0",
        "inaktiv",
    ),
    "objected": ("widersprochen", "Widerspruch", "Werbewiderspruch", "gesperrt", "blocked", "objection"),
    "expired": ("abgelaufen", "verfallen", "lapsed"),
}  # fmt: skip
BASES = {
    "double_opt_in": ("Double-Opt-in", "Double Opt-in", "DOI", "bestätigt", "per E-Mail bestätigt", "confirmed"),
    "written": ("schriftlich", "Unterschrift", "unterschrieben", "in writing", "signed"),
    "online": ("Online-Formular", "Single-Opt-in", "Single Opt-in", "SOI", "Web form"),
    "spoken": ("mündlich", "telefonisch", "verbal", "oral"),
    "imported": ("sonstige", "übernommen", "other"),
    "unproven": ("ohne Nachweis", "unbekannt", "without proof"),
}

# Whom a consent is about, if not the customer: found as the contact person was imported.
_PERSON = (
    "origin || ':' || coalesce(contact_person_number, customer_number || '/' || "
    "coalesce(contact_person_email, lower(contact_person_name)))"
)
_IS_ABOUT_A_PERSON = "coalesce(contact_person_number, contact_person_email, contact_person_name) IS NOT NULL"
# A consent that nothing proves is kept, and allows nothing.
_BASIS = (
    "CASE WHEN state = 'given' THEN coalesce(basis, "
    "CASE WHEN evidence IS NULL AND wording IS NULL THEN 'unproven' ELSE 'imported' END) ELSE '' END"
)
_CONSENT = (
    "customer_number", "contact_person_number", "contact_person_email", "contact_person_name", "channel", "purpose",
    "state", "basis", "epoch_us(happened_at)", "address", "consent_origin", "wording", "evidence",
)  # fmt: skip
_SAID = ", ".join(f"coalesce(CAST({one} AS VARCHAR), '')" for one in _CONSENT)
_PROOF = "CASE WHEN evidence IS NULL THEN '{}' ELSE CAST(json_object('evidence', evidence) AS VARCHAR) END"
_EVER = ("customer_number",)  # written whatever other columns the file has

CONSENTS = Layout(
    name="consents",
    de="Einwilligungen",
    en="Consents",
    fields=(
        customer_number(required=True),
        Field(
            name="contact_person_number", de="Ansprechpartnernummer", en="Contact number", type=KEY, max_length=100,
            also=("Ansprechpartner-Nr.", "Kontaktnummer", "Kontakt-ID", "Contact ID", "contact_id"), example="10001-1",
        ),
        Field(
            name="contact_person_email", de="E-Mail des Ansprechpartners", en="Contact person's e-mail", type=EMAIL,
            also=("Ansprechpartner E-Mail", "Contact e-mail"), max_length=254, example="",
        ),
        Field(
            name="contact_person_name", de="Ansprechpartner", en="Contact person", max_length=240, example="",
            also=("Name des Ansprechpartners", "Contact name", "Person"),
        ),
        Field(
            name="channel", de="Kanal", en="Channel", type=CHOICE, choices=CHANNELS, required=True,
            also=("Weg", "Kontaktkanal", "Medium", "Contact channel"), example="E-Mail",
        ),
        Field(
            name="purpose", de="Zweck", en="Purpose", type=CHOICE, choices=PURPOSES, required=True,
            also=("Thema", "Liste", "Verwendungszweck", "Topic", "List", "Subscription"), example="Newsletter",
        ),
        Field(
            name="state", de="Stand", en="State", type=CHOICE, choices=STATES, required=True,
            also=("Status", "Einwilligung", "Einwilligungsstatus", "Zustimmung", "Consent", "Consent status", "Opt-in"),
            example="erteilt",
        ),
        Field(
            name="happened_at", de="Datum", en="Date", type=MOMENT, past=True, required=True, example="2024-03-01",
            also=("Zeitpunkt", "Erteilt am", "Einwilligung am", "Opt-in am", "Timestamp", "Consent date", "Given on"),
        ),
        Field(
            name="basis", de="Art", en="How", type=CHOICE, choices=BASES, example="Double-Opt-in",
            also=("Art der Einwilligung", "Form", "Verfahren", "Method", "Opt-in type"), otherwise="imported",
        ),
        Field(
            name="address", de="Adresse", en="Address", max_length=254, example="einkauf@muster.example",
            also=("E-Mail", "E-Mail-Adresse", "Email", "Telefonnummer", "Rufnummer", "E-mail address", "Phone number"),
        ),
        Field(
            name="consent_origin", de="Herkunft", en="Origin", example="Messe Köln",
            also=("Quelle", "Wo", "Ort der Einwilligung", "Source", "Where"),
        ),
        Field(
            name="wording", de="Wortlaut", en="Wording", max_length=4000,
            also=("Einwilligungstext", "Text", "Consent text"), example="Ja, ich möchte den Newsletter erhalten.",
        ),
        Field(
            name="evidence", de="Nachweis", en="Proof", max_length=1000, example="Karte in Ordner 3",
            also=("Beleg", "Nachweise", "Evidence", "IP", "IP-Adresse"),
        ),
    ),
    marks=("Einwilligung", "Einwilligungsstatus", "Consent", "Consent status", "Zweck", "Purpose", "Nachweis", "Proof",
           "Wortlaut", "Wording", "Opt-in", "Double-Opt-in"),
    functions=(normalized,),
    tables=(
        Table(
            name="consents",
            # What was said is the key: the same again is the same record, anything else is a new one.
            source=f"origin || ':consent:' || md5(concat_ws('|', {_SAID}))",
            unique=True,
            columns=(
                Column(name="customer_source", sql="origin || ':' || customer_number", needs=_EVER),
                Column(
                    name="contact_person_source", sql=f"CASE WHEN {_IS_ABOUT_A_PERSON} THEN {_PERSON} END", needs=_EVER
                ),
                Column(
                    name="person_source", sql=f"CASE WHEN {_IS_ABOUT_A_PERSON} THEN {_PERSON} ELSE '' END", needs=_EVER
                ),
                text("person_name", "contact_person_name"),
                plain("channel"),
                plain("purpose"),
                plain("state"),
                Column(name="basis", sql=_BASIS, needs=_EVER),
                plain("happened_at"),
                Column(name="address", sql="normalized(channel, address)", needs=("address",), empty="''"),
                Column(name="origin", sql="coalesce(consent_origin, 'import')", needs=_EVER),
                text("wording"),
                Column(name="proof", sql=_PROOF, needs=("evidence",), empty="'{}'"),
            ),
        ),
    ),
)  # fmt: skip
