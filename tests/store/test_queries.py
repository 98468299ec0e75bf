from datetime import UTC, datetime, timedelta

import numpy as np
import pyarrow as pa
import pytest
from django.db import connection

from stammkunde.outreach.models import Draw
from stammkunde.store import bulk
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)

AT = datetime(2026, 3, 28, 22, 59, 59, 999_999, tzinfo=UTC)  # in Berlin 23:59, the evening before the clocks change


def draws() -> list[Draw]:
    some = [
        Draw(origin=f"it's {n} %s", salt="x", share=n / 4, drawn_at=AT + timedelta(hours=n), window_days=n + 1)
        for n in range(4)
    ]
    return Draw.objects.bulk_create(some)


def test_a_query_is_taken_with_what_it_asks_for_in_its_order():
    made = draws()
    asked = Draw.objects.filter(share__gte=0.25, origin__startswith="it's ").exclude(origin="it's 2 %s").order_by("-pk")
    rows = asked.values_list("pk", "share", bulk.Seconds("drawn_at"), "origin")

    found = bulk.taken(rows, ("pk", "share", "at", "origin"))

    assert found.to_pylist() == [
        {"pk": one.pk, "share": one.share, "at": int(one.drawn_at.timestamp()), "origin": one.origin}
        for one in (made[3], made[1])
    ]
    assert bulk.taken(rows[1:2], ("pk", "share", "at", "origin"))["pk"].to_pylist() == [made[1].pk]


def test_days_are_local_ones_also_when_the_clocks_change():
    moments = np.array([int((AT + timedelta(hours=n)).timestamp()) for n in (0, 1, 22, 23, 24)])

    assert (bulk.local_days(moments) - bulk.local_days(moments)[0]).tolist() == [0, 1, 1, 1, 2]


def test_put_writes_over_what_has_the_same_key_and_adds_the_others():
    kept, other = factories.customer(name="A", source="t:1"), factories.customer(name="Z", source="t:0")
    columns = [one.column for one in type(kept)._meta.local_fields if one.column not in ("id", "name", "source")]
    alike = dict(zip(columns, type(kept).objects.values_list(*columns).get(pk=kept.pk), strict=True))
    alike["attributes"] = "{}"
    rows = pa.table({"row": [1, 2], "source": ["t:1", "t:2"], "name": ["B", "C"]})
    claims = []

    for _again in range(2):
        claim = lambda: claims.append(connection.in_atomic_block)  # noqa: E731
        bulk.put(rows.to_reader(), total=2, model=type(kept), key="source", alike=alike, claim=claim)

    found = type(kept).objects.order_by("source").values_list("source", "name")
    assert list(found) == [("t:0", "Z"), ("t:1", "B"), ("t:2", "C")]
    assert (other.pk, claims) == (other.pk, [True, True])


def test_what_the_claim_of_a_batch_refuses_is_not_written():
    customer = factories.customer(name="A", source="t:1")

    def refuse() -> None:
        raise LookupError

    rows = pa.table({"row": [1], "source": ["t:1"], "name": ["B"]})
    with pytest.raises(LookupError):
        bulk.put(rows.to_reader(), total=1, model=type(customer), key="source", alike={}, claim=refuse)

    customer.refresh_from_db()
    assert customer.name == "A"
