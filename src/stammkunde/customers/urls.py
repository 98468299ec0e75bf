from django.urls import path

from stammkunde.customers.views import contact, find
from stammkunde.customers.views import records as views

urlpatterns = [
    path("customers/new/", views.new, name="customer-new"),
    path("customers/suggest/", find.suggest, name="customers-suggest"),
    path("customers/resembling/", find.resembles, name="customers-resembling"),
    path("customers/<int:pk>/edit/", views.edit, name="customer-edit"),
    path("customers/<int:pk>/contact-persons/new/", views.new_person, name="contact-person-new"),
    path("contact-persons/<int:pk>/edit/", views.edit_person, name="contact-person-edit"),
    path("contact-persons/<int:pk>/remove/", views.remove_person, name="contact-person-remove"),
    path("contact-persons/restore/", views.restore_person, name="contact-person-restore"),
    path("customers/<int:pk>/notes/", views.add_note, name="note-add"),
    path("notes/<int:pk>/edit/", views.edit_note, name="note-edit"),
    path("notes/<int:pk>/delete/", views.delete_note, name="note-delete"),
    # What they allow and wish; the page with all of it is `customer-contact`
    path("customers/<int:pk>/contact/consent/", contact.record, name="consent-record"),
    path("customers/<int:pk>/contact/ask/", contact.ask, name="consent-ask"),
    path("customers/<int:pk>/contact/withdraw/", contact.withdraw, name="consent-withdraw"),
    path("customers/<int:pk>/contact/wishes/", contact.wishes, name="preference-edit"),
    path("customers/<int:pk>/contact/revoke/", contact.revoke, name="preference-revoke"),
]
