"""What people type about customers."""

from stammkunde.customers.forms.contact import AskForm, ConsentForm, WishesForm, WithdrawalForm
from stammkunde.customers.forms.records import ContactPersonForm, CustomerForm, NoteForm
from stammkunde.customers.forms.rules import ConsentRules

__all__ = [
    "AskForm",
    "ConsentForm",
    "ConsentRules",
    "ContactPersonForm",
    "CustomerForm",
    "NoteForm",
    "WishesForm",
    "WithdrawalForm",
]
