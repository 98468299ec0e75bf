"""What is said beside every value: over which months it was tested, and to which level it was brought."""

from datetime import date

import pytest
from django.utils import translation

from stammkunde.signals import levels
from stammkunde.signals.models import Generation
from tests.signals import forecasting

TESTED = {
    "as_of": "2025-03-02",
    "first_on": "2025-03-03",
    "last_on": "2026-03-01",
    "horizon_days": 364,
    "laid": "year",
    "past_days": 500,
    "short_past": False,
    "customers": 800,
    "observed": 1300.0,
    "model": 1000.2,
    "rate": 900.0,
    "model_error": 1.2,
    "rate_error": 1.4,
}
LEVEL = {"kind": "year", "factor": 1.2686, "spread": 0.12}


def said(*, language="en", level=None, rule="model", **tested):
    told = {"rule": rule, "back_test": TESTED | tested, "level": LEVEL | (level or {})}
    value = forecasting.forecast()["value"] | told
    made = Generation(as_of_on=date(2026, 3, 1), forecast=forecasting.forecast(value=value))
    with translation.override(language):
        return levels.sentences(made)


def test_value_says_what_was_tested_and_that_it_was_raised():
    assert said() == [
        "Tested over March 2025 to March 2026: on 2 Mar 2025, 1,000 purchases would have been expected; 1,300 came.",
        "Last year at this time the model expected 1,000 and 1,300 came; this year it is therefore raised by 27%.",
    ]


def test_value_says_it_in_german():
    raised = "Letztes Jahr um diese Zeit erwartete das Modell 1.000, und 1.300 kamen; "
    raised += "dieses Jahr ist es deshalb um 27\N{NO-BREAK SPACE}% angehoben."

    assert said(language="de") == [
        "Erprobt über März 2025 bis März 2026: Am 02.03.2025 wären 1.000 Käufe erwartet worden; 1.300 kamen.",
        raised,
    ]


def test_value_says_that_it_was_lowered_or_left_alone():
    lowered = said(level={"factor": 0.9}, observed=880.0)[1]
    assert lowered.endswith("and 880 came; this year it is therefore lowered by 10%.")
    assert len(said(level={"factor": 1.0})) == 1


@pytest.mark.parametrize("laid", ["latest", "year"])
def test_value_says_that_the_season_is_untested_where_no_year_ago_is_known(laid):
    unknown = {"kind": "none", "factor": 1.0, "spread": 0.3}
    found = said(laid=laid, first_on="2025-08-01", last_on="2025-11-30", level=unknown)

    assert found[0].startswith("Tested over August to November 2025")
    untested = ["Untested season: asked for is March 2026 to March 2027; 35% more or less is possible."]
    assert found[1:] == (untested if laid == "latest" else [])


def test_value_says_what_the_rule_in_use_would_have_expected():
    assert ", 900 purchases would have been expected" in said(rule="rate")[0]
    assert said(rule="rate", rate=None) == ["Too little was known before to try on it what is expected now."]
    assert said(short_past=True)[0].endswith("1,300 came. Little was known before that day.")


@pytest.mark.parametrize(("factor", "word"), [(2.3, "raised by 130%"), (0.4, "lowered by 60%")])
def test_value_says_that_the_past_no_longer_holds(factor, word):
    assert said(level={"kind": "jump", "factor": factor})[1].endswith(word + ".")


def test_nothing_is_said_where_nothing_was_tested():
    assert levels.sentences(None) == []
    assert levels.sentences(Generation(as_of_on=date(2026, 3, 1), forecast=forecasting.forecast())) == []
