import duckdb
import pytest

_STATES = """
with days as (select customer_id, date::date as day, sum(amount) as amount from read_parquet('{path}') group by 1, 2),
  first as (select customer_id, min(day) as first_day from days group by 1)
select count(*) filter (day > first_day) as x,
  coalesce(max(day) - min(first_day), 0) / 7.0 as t_x,
  (date '1997-09-30' - min(first_day)) / 7.0 as t,
  coalesce(avg(amount) filter (day > first_day), 0) as mean
from days join first using (customer_id) where day <= date '1997-09-30' group by customer_id order by customer_id
"""


@pytest.fixture(scope="session")
def cdnow(shared_data):
    """The 2,357 customers of CDNOW's sample after 39 weeks: counts, times in weeks, mean amount of repeat purchases."""
    path = shared_data / "cdnow" / "cdnow_sample.parquet"
    return duckdb.sql(_STATES.format(path=path)).fetchnumpy()
