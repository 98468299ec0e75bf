"""
What is right of each file of the shared import cases, reckoned by hand.

Those that are not read rightly yet say so (`later`); whoever mends one takes the word away. Each stands for a kind:
other files of the same kinds are held against us, too.
"""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Right:
    """
    What comes out of a file: sums and rows, or the questions that it is asked, or the word with which it is refused.

    None: this case is not about it.
    """

    cents: int | None = None  # the net of its lines, without those of cancelled orders
    orders: int | None = None
    lines: int | None = None
    customers: int | None = None
    names: tuple[str, ...] | None = None  # of its customers
    numbers: tuple[str, ...] | None = None  # of its customers
    refused: int | None = 0  # rows
    delimiter: str = ""
    asks: tuple[str, ...] = ()  # kinds of questions
    refusal: tuple[str, ...] = ()  # codes, one of which refuses the whole file
    later: bool = False


def later(**right: object) -> Right:
    return Right(later=True, **right)  # type: ignore[arg-type]


UMLAUTS = ("Bäcker Groß", "Müller & Söhne")

RIGHT = {
    "00_nur_kundenname.csv": Right(cents=300_00, orders=2, customers=2),
    "a1_thousands_only.csv": Right(cents=16_250_00, orders=3),
    "a2_delimiter_tie.csv": Right(delimiter=";"),
    "a3_komma_strich.csv": Right(cents=36_40, lines=4),
    "a4_rabatt_prozent.csv": Right(cents=227_50),
    "a5_rabatt_negativ.csv": Right(cents=225_00),
    "a6_steuersatz_bruch.csv": Right(cents=200_00),
    "a7_belegnummer_C.csv": Right(cents=276_00, orders=3),
    "a8_exponent_nummern.csv": Right(refused=3),
    "a9_leere_folgezeilen.csv": Right(cents=410_00, orders=2, lines=4, customers=2),
    "b1_bestellkopf.csv": Right(cents=357_00, orders=2),
    "b2_summenzeile.csv": Right(cents=300_00, orders=2),
    "b3_summenzeile_mit_datum.csv": Right(cents=300_00, orders=2),
    "b3b_summenzeile_mit_datum.csv": Right(cents=300_00, orders=2),
    "b4_kunden_summenzeile.csv": Right(customers=2),
    "b5_cp850.csv": Right(names=("Bäcker Groß", "Kühn GmbH", "Müller & Söhne")),
    "b6_macroman.csv": Right(names=UMLAUTS),
    "b7_mojibake.csv": Right(names=UMLAUTS),
    "b8_nfd.csv": Right(names=("Müller",)),
    "b9_schluessel_blanks.csv": Right(customers=1),
    "c1_angebote.csv": Right(cents=4_000_00),
    "c2_sep.csv": Right(customers=1),
    "c3_backslash.csv": Right(cents=30_00, lines=2),
    "c4_unbalanced.csv": Right(cents=770_00, lines=39),
    "c5_ebay_dates.csv": Right(cents=112_50, orders=9),
    "c6_menge_einheit.csv": Right(cents=110_00, lines=3),
    "c7_array.json": Right(cents=26_00, orders=2),
    "d2_shopify_edited.csv": Right(cents=100_00, orders=1, lines=2),
    "d4_shopify_aus_excel.csv": Right(cents=100_00, orders=1, lines=2),
    "d5_shopify_canceled.csv": Right(cents=1_740_00, orders=9, refused=1),
    "e1_woo_aoe.csv": Right(cents=180_00, orders=2, lines=3),
    "e2_woo_analytics.csv": Right(cents=90_00, orders=3),
    "e3_woo_webtoffee.csv": Right(cents=90_00, orders=1, lines=2),
    "e4_woo_packed_sonderzeichen.csv": Right(cents=100_00, lines=2),
    "e5_woo_packed_json.csv": Right(cents=100_00, lines=2),
    "e6_woo_gast_und_kunde.csv": Right(cents=300_00, orders=3, customers=1),
    "f1_amazon_orders.txt": Right(cents=250_00, orders=2, customers=2),
    "f2_ebay_orders.csv": Right(cents=200_00, orders=2, customers=2),
    "f3_etsy_items.csv": Right(asks=("tax_rate",)),
    "f4_square_items.csv": Right(cents=47_60, orders=2),
    "f5_paypal_de.csv": Right(refusal=("payments",)),
    "f6_stripe.csv": Right(refusal=("payments",)),
    "f7_magento_grid.csv": Right(asks=("tax_rate",)),
    "g1_shopware5_orders.csv": Right(cents=190_00, orders=2),
    "g3_jtl_auftraege.csv": Right(cents=996_60, orders=2, lines=4),
    "h1_hubspot_contacts.csv": Right(customers=2),
    "h3_mailchimp.csv": Right(customers=1),
    "h4_cleverreach.csv": Right(customers=1),
    "v1_api.jsonl": Right(cents=26_00, orders=2),
    "v2_sap_b1.csv": Right(cents=200_00, orders=1),
    "v3_lexware_fakturierung.csv": Right(cents=100_00, orders=1),
    "v4_sevdesk_rechnungen.csv": Right(cents=100_00),
    "v5_gambio_xtc.csv": Right(orders=1, lines=1),
    "w1_retouren.csv": Right(cents=-10_00, lines=4),
    "w2_utf16.csv": Right(names=("Müller",)),
    "w3_zweistellig.csv": Right(cents=20_00, refused=3),
    "w4_zeitzone.csv": Right(cents=70_00, orders=7),
    "w5_xml_entities.xlsx": Right(refusal=("workbook_unreadable",)),
    "w7_biff.xls": Right(customers=1),
    "w8_open.ods": Right(customers=1),
    "w9_passwort.xlsx": Right(refusal=("password",)),
    "x1_prozentzelle.xlsx": Right(cents=200_00),
    "x2_zahlformate.xlsx": Right(numbers=("000123", "000124")),
    "x3_deckblatt_verbunden.xlsx": Right(refused=0),
    "x4_gefiltert.xlsx": Right(cents=600_00, orders=6),
    "y1_datumsmix.xlsx": Right(cents=500_00, orders=5),
    "y2_datum1904.xlsx": Right(cents=100_00, orders=1),
    "y3_makro.xlsm": Right(cents=600_00, orders=6),
    "y4.csv.gz": Right(refused=0),
    "y6.numbers": Right(refusal=("archive", "numbers")),
    "y7.sqlite": Right(refusal=("binary", "database")),
    "y8_leer.csv": Right(refusal=("empty_file",)),
    "y9_nur_kopf.csv": Right(refusal=("header_only",)),
    "z1_36_spalten_kunden.csv": Right(customers=1),
    "z2_30_spalten_rechnungen.csv": Right(cents=100_00, orders=1),
    "z3_preise_brutto_ohne_hinweis.csv": Right(cents=300_00, orders=2),
    "z4_menge_tausend.csv": Right(asks=("decimal",)),
    "z5_gemischt.csv": Right(asks=("decimal",)),
    "z6_doppelte_spalten.csv": Right(asks=("repeated",)),
    "z7_fuehrende_nullen_a.csv": Right(numbers=("000123",)),
    "z7_fuehrende_nullen_b.csv": Right(numbers=("123",)),
    "z8_umbruch_in_zelle.csv": Right(customers=2),
}
