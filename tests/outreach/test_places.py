from datetime import date

import pytest

from stammkunde.outreach import places


@pytest.mark.parametrize(
    ("country", "zone"),
    [
        ("Deutschland", "Europe/Berlin"),
        ("Portugal", "Europe/Lisbon"),
        ("Japan", "Asia/Tokyo"),
        ("Serbien", "Europe/Belgrade"),
        ("", "Europe/Vienna"),
    ],
)
def test_zone_is_the_countrys_or_else_the_companys(country, zone):
    assert places.zone(country, "Europe/Vienna").key == zone


@pytest.mark.parametrize(
    ("country", "region", "company_region", "on", "is_closed"),
    [
        ("DE", "Bayern", "DE", date(2027, 1, 6), True),
        ("DE", "BY", "DE", date(2027, 1, 6), True),
        ("DE", "", "DE-BY", date(2027, 1, 6), True),  # nothing known of the customer: as at home
        ("", "", "DE-BY", date(2027, 1, 6), True),
        ("DE", "", "DE", date(2027, 1, 6), False),
        ("DE", "Berlin", "DE-BY", date(2027, 1, 6), False),
        ("FR", "", "DE-BY", date(2027, 7, 14), True),
        ("FR", "", "DE-BY", date(2027, 10, 3), False),
        ("Mond", "", "", date(2027, 12, 25), False),
    ],
)
def test_holidays_follow_the_customer(country, region, company_region, on, is_closed):
    closed = places.closed_days(country=country, region=region, company_region=company_region)

    assert (on in closed) == is_closed


@pytest.mark.parametrize(
    ("text", "known"), [("DE", True), ("DE-NW", True), ("DE-XX", False), ("XX", False), ("", False)]
)
def test_region_is_a_country_with_or_without_a_part(text, known):
    assert places.is_region(text) == known
