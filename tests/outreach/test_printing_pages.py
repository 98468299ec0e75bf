"""Pages of print runs: from what waits to the post, and who may do what."""

import csv
import io

import pytest
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from stammkunde.outreach.channels.paper import ROW
from stammkunde.outreach.models import Message, MessageSettings, PrintRun, Template
from stammkunde.outreach.services import collecting, printing
from stammkunde.team import queries as team
from stammkunde.team.models import AuditEntry
from tests.outreach.planning import DAY, company, customer, planned

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _company():
    company(sender_address="Lindenstraße 12\n50667 Köln", letter_cost_cents=95, postcard_cost_cents=70)


def paper(number: int = 1, *, channel="letter", purpose="service", **fields) -> Message:
    where = {"street": f"Weg {number}", "postcode": "01067", "city": "Dresden", "number": f"K-{number}"}
    now = timezone.now()
    times = {"not_before_at": now, "latest_at": now + 30 * DAY, "now": now}
    text = {"subject": "Guten Tag", "text": "Danke."}
    to = customer(**{"name": f"=Kunde {number}", **where} | fields)
    return planned(to, channel=channel, purpose=purpose, content=text, **times)


def run_of(staff, **which) -> PrintRun:
    now = timezone.now()
    run = printing.make_run(**{"channel": "letter", "staff": staff, "now": now} | which)
    return collecting.collect(run_id=run.pk, now=now)


@pytest.mark.parametrize("many", [1, 3])
def test_lists_take_the_same_number_of_queries_for_one_and_three(client, salesperson, django_assert_num_queries, many):
    for number in range(many):
        paper(number)
    run = run_of(salesperson)
    for number in range(many):
        paper(number + 10)
        PrintRun.objects.create(
            channel="letter", state="ready", dated_on=run.dated_on, made_at=run.made_at, made_by=salesperson
        )
    client.force_login(salesperson)

    with django_assert_num_queries(10):
        client.get(reverse("print-runs"))
    with django_assert_num_queries(23):
        client.get(reverse("print-run", args=[run.pk]))


def test_way_from_what_waits_to_the_post(client, salesperson):
    message = paper()
    client.force_login(salesperson)
    assert reverse("print-run-make") in client.get(reverse("print-runs")).content.decode()

    made = client.post(reverse("print-run-make"), {"channel": "letter", "origin": message.origin})
    run = PrintRun.objects.get()
    assert made.url == reverse("print-run", args=[run.pk])

    pages = b"".join(client.post(reverse("print-run-pages", args=[run.pk])).streaming_content)
    assert "01067 Dresden" in PdfReader(io.BytesIO(pages)).pages[0].extract_text()

    told = client.get(reverse("print-run", args=[run.pk])).content.decode()
    assert "1 Stück gelten ab jetzt als gesendet, zusammen für 0,95" in told
    client.post(reverse("print-run-hand-over", args=[run.pk]))
    message.refresh_from_db()
    assert (message.state, message.cost_cents) == ("handed_over", 95)
    back = reverse("print-run-take-back", args=[run.pk])
    assert back in client.get(reverse("print-run", args=[run.pk])).content.decode()
    client.post(back)
    assert PrintRun.objects.get().state == "ready"
    client.post(reverse("print-run-hand-over", args=[run.pk]))
    assert list(AuditEntry.objects.filter(thing="print_run").order_by("pk").values_list("action", flat=True)) == [
        "print_run.made",
        "print_run.downloaded",
        "print_run.handed_over",
        "print_run.taken_back",
        "print_run.handed_over",
    ]


def test_addresses_are_a_list_that_spreadsheets_read_and_do_not_run(client, salesperson):
    paper(7, channel="postcard", country="Österreich")
    run = run_of(salesperson, channel="postcard")
    client.force_login(salesperson)

    answer = client.post(reverse("print-run-addresses", args=[run.pk]))

    text = answer.getvalue().decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(text), delimiter=";")) == [
        list(ROW),
        [
            "1", "K-7", "", "'=Kunde 7", "Weg 7", "01067", "Dresden", "Österreich", "A6 (148 × 105 mm)", "Blüten", "",
            "",
        ],
    ]  # fmt: skip


def test_asking_changes_nothing(client, salesperson):
    message = paper()
    run = run_of(salesperson)
    client.force_login(salesperson)

    for name in ("pages", "addresses", "hand-over", "cancel", "take-out"):
        assert client.get(reverse(f"print-run-{name}", args=[run.pk])).status_code == 405
    assert client.get(reverse("print-run-make")).status_code == 405
    assert client.get(reverse("message-print", args=[message.pk])).status_code == 405
    assert client.get(reverse("print-run", args=[run.pk])).status_code == 200


def test_cancelling_on_the_page_lets_it_wait_again(client, salesperson):
    message = paper()
    run = run_of(salesperson)
    client.force_login(salesperson)

    client.post(reverse("print-run-cancel", args=[run.pk]))
    too_late = client.post(reverse("print-run-hand-over", args=[run.pk]), follow=True)

    message.refresh_from_db()
    assert message.state == "planned"
    assert "Jemand war schneller" in too_late.content.decode()
    assert client.post(reverse("print-run-pages", args=[run.pk])).status_code == 404


def test_one_letter_is_printed_at_once_from_its_page(client, servant):
    message, other = paper(1), paper(2)
    client.force_login(servant)
    assert (
        reverse("message-print", args=[message.pk])
        in client.get(reverse("message", args=[message.pk])).content.decode()
    )

    client.post(reverse("message-print", args=[message.pk]))

    assert [one.message for one in PrintRun.objects.get().pieces.all()] == [message]
    assert Message.objects.get(pk=other.pk).state == "planned"


def test_letter_that_is_not_due_says_so(client, salesperson):
    message = paper()
    Message.objects.update(due_at=timezone.now() + DAY, not_before_at=timezone.now() + DAY)
    client.force_login(salesperson)

    answer = client.post(reverse("message-print", args=[message.pk]), follow=True)

    assert "nichts fällig" in answer.content.decode()


def test_servants_print_answers_only_and_see_their_own_runs(client, servant, salesperson):
    offer = paper(1, purpose="advertising", kind="company")
    theirs = run_of(salesperson, only=paper(2))
    client.force_login(servant)

    assert client.post(reverse("message-print", args=[offer.pk])).status_code == 403
    assert client.post(reverse("print-run-make"), {"channel": "letter"}).status_code == 403
    assert client.get(reverse("print-run", args=[theirs.pk])).status_code == 403
    assert client.post(reverse("print-run-pages", args=[theirs.pk])).status_code == 403
    assert client.get(reverse("print-runs")).context["rows"] == []


def test_analysts_print_nothing(client, analyst, salesperson):
    run = run_of(salesperson, only=paper())
    client.force_login(analyst)

    assert client.get(reverse("print-runs")).status_code == 403
    assert client.get(reverse("print-run", args=[run.pk])).status_code == 403


def test_message_shows_its_sheet_as_it_was_printed(client, salesperson):
    message = paper()
    client.force_login(salesperson)
    picture = reverse("message-page", args=[message.pk, 1])
    assert picture in client.get(reverse("message", args=[message.pk])).content.decode()

    before = client.get(picture)
    run_of(salesperson)
    message.customer.street = "Anderswo 1"
    message.customer.save()
    after = client.get(picture)

    assert (before["Content-Type"], before["X-Pages"]) == ("image/png", "1")
    assert before.content[:8] == b"\x89PNG\r\n\x1a\n"
    assert after.content == before.content
    sheet = client.get(reverse("message-sheet", args=[message.pk]))
    assert "Weg 1" in PdfReader(io.BytesIO(sheet.content)).pages[0].extract_text()
    assert client.get(reverse("message-page", args=[message.pk, 2])).status_code == 404


def test_mails_have_no_sheet(client, salesperson):
    mail = planned(customer())
    client.force_login(salesperson)

    assert client.get(reverse("message-page", args=[mail.pk, 1])).status_code == 404
    assert client.post(reverse("message-print", args=[mail.pk])).status_code == 404
    assert "message-page" not in client.get(reverse("message", args=[mail.pk])).content.decode()


def test_template_is_shown_as_it_will_be_printed(client, salesperson):
    customer(street="Weg 1", city="Köln")
    asked = {"name": "Karte", "channel": "postcard", "purpose": "advertising", "motif": "tiles", "format": "dl"}
    client.force_login(salesperson)
    client.post(reverse("template-add"), asked)
    card = Template.objects.get()
    assert card.options == {"motif": "tiles", "format": "dl"}

    page = client.get(reverse("template", args=[card.pk]))
    framed = client.get(reverse("preview", args=[page.context["shown"].frame]))

    assert framed.content.decode().count("data:image/png;base64,") == 2
    assert "img-src 'self' data:" in framed["Content-Security-Policy"]


def test_settings_keep_what_stands_on_paper(client, administrator):
    client.force_login(administrator)
    asked = {
        "sender_address": "Ring 1\n1010 Wien", "sender_phone": "0221 1", "voucher_url": "https://a.example/{code}",
        "letter_cost": "1,10", "postcard_cost": "",
    }  # fmt: skip

    assert client.post(reverse("settings-paper"), asked | {"voucher_url": "javascript:x"}).status_code == 400
    assert client.post(reverse("settings-paper"), asked).status_code == 302

    kept = MessageSettings.of(team.company())
    assert (kept.sender_address.splitlines(), kept.letter_cost_cents, kept.postcard_cost_cents) == (
        ["Ring 1", "1010 Wien"],
        110,
        None,
    )
    assert 'value="1,10"' in client.get(reverse("settings-paper")).content.decode()
