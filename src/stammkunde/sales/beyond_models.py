"""What the models of sales cannot say of their tables; see `store.fresh`."""

from stammkunde.customers.indexes import without_like

BEYOND_MODELS = (without_like("sales_product", "source"), without_like("sales_order", "source"))
