from collections import Counter

import pytest
from django.urls import reverse
from django.utils import timezone

from stammkunde.tasks.models import TimeSettings
from stammkunde.team import queries, services
from stammkunde.team.models import AuditEntry, Company, Settings

pytestmark = pytest.mark.django_db


def change(**settings):
    return services.change_company(by=None, now=timezone.now(), **settings)


def test_settings_of_all_apps_are_read_in_one_query_before_the_first_save_and_after_each(django_assert_num_queries):
    for first in ({}, {"name": "Rösterei"}, {"minutes_per_contact": 30}):
        if first:
            change(**first)
        with django_assert_num_queries(1):
            company = queries.company()
            read = [row.of(company) for row in Settings.every()]

    assert TimeSettings.of(company).minutes_per_contact == 30
    assert len({type(row) for row in read}) == len(read) > 0


def test_settings_that_nobody_saved_are_the_defaults():
    assert TimeSettings.of(queries.company()) == TimeSettings(company=Company(pk=1))
    assert TimeSettings.of(change(name="Rösterei")).minutes_per_contact == 24


def test_no_two_apps_have_a_setting_of_the_same_name():
    """Whoever changes one does not say whose it is."""
    names = Counter(
        one.name for row in (Company, *Settings.every()) for one in row._meta.fields if one.name != "company"
    )

    assert [name for name, times in names.items() if times > 1] == []


def test_setting_that_no_app_has_is_refused_and_nothing_is_kept():
    with pytest.raises(TypeError, match="No app has settings of these names: colour"):
        change(name="Rösterei", colour="red")

    assert queries.company().name == ""


def test_page_with_settings_of_several_apps_keeps_all_or_nothing(client, administrator):
    client.force_login(administrator)
    sent = {"name": "Rösterei", "activity_days": "180", "no_purchase_months": "7", "warned_percent": "12"}
    sent["minutes_per_contact"] = "4"
    sent |= {"margin_stage": "delivery", "payment_percent": "0"}

    assert client.post(reverse("settings"), sent).status_code == 400
    assert (queries.company().name, AuditEntry.objects.count()) == ("", 0)

    client.post(reverse("settings"), sent | {"minutes_per_contact": "30"})
    company = queries.company()
    assert (company.name, TimeSettings.of(company).minutes_per_contact) == ("Rösterei", 30)
    assert AuditEntry.objects.count() == 1
