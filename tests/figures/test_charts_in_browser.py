"""In a real browser: the pictures become charts in place, and nothing breaks the Content-Security-Policy."""

from datetime import UTC, date, datetime

import pytest
from django.conf import settings
from django.utils import timezone

from stammkunde.figures import charts
from stammkunde.sales.services import mark_changed
from stammkunde.signals import services
from stammkunde.signals.models import Current, Figure, Generation
from stammkunde.signals.policy import Learn
from tests import factories
from tests.browsing import hindrances

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def figures():
    made = Generation.objects.create(
        status=Generation.Status.DONE, as_of_on=date(2011, 12, 9), activity_days=180, started_at=timezone.now()
    )
    Current.objects.create(pk=1, generation=made)
    for period, share in [("2011-Q1", 0.9), ("2011-Q2", 0.7861), ("2011-Q3", 0.8117)]:
        Figure.objects.create(
            generation=made, kpi="retention_rate", period=period, value=share, numerator=9, denominator=10, n=10
        )


@pytest.fixture
def page(chromium, client, administrator, live_server):
    administrator.language = "de"
    administrator.save()
    client.force_login(administrator)
    opened = chromium.new_context().new_page()
    cookie = {"name": settings.SESSION_COOKIE_NAME, "value": client.cookies[settings.SESSION_COOKIE_NAME].value}
    opened.context.add_cookies([cookie | {"url": live_server.url}])
    opened.complaints = []
    opened.on("console", lambda said: opened.complaints.append(said.text) if said.type in {"error", "warning"} else 0)
    opened.on("pageerror", lambda problem: opened.complaints.append(str(problem)))
    yield opened
    opened.context.close()


def test_chart_is_upgraded_in_place_without_breaking_the_policy(page, figures, live_server):
    charts.build_bundle(charts.bundle_dir())

    page.goto(f"{live_server.url}/?period=2011-Q3")
    box = page.locator("[data-chart]").first
    before = box.bounding_box()
    page.locator("[data-chart][data-state=live]").first.wait_for()
    box.locator("svg.marks").hover(position={"x": before["width"] / 2, "y": before["height"] / 2})

    tip = page.locator("#vg-tooltip-element.visible")
    tip.wait_for()
    assert "Kundenbindungsrate" in tip.inner_text()
    assert box.bounding_box()["height"] == before["height"]
    assert page.complaints == []


def test_chart_stays_a_picture_without_the_bundle(page, figures, live_server, monkeypatch):
    monkeypatch.setattr(charts, "bundle_name", lambda: "vega-missing.js")

    page.goto(f"{live_server.url}/?period=2011-Q3")
    page.locator("[data-chart][data-state=picture]").first.wait_for()

    assert page.locator("[data-chart] img").first.is_visible()


@pytest.fixture
def shop(once):
    return once(open_shop)


def open_shop():
    """A year of two products, so that every part of the pages has something to show."""
    pots = factories.product(number="P1", name="Blumentopf", category="Töpfe")
    soil = factories.product(number="S1", name="Blumenerde", category="Erde")
    for number in range(12):
        buyer = factories.customer(name=f"Gartenbau {number}", country="DE" if number % 2 else "AT")
        for month in range(1 + number % 3, 12, 1 + number % 4):
            of = pots if (number + month) % 2 else soil
            factories.order(buyer, date(2011, month, 1 + number), cents=5000 + 700 * number, cost_cents=3000, of=of)
    mark_changed(["products", *(f"2011-{month:02}" for month in range(1, 12))])
    now = datetime(2011, 12, 1, tzinfo=UTC)
    services.refresh(as_of=date(2011, 11, 30), now=now, progress=lambda *_args: None, learn=Learn.NOW)
    return pots


@pytest.mark.parametrize("language", ["de", "en"])
def test_pages_of_figures_are_accessible_and_fit(page, administrator, shop, live_server, language):
    charts.build_bundle(charts.bundle_dir())
    administrator.language = language
    administrator.save()
    found = []

    for address in ("/?period=2011-Q3", "/products/?period=2011-Q3", f"/products/{shop.pk}/"):
        page.goto(live_server.url + address)
        found += hindrances(page)

    assert found == []
    assert page.complaints == []


@pytest.mark.parametrize("width", [375, 1280, 1440])
def test_what_a_tile_is_compared_with_stays_on_one_line(page, shop, live_server, width):
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{live_server.url}/?period=2011-Q3")

    broken = page.locator(".figure-compared > div").evaluate_all(
        "lines => lines.filter(line => line.scrollWidth > line.clientWidth || line.clientHeight > 24)"
        ".map(line => line.innerText)"
    )

    assert page.locator(".figure-compared > div").count() > 8
    assert broken == []
