from datetime import date

import duckdb
import pytest

from stammkunde.intake import layouts
from tests.intake.reading import checked, flat, out, remarks, rows, write

# --- the whole way


def test_lines_become_orders_products_and_customers(tmp_path):
    path, found = flat(tmp_path, "R1;01.03.2024;7;A1;2;1.234,56", "R1;01.03.2024;7;A2;1;0,50", "R2;02.03.2024;;A1;1;5")

    assert (found.rows, found.accepted, found.refused, found.flagged, found.problem_count) == (3, 3, 0, 0, 0)
    assert found.tables == {"customers": 1, "products": 2, "orders": 2, "lines": 3}
    assert (found.revenue_cents, found.guest_orders) == (247462, 1)
    assert (found.first_on, found.last_on) == (date(2024, 3, 1), date(2024, 3, 2))
    assert rows(path, "customers", "source", "number") == [("files:7", "7")]
    assert rows(path, "orders", "source", "customer_source", "ordered_on") == [
        ("files:R1", "files:7", date(2024, 3, 1)),
        ("files:R2", None, date(2024, 3, 2)),
    ]
    assert rows(path, "lines", "order_source", "key", "product_source", "kind", "quantity", "revenue_cents") == [
        ("files:R1", "A1#1", "files:A1", "sale", 2.0, 246912),
        ("files:R1", "A2#1", "files:A2", "sale", 1.0, 50),
        ("files:R2", "A1#1", "files:A1", "sale", 1.0, 500),
    ]


def test_columns_that_the_file_does_not_have_are_not_written(tmp_path):
    path, _ = flat(tmp_path, "R1;01.03.2024;7;A1;2;5")

    assert set(columns_of(path, "orders")) == {"row", "source", "number", "customer_source", "ordered_at", "ordered_on"}
    assert set(columns_of(path, "customers")) == {"row", "source", "number"}


def columns_of(path, table):
    return duckdb.sql(f"FROM read_parquet('{out(path) / table}.parquet')").columns


def test_checking_again_gives_the_same(tmp_path):
    path, first = flat(tmp_path, "R1;01.03.2024;7;A1;2;5", "R2;31.02.2024;7;A1;2;5")
    before = rows(path, "lines")

    assert checked(path, layout="flat") == first
    assert rows(path, "lines") == before


# --- kinds of lines


@pytest.mark.parametrize(
    ("number", "quantity", "price", "kind", "cents"),
    [
        ("R1", "2", "5,00", "sale", 1000),
        ("R1", "-2", "5,00", "cancellation", -1000),
        ("C536379", "-1", "27,50", "cancellation", -2750),
        ("R1", "1", "0", "adjustment", 0),
        ("R1", "1", "-11062,06", "adjustment", -1106206),
        ("R1", "-3", "0", "adjustment", 0),
        ("R1", "0", "5,00", "adjustment", 0),
        ("R1", "1", "0,001", "adjustment", 0),
    ],
)
def test_signs_and_prices_tell_the_kind(tmp_path, number, quantity, price, kind, cents):
    path, _ = flat(tmp_path, f"{number};01.03.2024;7;A1;{quantity};{price}")

    assert rows(path, "lines", "kind", "revenue_cents") == [(kind, cents)]


def test_zero_and_negative_prices_are_flagged(tmp_path):
    _, found = flat(tmp_path, "R1;01.03.2024;7;A1;1;0", "R2;01.03.2024;7;A1;1;-5", "R3;01.03.2024;7;A1;1;5")

    assert remarks(found) == [(2, "Einzelpreis", "price_not_positive"), (3, "Einzelpreis", "price_not_positive")]
    assert (found.accepted, found.flagged) == (3, 2)


def test_a_document_type_says_return_and_turns_a_positive_amount(tmp_path):
    path = write(tmp_path, "Belegnummer;Datum;Belegart;Artikel;Menge;Netto\nG1;01.03.2024;Gutschrift;Tasse;1;10,00\n")

    found = checked(path)

    assert rows(path, "lines", "kind", "quantity", "revenue_cents") == [("return", -1.0, -1000)]
    assert remarks(found) == [(2, "", "sign_turned")]


def test_postage_and_fees_are_no_products_and_flagged_once_per_code(tmp_path):
    codes = ["A1", "A2", "B1", "B2", "C1", "C9", "POST", "POST", "BANK CHARGES", "DOT"]
    path, found = flat(tmp_path, *(f"R{n};01.03.2024;7;{code};1;5" for n, code in enumerate(codes)))

    assert dict(rows(path, "products", "number", "kind")) == dict.fromkeys(codes) | {
        "POST": "other", "BANK CHARGES": "other", "DOT": "other",
    }  # fmt: skip
    assert sorted(remarks(found)) == [
        (8, "Artikel-Nr.", "not_a_product"), (10, "Artikel-Nr.", "not_a_product"), (11, "Artikel-Nr.", "not_a_product"),
    ]  # fmt: skip


def test_a_shop_whose_codes_are_words_keeps_its_products(tmp_path):
    path, found = flat(tmp_path, "R1;01.03.2024;7;TASSE;1;5", "R1;01.03.2024;7;KANNE;1;5")

    assert {kind for (kind,) in rows(path, "products", "kind")} == {None}
    assert found.problem_count == 0


def test_equal_lines_of_an_order_are_kept_by_occurrence(tmp_path):
    path, found = flat(tmp_path, "R1;01.03.2024;7;A1;1;5", "R1;01.03.2024;7;A1;1;5")

    assert rows(path, "lines", "key", "row") == [("A1#1", 2), ("A1#2", 3)]
    assert (found.merged, found.revenue_cents) == (0, 1000)


def test_the_latest_in_time_wins_whatever_the_order_of_rows(tmp_path):
    path = write(
        tmp_path,
        "Rechnungsnummer;Datum;KdNr;Kunde;Artikel-Nr.;Bezeichnung;Menge;Einzelpreis\n"
        "R2;05.03.2024;7;Neu GmbH;A1;Tasse neu;1;5\n"
        "R1;01.03.2024;7;Alt GmbH;A1;Tasse alt;1;5\n"
        "R3;06.03.2024;7;;A1;beschädigt;1;0\n",
    )

    checked(path)

    assert rows(path, "customers", "name", "kind", "row") == [("Neu GmbH", "company", 4)]
    assert rows(path, "products", "name") == [("Tasse neu",)]


def test_an_order_of_several_customers_takes_the_last_and_is_flagged(tmp_path):
    path, found = flat(tmp_path, "R1;01.03.2024;7;A1;1;5", "R1;01.03.2024;8;A1;1;5")

    assert rows(path, "orders", "customer_source") == [("files:8",)]
    assert remarks(found) == [(3, "KdNr", "order_of_several")]


def test_a_list_that_knows_customers_by_name_only_counts_their_orders(tmp_path):
    path = write(
        tmp_path, "Rechnungsnummer;Rechnungsdatum;Kunde;Netto\nR1;03.01.2024;Muster GmbH;100,00\nR2;04.01.2024;;200"
    )

    found = checked(path)

    assert (found.rows, found.refused, found.revenue_cents, found.guest_orders) == (2, 0, 30000, 1)
    assert rows(path, "customers", "source", "name") == [("files:Muster GmbH", "Muster GmbH")]
    assert rows(path, "orders", "source", "customer_source") == [("files:R1", "files:Muster GmbH"), ("files:R2", None)]


def test_customer_numbers_of_spreadsheets_lose_their_decimals(tmp_path):
    path, _ = flat(tmp_path, "R1;01.03.2024;17850.0;A1;1;5", "R2;01.03.2024;17850;A1;1;5")

    assert rows(path, "customers", "number") == [("17850",)]


# --- our own tables


@pytest.mark.slow
def test_templates_are_checked_without_a_remark(tmp_path):
    for kind in layouts.own():
        for language in ("de", "en"):
            folder = tmp_path / kind.name / language
            folder.mkdir(parents=True)
            path = write(folder, layouts.template_csv(kind.name, language=language))

            found = checked(path)

            assert (found.layout, found.accepted, found.problems) == (kind.name, 1, [])
            beside = {"product_costs": 1} if kind.name == "products" else {}  # nobody is named beside customers
            assert found.tables == {kind.name: 1} | beside


def test_customers_are_companies_or_persons(tmp_path):
    names = ["Muster GmbH", "Müller & Söhne OHG", "Eva Muster", "Agnes Kg", "Smith Ltd.", "Gustav Gag"]
    path = write(tmp_path, "KdNr;Name\n" + "".join(f"{n};{name}\n" for n, name in enumerate(names)))

    checked(path)

    assert [kind for (kind,) in rows(path, "customers", "kind")] == [
        "company",
        "company",
        None,
        "company",
        "company",
        None,
    ]


def test_attributes_of_a_company_are_read_from_marked_or_chosen_columns(tmp_path):
    path = write(tmp_path, "KdNr;Name;Merkmal: Preis'liste;Messe\n1;A;B2;Köln\n2;B;;\n")

    found = checked(path, layout="customers", attributes={"Messe": "Messe"})

    assert found.problem_count == 0
    assert rows(path, "customers", "number", "attributes") == [
        ("1", '{"Messe":"Köln","Preis\'liste":"B2"}'), ("2", "{}"),
    ]  # fmt: skip


def test_contact_persons_belong_to_customers(tmp_path):
    path = write(
        tmp_path,
        "Kundennummer;Vorname;Nachname;Rolle;Geburtstag;E-Mail\n7;Eva;Muster;Einkauf;17.05.1980;EVA@muster.example\n7;Jo;Muster;Papst;;nix\n",
    )

    found = checked(path)

    assert rows(path, "contact_persons", "source", "customer_source", "role", "birthday_on", "email") == [
        ("files:7/eva@muster.example", "files:7", "purchasing", date(1980, 5, 17), "eva@muster.example"),
        ("files:7/jo muster", "files:7", "other", None, ""),
    ]
    assert remarks(found) == [(3, "E-Mail", "not_an_email"), (3, "Rolle", "unknown_choice")]


def test_products_have_prices_of_four_decimals(tmp_path):
    path = write(tmp_path, "Artikelnummer;Bezeichnung;Preis;EK\nA1;Tasse;12,34565;\n")

    found = checked(path)

    assert rows(path, "products", "number", "price_e4") == [("A1", 123457)]
    assert found.tables == {"products": 1}  # nothing is said of costs


def test_orders_have_status_and_delivery(tmp_path):
    path = write(
        tmp_path,
        "Bestellnummer;Kundennummer;Bestelldatum;Status;Liefertermin;Geliefert am;Versandkosten\nB1;7;01.03.2024;storniert;08.03.2024;;4,90\nB2;;02.03.2024;komisch;;05.03.2024;\n",  # noqa: E501
    )

    found = checked(path, **{"status:komisch": "completed"})

    assert rows(
        path, "orders", "number", "customer_source", "status", "promised_on", "delivered_on", "shipping_cents"
    ) == [
        ("B1", "files:7", "cancelled", date(2024, 3, 8), None, 490),
        ("B2", None, "completed", None, date(2024, 3, 5), None),
    ]
    assert remarks(found) == []
    assert found.guest_orders == 1


def test_lines_are_keyed_by_position_where_there_is_one(tmp_path):
    path = write(
        tmp_path, "Bestellnummer;Position;Artikelnummer;Menge;Einzelpreis\nB1;1;A1;1;5\nB1;2;A1;1;5\nB1;2;A1;3;5\n"
    )

    found = checked(path)

    assert rows(path, "lines", "order_source", "key", "quantity") == [("files:B1", "1", 1.0), ("files:B1", "2", 3.0)]
    assert remarks(found) == [(3, "", "duplicate_key")]


def test_the_origin_is_part_of_every_source(tmp_path):
    path, _ = flat(tmp_path, "R1;01.03.2024;7;A1;1;5", origin="erp")

    assert rows(path, "lines", "source", "order_source", "product_source") == [("erp:R1#A1#1", "erp:R1", "erp:A1")]


# --- real data


def test_online_retail_to_the_cent(shared_data, tmp_path):
    path = tmp_path / "online_retail.parquet"
    path.symlink_to(shared_data / "online_retail" / "online_retail.parquet")

    found = checked(path)

    assert (found.rows, found.refused, found.merged) == (541_909, 0, 0)
    assert found.tables == {"customers": 4372, "products": 4070, "orders": 25_900, "lines": 541_909}
    assert found.revenue_cents == 974_774_793
    assert found.guest_orders == 3710
    kinds = {}
    for kind, cents in rows(path, "lines", "kind", "revenue_cents"):
        count, total = kinds.get(kind, (0, 0))
        kinds[kind] = (count + 1, total + cents)
    assert kinds["cancellation"][0] == 9288
    assert sum(total for _, total in kinds.values()) == 974_774_793


def test_a_raw_day_of_online_retail(shared_data, tmp_path):
    path = tmp_path / "day.csv"
    path.write_bytes((shared_data / "online_retail" / "2011-11-01.csv").read_bytes())

    found = checked(path)

    assert found.refused == 0
    assert (found.first_on, found.last_on) == (date(2011, 11, 1), date(2011, 11, 1))
    assert all("." not in number for (number,) in rows(path, "customers", "number"))


def test_numbers_of_parquet_are_taken_as_they_are_and_mean_what_their_text_means(tmp_path):
    prices = [0.1 + 0.2, 1234.565, 0.005, 1.0000005, 999999999.99, -0.015, 12.345675, 33.333333333333336, 0.07, 1e-7]
    path = tmp_path / "file.parquet"
    with duckdb.connect() as db:
        db.execute("CREATE TABLE t (order_number VARCHAR, position INTEGER, quantity INTEGER, line_net DOUBLE)")
        db.executemany("INSERT INTO t VALUES ('R1', ?, 1, ?)", [[at, price] for at, price in enumerate(prices)])
        db.execute(f"COPY t TO '{path}' (FORMAT parquet)")
    checked(path, layout="lines", price_basis="net", decimal=".")
    typed = rows(path, "lines", "key", "revenue_cents")

    text = "order_number,position,quantity,line_net\n" + "".join(
        f"R1,{at},1,{one!r}\n" for at, one in enumerate(prices)
    )
    written = write(tmp_path, text)
    checked(written, layout="lines", price_basis="net", decimal=".")

    assert typed == rows(written, "lines", "key", "revenue_cents")


def test_numbers_of_parquet_that_are_none_are_refused_with_their_rows(tmp_path):
    path = tmp_path / "file.parquet"
    duckdb.sql("""
        SELECT * FROM (VALUES ('R1', 2, 5.5::DOUBLE), ('R2', -2147483648, 1.0), ('R3', 1, 'inf'::DOUBLE),
            ('R4', 1, 'nan'::DOUBLE), ('R5', 1, 1e12), ('R6', NULL, 1.0), ('R7', 3, NULL)
        ) t(order_number, quantity, line_net)""").write_parquet(str(path))

    found = checked(path, layout="lines", price_basis="net")

    assert sorted((one.row, one.column, one.value, one.code) for one in found.problems) == [
        (3, "quantity", "-2147483648", "number_too_large"),
        (4, "line_net", "inf", "not_a_number"),
        (5, "line_net", "", "missing_value"),
        (6, "line_net", "1000000000000.0", "number_too_large"),
        (7, "quantity", "", "missing_value"),
        (8, "line_net", "", "missing_value"),
    ]
    with duckdb.connect() as db:
        kept = db.execute(
            "SELECT row, c0 FROM read_parquet(?) ORDER BY row", [str(out(path) / "raw.parquet")]
        ).fetchall()
    assert kept == [(3, "R2"), (4, "R3"), (5, "R4"), (6, "R5"), (7, "R6"), (8, "R7")]
