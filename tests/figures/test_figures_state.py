"""Above every page: as of when the figures are, whether they are being counted, and why they could not be."""

from datetime import UTC, date, datetime

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from stammkunde.signals.models import Current, Generation

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 21, tzinfo=UTC)


def state(client) -> str:
    return client.get(reverse("figures-state")).content.decode()


@pytest.fixture
def signed_in(client, administrator):
    client.force_login(administrator)
    return client


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("killed", "Das Aktualisieren der Auswertung wurde unterbrochen. Es beginnt von selbst noch einmal."),
        ("failed", "Die Auswertung konnte nicht aktualisiert werden. Ein neuer Versuch startet von selbst."),
    ],
)
def test_a_failed_refresh_says_why_and_what_happens_next(signed_in, code, words):
    shown = Generation.objects.create(status="done", as_of_on=date(2026, 11, 20), started_at=timezone.now())
    Current.objects.create(pk=1, generation=shown)
    Generation.objects.create(
        status="failed", as_of_on=date(2026, 11, 21), error={"code": code}, finished_at=NOW, started_at=timezone.now()
    )

    with translation.override("de"):
        told = state(signed_in)

    assert words in told
    assert "20.11.2026" in told


def test_nothing_is_said_where_nothing_failed(signed_in):
    shown = Generation.objects.create(status="done", as_of_on=date(2026, 11, 20), started_at=timezone.now())
    Current.objects.create(pk=1, generation=shown)

    told = state(signed_in)

    assert "20.11.2026" in told
    assert 'class="warning"' not in told
