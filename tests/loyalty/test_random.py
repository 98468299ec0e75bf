"""
Random histories, in any order of arrival: the ledger always is what one would write who had known everything.

`bench/loyalty_ledger.py` tells many more of them.
"""

from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from stammkunde.loyalty import checking, queries
from stammkunde.loyalty.postings import postings
from tests.loyalty.shop import TODAY, account, customer_of, rule, sums
from tests.loyalty.telling import STEPS, Story

pytestmark = pytest.mark.django_db


def rebuilt(one, today):
    """What the ledger should contain, made from nothing."""
    lines = [line for _source, line in queries.lines([one.customer_source])]
    acts = [act for _pk, act in queries.acts([one.pk])]
    found = postings(lines, acts, queries.versions(), since=one.joined_on, today=today)
    return {tuple(key): (p.pending, p.available, p.held, p.debt) for key, p in found.rows.items() if not p.is_empty}


@settings(max_examples=25)
@given(st.lists(STEPS, min_size=3, max_size=14))
def test_whatever_happens_in_whatever_order_the_ledger_equals_a_rebuild(steps):
    with transaction.atomic():
        rule(return_days=5)
        one = account(since_days=2000)
        story = Story(one, customer_of(one))
        for step in steps:
            story.tell(step)
        story.look()

        assert sums(one) == rebuilt(one, TODAY + timedelta(days=story.days))
        assert story.look() == 0
        assert checking.check().flaw == ""
        transaction.set_rollback(True)
