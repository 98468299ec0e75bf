"""Links for social networks: a code per campaign and network, clicks counted by day, nothing kept of whoever clicks."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from stammkunde.plays import queries, services
from stammkunde.plays.models import ShareClicks, ShareLink
from stammkunde.team import attempts
from stammkunde.team.models import AuditEntry
from tests.plays.test_campaign import campaign

pytestmark = pytest.mark.django_db

BROWSER = {"User-Agent": "Mozilla/5.0 Firefox/140"}
SHOP = "https://shop.example/herbst?farbe=rot"


@pytest.fixture
def play(template, marketer, settings, client):
    settings.PUBLIC_URL = "https://crm.example.org"
    client.force_login(marketer)
    return campaign(template(), marketer)


def make(client, play, **typed) -> ShareLink:
    client.post(reverse("play-share", args=[play.pk]), {"network": "facebook", "target": SHOP} | typed)
    return ShareLink.objects.last()


def opened(client, link, *, headers=BROWSER, method="get"):
    return getattr(client, method)(reverse("share-link", args=[link.code]), headers=headers)


def test_a_click_is_counted_leads_to_the_shop_and_stands_in_the_results(client, play):
    link = make(client, play)
    services.count_click(link, on=timezone.localdate() - timedelta(days=30))

    answer = opened(client, link)
    opened(client, link)

    assert answer.headers["Location"] == (
        "https://shop.example/herbst?farbe=rot&utm_source=facebook&utm_medium=social&utm_campaign=herbst"
    )
    assert not answer.cookies
    (found,) = queries.shares(play, today=timezone.localdate())
    assert (found.clicks, found.lately) == (3, 2)
    page = client.get(reverse("play", args=[play.pk])).text
    assert f"https://crm.example.org/c/s/{link.code}/" in page
    assert "3 Klicks." in page
    fields = {one.name for one in ShareClicks._meta.fields}
    assert fields == {"id", "link", "on", "count"}  # no word of whoever clicked


@pytest.mark.parametrize(("headers", "method"), [({"User-Agent": "facebookexternalhit/1.1"}, "get"), (BROWSER, "head")])
def test_what_networks_look_up_is_no_click(client, play, headers, method):
    assert opened(client, make(client, play), headers=headers, method=method).status_code == 302
    assert not ShareClicks.objects.exists()


def test_what_the_address_says_already_stays_as_it_is_also_when_it_says_it_twice(client, play):
    link = make(client, play, target="https://shop.example/?size=39&size=40&utm_source=insta&q=a%20b#neu")

    assert opened(client, link).headers["Location"] == (
        "https://shop.example/?size=39&size=40&utm_source=insta&q=a%20b&utm_medium=social&utm_campaign=herbst#neu"
    )


@pytest.mark.parametrize("code", [None, "abcdefgh", "abcdefgh.", "%00"])
def test_whoever_opens_an_ended_or_unknown_link_leaves_nothing_and_need_not_wait(client, play, code):
    link = make(client, play)
    client.post(reverse("share-end", args=[link.pk]))
    before = AuditEntry.objects.count()

    for _time in range(attempts.LINKS.per_address + 1):
        answer = client.get(f"/c/s/{code or link.code}/", headers=BROWSER)

    assert (answer.status_code, AuditEntry.objects.count()) == (404 if code else 410, before)
    assert "Dieser Link führt nicht mehr weiter" in answer.text


def test_each_network_has_its_own_code_and_the_same_once_more_is_the_same(client, play):
    links = {make(client, play).code, make(client, play, network="xing").code}
    make(client, play)

    assert len(links) == ShareLink.objects.count() == 2


def test_an_ended_link_leads_nowhere_and_keeps_its_clicks(client, play):
    link = make(client, play)
    opened(client, link)

    client.post(reverse("share-end", args=[link.pk]))
    assert opened(client, link).status_code == 410
    client.post(reverse("share-end", args=[link.pk]), {"open": "1"})
    assert opened(client, link).status_code == 302

    assert queries.shares(play, today=timezone.localdate())[0].clicks == 2
    trail = AuditEntry.objects.filter(action__startswith="share.").order_by("pk")
    assert list(trail.values_list("action", flat=True)) == ["share.created", "share.ended", "share.opened"]


@pytest.mark.parametrize("target", ["javascript:alert(1)", "ftp://shop.example/", ""])
def test_only_pages_are_shared(client, play, target):
    assert make(client, play, target=target) is None
