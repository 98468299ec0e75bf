"""Goals, waits, endings and ways about what began a measure: this order, this contact person, this complaint."""

import pytest
from django.urls import reverse
from django.utils import translation

from stammkunde.contacts.models import Contact
from stammkunde.intake.models import Import
from stammkunde.plays import contents, saying
from stammkunde.plays.contents import InvalidContent
from stammkunde.plays.files import writing
from stammkunde.plays.measures import closing, foretelling, happenings, reading, running, triggers, wording
from stammkunde.plays.models import Enrolment
from stammkunde.plays.replay import counting
from stammkunde.sales.models import Line, Order
from stammkunde.store import facts
from stammkunde.tasks.models import Task
from tests import factories
from tests.outreach.planning import NOW, company, customer
from tests.plays.over_time import BOUGHT, DAY, HOUR, buys, content, known, stands, started, task, the, wait, work

pytestmark = pytest.mark.django_db

DELIVERED = {"table": "orders", "column": "delivered_on", "same": True}
RETURNED = {"table": "lines", "where": [{"column": "kind", "is": "is", "value": "return"}], "same": True}
SETTLED = {"table": "complaints", "column": "finished_on", "same": True}
WITH_PERSON = {"table": "contacts", "same": True}
PER_ROW = {"subject": {"per": "row"}, "reentry": {"again": True}}
TOMORROW = NOW + DAY


def of(play, order) -> Enrolment:
    return Enrolment.objects.get(play=play, source=f"orders:{order.source}")


def where(play, *orders) -> list[tuple[str, str, str]]:
    rows = [of(play, one) for one in orders]
    return [(one.state, one.at_step, one.code) for one in rows]


def delivered(order, at=TOMORROW) -> None:
    Order.objects.filter(pk=order.pk).update(delivered_on=at.date())
    known(order.customer, "orders", at)


def comes_back(order, *, at, brought_by=None) -> Line:
    """Let goods of an order come back, with a file that came at a moment."""
    brought_by = brought_by or Import.objects.create(
        file_name="a.csv", path="a.csv", status="done", created_at=at, started_at=at, finished_at=at
    )
    made = Line.objects.create(
        order=order, key=f"r{brought_by.pk}", kind="return", quantity=-1, revenue_cents=-1, imported_by=brought_by.pk
    )
    known(order.customer, "orders", order.ordered_at)
    return made


def talks(person, at) -> None:
    Contact.objects.create(
        source=f"talk:{person.pk}", customer=person.customer, contact_person=person, direction="in", channel="phone",
        happened_at=at, happened_on=at.date(), recorded_at=at,
    )  # fmt: skip
    known(person.customer, "contacts", at)


def imported(order, *, at) -> Import:
    """Let an order be one that a file brought."""
    made = Import.objects.create(
        file_name="a.csv", path="a.csv", status="done", created_at=at, started_at=at, finished_at=at
    )
    Line.objects.filter(order=order).update(imported_by=made.pk)
    return made


def test_wait_for_this_order_ends_with_no_other_one():
    play = started(wait(30, until=DELIVERED), task(), trigger=BOUGHT, **PER_ROW)
    anna = customer()
    first, second = buys(anna), buys(anna)
    work()

    delivered(second)
    work(TOMORROW + HOUR)

    assert [at_step for _state, at_step, _code in where(play, first, second)] == ["s1", "s2"]


def test_wait_for_any_order_ends_with_another_one_too():
    play = started(wait(30, until={**DELIVERED, "same": False}), task(), trigger=BOUGHT, **PER_ROW)
    anna = customer()
    first, second = buys(anna), buys(anna)
    work()

    delivered(second)
    work(TOMORROW + HOUR)

    assert {at_step for _state, at_step, _code in where(play, first, second)} == {"s2"}


def test_goal_about_this_order_is_reached_by_it_alone_and_undone_with_it():
    goal = {"kind": "happened", **DELIVERED, "window_days": 30}
    play = started(wait(30), trigger=BOUGHT, goal=goal, **PER_ROW)
    anna = customer()
    first, second = buys(anna), buys(anna)
    work()

    delivered(second)
    work(TOMORROW + HOUR)
    assert (of(play, first).code, of(play, second).code) == ("", "goal")
    assert of(play, second).goal_source == f"orders:{second.source}"

    Order.objects.filter(pk=second.pk).update(delivered_on=None)  # what told of the delivery is taken back
    closing.note_undone(customers=[anna.pk], now=TOMORROW + 2 * HOUR)
    assert of(play, second).goal_undone_at is not None


def test_goods_of_this_order_that_come_back_with_a_later_file_end_it_from_then_on():
    play = started(wait(30), trigger=BOUGHT, ends_when=[RETURNED], **PER_ROW)
    anna = customer()
    first, second = buys(anna), buys(anna)
    imported(second, at=NOW)
    work()

    comes_back(second, at=TOMORROW)
    work(TOMORROW + HOUR)

    assert (of(play, first).code, of(play, second).code) == ("", "happened")


def test_what_has_happened_to_this_order_before_is_not_waited_for_and_ends_it_but_is_no_goal():
    """A weekly file tells of the order, of its delivery, and of what came back at once."""
    goal = {"kind": "happened", **DELIVERED, "window_days": 30}
    waits, ends, aims = (
        started(*steps, trigger=BOUGHT, name=name, **more)
        for name, steps, more in (
            ("Wartet", [wait(30, until=DELIVERED), task()], {}),
            ("Endet", [wait(30)], {"ends_when": [RETURNED]}),
            ("Zielt", [wait(30)], {"goal": goal}),
        )
    )
    bought = buys(customer(), NOW - DAY / 48, delivered_on=NOW.date())
    comes_back(bought, at=NOW - DAY / 48, brought_by=imported(bought, at=NOW - DAY / 48))

    work()

    assert (the(waits).at_step, stands(ends)[2], stands(aims)) == ("s2", "happened", ("waiting", "s1", ""))


def test_what_was_said_with_this_person_before_is_waited_for_anew():
    trigger = {"kind": "dated", "table": "contact_persons", "column": "birthday_on", "yearly": True}
    play = started(wait(20, until=WITH_PERSON), task(), trigger=trigger, **PER_ROW)
    kim = factories.contact_person(customer(), birthday_on=NOW.date().replace(year=1980))
    talks(kim, NOW - 9 * DAY)
    known(kim.customer, "customers", NOW)

    work()

    assert stands(play) == ("waiting", "s1", "")


def test_return_in_a_note_of_its_own_is_dated_by_it_and_is_about_no_other_order():
    ends = {name: one for name, one in RETURNED.items() if name != "same"}
    any_, same = (
        started(wait(30), trigger=BOUGHT, ends_when=[one], name=name)
        for name, one in (("Jede", ends), ("Diese", RETURNED))
    )
    anna = customer()
    buys(anna)
    work()

    note = buys(anna, TOMORROW)
    note.lines.update(kind="return", quantity=-1, revenue_cents=-1000)
    known(anna, "orders", TOMORROW)
    work(TOMORROW + HOUR)

    assert (the(any_).code, the(same).code) == ("happened", "")


def test_a_file_dates_the_return_of_an_older_order_and_not_that_of_an_order_that_it_brings():
    anna = customer()
    older, newer = buys(anna, NOW - 9 * DAY), buys(anna, NOW - 2 * DAY)
    imported(older, at=NOW - 9 * DAY)
    file = imported(newer, at=NOW)
    for one in (older, newer):
        comes_back(one, at=NOW, brought_by=file)

    found = happenings.since(contents.Happening(**RETURNED), on=NOW.date() - 30 * DAY, now=NOW, thing="orders")

    days = {one.about: one.on for one in found}
    assert days == {f"orders:{older.source}": NOW.date(), f"orders:{newer.source}": NOW.date() - 2 * DAY}


def test_contact_with_this_person_is_none_with_a_colleague():
    trigger = {"kind": "dated", "table": "contact_persons", "column": "birthday_on", "yearly": True}
    goal = {"kind": "happened", **WITH_PERSON, "window_days": 30}
    play = started(wait(20), trigger=trigger, goal=goal, **PER_ROW)
    firm = customer(kind="company")
    born = NOW.date().replace(year=1980)
    kim, lee = (factories.contact_person(firm, birthday_on=born) for _number in range(2))
    known(firm, "customers", NOW)
    work()

    talks(lee, TOMORROW)
    work(TOMORROW + HOUR)

    codes = {one.contact_person_id: one.code for one in Enrolment.objects.filter(play=play)}
    assert codes == {kim.pk: "", lee.pk: "goal"}


def test_complaint_begins_it_and_the_same_one_settled_is_the_goal():
    goal = {"kind": "happened", **SETTLED, "window_days": 30}
    play = started(wait(20), trigger={"kind": "happened", "table": "complaints"}, goal=goal, **PER_ROW)
    anna = customer()
    first, second = (
        Task.objects.create(title="Zerbrochen", customer=anna, is_complaint=True, created_at=NOW)
        for _number in range(2)
    )
    known(anna, "complaints", NOW)
    work()

    Task.objects.filter(pk=second.pk).update(state="done", finished_at=TOMORROW, finished_on=TOMORROW.date())
    known(anna, "complaints", TOMORROW)
    work(TOMORROW + HOUR)

    codes = {one.source: one.code for one in Enrolment.objects.filter(play=play)}
    assert codes == {f"complaints:{first.pk}": "", f"complaints:{second.pk}": "goal"}


def test_ways_may_ask_about_this_order_for_each_of_several_at_once():
    late = {"happened": "orders", "where": [{"column": "delivered", "is": "is unknown"}], "same": True}
    ways = {"kind": "branch", "rule": late, "yes": [{"key": "late", **task("Anrufen")}]}
    play = started(wait(2), ways, wait(30), trigger=BOUGHT, **PER_ROW)
    anna = customer()
    first, second = buys(anna), buys(anna)
    work()
    delivered(second)

    work(NOW + 3 * DAY)

    assert [at_step for _state, at_step, _code in where(play, first, second)] == ["late", "s3"]


def test_whoever_is_handed_over_is_still_in_it_for_the_same_order():
    elsewhere = {"column": "channel", "is": "is", "value": "nowhere"}
    then = started(wait(30, until=DELIVERED), task(), trigger={**BOUGHT, "where": [elsewhere]}, name="Danach")
    play = started(wait(1), {"kind": "hand_over", "play": then.pk}, trigger=BOUGHT, name="Davor")
    bought = buys(customer())
    work()
    work(TOMORROW + HOUR)
    assert of(play, bought).code == "moved"
    assert the(then).source.startswith("play:")

    delivered(bought, NOW + 3 * DAY)
    work(NOW + 3 * DAY + HOUR)

    assert the(then).at_step == "s2"


ENTERS = {"kind": "enters"}
BORN = {"kind": "dated", "table": "contact_persons", "column": "birthday_on"}
BRINGS = {"kind": "dated", "table": "orders", "column": "delivered_on"}


@pytest.mark.parametrize(
    ("trigger", "what", "code"),
    [
        (ENTERS, DELIVERED, "no_thing"),
        ({"kind": "dated", "table": "customers", "column": "since_on"}, WITH_PERSON, "no_thing"),
        (BRINGS, DELIVERED, "begins_it"),
        (BOUGHT, {"table": "orders", "same": True}, "begins_it"),
        (BRINGS, {"table": "orders", "same": True}, "begins_it"),
        (BOUGHT, WITH_PERSON, "unrelated"),
        (BORN, DELIVERED, "unrelated"),
        (BOUGHT, {"table": "stage_changes", "same": True}, "unrelated"),
        (BOUGHT, DELIVERED, ""),
        (BRINGS, RETURNED, ""),
        (BORN, WITH_PERSON, ""),
        ({"kind": "dated", "table": "contracts", "column": "ends_on"}, {"table": "renewals", "same": True}, ""),
    ],
)
def test_what_cannot_be_about_what_begins_it_is_refused_at_its_place_with_the_cure(trigger, what, code):
    said = content(
        wait(9, until=what), trigger=trigger, goal={"kind": "happened", **what}, ends_when=[what],
        **({"group": 5} if trigger == ENTERS else {}),
    )  # fmt: skip
    if not code:
        assert contents.read(contents.write(contents.read(said))) == contents.read(said)
        return

    with pytest.raises(InvalidContent) as wrong, translation.override("de"):
        contents.read(said)

    found = {(one.place, one.code) for one in wrong.value.problems}
    assert found == {(place, code) for place in ("goal.same", "steps.s1.until.same", "ends_when.0.same")}
    assert all("„same“" in one.text for one in wrong.value.problems)


def test_rows_that_belong_to_others_begin_nothing():
    with pytest.raises(InvalidContent, match="Nothing of this kind"), translation.override("en"):
        started(wait(1), trigger={"kind": "happened", "table": "lines"})


def test_ways_about_the_same_are_refused_where_nothing_is():
    late = {"kind": "branch", "rule": {"happened": "orders", "same": True}}
    with pytest.raises(InvalidContent) as wrong:
        started(late, trigger=BORN)

    assert [(one.place, one.code) for one in wrong.value.problems] == [("steps.s1.rule.happened.same", "not_same")]


def test_replay_counts_what_happened_with_the_same_order_only():
    goal = {"kind": "happened", **DELIVERED, "window_days": 30}
    read = contents.read(content(wait(5), trigger=BOUGHT, goal=goal, latest_days=40, **PER_ROW))
    first = NOW.date()
    came = [(1, first, "orders:a"), (1, first, "orders:b")]
    goals = {"orders:b": [first + 3 * DAY]}

    found = counting.entries(came, read, ends=[goals], zone=triggers.admit.zone())
    base = counting.base(found, read, goals=goals, margins={}, today=first + 60 * DAY)

    assert (base.n, base.reached) == (2, 1)


def test_sentences_say_what_it_is_about():
    late = {"happened": "orders", "where": [{"column": "delivered", "is": "is unknown"}], "same": True}
    said = content(
        wait(9, until=DELIVERED), {"kind": "branch", "rule": late}, trigger=BOUGHT, ends_when=[RETURNED],
        goal={"kind": "happened", **DELIVERED, "window_days": 30},
    )  # fmt: skip
    read = contents.read(said)

    def told() -> str:
        names = wording.names([read])
        cards = [text for card in saying.cards(read, names) for text in card.sentences]
        return "\n".join([*cards, *(f"{one.when}: {one.text}" for one in saying.lines(read, names))])

    with translation.override("de"):
        german = told()
    with translation.override("en"):
        english = told()

    assert "Ziel: diese Bestellung wird geliefert innerhalb von 30 Tagen." in german
    assert "Warten, bis diese Bestellung geliefert ist, höchstens 9 Tage" in german
    assert "sobald etwas aus dieser Bestellung zurückkommt" in german
    assert "(nur diese Bestellung)" in german
    assert "ab Tag 0, wenn diese Bestellung nicht geliefert wurde" not in german  # perhaps it was, before it began
    assert "ab Tag 9" not in german  # nobody waits for what is there
    assert "Goal: this order is delivered within 30 days." in english
    assert "as soon as something of this order is returned" in english
    assert "(only this order)" in english


def test_versions_say_that_it_is_about_the_same(marketer):
    play = started(wait(9, until={**DELIVERED, "same": False}), trigger=BOUGHT)
    said = content(wait(9, until=DELIVERED), trigger=BOUGHT)
    running.change(play_id=play.pk, content=said, staff=marketer, now=NOW)

    with translation.override("en"):
        (new, _old) = foretelling.versions(play)

    assert any("until this order is delivered" in one for one in new.new)
    assert any("until an order is delivered" in one for one in new.gone)


@pytest.fixture
def drafted(marketer, client):
    company()
    client.force_login(marketer)
    steps = (task(), wait(5))
    return running.draft(name="Lieferung", content=content(*steps, trigger=BOUGHT), staff=marketer, now=NOW)


def test_editor_offers_the_same_only_where_a_row_begins_it_and_the_kind_tells_of_it(client, drafted):
    address = reverse("measure-edit", args=[drafted.pk])
    step = reverse("measure-step", args=[drafted.pk])

    def offered() -> set[str]:
        pages = [client.get(address).content.decode(), client.get(step, {"key": "s2"}).content.decode()]
        return {name for name in ("delivered", "returned", "contacts", "settled") if f'value="{name}/same"' in pages[0]
                and f'value="{name}/same"' in pages[1]}  # fmt: skip

    assert offered() == {"delivered", "returned"}
    for trigger, then in (
        ("dated/contact_persons/birthday_on", {"contacts"}),
        ("happened/complaints", {"settled"}),
        ("dated/orders/delivered_on", {"returned"}),
        ("dated/customers/since_on", set()),
    ):
        client.post(address, {"card": "begins", "trigger": trigger, "too_old_days": "3"})
        assert offered() == then, trigger


def test_editor_keeps_what_is_about_the_same_in_goal_wait_and_ending(client, drafted):
    address = reverse("measure-edit", args=[drafted.pk])
    client.post(address, {"card": "purpose", "goal": "delivered/same", "window_days": "30", "kind": "play"})
    client.post(address, {"card": "ends", "ends_when": ["returned/same", "contacts"], "latest_days": "60"})
    client.post(
        reverse("measure-step", args=[drafted.pk]),
        {"key": "s2", "kind": "wait", "until": "delivered/same", "days": "5"},
    )

    said = reading.newest(drafted).content
    read = contents.read(said)
    (waits,) = [one for one in read.steps if isinstance(one, contents.Wait)]

    assert contents.write(read)["goal"] == {
        "kind": "purchase",
        "column": "delivered_on",
        "same": True,
        "window_days": 30,
    }
    assert waits.until == read.goal.happening
    assert [(one.table, one.same) for one in read.ends_when] == [("lines", True), ("contacts", False)]
    file = writing.write(name="Lieferung", content=said)
    assert contents.read(file["content"]) == read


def test_editor_says_why_something_else_cannot_begin_it(client, drafted):
    address = reverse("measure-edit", args=[drafted.pk])
    client.post(address, {"card": "purpose", "goal": "delivered/same", "window_days": "30", "kind": "play"})

    answer = client.post(address, {"card": "begins", "trigger": "dated/customers/since_on", "too_old_days": "3"})

    assert answer.status_code == 400
    assert contents.read(reading.newest(drafted).content).thing == "orders"


def test_tables_say_what_their_rows_are_about():
    assert [facts.table(name).leads_to("orders") for name in ("orders", "lines", "contacts")] == ["pk", "order_id", ""]
    assert facts.table("contacts").leads_to("contact_persons") == "contact_person_id"
    assert facts.table("consents").leads_to("orders") == ""  # of the same customer, and about no order for that
