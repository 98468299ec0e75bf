"""Contacts that another program kept: calls, mails and visits. `docs/guide/import.md` lists every column."""

from stammkunde.store.layouts import CHOICE, KEY, MOMENT, NUMBER, Column, Field, Layout, Table

_WAYS = {
    "email": ("E-Mail", "Email", "Mail"),
    "post": ("Post", "Brief", "Letter"),
    "phone": ("Telefon", "Anruf", "Telefonat", "Call", "Phone call"),
    "message": ("Kurznachricht", "SMS", "WhatsApp", "Messenger", "Chat", "Text message"),
    "meeting": ("Besuch", "Termin", "Treffen", "Messe", "Visit", "Appointment", "Meeting"),
}
_DIRECTIONS = {
    "out": ("ausgehend", "von uns", "Ausgang", "outbound", "outgoing"),
    "in": ("eingehend", "vom Kunden", "Eingang", "inbound", "incoming"),
}
_OUTCOMES = {
    "reached": ("erreicht", "gesprochen", "ja", "yes", "done", "erledigt"),
    "not_reached": ("nicht erreicht", "niemand erreicht", "nein", "no", "no answer"),
    "sent": ("gesendet", "verschickt", "versandt"),
}
_ROLES = {
    "sales": ("Vertrieb", "Verkauf", "Außendienst", "Innendienst", "Account manager"),
    "service": ("Service", "Kundendienst", "Kundenservice", "Support", "Customer service"),
    "marketing": ("Marketing",),
    "management": ("Geschäftsführung", "Geschäftsleitung", "Leitung"),
    "administrator": ("Administration", "Verwaltung"),
    "analyst": ("Analyse", "Controlling"),
}
# What tells contacts of one list apart that have no number of their own.
_OWN_KEY = "contact_number"
_SAID = "md5(concat_ws('|', customer_number, channel, direction, epoch_us(happened_at), coalesce(about, '')))"
# Whether what we wrote was read is not known, whatever another program calls it.
_UNREAD = "channel IN ('email', 'post', 'message') AND coalesce(direction, 'out') = 'out'"
_OUTCOME = f"CASE WHEN {_UNREAD} AND coalesce(outcome, '') <> 'not_reached' THEN 'sent' ELSE outcome END"
_PERSON = "origin || ':' || contact_person_number"

CONTACTS = Layout(
    name="contacts",
    de="Kontakte",
    en="Contacts",
    fields=(
        Field(
            name="contact_number", de="Kontaktnummer", en="Contact number", type=KEY, max_length=100, example="K-1001",
            also=("Aktivität-ID", "Aktivitätsnummer", "Activity ID", "Contact ID"),
        ),
        Field(
            name="customer_number", de="Kundennummer", en="Customer number", type=KEY, max_length=100, required=True,
            also=("Kunden-Nr.", "Kundennr", "KdNr", "Customer ID", "Account number"), example="10001",
        ),
        Field(
            name="contact_person_number", de="Ansprechpartnernummer", en="Contact person's number", type=KEY,
            also=("Ansprechpartner-Nr.", "Contact person ID"), max_length=100, example="10001-1",
        ),
        Field(
            name="happened_at", de="Datum", en="Date", type=MOMENT, past=True, required=True,
            example="2026-03-02 10:30", also=("Zeitpunkt", "Wann", "Kontaktdatum", "Timestamp", "When"),
        ),
        Field(
            name="channel", de="Kontaktweg", en="Way", type=CHOICE, choices=_WAYS, required=True, example="Telefon",
            also=("Art des Kontakts", "Kontaktart", "Aktivitätstyp", "Activity type", "Contact type"),
        ),
        Field(
            name="direction", de="Richtung", en="Direction", type=CHOICE, choices=_DIRECTIONS, otherwise="out",
            also=("Ein-/ausgehend", "In/Out"), example="ausgehend",
        ),
        Field(
            name="outcome", de="Ergebnis", en="Outcome", type=CHOICE, choices=_OUTCOMES, otherwise="reached",
            also=("Kontaktergebnis", "Result"), example="erreicht",
        ),
        Field(
            name="about", de="Anlass", en="About", also=("Betreff", "Thema", "Subject", "Reason"), max_length=200,
            example="Angebot nachgefasst",
        ),
        Field(
            name="contact_note", de="Gesprächsnotiz", en="Note", also=("Notiz", "Bemerkung", "Notes"), max_length=4000,
            example="Meldet sich nach Ostern.",
        ),
        Field(
            name="minutes", de="Dauer (Minuten)", en="Minutes", type=NUMBER, largest=1441, example="15",
            also=("Dauer", "Minuten", "Duration", "Duration (minutes)"),
        ),
        Field(
            name="staff_role", de="Rolle des Mitarbeiters", en="Role of the colleague", type=CHOICE, choices=_ROLES,
            also=("Rolle", "Abteilung", "Bearbeitet von (Rolle)", "Role", "Department"), example="Vertrieb",
        ),
    ),
    marks=("Kontaktweg", "Kontaktart", "Aktivitätstyp", "Activity type", "Contact type", "Gesprächsnotiz", "Richtung",
           "Direction", "Kontaktergebnis"),
    tables=(
        Table(
            name="contacts",
            source=f"origin || ':contact:' || coalesce({_OWN_KEY}, {_SAID})",
            unique=True,
            columns=(
                Column(
                    name="customer_source", sql="origin || ':' || customer_number", needs=("customer_number",)
                ),
                Column(name="contact_person_source", sql=_PERSON, needs=("contact_person_number",)),
                Column(name="happened_at", sql="happened_at", needs=("happened_at",)),
                Column(name="happened_on", sql="happened_at_day", needs=("happened_at",)),
                Column(name="channel", sql="channel", needs=("channel",)),
                Column(name="direction", sql="direction", needs=("customer_number",), empty="'out'"),
                Column(name="outcome", sql=_OUTCOME, needs=("customer_number",), empty="'reached'"),
                Column(name="about", sql="about", needs=("about",), empty="''"),
                Column(name="note", sql="contact_note", needs=("contact_note",), empty="''"),
                Column(name="minutes", sql="nullif(round(minutes)::BIGINT, 0)", needs=("minutes",)),
                Column(name="role", sql="staff_role", needs=("staff_role",), empty="''"),
            ),
        ),
    ),
)  # fmt: skip
