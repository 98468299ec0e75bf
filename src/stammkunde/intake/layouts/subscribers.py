"""People as newsletter and contact tools keep them: found by their e-mail address, with what they allowed."""

from stammkunde.customers.policy import normalized
from stammkunde.intake.layouts.consents import STATES
from stammkunde.intake.layouts.vocabulary import (
    ADDRESS,
    CUSTOMER_KIND,
    CUSTOMER_NAME,
    customer_fields,
    customer_name,
    customer_number,
    plain,
)
from stammkunde.store.layouts import CHOICE, DAY, EMAIL, MOMENT, Column, Field, Layout, Table

_EVER = ("email", "customer_number")
_WHO = "coalesce(lower(email), customer_number)"
_NAMED = ("customer_name", "company", "last_name")


def _moment(name: str, de: str, en: str) -> Field:
    return Field(name=name, de=de, en=en, type=MOMENT, past=True)


def _consents(channel: str, *, address: str, state: str) -> Table:
    """Make a record of each who said something; what nobody dated was so when it was exported."""
    when = f"CASE WHEN {state} = 'withdrawn' THEN coalesce(opted_out_at, changed_at) ELSE {_AGREED} END"
    said = f"concat_ws('|', {_WHO}, '{channel}', {state}, epoch_us({when}))"
    proof = (
        "json_object('confirmed_at', CAST(confirmed_at AS VARCHAR), 'confirmed_ip', confirmed_ip, "
        "'opted_in_at', CAST(opted_in_at AS VARCHAR), 'opted_in_ip', opted_in_ip)"
    )
    return Table(
        name="consents",
        source=f"CASE WHEN {address} IS NOT NULL AND {state} IS NOT NULL THEN origin || ':consent:' || md5({said}) END",
        columns=(
            Column(name="customer_source", sql=f"origin || ':' || {_WHO}", needs=_EVER),
            Column(name="channel", sql=f"'{channel}'", needs=_EVER),
            Column(name="purpose", sql="'newsletter'", needs=_EVER),
            Column(name="state", sql=state, needs=_EVER),
            Column(name="basis", sql=f"CASE WHEN {state} = 'given' THEN {_BASIS} ELSE '' END", needs=_EVER),
            Column(name="happened_at", sql=f"coalesce({when}, CAST(today AS TIMESTAMPTZ))", needs=_EVER),
            Column(name="address", sql=f"normalized('{channel}', {address})", needs=_EVER),
            Column(name="origin", sql="coalesce(consent_origin, origin)", needs=_EVER),
            Column(name="proof", sql=f"CAST({proof} AS VARCHAR)", needs=_EVER),
        ),
    )


_AGREED = "coalesce(confirmed_at, opted_in_at, changed_at)"
_BASIS = (
    "CASE WHEN confirmed_at IS NOT NULL THEN 'double_opt_in' WHEN opted_in_at IS NOT NULL THEN 'online' "
    "ELSE 'unproven' END"
)
# Whoever left has left, whatever else is said; whoever confirmed has agreed.
_STATE = (
    "CASE WHEN opted_out_at IS NOT NULL THEN 'withdrawn' WHEN subscription IS NOT NULL THEN subscription "
    "WHEN confirmed_at IS NOT NULL OR opted_in_at IS NOT NULL THEN 'given' END"
)

SUBSCRIBERS = Layout(
    name="subscribers",
    de="Kontakte mit Einwilligungen",
    en="Contacts with consents",
    fields=(
        customer_number(),
        customer_name(),
        *customer_fields(),
        Field(name="subscription", de="Einwilligung", en="Consent", type=CHOICE, choices=STATES),
        _moment("opted_in_at", "Angemeldet am", "Opted in"),
        Field(name="opted_in_ip", de="IP bei der Anmeldung", en="IP of opting in", max_length=60),
        _moment("confirmed_at", "Bestätigt am", "Confirmed"),
        Field(name="confirmed_ip", de="IP bei der Bestätigung", en="IP of confirming", max_length=60),
        _moment("opted_out_at", "Abgemeldet am", "Opted out"),
        _moment("changed_at", "Geändert am", "Changed"),
        Field(name="consent_origin", de="Herkunft", en="Origin"),
        Field(name="since_on", de="Kunde seit", en="Customer since", type=DAY, past=True),
        Field(name="owner_email", de="Betreuer (E-Mail)", en="Responsible (e-mail)", type=EMAIL, max_length=254),
    ),
    one_of=(_EVER,),
    buyer=_EVER,
    functions=(normalized,),
    tables=(
        Table(
            name="customers",
            source=f"origin || ':' || {_WHO}",
            columns=(
                Column(name="number", sql=_WHO, needs=_EVER),
                Column(name="name", sql=CUSTOMER_NAME, needs=_NAMED),
                Column(name="kind", sql=CUSTOMER_KIND, needs=_NAMED),
                *ADDRESS,
                plain("owner_word", "owner_email"),
            ),
        ),
        _consents("email", address="email", state=_STATE),
    ),
)
