import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from stammkunde.signals import proof, services
from stammkunde.signals.models import FigureSettings
from stammkunde.team import queries
from stammkunde.team.models import AuditEntry
from tests.pages import folded
from tests.signals import forecasting


@pytest.fixture
def ada(client, administrator):
    client.force_login(administrator)
    return client


def sent(**changes):
    return {
        "name": "Blumen Petersen",
        "activity_days": "180",
        "no_purchase_months": "6",
        "margin_stage": "goods",
        "payment_percent": "1.5",
        "minutes_per_contact": "24",
        "warned_percent": "12",
    } | changes


def test_settings_are_kept_and_recorded(ada):
    assert ada.post(reverse("settings"), sent()).status_code == 302

    kept = FigureSettings.of(queries.company())
    assert (kept.company.name, kept.activity_days, kept.no_purchase_months) == ("Blumen Petersen", 180, 6)
    changes = AuditEntry.objects.get(action="settings.changed").detail["changes"]
    assert changes == {
        "name": ["", "Blumen Petersen"],
        "activity_days": [None, 180],
        "margin_stage": ["delivery", "goods"],
        "payment_percent": [0.0, 1.5],
    }


def test_settings_saved_twice_change_nothing_the_second_time(ada):
    ada.post(reverse("settings"), sent())
    ada.post(reverse("settings"), sent())

    assert AuditEntry.objects.filter(action="settings.changed").count() == 1


def test_settings_keep_how_far_the_early_warning_looks(ada):
    ada.post(reverse("settings"), sent(risk_horizon_days="60"))
    assert FigureSettings.of(queries.company()).risk_horizon_days == 60

    ada.post(reverse("settings"), sent(risk_horizon_days=""))
    assert FigureSettings.of(queries.company()).risk_horizon_days is None


def test_settings_show_what_follows_from_warning_about_more_or_fewer(ada):
    generation = forecasting.generation()

    text = folded(ada.get(reverse("settings")).content.decode())
    ada.post(reverse("settings"), sent(warned_percent="5"))

    assert FigureSettings.of(queries.company()).warned_percent == 5
    few, usual = proof.choices(generation)
    assert (few.percent, few.red, few.amber, few.is_chosen, usual.is_chosen) == (5, 1, 0, False, True)
    assert (few.tried.precision, usual.tried.recall) == (150 / 206, 271 / 640)
    for said in ("73", "42"):  # right, for 5 %, and found, for 12 %
        assert f"{said}\N{NO-BREAK SPACE}%" in text


def test_settings_window_left_empty_is_the_suggestion(ada):
    ada.post(reverse("settings"), sent(activity_days=""))

    assert FigureSettings.of(queries.company()).activity_days is None


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"activity_days": "0"}, "Zwischen 1 und 3650 Tagen"),
        ({"activity_days": "3651"}, "Zwischen 1 und 3650 Tagen"),
        ({"payment_percent": "21"}, "Zwischen 0 und 20 Prozent"),
        ({"no_purchase_months": "0"}, "Zwischen 1 und 120 Monaten"),
        ({"risk_horizon_days": "6"}, "Zwischen 7 und 730 Tagen"),
        ({"risk_horizon_days": "731"}, "Zwischen 7 und 730 Tagen"),
        ({"no_purchase_months": "121"}, "Zwischen 1 und 120 Monaten"),
        ({"minutes_per_contact": "4"}, "Zwischen 5 und 240 Minuten"),
        ({"minutes_per_contact": "241"}, "Zwischen 5 und 240 Minuten"),
    ],
)
def test_settings_out_of_range_are_refused_with_the_range(ada, change, words):
    response = ada.post(reverse("settings"), sent(**change))

    assert response.status_code == 400
    assert words in response.content.decode()
    assert not AuditEntry.objects.filter(action="settings.changed").exists()


def test_settings_say_so_where_there_is_too_little_to_suggest_a_window(ada):
    assert "zu wenige Wiederholungskäufe" in ada.get(reverse("settings")).content.decode()


def test_settings_say_how_far_the_early_warning_looks(ada):
    forecasting.generation()

    text = ada.get(reverse("settings")).content.decode()

    assert "Zurzeit <strong>90 Tage</strong>." in text
    assert "77\N{NO-BREAK SPACE}% derer" in text


def test_whoever_may_change_settings_may_ask_for_a_data_refresh(ada):
    before = timezone.now()

    response = ada.post(reverse("settings-refresh"), follow=True)

    assert before <= cache.get(services.ASKED) <= timezone.now()
    assert "Alles wird gleich neu berechnet." in response.content.decode()
    assert ada.get(reverse("settings-refresh")).status_code == 405
