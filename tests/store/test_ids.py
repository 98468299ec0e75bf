import pytest

from stammkunde.sales.models import Product
from stammkunde.store import bulk, ids
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)


def test_reserved_ids_are_nobody_elses():
    before = bulk.reserve(Product, 10)
    others = bulk.reserve(Product, 5)
    later = factories.product().pk

    reserved = {*range(before + 1, before + 11), *range(others + 1, others + 6)}
    assert len(reserved) == 15
    assert later not in reserved


def test_reserved_ids_are_without_a_gap_even_if_somebody_draws_in_between(monkeypatch):
    drawn = iter([(3, 9), (12, 16)])
    monkeypatch.setattr(ids, "connection", _Answers(drawn))

    assert ids._from_sequence("sales_product", 5) == 11


def test_reserving_gives_up_where_there_is_never_an_unbroken_run(monkeypatch):
    monkeypatch.setattr(ids, "connection", _Answers(iter([(1, 9)] * ids.TRIES)))

    with pytest.raises(bulk.NoIds):
        ids._from_sequence("sales_product", 5)


class _Answers:
    """A connection that answers with what it was given."""

    def __init__(self, answers):
        self.answers = answers

    def cursor(self):
        return self

    def __enter__(self):
        return self

    def __exit__(self, *problem):
        return None

    def execute(self, sql, given):
        return None

    def fetchone(self):
        return next(self.answers)
