from stammkunde.customers.models import Customer
from stammkunde.outreach.content import Field
from stammkunde.outreach.knowing import Knowing


def _about(customers, _fields, _today):
    return {pk: {"queue": pk} for pk, one in customers.items() if one.city == "Warteschlange"}


def _count(_fields, _today):
    return {"queue": Customer.objects.filter(city="Warteschlange").count()}


FIELDS = (
    Knowing(
        fields=(Field(name="queue", words="number in the queue", order=1000, said="A{}".format),),
        about=_about,
        count=_count,
    ),
)
