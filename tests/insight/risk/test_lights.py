"""Who is red, amber or green: by what is at stake, within what the team reaches and a share of all customers."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from stammkunde.insight import risk
from stammkunde.insight.risk import lights

CUSTOMERS = st.lists(st.tuples(st.floats(0, 1), st.integers(-1000, 10**7)), max_size=60)
REACHES = st.builds(risk.Reach, share=st.floats(0.01, 1), contacts=st.integers(0, 20))


def test_lights_of_seven():
    chance = np.array([0.9, 0.5, 0.5, 0.3, 0.9, 0.9, 0.4])
    yearly = np.array([1000, 9000, 5000, 99_999, 0, -500, 5000])

    at_risk = lights.at_risk_cents(chance, yearly)
    worries = lights.worrying(chance, at_risk, base_share=0.3)
    told = lights.lights(at_risk, worries, reach=risk.Reach(share=0.43, contacts=1))

    assert at_risk.tolist() == [900, 4500, 2500, 30_000, 0, 0, 2000]
    assert worries.tolist() == [
        True,
        True,
        True,
        False,
        False,
        False,
        True,
    ]  # 30 % is what all do; two are worth nothing
    assert [lights.LIGHTS[light] for light in told] == ["green", "red", "amber", "green", "green", "green", "amber"]


@given(customers=CUSTOMERS, reach=REACHES, base=st.floats(0, 1))
def test_lights_hold_what_they_promise(customers, reach, base):
    chance, yearly = np.array([one[0] for one in customers]), np.array([one[1] for one in customers], dtype=np.int64)
    at_risk = lights.at_risk_cents(chance, yearly)
    worries = lights.worrying(chance, at_risk, base_share=base)

    told = lights.lights(at_risk, worries, reach=reach)

    warned = told > lights.GREEN
    assert warned.sum() == min(worries.sum(), reach.most(len(customers)))
    assert (told == lights.RED).sum() == min(warned.sum(), reach.contacts)
    assert (chance[warned] > base).all()  # so the sentence holds for each of them
    order = lights.first(at_risk, worries)
    assert sorted(told[order].tolist(), reverse=True) == told[order].tolist()  # never brighter for less at stake
    assert (np.diff(at_risk[order]) <= 0).all()


def test_few_customers_are_warned_about_three_at_most():
    assert [risk.Reach(share=0.12).most(n) for n in (0, 2, 5, 100, 4000)] == [0, 2, 3, 12, 480]
