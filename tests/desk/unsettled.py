from stammkunde.customers.models import Customer
from stammkunde.customers.unsettled import Unsettled


def _waiting(ids):
    return set(Customer.objects.filter(pk__in=ids, city="Warteschlange").values_list("pk", flat=True))


UNSETTLED = (Unsettled(code="at_the_desk", words="Waits at the desk.", of=_waiting),)
