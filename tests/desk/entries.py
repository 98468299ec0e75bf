from stammkunde.customers.models import Customer
from stammkunde.tasks.worklist import Entries, Item, Kind, Section, not_taken_up
from stammkunde.team import policy

DESK = Section(name="desk", heading="Waiting at the desk", order=5)


def _item(customer, asked):
    return Item(
        kind="desk",
        key=f"desk:{customer.pk}:{asked.today}",
        under=DESK,
        customer=customer,
        minutes=asked.lengths.least,
    )


def _rows(asked, _room):
    waiting = Customer.objects.filter(city="Warteschlange").order_by("pk")
    return not_taken_up([_item(one, asked) for one in waiting], today=asked.today)


def _again(customer_id, asked):
    return next((_item(one, asked) for one in Customer.objects.filter(pk=customer_id, city="Warteschlange")), None)


def _words(item, _sight):
    return f"{item.customer} has waited long enough."


def _title(item):
    return f"See {item.customer}"


ENTRIES = (
    Entries(
        name="desk",
        order=1000,
        kinds=(Kind(name="desk", icon="clock", words=_words, title=_title, again=_again),),
        rows=_rows,
        most=2,
        right=policy.MESSAGES_SEND,
    ),
)
