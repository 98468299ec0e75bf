"""What people type about customers."""

from stammkunde.customers.forms.contact import AskForm, ConsentForm, WishesForm, WithdrawalForm
from stammkunde.customers.forms.records import ContactPersonForm, CustomerForm, NoteForm

__all__ = [
    "AskForm",
    "ConsentForm",
    "ContactPersonForm",
    "CustomerForm",
    "NoteForm",
    "WishesForm",
    "WithdrawalForm",
]
