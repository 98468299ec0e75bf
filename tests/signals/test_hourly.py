"""What an hour of each role costs: on its page, for programs, and in the trail."""

import re
from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone

from stammkunde.signals.models import HourlyCost
from stammkunde.team import tokens
from stammkunde.team.models import ApiToken, AuditEntry
from tests import factories

pytestmark = pytest.mark.django_db


def text(answer):
    return " ".join(re.sub("<[^>]+>", " ", answer.content.decode()).split())


def known():
    return list(HourlyCost.objects.order_by("role", "holds_from_on").values_list("role", "holds_from_on", "cents"))


def test_a_cost_is_written_down_corrected_and_removed_on_its_page(client, administrator):
    client.force_login(administrator)
    sent = {"role": "sales", "amount": "48,50", "holds_from_on": "2026-01-01"}

    for amount in ("48,50", "48,50", "50"):
        assert client.post(reverse("settings-costs"), sent | {"amount": amount}).status_code == 302
    client.post(reverse("settings-costs"), sent | {"role": "unknown", "amount": "30"})
    assert known() == [("", date(2026, 1, 1), 3_000), ("sales", date(2026, 1, 1), 5_000)]
    shown = text(client.get(reverse("settings-costs")))
    assert "Person unbekannt 01.01.2026 30,00 €" in shown
    assert "Diese Kosten zählen, sobald die Firma Stufe III wählt." in shown

    factories.decided(margin_stage="service")
    assert "Die Firma rechnet Deckungsbeiträge auf Stufe III" in text(client.get(reverse("settings-costs")))
    client.post(reverse("settings-costs"), {"remove": HourlyCost.objects.get(role="").pk})
    assert [role for role, *_rest in known()] == ["sales"]
    actions = AuditEntry.objects.filter(thing="hourly_cost").order_by("pk").values_list("action", flat=True)
    assert [action.removeprefix("hourly_cost.") for action in actions] == ["changed", "changed", "changed", "removed"]


@pytest.mark.parametrize(("amount", "why"), [("0", "Zwischen 0,01 und"), ("1001", "und 1.000."), ("viel", "Zahl")])
def test_a_cost_that_cannot_be_is_refused_in_words(client, administrator, amount, why):
    client.force_login(administrator)

    answer = client.post(reverse("settings-costs"), {"role": "sales", "amount": amount, "holds_from_on": "2026-01-01"})

    assert answer.status_code == 400
    assert why in text(answer)
    assert known() == []


def test_programs_write_costs_down_and_remove_them_with_the_right_to(client, administrator, salesperson):
    def ask(method, path, staff=administrator, **json):
        token = tokens.create(staff=staff, name=f"{ApiToken.objects.count()}", now=timezone.now())
        send = getattr(client, method)
        headers = {"Authorization": f"Bearer {token}"}
        return send(f"/api/v1/hourly-costs{path}", json or None, content_type="application/json", headers=headers)

    given = {"role": "service", "holds_from_on": "2026-01-01", "cents": 4_200}
    assert ask("put", "", **given).status_code == 200
    made = ask("put", "", **given).json()
    assert ask("get", "").json() == [given | {"id": made["id"]}]
    assert ask("put", "", staff=salesperson, **given).status_code == 403
    assert ask("put", "", **given | {"role": "boss"}).status_code == 422
    assert ask("put", "", **given | {"cents": 0}).status_code == 422

    assert ask("delete", f"/{made['id']}").status_code == 204
    assert ask("delete", f"/{made['id']}").status_code == 204
    assert known() == []
