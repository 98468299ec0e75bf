"""After a data refresh the worker asks what pages usually ask: whoever looks first waits for nothing."""

import pytest
from django.utils import timezone

from stammkunde.figures import ahead
from stammkunde.mirror import manifest
from stammkunde.signals import answers
from stammkunde.signals.answers import asking
from stammkunde.signals.models import Figure, Generation
from stammkunde.work.sweeps import declared
from tests.figures.findings_shop import open_shop

pytestmark = pytest.mark.django_db(transaction=True)

PAGES = ("/", "/products/", "/customers/?behind=lost", "/customers/?behind=won", "/lost/", "/ideal-customer/")


@pytest.fixture
def shop(administrator, once):
    once(open_shop)
    shown = Generation.objects.get()
    for period in ("2026-Q2", "2025"):  # an overview without figures would ask nothing
        Figure.objects.create(
            generation=shown, kpi="retention_rate", period=period, slice_by="", slice_value="", value=0.5, n=100
        )


@pytest.fixture
def worked_out(monkeypatch):
    """Which questions were worked out, and not only looked up."""
    found, work_out = [], asking._worked_out

    def noted(opened, question, **how):
        found.append(question.__qualname__)
        return work_out(opened, question, **how)

    monkeypatch.setattr(asking, "_worked_out", noted)
    return found


def test_pages_only_look_up_what_was_asked_ahead(client, administrator, shop, worked_out):
    (sweep,) = (one for one in declared() if one.name == "ahead")
    turns = sum(iter(lambda: sweep.run(now=timezone.now()), False))
    assert turns == len(ahead.QUESTIONS)
    assert worked_out

    worked_out.clear()
    client.force_login(administrator)
    for page in PAGES:
        assert client.get(page).status_code == 200, page
        assert worked_out == [], page


def test_what_a_worker_was_stopped_at_is_asked_once_more_and_what_kills_workers_no_more(shop, monkeypatch):
    asked = []

    def deadly(_period):
        asked.append("deadly")
        raise SystemExit

    monkeypatch.setattr(ahead, "QUESTIONS", (deadly, lambda _period: asked.append("next")))
    for _stopped in range(2):
        with pytest.raises(SystemExit):
            ahead.sweep(now=timezone.now())

    assert ahead.sweep(now=timezone.now())
    assert not ahead.sweep(now=timezone.now())
    assert asked == ["deadly", "deadly", "next"]


def test_what_fails_is_told_and_keeps_nobody_up(shop, monkeypatch, caplog):
    monkeypatch.setattr(ahead, "QUESTIONS", (lambda _period: 1 / 0,))

    assert ahead.sweep(now=timezone.now())
    assert not ahead.sweep(now=timezone.now())
    assert "a question asked ahead failed" in caplog.text


def test_request_opens_the_mirror_once_and_the_next_one_anew(client, administrator, shop, monkeypatch):
    opened, read = [], manifest.read
    monkeypatch.setattr(manifest, "read", lambda: opened.append(1) or read())
    client.force_login(administrator)

    client.get("/")
    assert len(opened) == 1
    client.get("/")
    assert len(opened) == 2
    answers.abc()
    answers.abc()
    assert len(opened) == 4, "outside of a request, each question looks for itself"
