from datetime import date

import pytest

from stammkunde.intake.check import FileNotUsable
from tests.intake.reading import checked, flat, remarks, rows, write

# --- money


@pytest.mark.parametrize(
    ("quantity", "price", "cents"),
    [("1", "0,005", 1), ("-1", "0,005", -1), ("3", "0,335", 101), ("0,5", "0,01", 1), ("7", "1,4142", 990)],
)
def test_revenue_is_rounded_once_per_line_half_away_from_zero(tmp_path, quantity, price, cents):
    path, _ = flat(tmp_path, f"R1;01.03.2024;7;A1;{quantity};{price}")

    assert rows(path, "lines", "revenue_cents") == [(cents,)]


@pytest.mark.parametrize(
    ("heading", "cells", "cents"),
    [
        ("Menge;Einzelpreis;Rabatt", "2;10,00;1,50", 1850),
        ("Menge;Einzelpreis;Rabatt %", "2;10,00;12,5", 1750),
        ("Menge;Netto;Brutto", "2;10,00;11,90", 1000),
        ("Menge;Brutto;MwSt", "2;11,90;19", 1000),
        ("Menge;Brutto;MwSt-Betrag", "2;11,90;1,90", 1000),
        ("Menge;Brutto;MwSt", "1;10,70;7 %", 1000),
    ],
)
def test_revenue_is_net_of_vat_and_discounts(tmp_path, heading, cells, cents):
    path = write(tmp_path, f"Rechnungsnummer;Datum;{heading}\nR1;01.03.2024;{cells}\n")

    found = checked(path, layout="flat")

    assert found.revenue_cents == cents


def test_gross_prices_are_converted_by_a_rate(tmp_path):
    _, found = flat(tmp_path, "R1;01.03.2024;7;A1;2;11,90", price_basis="gross", tax_rate="19")

    assert found.revenue_cents == 2000


def test_gross_prices_without_a_rate_are_refused(tmp_path):
    with pytest.raises(FileNotUsable) as refused:
        flat(tmp_path, "R1;01.03.2024;7;A1;2;11,90", price_basis="gross")

    assert refused.value.code == "tax_unknown"


@pytest.mark.parametrize(
    ("heading", "cell", "cents"), [("EK", "3,00", 600), ("Wareneinsatz", "6,50", 650), ("Deckungsbeitrag", "4,00", 600)]
)
def test_cost_comes_from_unit_cost_line_cost_or_margin(tmp_path, heading, cell, cents):
    path = write(
        tmp_path,
        f"Rechnungsnummer;Datum;Menge;Einzelpreis;{heading}\nR1;01.03.2024;2;5,00;{cell}\nR2;01.03.2024;2;5,00;\n",
    )

    checked(path, layout="flat")

    assert rows(path, "lines", "cost_cents") == [(cents,), (None,)]


@pytest.mark.parametrize("cell", ["$5.00", "5,00 USD", "£5", "CHF 5.00"])
def test_another_currency_in_an_amount_is_refused_by_row(tmp_path, cell):
    path, found = flat(
        tmp_path, f"R1;01.03.2024;7;A1;1;{cell}", "R2;01.03.2024;7;A1;1;5,00 €", "R3;01.03.2024;7;A1;1;EUR 5,00"
    )

    assert remarks(found) == [(2, "Einzelpreis", "other_currency")]
    assert rows(path, "lines", "order_source") == [("files:R2",), ("files:R3",)]


def test_another_currency_in_its_column_is_refused_by_row(tmp_path):
    path = write(
        tmp_path, "Rechnungsnummer;Datum;Betrag;Währung\nR1;01.03.2024;5;USD\nR2;01.03.2024;5;EUR\nR3;01.03.2024;5;\n"
    )

    found = checked(path)

    assert remarks(found) == [(2, "Währung", "other_currency")]
    assert found.problems[0].detail == {"found": "USD", "expected": "EUR"}
    assert found.revenue_cents == 1000


def test_the_currency_and_the_time_zone_of_the_installation_count(tmp_path, settings):
    settings.CURRENCY, settings.TIME_ZONE = "USD", "America/New_York"

    path, found = flat(tmp_path, "R1;2024-03-01T02:00:00Z;7;A1;1;$5.00")

    assert (found.refused, found.revenue_cents) == (0, 500)
    assert [f"{on}" for (on,) in rows(path, "orders", "ordered_on")] == ["2024-02-29"]


# --- dates


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("2024-03-01", date(2024, 3, 1)),
        ("01.03.2024", date(2024, 3, 1)),
        ("1.3.24", date(2024, 3, 1)),
        ("01.03.2024 23:30", date(2024, 3, 1)),
        ("2024-03-01T23:30:00Z", date(2024, 3, 2)),
        ("2024-07-01 22:30:00+00:00", date(2024, 7, 2)),
        ("45352", date(2024, 3, 1)),
        ("45352,99", date(2024, 3, 1)),
        ("20240301", date(2024, 3, 1)),
        ("1. März 2024", date(2024, 3, 1)),
        ("Fr, 01.03.2024", date(2024, 3, 1)),
        ("25/03/2024", date(2024, 3, 25)),
    ],
)
def test_days_are_understood(tmp_path, cell, day):
    path, found = flat(tmp_path, f"R1;{cell};7;A1;1;5")

    assert remarks(found) == []
    assert rows(path, "orders", "ordered_on") == [(day,)]


@pytest.mark.parametrize(
    ("cell", "code", "meant"),
    [
        ("31.02.2024", "not_a_date", "2024-02-29"),
        ("31.02.2023", "not_a_date", "2023-02-28"),
        ("31.04.2024", "not_a_date", "2024-04-30"),
        ("12.25.2023", "not_a_date", "2023-12-25"),
        ("2024-13-05", "not_a_date", "2024-05-13"),
        ("gestern", "not_a_date", None),
        ("01.03.2024 25:10", "not_a_date", None),
        ("22.11.2026", "date_in_future", None),
        ("01.03.1924", "date_too_early", None),
    ],
)
def test_days_that_are_none_are_refused_with_what_was_meant(tmp_path, cell, code, meant):
    path, found = flat(tmp_path, f"R1;{cell};7;A1;1;5", "R2;01.03.2024;7;A1;1;5")

    assert remarks(found) == [(2, "Datum", code)]
    assert found.problems[0].value == cell
    assert found.problems[0].detail["did_you_mean"] == meant
    assert (found.accepted, found.refused) == (1, 1)
    assert rows(path, "orders", "source") == [("files:R2",)]


def test_today_is_not_the_future(tmp_path):
    _, found = flat(tmp_path, "R1;21.11.2026 23:59;7;A1;1;5")

    assert found.refused == 0


def test_the_whole_file_decides_which_comes_first_day_or_month(tmp_path):
    path, found = flat(tmp_path, "R1;01/02/2024;7;A1;1;5", "R2;12/31/2023;7;A1;1;5")

    assert found.problem_count == 0
    assert rows(path, "orders", "ordered_on") == [(date(2024, 1, 2),), (date(2023, 12, 31),)]


@pytest.mark.parametrize(
    ("cell", "moment", "day"),
    [
        ("30.03.2024 23:30", "2024-03-30 22:30:00+00", date(2024, 3, 30)),
        ("31.03.2024 23:30", "2024-03-31 21:30:00+00", date(2024, 3, 31)),  # summer time since that morning
        ("26.10.2024 23:30", "2024-10-26 21:30:00+00", date(2024, 10, 26)),
        ("27.10.2024 23:30", "2024-10-27 22:30:00+00", date(2024, 10, 27)),  # winter time since that morning
        ("01.03.2024", "2024-02-29 23:00:00+00", date(2024, 3, 1)),
    ],
)
def test_times_are_the_companys_and_the_day_is_the_local_one(tmp_path, cell, moment, day):
    path, _ = flat(tmp_path, f"R1;{cell};7;A1;1;5")

    assert rows(path, "orders", "ordered_at", "ordered_on") == [(moment, day)]


def test_the_time_zone_is_an_option(tmp_path):
    path, _ = flat(tmp_path, "R1;01.07.2024 23:30;7;A1;1;5", time_zone="America/New_York")

    assert rows(path, "orders", "ordered_at", "ordered_on") == [("2024-07-02 03:30:00+00", date(2024, 7, 1))]
