"""How long it takes from an order to what comes back of it: until then, no margin is final."""

from stammkunde import mirror
from stammkunde.mirror.engine import connection

USUAL_DAYS = 30
MOST_DAYS = 90
FEWEST = 50  # of what came back, to say how long that takes here
_LAGS = """
WITH sold AS (
  SELECT customer_id, order_id, product_id, ordered_on FROM lines WHERE kind = 'sale'
), back AS (
  SELECT l.ordered_on - max(s.ordered_on) AS days
  FROM lines l JOIN sold s ON s.customer_id = l.customer_id AND s.ordered_on <= l.ordered_on
    AND (s.order_id = l.order_id OR s.product_id = l.product_id)
  WHERE l.kind IN ('return', 'cancellation') GROUP BY l.line_id, l.ordered_on
)
SELECT count(*), quantile_disc(days, 0.95) FROM back WHERE days > 0
"""


def usual() -> int:
    """Give the days within which 95 of 100 things come back; 30 where too few are known to come back later."""
    lines = mirror.tables().lines  # noqa: F841 (named in SQL)
    ((known, days),) = connection().sql(_LAGS).fetchall()
    return min(int(days), MOST_DAYS) if known >= FEWEST else USUAL_DAYS
