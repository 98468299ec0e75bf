"""What makes words advertising, and the ordinary words of service that do not."""

import pytest

from stammkunde.outreach import claims, starters
from stammkunde.outreach.claims import Claim, Shop
from stammkunde.outreach.clarity import NO_SHOP, PURE
from stammkunde.outreach.content import Block, Text

SERVICE = (
    "Ihre Bestellung Nr. 4711 ist heute bei uns eingegangen.",
    "Die Ware verlässt unser Lager am Donnerstag.",
    "Ihr Paket ist unterwegs und kommt voraussichtlich morgen an.",
    "Anbei finden Sie unser Angebot Nr. 2023-17 vom 3. Mai.",
    "Die im Angebot genannten Preise gelten bis zum 30. Juni.",
    "Auf der Rechnung haben wir die Mehrwertsteuer von 19 % ausgewiesen.",
    "Bei Zahlung innerhalb von 14 Tagen können Sie 2 % Skonto abziehen.",
    "Die Gutschrift über 24,90 € haben wir heute auf Ihr Konto gebucht.",
    "Der Artikel ist leider ausverkauft; wir melden uns, sobald er wieder da ist.",
    "Der Stoff besteht zu 100 % aus Baumwolle.",
    "Die Rücksendung ist für Sie kostenlos.",
    "Ihr Bestätigungscode lautet 482913.",
    "Bitte scannen Sie den QR-Code auf dem Lieferschein.",
    "Nur noch heute liegt Ihr Paket in der Filiale zur Abholung bereit.",
    "Vielen Dank, dass Sie sich für uns entschieden haben.",
    "Wir entschuldigen uns für die Verzögerung bei der Lieferung.",
    "Ihre Reklamation haben wir geprüft; das Ersatzgerät geht morgen raus.",
    "Der Kaufpreis wird innerhalb von fünf Werktagen erstattet.",
    "Ihre Anzahlung von 30 Prozent ist eingegangen.",
    "Unsere neue Adresse lautet Hauptstraße 5 in Ulm.",
    "Die Preise auf Seite 2 für 3 Varianten finden Sie im Anhang.",
    "Bitte nennen Sie uns Ihre Kundennummer, damit wir Ihnen schneller helfen.",
    "Wir haben Ihnen zwei Angebote zu Ihrer Anfrage geschickt.",
    "Anbei unsere Angebote Nr. 12 und Nr. 13.",
    "Der Techniker kommt am Dienstag zwischen 8 und 12 Uhr.",
    "Ihr Vertrag verlängert sich um ein Jahr, wenn Sie nicht kündigen.",
    "Die Sparkasse hat die Lastschrift zurückgegeben.",
    "Sie können die Bestellung bis Freitag kostenlos stornieren.",
    "Ihre neue Bestellnummer finden Sie unten.",
    "Die Aktion „Wartung im Mai“ ist abgeschlossen; Ihr Gerät ist wieder einsatzbereit.",
    "Wir haben die Menge von 20 auf 25 Stück erhöht, wie besprochen.",
    "Der Akku hält jetzt etwa 20 % länger als das alte Modell.",
    "Your invoice includes 20% VAT.",
    "Our terms of sale are attached.",
    "Your order has shipped and will arrive tomorrow.",
    "Our service team deals with your request.",
    "Ihr Guthaben von 12 Euro bleibt bestehen.",
    "Bitte sparen Sie nicht mit Kritik, wenn etwas nicht stimmt.",
    "Die Ersatzteile können Sie hier bestellen.",
    "Jetzt ist Ihre Bestellung vollständig.",
    "Entdecken Sie einen Fehler, so sagen Sie uns bitte Bescheid.",
    "Das Angebot haben Sie am 3. Mai angenommen.",
    "Wir haben Ihre Bewertung erhalten.",
    "Please save 2 copies of the form for our files.",
    "Neue Angebote zu Ihrer Anfrage schicken wir morgen.",
)
ADVERTISING = (
    "Mit 10 % Rabatt auf den nächsten Einkauf",
    "Ihr Gutschein wartet auf Sie",
    "Ihr Gutscheincode: TEE10",
    "Sparen Sie jetzt 20 €",
    "20 % auf alles",
    "10 % auf Ihren nächsten Einkauf",
    "Nur für kurze Zeit",
    "Jetzt bestellen",
    "Jetzt günstig kaufen",
    "Entdecken Sie unsere neue Kollektion",
    "Neu im Sortiment: Assam",
    "Schauen Sie sich unsere aktuellen Angebote an",
    "Sonderangebot der Woche",
    "15 % günstiger",
    "Preisnachlass für Stammkunden",
    "Als Dankeschön ein Aktionspreis",
    "Get 10% off your next order",
    "Use the voucher THANKS",
    "Shop now",
    "A special offer for you",
    "Save 20% today",
    "Save up to €5",
    "Save 7.50 euros",
    "Our latest deals",
    "Discover our new teas",
    "Drei zum Preis von zwei",
)
SHOP = Shop.read("https://www.shop.example/\nexample.com/produkte", "konto\n/retoure")


def found(words, *, shop=NO_SHOP):
    return claims.find(Text(subject="Hallo", blocks=(Block(kind="text", text=words),)), shop=shop)


@pytest.mark.parametrize("words", SERVICE)
def test_ordinary_words_of_service_are_no_advertising(words):
    assert found(words, shop=SHOP) == []


@pytest.mark.parametrize("words", ADVERTISING)
def test_discounts_and_words_of_offers_are_advertising(words):
    assert {one.code for one in found(words)} <= {"counts_as_discount", "counts_as_offer_words"}
    assert found(words) != []


def test_a_claim_names_the_words_and_the_sentence_around_them():
    assert found("Danke. Den Rabatt haben wir abgezogen. Bis bald.") == [
        Claim(code="counts_as_discount", said="Rabatt", sentence="Den Rabatt haben wir abgezogen.")
    ]


def test_words_instead_of_an_empty_field_and_of_a_link_are_read():
    assert [one.said for one in found("{product|10 % Rabatt} und [Gutschein](https://x.example)")] == [
        "Rabatt",
        "Gutschein",
    ]


@pytest.mark.parametrize(
    ("words", "where"),
    [
        ("https://shop.example", ["shop.example"]),
        ("Hier: www.shop.example/tee/assam.", ["shop.example/tee/assam"]),
        ("https://www.de.shop.example/tee", ["shop.example/tee"]),
        ("[hier](https://shop.example/tee?x=1)", ["shop.example/tee?x=1"]),
        ("example.com/produkte/7", ["example.com/produkte/7"]),
        ("https://shop.example/konto/12 oder shop.example/de/retouren", []),
        ("info@shop.example", []),
        ("https://example.com/blog, https://shop.example.org/x, notashop.example/x", []),
    ],
)
def test_links_to_the_shop_are_advertising_unless_they_serve_orders(words, where):
    assert [one.said for one in found(words, shop=SHOP)] == where
    assert found(words) == []


def test_a_button_to_the_shop_and_a_code_count_wherever_they_stand():
    text = Text(
        subject="Danke",
        preview="Ihr Code {code|TEE}",
        blocks=(Block(kind="button", label="Weiter", url="https://shop.example/tee"),),
    )

    assert [one.code for one in claims.find(text, shop=SHOP)] == ["counts_as_voucher", "counts_as_shop"]


def test_ready_made_thanks_advertise_nothing():
    pure = [one for one in starters.STARTERS if one.purpose in PURE]

    assert pure
    assert [claims.find(text, shop=SHOP) for one in pure for text in one.texts.values()] == [
        [] for one in pure for _text in one.texts
    ]
