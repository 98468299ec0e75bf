"""What winning and keeping customers cost in a year: on its page, for programs, and in the trail."""

import re

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from stammkunde.signals.models import YearCost
from stammkunde.team import tokens
from stammkunde.team.models import ApiToken, AuditEntry

pytestmark = pytest.mark.django_db


def text(answer):
    return " ".join(re.sub("<[^>]+>", " ", answer.content.decode()).split())


def known():
    return list(YearCost.objects.values_list("year", "winning_cents", "keeping_cents"))


def test_costs_of_a_year_are_written_down_corrected_and_removed(client, administrator):
    client.force_login(administrator)

    def post(**sent):
        return client.post(reverse("settings-year-costs"), sent)

    for winning in ("12.000,50", "12.000,50", "13.000"):
        assert post(year="2025", winning=winning, keeping="").status_code == 302
    assert post(year="2024", winning="0", keeping="8.000").status_code == 302
    assert known() == [(2024, 0, 800_000), (2025, 1_300_000, None)]
    assert "2025 13.000 € nicht bekannt" in text(client.get(reverse("settings-costs")))

    last = timezone.localdate().year - 1
    post(year=str(last), winning="12,50", keeping="")
    assert re.search(r'name="winning" value="12,50?"', client.get(reverse("settings-costs")).content.decode())
    post(remove=str(last))

    post(year="2025", winning="13.000", keeping="")
    post(remove="2025")
    post(remove="2025")
    assert [year for year, *_rest in known()] == [2024]
    actions = AuditEntry.objects.filter(thing="year_cost").order_by("pk").values_list("action", flat=True)
    assert [action.removeprefix("year_cost.") for action in actions][:3] == ["changed", "changed", "changed"]
    assert actions.last() == "year_cost.removed"


@pytest.mark.parametrize(
    ("sent", "why"),
    [
        ({"year": "2025"}, "Bitte mindestens einen der beiden Beträge angeben."),
        ({"year": "25", "winning": "1"}, "1990"),
        ({"year": "2025", "winning": "-1"}, "Zwischen 0 und 1.000.000.000."),
        ({"year": "2025", "keeping": "viel"}, "Zahl"),
    ],
)
def test_what_cannot_be_is_refused_in_words_and_stays_in_the_form(client, administrator, sent, why):
    client.force_login(administrator)

    answer = client.post(reverse("settings-year-costs"), sent)

    assert answer.status_code == 400
    assert why in text(answer)
    assert f'value="{sent["year"]}"' in answer.content.decode()
    assert known() == []


def test_programs_write_them_down_with_the_right_to(client, administrator, salesperson):
    def ask(method, path, staff=administrator, **json):
        token = tokens.create(staff=staff, name=f"{ApiToken.objects.count()}", now=timezone.now())
        headers = {"Authorization": f"Bearer {token}"}
        send = getattr(client, method)
        return send(f"/api/v1/year-costs{path}", json or None, content_type="application/json", headers=headers)

    given = {"year": 2025, "winning_cents": 1_200_000, "keeping_cents": None}
    assert ask("put", "", **given).json() == given
    assert ask("get", "").json() == [given]
    assert ask("put", "", staff=salesperson, **given).status_code == 403
    assert ask("put", "", year=2025).status_code == 422
    assert ask("put", "", year=2025, winning_cents=-1).status_code == 422
    assert ask("delete", "/2025").status_code == 204
    assert ask("delete", "/2025").status_code == 204
    assert known() == []


@pytest.mark.parametrize("said", [{}, {"winning_cents": -1}, {"keeping_cents": 5, "year": 25}])
def test_the_database_keeps_what_cannot_be_out(said):
    with pytest.raises(IntegrityError), transaction.atomic():
        YearCost.objects.create(**{"year": 2025, **said})
