"""The import pages: what people see and may do between choosing a file and their figures."""

import csv
import io
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from stammkunde.customers.models import Customer
from stammkunde.intake import services as intake
from stammkunde.intake import staging
from stammkunde.intake.models import Import, Mapping
from stammkunde.sales.models import Order
from stammkunde.team.models import AuditEntry

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
pytestmark = pytest.mark.django_db
runs_imports = pytest.mark.django_db(transaction=True)  # the worker keeps its lease from a thread of its own

FLAT = """\
Rechnungsnummer;Rechnungsdatum;Kundennummer;Kundenname;Artikelnummer;Bezeichnung;Menge;Einzelpreis
R1;21.12.2010;17850;Blumen Brandt;A1;Teelicht;6;2,55
R2;22.12.2010;13047;Hofladen Petersen;A2;Laterne;6;3,39
R3;31.02.2011;13047;Hofladen Petersen;A1;Teelicht;10;2,55
"""


@pytest.fixture
def ada(client, administrator):
    client.force_login(administrator)
    return client


def upload(client, *texts: str, **more):
    files = [SimpleUploadedFile(f"export-{place}.csv", text.encode()) for place, text in enumerate(texts)]
    return client.post(reverse("import-upload"), {"files": files}, **more)


def uploaded(client, text: str = FLAT) -> Import:
    upload(client, text)
    return Import.objects.latest("pk")


def work() -> None:
    while intake.sweep(now=datetime.now(UTC)):
        pass


def page(client, incoming: Import) -> str:
    return client.get(reverse("import", args=[incoming.pk])).content.decode()


def shown_form(client, incoming: Import) -> dict[str, str]:
    """Give what the preview's form would send if nobody touched it."""
    context = client.get(reverse("import", args=[incoming.pk])).context
    sent = {f"column-{row.name}": row.column for row in context["rows"]}
    sent |= {field.name: field.value() or "" for field in context["preview"].options}
    return sent | {"layout": context["found"].layout, "layout_shown": context["found"].layout}


def imported(client, text: str = FLAT) -> Import:
    incoming = uploaded(client, text)
    client.post(reverse("import-start", args=[incoming.pk]), shown_form(client, incoming) | {"do": "import"})
    work()
    incoming.refresh_from_db()
    return incoming


# Receiving


def test_upload_of_one_file_leads_to_its_preview(ada):
    response = upload(ada, FLAT)

    incoming = Import.objects.get()
    assert response.headers["Location"] == reverse("import", args=[incoming.pk])
    assert (incoming.file_name, incoming.layout, incoming.status) == ("export-0.csv", "flat", "uploaded")
    assert Path(incoming.path).read_text() == FLAT
    assert Path(incoming.path).parent.parent == Path(settings.UPLOAD_DIR)


def test_upload_of_several_files_leads_to_the_page_of_both(ada):
    response = upload(ada, FLAT, FLAT)

    (key,) = set(Import.objects.values_list("together", flat=True))
    assert response.headers["Location"] == reverse("imports-together", args=[key])
    assert Import.objects.count() == 2
    assert "Mehrere Dateien warten" in ada.get(reverse("imports")).content.decode()


def test_upload_of_nothing_says_so(ada):
    ada.post(reverse("import-upload"))

    assert "Wählen Sie mindestens eine Datei aus." in ada.get(reverse("imports")).content.decode()


def test_upload_over_the_limit_is_refused_and_leaves_nothing(ada, settings):
    settings.UPLOAD_LIMIT_BYTES = 2 * 1024 * 1024

    upload(ada, "a;b\n" * 1_000_000)

    assert not Import.objects.exists()
    assert list(Path(settings.UPLOAD_DIR).glob("*")) == []
    assert "ist größer als die 2 MB" in ada.get(reverse("imports")).content.decode()


def test_upload_that_is_forged_is_refused_and_leaves_nothing(administrator, settings):
    forger = Client(enforce_csrf_checks=True)
    forger.force_login(administrator)

    assert upload(forger, FLAT).status_code == 403
    assert not Import.objects.exists()
    assert list(Path(settings.UPLOAD_DIR).glob("*")) == []


def test_upload_of_rubbish_is_told_with_a_cure(ada):
    incoming = uploaded(ada, "PK\x03\x04 rubbish \x00\x00")

    assert incoming.status == "failed"
    assert "Ihre Daten sind unverändert." in page(ada, incoming)


def test_upload_by_script_is_answered_with_where_to_go(ada):
    response = upload(ada, FLAT, headers={"HX-Request": "true"})

    assert response.headers["HX-Redirect"] == reverse("import", args=[Import.objects.get().pk])


@pytest.mark.parametrize("name", ["customers", "contact_persons", "products", "orders", "lines"])
def test_template_is_understood_as_what_it_is_a_template_for(ada, name):
    response = ada.get(reverse("import-template", args=[name]))

    incoming = uploaded(ada, response.getvalue().decode("utf-8-sig"))
    assert response.headers["Content-Disposition"].startswith("attachment")
    assert incoming.layout == name


def test_template_of_something_else_is_not_there(ada):
    assert ada.get("/imports/templates/flat.csv").status_code == 404


# Preview


def test_preview_sets_fields_beside_columns_with_examples_and_first_problems(ada):
    html = page(ada, uploaded(ada))

    assert "<option selected>Rechnungsnummer</option>" in html
    assert "<code>Blumen Brandt</code>" in html
    assert "31.02.2011" in html


def test_preview_marks_what_is_missing_and_does_not_start(ada):
    incoming = uploaded(ada)
    sent = shown_form(ada, incoming) | {"column-order_number": ""}

    html = ada.post(reverse("import-preview", args=[incoming.pk]), sent).content.decode()
    refused = ada.post(reverse("import-start", args=[incoming.pk]), sent | {"do": "import"})

    assert "Noch fehlt:" in html
    assert refused.status_code == 400
    assert Import.objects.get().status == "uploaded"


def test_preview_of_another_layout_recognises_its_columns_anew(ada):
    incoming = uploaded(ada)
    sent = shown_form(ada, incoming) | {"layout": "customers"}

    found = ada.post(reverse("import-preview", args=[incoming.pk]), sent).context["found"]

    assert found.layout == "customers"
    assert found.columns["customer_number"] == "Kundennummer"


def test_preview_refuses_an_origin_that_would_break_keys(ada):
    incoming = uploaded(ada)
    sent = shown_form(ada, incoming) | {"origin": "My Shop:1", "do": "import"}

    response = ada.post(reverse("import-start", args=[incoming.pk]), sent)

    assert response.status_code == 400
    assert "Nur Kleinbuchstaben" in response.content.decode()


def test_preview_changes_nothing(ada):
    incoming = uploaded(ada)
    before = Import.objects.values().get()

    ada.post(reverse("import-preview", args=[incoming.pk]), shown_form(ada, incoming) | {"layout": "customers"})

    assert Import.objects.values().get() == before


def test_mapping_saved_is_applied_to_the_next_file(ada):
    incoming = uploaded(ada)
    sent = shown_form(ada, incoming) | {"column-customer_name": "Bezeichnung", "name": "Unsere Kasse"}
    ada.post(reverse("import-mapping", args=[incoming.pk]), sent)
    mapping = Mapping.objects.get(name="Unsere Kasse")
    again = uploaded(ada)

    found = ada.post(
        reverse("import-preview", args=[again.pk]), shown_form(ada, again) | {"mapping": mapping.pk, "apply": "1"}
    ).context["found"]

    assert found.columns["customer_name"] == "Bezeichnung"


def test_mapping_without_a_name_is_not_saved(ada):
    incoming = uploaded(ada)

    html = ada.post(
        reverse("import-mapping", args=[incoming.pk]), shown_form(ada, incoming) | {"name": " "}
    ).content.decode()

    assert not Mapping.objects.exists()
    assert "Geben Sie der Zuordnung einen Namen." in html


# Running


@runs_imports
def test_dry_run_tells_what_would_happen_and_changes_nothing(ada):
    incoming = uploaded(ada)

    ada.post(reverse("import-start", args=[incoming.pk]), shown_form(ada, incoming) | {"do": "dry"})
    work()

    html = page(ada, incoming)
    assert "Probelauf: Noch wurde nichts geändert." in html
    assert not Customer.objects.exists()


@runs_imports
def test_import_after_a_dry_run_needs_one_click(ada):
    incoming = uploaded(ada)
    ada.post(reverse("import-start", args=[incoming.pk]), shown_form(ada, incoming) | {"do": "dry"})
    work()

    ada.post(reverse("import-start", args=[incoming.pk]), {"do": "import"})
    work()

    assert Import.objects.get().status == "done"
    assert Order.objects.count() == 2


@runs_imports
def test_result_counts_what_came_and_offers_the_refused_rows(ada):
    incoming = imported(ada)

    html = page(ada, incoming)
    assert (incoming.status, Customer.objects.count(), Order.objects.count()) == ("done", 2, 2)
    assert "Zu Ihren Kennzahlen" in html
    assert "35,64" in html  # 6 × 2,55 + 6 × 3,39: the revenue in the file

    answer = ada.post(reverse("import-refused", args=[incoming.pk]))
    rows = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig")), delimiter=";"))
    assert any("31.02.2011" in cell for row in rows for cell in row)
    assert AuditEntry.objects.filter(action="import.refused_export", thing_id=incoming.pk).count() == 1


@runs_imports
def test_result_of_the_same_file_again_is_nothing_new(ada):
    text = "\n".join(FLAT.splitlines()[:3])
    imported(ada, text)

    again = imported(ada, text)

    assert "Nichts Neues in dieser Datei." in page(ada, again)


@runs_imports
def test_progress_asks_again_until_there_is_nothing_to_wait_for(ada):
    incoming = uploaded(ada)
    ada.post(reverse("import-start", args=[incoming.pk]), shown_form(ada, incoming) | {"do": "import"})
    address = reverse("import-progress", args=[incoming.pk])

    waiting = ada.get(address)
    work()
    done = ada.get(address)

    assert 'hx-trigger="every 1s"' in waiting.content.decode()
    assert "HX-Refresh" not in waiting.headers
    assert done.headers["HX-Refresh"] == "true"


@runs_imports
def test_while_a_file_is_compared_its_rows_and_sums_are_shown(ada, monkeypatch):
    incoming = uploaded(ada)
    address, shown = reverse("import-progress", args=[incoming.pk]), []
    compare = staging.compare

    def looked_at(**given):
        shown.append(ada.get(address).content.decode())
        return compare(**given)

    monkeypatch.setattr(staging, "compare", looked_at)
    ada.post(reverse("import-start", args=[incoming.pk]), shown_form(ada, incoming) | {"do": "import"})
    work()

    assert "3 Zeilen" in shown[0]
    assert "35,64\N{NO-BREAK SPACE}€" in shown[0]


def test_while_rows_are_judged_it_is_shown_how_many_they_are(ada):
    incoming = uploaded(ada)
    Import.objects.filter(pk=incoming.pk).update(status="checking", step="judge", done=1_234_567, total=0)

    assert "1.234.567 Zeilen" in ada.get(reverse("import-progress", args=[incoming.pk])).content.decode()


def test_how_much_vat_there_is_is_asked_and_answered_in_one_place(ada):
    incoming = uploaded(ada, FLAT.replace("Einzelpreis", "Einzelpreis brutto"))
    question = "Die Preise enthalten Mehrwertsteuer: wie viel Prozent?"

    asking = ada.get(reverse("import", args=[incoming.pk]))
    sent = shown_form(ada, incoming) | {"tax_rate": "19"}
    answered = ada.post(reverse("import-preview", args=[incoming.pk]), sent)

    for response in (asking, answered):
        _before, _label, after = response.content.decode().partition(f">\n    {question}")
        assert 'name="tax_rate"' in after.partition("</section>")[0]
        assert response.content.decode().count(question) == 1
    assert [one.context["preview"].is_ready for one in (asking, answered)] == [False, True]


@runs_imports
def test_start_twice_imports_once(ada):
    incoming = uploaded(ada)
    sent = shown_form(ada, incoming) | {"do": "import"}

    ada.post(reverse("import-start", args=[incoming.pk]), sent)
    ada.post(reverse("import-start", args=[incoming.pk]), sent)
    work()

    assert Import.objects.get().status == "done"
    assert AuditEntry.objects.filter(action="import.start").count() == 1


# Taking back


@runs_imports
def test_undo_takes_everything_back(ada):
    incoming = imported(ada)

    ada.post(reverse("import-undo", args=[incoming.pk]))
    work()

    assert not Customer.objects.exists()
    assert "Alles ist, wie es vorher war." in page(ada, incoming)


@runs_imports
def test_undo_is_refused_with_the_reason_once_somebody_changed_a_row(ada):
    incoming = imported(ada)
    Customer.objects.filter(number="17850").update(name="Von Hand", imported_by=None)

    ada.post(reverse("import-undo", args=[incoming.pk]))

    html = page(ada, incoming)
    assert "Das lässt sich nicht rückgängig machen" in html
    assert "1 Kunden" in html
    assert Customer.objects.count() == 2


def test_undo_of_what_is_not_imported_is_told(ada):
    incoming = uploaded(ada)

    ada.post(reverse("import-undo", args=[incoming.pk]))

    assert "Dieser Import kann jetzt nicht rückgängig gemacht werden." in page(ada, incoming)


def test_discard_removes_the_file_and_the_entry_from_the_list(ada):
    incoming = uploaded(ada)

    ada.post(reverse("import-discard", args=[incoming.pk]))

    assert not Path(incoming.path).exists()
    assert "export-0.csv" not in ada.get(reverse("imports")).context["rows"]
    assert Import.objects.get().status == "discarded"


@runs_imports
def test_discard_of_what_is_in_the_database_is_refused(ada):
    incoming = imported(ada)

    response = ada.post(reverse("import-discard", args=[incoming.pk]))

    assert response.headers["Location"] == reverse("import", args=[incoming.pk])
    assert Import.objects.get().status == "done"


# The list, and rights


def test_list_takes_the_same_queries_for_one_and_three(ada, django_assert_max_num_queries, django_assert_num_queries):
    uploaded(ada)
    ada.get(reverse("imports"))
    with django_assert_max_num_queries(8) as few:
        ada.get(reverse("imports"))
        count = len(few)
    uploaded(ada)
    uploaded(ada)
    ada.get(reverse("imports"))

    with django_assert_num_queries(count):
        ada.get(reverse("imports"))


def test_list_follows_along_while_something_runs(ada):
    incoming = Import.objects.create(file_name="export.csv", status="publishing", created_at=timezone.now())
    running = ada.get(reverse("imports")).content.decode()
    Import.objects.filter(pk=incoming.pk).update(status="done")
    resting = ada.get(reverse("imports")).content.decode()

    assert 'hx-trigger="every 2s"' in running
    assert 'hx-trigger="every 2s"' not in resting.partition('id="imports"')[2]


def test_list_says_that_an_undone_import_left_nothing(ada):
    counts = {"orders": {"created": 3, "changed": 0, "unchanged": 0, "refused": 0}}
    Import.objects.create(file_name="export.csv", status="undone", counts=counts, created_at=timezone.now())

    listed = ada.get(reverse("imports")).content.decode()

    assert "Rückgängig gemacht" in listed
    assert "alles wie zuvor" in listed
    assert "3 neu" not in listed


def test_import_that_could_not_be_undone_whole_does_not_say_that_nothing_changed(ada):
    incoming = Import.objects.create(
        file_name="export.csv",
        status="undone",
        error={"code": "partly_undone", "rows": 1234},
        created_at=timezone.now(),
    )

    shown = page(ada, incoming)

    assert "Einige Zeilen konnten nicht zurückgenommen werden: 1.234." in shown
    assert "Ihre Daten sind unverändert." not in shown


def test_list_is_paged_by_key(ada):
    Import.objects.bulk_create(
        Import(file_name=f"{number}.csv", path="x", created_at=timezone.now()) for number in range(31)
    )

    first = ada.get(reverse("imports"))
    older = ada.get(first.context["listing"].pager["next"])

    assert next(incoming.file_name for incoming, _summary in first.context["rows"]) == "30.csv"
    assert [incoming.file_name for incoming, _summary in older.context["rows"]] == ["0.csv"]


ONE = ("import", "import-progress")
ACTS = ("import-preview", "import-mapping", "import-start", "import-undo", "import-discard", "import-refused")


@pytest.mark.parametrize("person", ["salesperson", "servant", "analyst"])
def test_imports_are_closed_to_whoever_may_not_import(client, administrator, request, person):
    incoming = Import.objects.create(file_name="a.csv", path="x", status="done", created_at=timezone.now())
    client.force_login(request.getfixturevalue(person))

    asked = [client.get(reverse(name, args=[incoming.pk])).status_code for name in ONE]
    acted = [client.post(reverse(name, args=[incoming.pk])).status_code for name in ACTS]

    assert asked + acted == [403] * 8
    assert upload(client, FLAT).status_code == 403
    assert Import.objects.count() == 1


@pytest.mark.parametrize("name", ACTS)
def test_imports_are_never_changed_by_get(ada, name):
    incoming = Import.objects.create(file_name="a.csv", path="x", status="done", created_at=timezone.now())

    assert ada.get(reverse(name, args=[incoming.pk])).status_code == 405
