"""List, overview, customer page, settings and proof quote one rule: that of the lights (R-W2, R-W3)."""

from datetime import UTC, date, datetime

import pytest
from django.urls import reverse

from stammkunde.signals import compute, policy, queries, services
from stammkunde.signals.models import EarlyWarning
from stammkunde.ui import writing
from tests import factories
from tests.pages import folded
from tests.signals import company

pytestmark = pytest.mark.django_db(transaction=True)

TODAY = date(2026, 3, 1)


@pytest.fixture
def shown(monkeypatch, administrator):
    monkeypatch.setattr(compute, "SLICES", ())
    factories.decided(activity_days=90)
    company.play(until=TODAY)
    now = datetime(2026, 3, 1, 8, tzinfo=UTC)
    return services.refresh(as_of=TODAY, now=now, progress=lambda *_: None, learn=policy.Learn.NOW)


def test_pages_quote_the_same_numbers(client, administrator, shown):
    client.force_login(administrator)
    told, levels = shown.forecast["risk"]["back_tests"][0], shown.forecast["levels"]
    reddest = queries.signals().filter(risk_level="red").first()
    addresses = {
        "list": reverse("warnings"),
        "overview": reverse("overview"),
        "customer": reverse("customer", args=[reddest.customer_id]),
        "proof": reverse("warnings-proof"),
        "settings": reverse("settings"),
    }
    texts = {name: folded(client.get(address).content.decode()) for name, address in addresses.items()}

    right, found = told["warned_left"] / told["warned"], told["warned_left"] / told["left"]
    precision, recall = (writing.percent(share, places=0) for share in (right, found))
    red, amber = levels["red"], levels["amber"]
    day = writing.day(date.fromisoformat(told["as_of"]))
    assert 0 < red + amber <= max(round(0.12 * queries.signals().exclude(risk_level="").count()), 3)
    assert EarlyWarning.objects.count() == red + amber
    tried = f"Erprobt am {day}: Von {told['warned']} Gewarnten gingen {precision}"
    for name in ("list", "customer"):
        assert tried in texts[name]
        assert f"von denen, die gingen, waren {recall} gewarnt" in texts[name]
    assert f"{red} Rot · {amber} Gelb · von 100 Gewarnten gingen {round(100 * right)}" in texts["overview"]
    assert f"<strong>{told['warned']}</strong> Kunden gewarnt" in texts["proof"]
    assert f"Von allen {told['left']}, die gingen, waren {recall} gewarnt" in texts["proof"]
    assert writing.money(told["warned_left_cents"], places=0) in texts["proof"]
    chosen = texts["settings"].split('class="chosen"')[1].split("</tr>")[0]
    assert all(number in chosen for number in (f">{red}<", f">{amber}<", precision, recall))
