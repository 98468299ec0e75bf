from datetime import date, timedelta

import pytest

from stammkunde import insight
from stammkunde.insight import risk
from tests.insight.conftest import on_polars
from tests.insight.value import simulate

AS_OF = date(1970, 1, 1) + timedelta(days=720)
WINDOW = 180


@pytest.fixture(scope="session")
def played() -> insight.Facts:
    """Customers who buy and stop as BG/NBD says, over 720 days and some more that nobody knows of yet."""
    return on_polars({"lines": simulate.lines(n=900, days=840, r=0.8, alpha=40, a=0.5, b=3, seed=3)})


@pytest.fixture(scope="session")
def model(played) -> risk.RiskModel:
    return risk.fit(played, as_of=AS_OF, activity_days=WINDOW, horizon_days=120)
