from datetime import date

import duckdb
import pytest

from stammkunde.demo import files
from stammkunde.demo.catalogue import GROUPS, catalogue

UNTIL = date(2026, 11, 20)


@pytest.fixture(scope="module")
def books(tmp_path_factory):
    """Three years of 5,000 customers, to be asked in SQL."""
    directory = tmp_path_factory.mktemp("demo")
    files.write(directory, customers=5000, seed=1, until=UNTIL)
    with duckdb.connect() as connection:
        for table in files.TABLES:
            connection.execute(f"CREATE VIEW {table} AS SELECT * FROM '{directory / f'{table}.parquet'}'")
        yield connection


def _one(books, sql):
    return books.execute(sql).fetchone()


def _count(sql):
    ((count,),) = duckdb.connect().sql(sql).fetchall()
    return count


def _bytes(directory, **changed):
    files.write(directory, **{"customers": 300, "seed": 7, "until": UNTIL} | changed)
    return {table: (directory / f"{table}.parquet").read_bytes() for table in files.TABLES}


def test_demo_is_the_same_for_the_same_seed(tmp_path):
    assert _bytes(tmp_path / "one") == _bytes(tmp_path / "other")


def test_demo_is_another_for_another_seed(tmp_path):
    one, other = _bytes(tmp_path / "one"), _bytes(tmp_path / "other", seed=8)

    assert {table for table in files.TABLES if one[table] == other[table]} == {"products"}


def test_demo_in_portions_keeps_every_key_unique(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "PORTION", 100)
    rows = files.write(tmp_path, customers=250, seed=1, until=UNTIL)

    for table, key in (("customers", "Kundennummer"), ("orders", "Bestellnummer")):
        path = tmp_path / f"{table}.parquet"
        assert _count(f"SELECT count(DISTINCT {key}) FROM '{path}'") == rows[table]
    orders, customers = tmp_path / "orders.parquet", tmp_path / "customers.parquet"
    strangers = f"SELECT count(*) FROM '{orders}' ANTI JOIN '{customers}' USING (Kundennummer)"
    assert _count(f"{strangers} WHERE Kundennummer IS NOT NULL") == 0


def test_demo_leaves_nothing_half_written(tmp_path):
    files.write(tmp_path, customers=20, seed=1, until=UNTIL)

    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(f"{table}.parquet" for table in files.TABLES)


def test_demo_covers_three_years_up_to_the_last_day(books):
    first, last, beyond = _one(
        books,
        """SELECT min(Bestelldatum)::date, max(Bestelldatum)::date,
                  count(*) FILTER ("Geliefert am" > DATE '2026-11-20') FROM orders""",
    )

    assert date(2023, 11, 20) <= first <= date(2023, 11, 30)
    assert last == UNTIL
    assert beyond == 0


def test_demo_references_are_whole(books):
    assert _one(books, "SELECT count(*) FROM lines ANTI JOIN orders USING (Bestellnummer)") == (0,)
    assert _one(books, "SELECT count(*) FROM lines ANTI JOIN products USING (Artikelnummer)") == (0,)
    assert _one(books, "SELECT count(*) FROM orders ANTI JOIN lines USING (Bestellnummer)") == (0,)
    assert _one(books, "SELECT count(*) FROM contact_persons ANTI JOIN customers USING (Kundennummer)") == (0,)
    assert _one(books, "SELECT count(*) - count(DISTINCT (Bestellnummer, Position)) FROM lines") == (0,)


def test_demo_sales_are_positive_and_returns_negative(books):
    kinds = dict(
        books.execute(
            "SELECT Belegart, bool_and(sign(Netto) = sign(Menge) AND Netto <> 0) FROM lines GROUP BY 1"
        ).fetchall()
    )

    assert kinds == {"sale": True, "return": True, "cancellation": True}
    assert _one(books, "SELECT count(*) FROM lines WHERE (Belegart = 'sale') <> (Netto > 0)") == (0,)


def test_demo_customers_stay_as_in_a_good_shop(books):
    """Quarterly retention with a window of 180 days."""
    rates = books.execute(
        """
        WITH bought AS (SELECT DISTINCT Kundennummer AS customer, Bestelldatum::date AS day FROM orders
                        WHERE Kundennummer IS NOT NULL AND Bestellnummer LIKE 'B%' AND Status <> 'cancelled'),
        ends AS (SELECT unnest([DATE '2024-12-31', DATE '2025-03-31', DATE '2025-06-30', DATE '2025-09-30',
                                DATE '2025-12-31', DATE '2026-03-31', DATE '2026-06-30']) AS day),
        there AS (SELECT DISTINCT ends.day, customer FROM ends JOIN bought
                  ON bought.day <= ends.day AND bought.day > ends.day - 180)
        SELECT old.day, count(now.customer) / count(*) FROM there old LEFT JOIN there now
               ON now.customer = old.customer AND now.day = last_day(old.day + INTERVAL 3 MONTH)
        WHERE old.day < DATE '2026-06-30' GROUP BY 1"""
    ).fetchall()

    assert all(0.70 < rate < 0.90 for _day, rate in rates), rates


def test_demo_has_lost_and_returned_customers(books):
    silent, returned, never = _one(
        books,
        """
        WITH days AS (SELECT Kundennummer, Bestelldatum::date AS day,
                             day - lag(day) OVER (PARTITION BY Kundennummer ORDER BY Bestelldatum) AS gap
                      FROM orders WHERE Kundennummer IS NOT NULL),
        people AS (SELECT Kundennummer, max(day) AS last, max(gap) AS gap FROM days GROUP BY 1)
        SELECT count(*) FILTER (last < DATE '2025-11-20') / 5000, count(*) FILTER (gap > 300) / 5000,
               1 - count(*) / 5000
        FROM people""",
    )

    assert 0.2 < silent < 0.5
    assert 0.03 < returned < 0.25
    assert 0.01 < never < 0.15


def test_demo_sells_more_in_spring_and_rests_on_sundays(books):
    months = dict(books.execute("SELECT month(Bestelldatum), count(*) FROM orders GROUP BY 1").fetchall())
    firms = dict(
        books.execute(
            """SELECT isodow(Bestelldatum), count(*) FROM orders JOIN customers USING (Kundennummer)
               WHERE Art = 'company' AND Bestellnummer LIKE 'B%' GROUP BY 1"""
        ).fetchall()
    )

    assert months[4] > 1.5 * months[1]
    assert firms[7] < 0.05 * firms[2]


def test_demo_goods_have_sensible_margins_and_some_unknown_costs():
    goods = catalogue()
    margins = 1 - goods.cost_e4[:-1] / goods.price_e4[:-1]

    assert ((margins >= 0.15) & (margins <= 0.605)).all()
    assert 0.01 < 1 - goods.cost_known.mean() < 0.05
    assert len(set(goods.names)) == len(goods.names)


def test_demo_sells_every_good(books):
    assert _one(books, "SELECT count(*) FROM products ANTI JOIN lines USING (Artikelnummer)") == (0,)


def test_demo_groups_name_only_groups_that_exist():
    names = {group.name for group in GROUPS}

    assert {other for group in GROUPS for other in group.together} <= names


def test_demo_pots_are_bought_with_soil(books):
    """Soil is bought more often with pots than otherwise."""
    with_pots, otherwise = _one(
        books,
        """
        WITH baskets AS (SELECT Bestellnummer, bool_or(Warengruppe = 'Blumentöpfe') AS pots,
                                bool_or(Warengruppe = 'Erde & Substrate') AS soil, count(*) AS n
                         FROM lines JOIN products USING (Artikelnummer) WHERE Belegart = 'sale' GROUP BY 1)
        SELECT avg(soil::int) FILTER (pots), avg(soil::int) FILTER (NOT pots) FROM baskets WHERE n >= 2""",
    )

    assert with_pots > 1.3 * otherwise


def test_demo_knows_guests_cancellations_and_late_deliveries(books):
    guests, cancelled, late, open_ = _one(
        books,
        """SELECT avg((Kundennummer IS NULL)::int), avg((Status = 'cancelled')::int),
                  avg(("Geliefert am" > "Zugesagter Liefertermin")::int), count(*) FILTER (Status = 'open')
           FROM orders""",
    )

    assert 0.005 < guests < 0.03
    assert 0.01 < cancelled < 0.025
    assert 0.05 < late < 0.15
    assert open_ > 20


def test_demo_knows_enough_costs_for_an_honest_margin(books):
    (share,) = _one(books, "SELECT sum(Netto) FILTER (Kosten IS NOT NULL) / sum(Netto) FROM lines")

    assert 0.97 < share < 1


def test_demo_people_have_believable_ages_and_share_no_birthday(books):
    at_work = "contact_persons JOIN customers USING (Kundennummer) WHERE Art = 'company' AND Geburtstag IS NOT NULL"
    age = f"date_diff('day', Geburtstag, DATE '{UNTIL}') / 365.25"

    youngest, oldest = _one(books, f"SELECT min({age}), max({age}) FROM {at_work}")
    (most,) = _one(books, "SELECT max(n) FROM (SELECT count(*) AS n FROM contact_persons GROUP BY Geburtstag "
                          "HAVING Geburtstag IS NOT NULL)")  # fmt: skip

    assert 22 <= youngest < 30
    assert 60 < oldest <= 67
    assert most <= 4
