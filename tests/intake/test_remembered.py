"""The next file with the same headings is read like the last one, but for what it shows itself."""

import pytest
from django.urls import reverse
from django.utils import timezone

from stammkunde.intake import services
from stammkunde.intake.models import Import
from tests.intake.reading import write

pytestmark = pytest.mark.django_db(transaction=True)

HEADING = "Nr;Tag;Wer;Was;Wert\n"
ROWS = "1;13.01.2024;K1;A-1;10,50\n2;14.01.2024;K2;A-2;20,00\n"
COLUMNS = {"order_number": "Nr", "ordered_at": "Tag", "customer_number": "Wer", "product_number": "Was"}


def receive(tmp_path, text, *, name="januar.csv", **known):
    return services.receive(now=timezone.now(), file_name=name, path=write(tmp_path, text, name=name), **known)


def imported(tmp_path, text, *, name="januar.csv", **known):
    incoming = receive(tmp_path, text, name=name, **known)
    services.start(import_id=incoming.pk, now=timezone.now())
    done = services.run(import_id=incoming.pk, now=timezone.now())
    assert done.status == Import.Status.DONE
    return done


def by_hand(tmp_path):
    return imported(
        tmp_path, HEADING + ROWS, layout="flat", columns=COLUMNS | {"line_gross": "Wert"},
        options={"origin": "kasse", "tax_rate": "19"},
    )  # fmt: skip


def test_a_file_is_read_like_the_last_one_with_its_headings(tmp_path):
    first = by_hand(tmp_path)

    again = receive(tmp_path, HEADING + "3;15.01.2024;K3;A-1;10,50\n", name="februar.csv")

    assert (again.layout, again.columns) == (first.layout, first.columns)
    assert (again.options["origin"], again.options["tax_rate"]) == ("kasse", "19")
    assert again.follows == {"import": first.pk, "file": "januar.csv"}


def test_the_order_of_the_columns_does_not_matter(tmp_path):
    by_hand(tmp_path)

    again = receive(tmp_path, "Wert;Was;Nr;Wer;Tag\n10,50;A-1;3;K3;15.01.2024\n", name="februar.csv")

    assert again.columns["line_gross"] == "Wert"


def test_what_a_file_shows_itself_wins(tmp_path):
    by_hand(tmp_path)

    again = receive(tmp_path, HEADING + "3;2024-01-15;K3;A-1;10.50\n4;2024-01-15;K3;A-1;1,210.75\n", name="februar.csv")

    assert again.options["decimal"] == "."


def test_what_somebody_says_wins(tmp_path):
    by_hand(tmp_path)

    again = receive(tmp_path, HEADING + ROWS, name="februar.csv", options={"origin": "laden"})

    assert (again.options["origin"], again.options["tax_rate"]) == ("laden", "19")


def test_an_import_that_was_taken_back_teaches_nothing(tmp_path):
    first = by_hand(tmp_path)
    services.undo(import_id=first.pk, now=timezone.now())
    services.run(import_id=first.pk, now=timezone.now())

    again = receive(tmp_path, HEADING + ROWS, name="februar.csv")

    assert (again.follows, again.options.get("origin")) == ({}, None)


def test_a_saved_mapping_goes_before_what_was_imported(tmp_path):
    first = by_hand(tmp_path)
    services.save_mapping(
        name="Kasse", layout="flat", columns=COLUMNS | {"line_net": "Wert"}, options={"origin": "kasse-2"},
        heading=first.heading, now=timezone.now(),
    )  # fmt: skip

    again = receive(tmp_path, HEADING + ROWS, name="februar.csv")

    assert again.follows == {"mapping": "Kasse"}
    assert (again.columns["line_net"], again.options["origin"]) == ("Wert", "kasse-2")


def test_the_page_says_of_what_it_is_known_and_what_its_numbers_meet(client, tmp_path, administrator):
    first = by_hand(tmp_path)
    again = receive(tmp_path, HEADING + ROWS, name="februar.csv")
    client.force_login(administrator)

    page = client.get(reverse("import", args=[again.pk])).content.decode()

    assert reverse("import", args=[first.pk]) in page
    assert "kam bisher 1 Import (januar.csv" in page


def test_a_mapping_that_is_saved_on_the_page_knows_its_headings(client, tmp_path, administrator):
    incoming = receive(tmp_path, "Rechnungsnummer;Datum;Kundennummer;Netto\n1;13.01.2024;K1;10,50\n")
    client.force_login(administrator)
    sent = {"layout": "flat", "layout_shown": "flat", "origin": "kasse", "name": "Kasse"}
    sent |= {f"column-{name}": column for name, column in incoming.columns.items()}

    client.post(reverse("import-mapping", args=[incoming.pk]), sent)
    again = receive(tmp_path, "Rechnungsnummer;Datum;Kundennummer;Netto\n2;14.01.2024;K1;10,50\n", name="februar.csv")

    assert (again.follows, again.options["origin"]) == ({"mapping": "Kasse"}, "kasse")
