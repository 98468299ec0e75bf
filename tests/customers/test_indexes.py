import pytest
from django.db import connection

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("customers_customer", "owner_id"),
        ("customers_customer", "source"),
        ("customers_contactperson", "source"),
        ("sales_order", "customer_id"),
        ("sales_order", "source"),
        ("sales_line", "order_id"),
        ("sales_product", "source"),
    ],
)
def test_no_column_is_indexed_by_itself_and_again_by_another_index(table, column):
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, table)
    beginning = [one for one in found.values() if (one["index"] or one["unique"]) and one["columns"][:1] == [column]]

    assert len(beginning) == 1
