import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from stammkunde.outreach.models import AddressUse, Message, MessageEvent, Turn
from stammkunde.store import rows
from tests import factories

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def unsaved(customer, key, **more):
    named = {"origin": "t", "channel": "letter", "purpose": "service", "planned_at": NOW, "not_before_at": NOW}
    return Message(key=key, customer=customer, latest_at=NOW, content={"ä": [1, "„a“"]}, **named, **more)


def test_rows_are_those_that_django_would_have_written():
    customer = factories.customer()
    written, same = unsaved(customer, "a", reason={"code": "x"}), unsaved(customer, "b", reason={"code": "x"})
    rows.create([written])
    Message.objects.bulk_create([same])

    columns = [one.attname for one in Message._meta.concrete_fields if one.attname not in {"id", "key"}]
    first, second = (Message.objects.values_list(*columns).get(key=key) for key in "ab")
    assert first == second
    assert Message.objects.get(key="a") == written


def test_rows_know_their_numbers_so_that_others_can_refer_to_them():
    customer = factories.customer()
    messages = [unsaved(customer, str(n)) for n in range(40)]
    rows.create(messages)
    rows.create([MessageEvent(message=one, at=NOW, state="planned") for one in messages])
    later = unsaved(customer, "later")
    later.save()

    assert {one.key: one.pk for one in Message.objects.exclude(key="later")} == {one.key: one.pk for one in messages}
    assert later.pk > max(one.pk for one in messages)
    assert MessageEvent.objects.count() == 40


def test_what_is_there_stays_where_it_may():
    first, second = factories.customer(), factories.customer()
    AddressUse.objects.create(origin="o", channel="email", address="a", customer=first)
    rows.create([AddressUse(origin="o", channel="email", address=one, customer=second) for one in "ab"], or_leave=True)
    rows.create([Turn(customer=first)], or_leave=True)
    rows.create([Turn(customer=one) for one in (first, second)], or_leave=True)

    found = AddressUse.objects.order_by("address").values_list("customer", flat=True)
    assert list(found) == [first.pk, second.pk]
    assert set(Turn.objects.values_list("pk", flat=True)) == {first.pk, second.pk}


def test_none_of_them_is_written_where_one_cannot_be():
    customer = factories.customer()
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.create([unsaved(customer, "a"), unsaved(customer, "a")])

    assert not Message.objects.exists()
    rows.create([])
