"""Rules for points on their page: written, changed by another version, pressed twice, refused with the reason."""

import pytest
from django.urls import reverse

from stammkunde.loyalty.models import Rule
from tests.loyalty.test_pages import text

pytestmark = pytest.mark.django_db

SAID = {
    "code": "", "name": "Ein Punkt je Euro", "points": "1", "euros": "1,00", "holds_from_on": "2026-01-01",
    "delivery_days": "3", "return_days": "14", "years": "3",
}  # fmt: skip


@pytest.fixture
def page(client, administrator):
    client.force_login(administrator)
    return lambda **said: client.post(reverse("points-rules"), SAID | said, follow=True)


def test_a_rule_is_written_and_said_in_words(page, client):
    assert "Noch keine Regel" in text(client.get(reverse("points-rules")))
    said = text(page(euros="0,50"))

    rule = Rule.objects.get()
    assert (rule.code, rule.points_num, rule.points_den) == ("ein-punkt-je-euro", 1, 50)
    assert "1 Punkt je 0,50 €" in said
    assert "17" in said  # days until points are confirmed


def test_pressed_twice_it_is_one(page):
    page()
    assert page().status_code == 200

    assert Rule.objects.count() == 1


def test_another_version_keeps_the_code_and_the_old_one(page, client):
    page()
    first = Rule.objects.get()
    form = client.get(reverse("points-rules"), {"of": first.pk}).text
    assert 'value="ein-punkt-je-euro" selected' in form
    page(code="ein-punkt-je-euro", name="Zwei Punkte", points="2", holds_from_on="2026-12-01")

    assert list(Rule.objects.order_by("pk").values_list("code", "points_num")) == [(first.code, 1), (first.code, 2)]


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"points": "2"}, "Eine Regel mit diesem Namen gibt es schon."),
        ({"name": "Kürzer", "years": "2"}, "größer oder gleich 3"),
        ({"name": "Geteilt", "euros": "0"}, "größer oder gleich"),
        ({"name": "Fremd", "code": "there-is-none"}, "Auswahl"),
    ],
)
def test_what_cannot_hold_is_refused_with_the_reason(page, said, why):
    page()
    answer = page(**said)

    assert answer.status_code == 400
    assert why in text(answer)
    assert Rule.objects.count() == 1


def test_only_who_decides_about_settings_writes_rules(client, salesperson):
    client.force_login(salesperson)

    assert client.post(reverse("points-rules"), SAID).status_code == 403
    assert "Regeln" not in text(client.get(reverse("points")))
