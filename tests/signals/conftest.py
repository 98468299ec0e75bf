"""What tests of refreshes share: what they do not look at is left out, and the same is not learnt again and again."""

from dataclasses import replace

import pytest

from stammkunde.signals import compute, learning


@pytest.fixture
def no_figures(monkeypatch):
    """Dated figures take their time, and are another test's; those of what is expected stay."""
    monkeypatch.setattr(compute.Computation, "figures", lambda *_of, **_how: compute.FIGURES.empty_table())


@pytest.fixture(scope="session")
def lessons():
    return {}


@pytest.fixture
def learns_once(monkeypatch, lessons, request):
    """
    Fit who leaves once for each file of tests and terms, and give the same model for every day.

    For tests of what is done with a model. Numbers of customers play no part in it. Gives what really fits.
    """
    really = learning.risk.fit

    def fit(facts, *, as_of, **terms):
        key = (request.module.__name__, *((name, given) for name, given in sorted(terms.items()) if given is not None))
        if key not in lessons:
            lessons[key] = really(facts, as_of=as_of, **terms)
        return replace(lessons[key], as_of=as_of)

    monkeypatch.setattr(learning.risk, "fit", fit)
    return really
