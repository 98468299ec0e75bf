"""Contacts on a customer's timeline."""

from stammkunde.contacts import queries
from stammkunde.ui.moments import Moments

MOMENTS = (
    Moments(kind="contact", order=7, rows=queries.of_customer, moment="happened_at", template="contacts/moment.html"),
)
