"""
What changes customers, and what they allow and wish.

What a person changes is no longer the import's: `imported_by` becomes empty, so that undoing an import leaves it alone.
"""

from stammkunde.customers.services.consents import Cell, Evidence, Recipient, record_consent, withdraw
from stammkunde.customers.services.optins import (
    NoEmail,
    NothingToAsk,
    Objected,
    OptInExpired,
    OptInVoid,
    UnknownToken,
    ask_optin,
    confirm_optin,
    find_optin,
    optin_sent,
    optin_taken,
    unask,
)
from stammkunde.customers.services.preferences import PREFERENCE_FIELDS, change_preference, revoke_links
from stammkunde.customers.services.records import (
    CUSTOMER_FIELDS,
    ORIGIN,
    PERSON_FIELDS,
    NotTheAuthor,
    NumberTaken,
    PersonElsewhere,
    add_contact_person,
    add_note,
    assign,
    change_contact_person,
    change_customer,
    change_note,
    create_customer,
    delete_note,
    mark_changed,
    remove_contact_person,
    restore_contact_person,
)
from stammkunde.customers.services.signups import Person, publish_sign_up, sign_up
from stammkunde.customers.services.signups import too_many as too_many_sign_ups

__all__ = [
    "CUSTOMER_FIELDS",
    "ORIGIN",
    "PERSON_FIELDS",
    "PREFERENCE_FIELDS",
    "Cell",
    "Evidence",
    "NoEmail",
    "NotTheAuthor",
    "NothingToAsk",
    "NumberTaken",
    "Objected",
    "OptInExpired",
    "OptInVoid",
    "Person",
    "PersonElsewhere",
    "Recipient",
    "UnknownToken",
    "add_contact_person",
    "add_note",
    "ask_optin",
    "assign",
    "change_contact_person",
    "change_customer",
    "change_note",
    "change_preference",
    "confirm_optin",
    "create_customer",
    "delete_note",
    "find_optin",
    "mark_changed",
    "optin_sent",
    "optin_taken",
    "publish_sign_up",
    "record_consent",
    "remove_contact_person",
    "restore_contact_person",
    "revoke_links",
    "sign_up",
    "too_many_sign_ups",
    "unask",
    "withdraw",
]
