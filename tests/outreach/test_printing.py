"""Print runs: nothing lost and nothing doubled, and files that can be made again."""

import io

import pytest
from django.db.models import QuerySet
from pypdf import PdfReader

from stammkunde.contacts.models import Contact
from stammkunde.outreach import channels, moments, paper, queries, services, wording, working
from stammkunde.outreach.models import Hold, Message, Piece, PrintRun
from stammkunde.outreach.services import collecting, printing
from stammkunde.team.models import AuditEntry
from tests import factories
from tests.outreach.planning import DAY, NOW, company, consent, customer, planned
from tests.outreach.test_filling import template

pytestmark = pytest.mark.django_db
SAME = pytest.mark.same_on_both("an address is worded from rows that were read")
LETTER = {"subject": "Guten Tag", "text": "Vielen Dank."}


@pytest.fixture
def house():
    return company(sender_address="Lindenstraße 12\n50667 Köln", letter_cost_cents=95, holiday_region="DE-NW")


def letter(number: int = 1, *, to=None, channel="letter", **fields) -> Message:
    to = to or customer(name=f"Kim Weber {number}", **home(number))
    return planned(to, channel=channel, purpose=fields.pop("purpose", "service"), **{"content": LETTER} | fields)


def home(number: int = 1) -> dict:
    return {"street": f"Weg {number}", "postcode": "10115", "city": "Berlin"}


def states() -> list[str]:
    return list(Message.objects.order_by("pk").values_list("state", flat=True))


def made(staff, *, channel="letter", **which) -> PrintRun:
    run = printing.make_run(channel=channel, staff=staff, now=NOW, **which)
    return collecting.collect(run_id=run.pk, now=NOW)


def text_of(run: PrintRun) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(printing.file(run).read_bytes())).pages)


@SAME
@pytest.mark.parametrize(
    "fields", [{"street": ""}, {"city": ""}, {"street": " ", "city": "Berlin"}], ids=["no street", "no city", "blank"]
)
def test_letter_without_a_whole_address_is_refused(house, fields):
    message = letter(to=customer(**home() | fields))

    assert (message.state, message.reason) == ("refused", {"code": "no_address"})


@SAME
def test_address_has_person_company_and_a_country_in_capitals_abroad(house):
    shop = customer(name="Weber GmbH", kind="company", street="Ring 1", postcode="1010", city="Wien", country="Austria")
    eva = factories.contact_person(shop, salutation="Herr", title="Dr.", first_name="Max", last_name="Weber")
    lines = channels.get("letter").render(letter(to=shop, contact_person_id=eva.pk), house).body["lines"]

    assert lines == ["Weber GmbH", "Herrn Dr. Max Weber", "Ring 1", "1010 Wien", "ÖSTERREICH"]


@SAME
@pytest.mark.parametrize("country", ["", "DE", "Deutschland", "Germany"])
def test_address_at_home_names_no_country(house, country):
    message = letter(to=customer(name="Kim Weber", country=country, **home()))

    assert channels.get("letter").render(message, house).body["lines"] == ["Kim Weber", "Weg 1", "10115 Berlin"]


@SAME
@pytest.mark.parametrize(("region", "said"), [("DE-NW", "SERBIEN"), ("CH", "SERBIEN"), ("IE", "SERBIA")])
def test_address_abroad_names_the_country_as_the_post_at_home_reads_it(region, said):
    house = company(sender_address="Lindenstraße 12\n50667 Köln", holiday_region=region)
    message = letter(to=customer(name="Kim", country="Serbia", street="Ulica 1", postcode="11000", city="Beograd"))

    assert channels.get("letter").render(message, house).body["lines"][-1] == said


def test_address_that_is_kept_names_the_country_as_it_always_did(house):
    message = letter(to=customer(name="Kim Weber", country="DE", **home()))

    assert message.address == "Kim Weber, Weg 1, 10115 Berlin, DEUTSCHLAND"


@SAME
def test_address_abroad_keeps_a_country_that_nobody_knows(house):
    message = letter(to=customer(name="Kim", country="Absurdistan", **home()))

    assert channels.get("letter").render(message, house).body["lines"][-1] == "ABSURDISTAN"


def test_two_households_in_one_house_both_get_the_offer_and_one_household_gets_it_once(house):
    people = [customer(name=name, **home()) for name in ("Kim Weber", "Ben Wolf", "Kim Weber")]
    for one in people:
        consent(one, channel="post")

    found = [letter(to=one, purpose="advertising") for one in people]

    assert [one.state for one in found] == ["planned", "planned", "refused"]
    assert found[2].reason["code"] == "duplicate_address"


def test_run_collects_what_is_due_and_holds_it(house, salesperson):
    due, later = letter(1), letter(2, not_before_at=NOW + DAY)

    run = made(salesperson)

    due.refresh_from_db()
    later.refresh_from_db()
    assert (run.state, run.pieces_count, run.failed_count, run.cost_cents) == ("ready", 1, 0, 95)
    assert (due.state, due.reason, later.state) == ("claimed", {"code": "in_print_run", "run": run.pk}, "planned")
    assert wording.told(due, now=NOW).why == f"Liegt in Druckauftrag {run.pk}."
    assert wording.told(later, now=NOW).why == "Wartet auf den nächsten Druckauftrag."


def test_run_takes_one_origin_or_one_message_only(house, salesperson):
    first, other = letter(1, origin="a"), letter(2, origin="b")
    third = letter(3, origin="b")

    assert [one.message for one in made(salesperson, origin="a").pieces.all()] == [first]
    assert [one.message for one in made(salesperson, only=third).pieces.all()] == [third]
    assert [one.message for one in made(salesperson).pieces.all()] == [other]


def test_run_of_nothing_is_cancelled(house, salesperson):
    letter(1, not_before_at=NOW + DAY)

    assert made(salesperson).state == "cancelled"


def test_run_leaves_what_is_on_hold(house, salesperson):
    letter(1)
    Hold.objects.create(origin="test:1", since_at=NOW)

    assert made(salesperson).state == "cancelled"


def test_run_leaves_what_is_over_its_size_for_the_next(house, salesperson, monkeypatch):
    monkeypatch.setattr(printing, "MOST", 3)
    monkeypatch.setattr(collecting, "AT_ONCE", 2)
    for number in range(5):
        letter(number)

    runs = [made(salesperson) for _twice in range(2)]

    assert [run.pieces_count for run in runs] == [3, 2]
    assert [list(run.pieces.values_list("position", flat=True)) for run in runs] == [[1, 2, 3], [1, 2]]


def test_run_needs_a_sender(salesperson):
    company(sender_address="")

    with pytest.raises(services.NotOnPaper, match="no_sender_address"):
        printing.make_run(channel="letter", staff=salesperson, now=NOW)
    with pytest.raises(services.NotOnPaper, match="not_on_paper"):
        printing.make_run(channel="email", staff=salesperson, now=NOW)


def test_what_cannot_be_rendered_fails_alone(house, salesperson):
    letter(1)
    broken = letter(2, content={"subject": "leer"})

    run = made(salesperson)

    broken.refresh_from_db()
    assert (run.state, run.pieces_count, run.failed_count) == ("ready", 1, 1)
    assert (broken.state, broken.reason["code"]) == ("failed", "cannot_render")


def test_what_cannot_be_set_fails_alone(house, salesperson, monkeypatch):
    letter(1)
    poisoned = letter(2, content={"subject": "GIFT", "text": "x"})
    right = paper.pdf

    def refuse(kind, *, pieces, **more):
        if any(one["subject"] == "GIFT" for one in pieces):
            raise paper.CannotSet("no")
        return right(kind, pieces=pieces, **more)

    monkeypatch.setattr(paper, "pdf", refuse)
    run = made(salesperson)
    assert run.state == "collecting"
    working.sweep(now=NOW, clock=lambda: NOW)

    run.refresh_from_db()
    poisoned.refresh_from_db()
    assert (run.state, run.pieces_count, run.failed_count) == ("ready", 1, 1)
    assert (poisoned.state, poisoned.reason) == ("failed", {"code": "cannot_render", "answer": "no"})


def test_file_is_made_again_byte_by_byte_whatever_has_changed_since(house, salesperson):
    kim = letter(1)
    run = made(salesperson)
    before = printing.file(run).read_bytes()

    kim.customer.street = "Anderswo 7"
    kim.customer.save()
    factories.decided(sender_address="Neue Straße 1\n10115 Berlin", imprint="anders")
    printing.file(run).unlink()

    assert printing.file(run).read_bytes() == before
    assert "Weg 1" in text_of(run)


def test_handing_over_counts_the_messages_as_sent_with_their_cost(house, salesperson):
    for number in range(2):
        letter(number)
    run = made(salesperson)

    twice = [printing.hand_over(run_id=run.pk, staff=salesperson, now=NOW + DAY) for _time in range(2)]

    assert [one.state for one in twice] == ["handed_over", "handed_over"]
    found = Message.objects.values_list("state", "cost_cents", "handed_over_at", "lease_until", "reason")
    assert list(found) == [("handed_over", 95, NOW + DAY, None, None)] * 2
    assert list(AuditEntry.objects.filter(thing="print_run").values_list("action", flat=True).order_by("pk")) == [
        "print_run.made",
        "print_run.handed_over",
    ]


def contacts_of(message):
    return Contact.objects.standing().filter(customer=message.customer_id).count()


def test_what_is_not_at_the_post_after_all_waits_again_counts_for_nothing_and_may_go_a_second_time(house, salesperson):
    message = letter(1, purpose="advertising")
    run = made(salesperson)
    held = Message.objects.values().get(pk=message.pk)
    printing.hand_over(run_id=run.pk, staff=salesperson, now=NOW)
    back = [printing.take_back(run_id=run.pk, staff=salesperson, now=NOW + DAY) for _twice in range(2)]
    again = Message.objects.values().get(pk=message.pk)

    assert [one.state for one in back] == ["ready", "ready"]
    assert {name for name in held if held[name] != again[name]} == {"claims"}
    assert contacts_of(message) == 0
    assert "Weg 1" in text_of(run)

    for _twice in range(2):
        printing.hand_over(run_id=run.pk, staff=salesperson, now=NOW + 2 * DAY)
    assert (states(), contacts_of(message)) == (["handed_over"], 1)
    (hidden,) = moments._contacts(message.customer_id).filter(voids=None, voided_by=None)
    assert Contact.objects.get(pk=hidden["pk"]).happened_at == NOW + 2 * DAY
    printing.take_back(run_id=run.pk, staff=salesperson, now=NOW + 2 * DAY)
    printing.cancel(run_id=run.pk, staff=salesperson, now=NOW + 2 * DAY)
    assert (states(), contacts_of(message)) == (["planned"], 0)
    actions = AuditEntry.objects.filter(thing="print_run").order_by("pk").values_list("action", flat=True)
    assert [one.partition(".")[2] for one in actions] == [
        "made", "handed_over", "taken_back", "handed_over", "taken_back", "cancelled",
    ]  # fmt: skip


def test_post_is_taken_back_for_a_day_and_not_what_came_back_from_it(house, salesperson):
    first, second = letter(1), letter(2)
    run = made(salesperson)
    printing.hand_over(run_id=run.pk, staff=salesperson, now=NOW)
    services.note_bounce(message_id=first.pk, answer="moved", for_good=False, now=NOW)

    with pytest.raises(services.RunIsOver):
        printing.take_back(run_id=run.pk, staff=salesperson, now=NOW + DAY * 1.1)
    printing.take_back(run_id=run.pk, staff=salesperson, now=NOW + DAY)

    assert states() == ["bounced", "claimed"]
    assert second.pk
    printing.hand_over(run_id=run.pk, staff=salesperson, now=NOW + DAY)
    counted = AuditEntry.objects.filter(action="print_run.handed_over").order_by("pk")
    assert [one.detail["pieces"] for one in counted] == [2, 1]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("end", [printing.hand_over, printing.cancel])
def test_file_with_addresses_goes_when_the_run_is_over(house, salesperson, end, settings):
    letter(1)
    run = made(salesperson)
    assert [path.name for path in settings.PRINT_DIR.iterdir()] == [f"{run.pk}-1.pdf"]

    end(run_id=run.pk, staff=salesperson, now=NOW)

    assert list(settings.PRINT_DIR.iterdir()) == []


def test_cancelling_plans_the_messages_again(house, salesperson):
    message = letter(1)
    run = made(salesperson)

    printing.cancel(run_id=run.pk, staff=salesperson, now=NOW)
    printing.cancel(run_id=run.pk, staff=salesperson, now=NOW)

    message.refresh_from_db()
    assert (message.state, message.lease_until) == ("planned", None)
    again = made(salesperson)
    assert [one.message for one in again.pieces.all()] == [message]
    with pytest.raises(services.RunIsOver):
        printing.hand_over(run_id=run.pk, staff=salesperson, now=NOW)


def test_what_is_at_the_post_cannot_be_cancelled(house, salesperson):
    letter(1)
    run = made(salesperson)
    printing.hand_over(run_id=run.pk, staff=salesperson, now=NOW)

    with pytest.raises(services.RunIsOver):
        printing.cancel(run_id=run.pk, staff=salesperson, now=NOW)
    assert states() == ["handed_over"]


def test_cancelled_too_late_expires(house, salesperson):
    letter(1, latest_at=NOW + DAY)
    run = made(salesperson)

    printing.cancel(run_id=run.pk, staff=salesperson, now=NOW + 2 * DAY)

    assert states() == ["expired"]


def test_whoever_objected_meanwhile_is_taken_out(house, salesperson):
    stays, leaves = (customer(name=f"Kunde {n}", **home(n)) for n in range(2))
    for one in (stays, leaves):
        consent(one, channel="post")
        letter(to=one, purpose="advertising")
    run = made(salesperson)
    assert printing.objections(run, now=NOW) == []

    consent(leaves, channel="post", state="objected", at=NOW)
    assert [piece.message.customer for piece, _why in printing.objections(run, now=NOW)] == [leaves]
    assert printing.take_out(run_id=run.pk, staff=salesperson, now=NOW) == 1

    run.refresh_from_db()
    assert (run.state, run.pieces_count) == ("ready", 1)
    assert states() == ["claimed", "refused"]
    assert "Kunde 0" in text_of(run)
    assert "Kunde 1" not in text_of(run)


def test_worker_leaves_what_a_run_holds(house, salesperson):
    letter(1)
    made(salesperson)

    services.take_over(now=NOW + 300 * DAY, is_gone=lambda _holder: True)

    assert states() == ["claimed"]


def test_worker_goes_on_with_a_run_that_somebody_began(house, salesperson):
    letter(1)
    run = printing.make_run(channel="letter", staff=salesperson, now=NOW)

    assert working.sweep(now=NOW, clock=lambda: NOW)
    run.refresh_from_db()
    assert (run.state, run.pieces_count) == ("ready", 1)


class Killed(BaseException):
    """Stands for a process that dies at this instant."""


@pytest.mark.parametrize(
    ("place", "name"),
    [
        (collecting.claiming, "claim"),
        (collecting, "_pieces"),
        (QuerySet, "bulk_create"),
        (printing.paper, "pdf"),
        (printing.Path, "replace"),
    ],
)
def test_run_that_is_killed_at_any_place_goes_on_and_doubles_nothing(house, salesperson, monkeypatch, place, name):
    for number in range(5):
        letter(number)
    monkeypatch.setattr(collecting, "AT_ONCE", 2)
    run = printing.make_run(channel="letter", staff=salesperson, now=NOW)
    right, calls = getattr(place, name), []

    def die(*args, **more):
        calls.append(1)
        if len(calls) == 2 or name in {"pdf", "replace"}:
            raise Killed
        return right(*args, **more)

    with monkeypatch.context() as patch:
        patch.setattr(place, name, die)
        with pytest.raises(Killed):
            collecting.collect(run_id=run.pk, now=NOW)

    run = collecting.collect(run_id=run.pk, now=NOW + 2 * collecting.LEASE)

    assert (run.state, run.pieces_count) == ("ready", 5)
    assert sorted(Piece.objects.values_list("message_id", flat=True)) == sorted(
        Message.objects.values_list("pk", flat=True)
    )
    assert list(run.pieces.values_list("position", flat=True)) == [1, 2, 3, 4, 5]
    assert states() == ["claimed"] * 5


def test_template_gives_its_looks_and_the_code_to_the_message(house):
    kim = customer(**home())
    card = template(de_sie="Hallo")
    card.options = {"motif": "waves"}
    card.save()

    (written,) = services.contents(
        template=card, recipients=[(kim.pk, None)], today=NOW.date(), more={(kim.pk, None): {"code": "ABC"}}
    ).values()

    assert (written.content["options"], written.content["code"]) == ({"motif": "waves"}, "ABC")


def test_waiting_counts_by_origin_and_channel(house):
    letter(1, origin="a", latest_at=NOW + 3 * DAY)
    letter(2, origin="a", not_before_at=NOW + DAY)
    letter(3, origin="b", channel="postcard", latest_at=NOW + 2 * DAY)

    found = queries.waiting_for_print(now=NOW)

    assert [(one.origin, one.channel, one.due, one.later) for one in found] == [
        ("b", "postcard", 1, 0),
        ("a", "letter", 1, 1),
    ]
