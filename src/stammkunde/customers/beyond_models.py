"""What the models of customers cannot say of their tables; see `store.fresh`."""

from stammkunde.customers import search
from stammkunde.customers.indexes import without_like

# No page looks for sources by their beginnings; and last of all what hangs triggers on the table.
BEYOND_MODELS = (
    without_like("customers_customer", "source"),
    without_like("customers_contactperson", "source"),
    search.install,
)
