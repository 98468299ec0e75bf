from datetime import date, timedelta

import pytest
from django.utils import timezone

from stammkunde.customers import changes
from stammkunde.customers.models import Customer, Note
from stammkunde.intake import services
from stammkunde.intake.models import BeforeImage
from stammkunde.outreach.models import Message, Template
from stammkunde.plays.models import Enrolment, Play
from stammkunde.sales.models import Line, Order
from stammkunde.tasks import services as tasks
from stammkunde.tasks.models import Task
from stammkunde.team.models import AuditEntry, Staff
from tests import factories
from tests.intake.bringing import NOW, bring, changed, everything, shop, undo

pytestmark = pytest.mark.django_db(transaction=True)


def customer(number, name, **more):
    return {"customer_number": number, "customer_name": name, **more}


def test_undo_of_the_first_import_leaves_nothing_behind(tmp_path):
    before = everything()
    incoming = bring(tmp_path, "flat", shop())

    undone = undo(incoming)

    assert (undone.status, undone.error) == ("undone", None)
    assert everything() == before
    assert not any(before.values())


def test_undo_puts_every_changed_row_back_as_it_was_and_removes_the_new_ones(tmp_path):
    bring(tmp_path, "flat", shop())
    Line.objects.filter(pk=Line.objects.order_by("pk")[3].pk).update(quantity=0.1 + 0.2)
    Customer.objects.update(attributes={"Größe": 'X"L', "leer": ""})
    before = everything()
    incoming = bring(tmp_path, "flat", [one | {"city": "Übersee"} for one in shop(orders=120, cents=7)])
    assert incoming.counts["lines"]["changed"]
    assert incoming.counts["lines"]["created"] == 90
    assert everything() != before

    undo(incoming)

    assert everything() == before
    assert not BeforeImage.objects.exists()


def test_owners_changed_by_an_import_take_tasks_along_and_say_so_and_its_undo_brings_them_back(tmp_path):
    sven, ada = (
        Staff.objects.create_user(f"{name}@shop.example", None, name=name.title(), created_at=NOW)
        for name in ("sven", "ada")
    )
    bring(tmp_path, "customers", [customer("1", "Eins", owner_email=sven.email), customer("2", "Zwei")])
    one, two = Customer.objects.order_by("number")
    now = timezone.now()
    owners = {"his": (one, sven), "open": (two, None), "hers": (two, ada), "later": (one, None)}
    made = {
        name: Task.objects.create(customer=of, title=name, owner=owner, created_at=now)
        for name, (of, owner) in owners.items()
    }

    incoming = bring(tmp_path, "customers", [customer(n, "X", owner_email=ada.email) for n in "12"])
    has = {name: Task.objects.get(pk=task.pk).owner for name, task in made.items()}
    said = [changes.entry(entry) for entry in AuditEntry.objects.filter(action="customer.changed").order_by("pk")]
    Task.objects.filter(title="later").update(owner=sven)  # given on since: stays where it is
    undo(incoming)

    assert has == dict.fromkeys(owners, ada)
    assert said == ["Betreuer: Sven → Ada", "Betreuer: – → Ada"]
    assert list(Task.objects.order_by("pk").values_list("owner__name", flat=True)) == ["Sven", None, "Ada", "Sven"]
    assert [entry.staff for entry in AuditEntry.objects.filter(action="customer.changed")] == [None] * 4
    assert changes.entry(AuditEntry.objects.filter(thing_id=two.pk, action="customer.changed").latest("pk")) == (
        "Betreuer: Ada → –"
    )
    assert set(Customer.objects.values_list("owner__name", flat=True)) == {"Sven", None}


def test_what_came_up_for_the_new_owner_goes_to_the_former_one_with_the_undo(tmp_path):
    sven, ada, rita = (
        Staff.objects.create_user(f"{name}@shop.example", None, name=name.title(), created_at=NOW)
        for name in ("sven", "ada", "rita")
    )
    bring(tmp_path, "customers", [customer("1", "Eins", owner_email=sven.email)])
    one = Customer.objects.get()

    def planned(key, *, days=1):
        due = tasks.Due(on=date(2026, 12, 1))
        what = tasks.Content(title=key)
        return tasks.plan(what, key=key, customer_id=one.pk, owner_id=ada.pk, due=due, now=NOW + timedelta(days=days))

    planned("before", days=-1)  # Ada helped Sven out
    incoming = bring(tmp_path, "customers", [customer("1", "X", owner_email=ada.email)])
    planned("since")
    given = planned("given")
    tasks.hand_over(task_id=given.pk, owner=rita, now=timezone.now(), staff=ada)
    tasks.hand_over(task_id=given.pk, owner=ada, now=timezone.now(), staff=rita)
    tasks.add(tasks.Content(title="written"), now=timezone.now(), staff=ada, customer=one)
    undo(incoming)

    assert dict(Task.objects.values_list("title", "owner__name")) == {
        "before": "Ada", "since": "Sven", "given": "Ada", "written": "Ada",
    }  # fmt: skip


def test_undo_of_people_restores_what_their_customer_was_found_by(tmp_path):
    bring(tmp_path, "customers", [customer("1", "Eins")])
    before = everything()
    incoming = bring(tmp_path, "contact_persons", [{"customer_number": "1", "first_name": "Kim", "last_name": "Neu"}])
    assert Customer.objects.get().search == "eins 1 kim neu"

    undo(incoming)

    assert everything() == before


def test_undo_tells_the_mirror_which_months_changed(tmp_path):
    incoming = bring(tmp_path, "flat", [one for one in shop() if one["ordered_at"].startswith("2024-02")])
    before = changed()

    undo(incoming)

    after = changed()
    assert set(after) == {"customers", "orders:2024-02", "products"}
    assert all(after[part] > before[part] for part in before)


def test_undo_is_refused_once_a_later_import_changed_the_same_rows(tmp_path):
    first = bring(tmp_path, "customers", [customer("1", "Eins"), customer("2", "Zwei")])
    later = bring(tmp_path, "customers", [customer("1", "Anders")])
    before = everything()

    with pytest.raises(services.CannotUndo) as refused:
        services.undo(import_id=first.pk, now=NOW)

    assert (refused.value.code, refused.value.detail) == ("changed_since", {"customers": 1})
    assert everything() == before
    first.refresh_from_db()
    assert first.status == "done"

    undo(later)
    undo(first)
    assert not Customer.objects.exists()


def test_undo_is_refused_once_a_person_changed_a_row(tmp_path):
    incoming = bring(tmp_path, "customers", [customer("1", "Eins"), customer("2", "Zwei")])
    Customer.objects.filter(source="t:2").update(phone="0221 1", imported_by=None)

    with pytest.raises(services.CannotUndo) as refused:
        services.undo(import_id=incoming.pk, now=NOW)

    assert refused.value.detail == {"customers": 1}


@pytest.mark.parametrize("what", ["note", "task", "order"])
def test_undo_is_refused_when_something_hangs_on_a_new_row(tmp_path, what):
    incoming = bring(tmp_path, "customers", [customer("1", "Eins")])
    one = Customer.objects.get()
    if what == "note":
        Note.objects.create(customer=one, text="Mag Kaffee", created_at=timezone.now())
    elif what == "task":
        Task.objects.create(customer=one, title="Anrufen", created_at=timezone.now())
    else:
        factories.order(one, date(2024, 1, 1))

    with pytest.raises(services.CannotUndo) as refused:
        services.undo(import_id=incoming.pk, now=NOW)

    assert (refused.value.code, refused.value.detail) == ("in_use", {"orders" if what == "order" else what: 1})


def test_undo_of_an_order_that_moved_frees_the_new_customer_first(tmp_path):
    bring(tmp_path, "customers", [customer("1", "Eins")])
    bring(tmp_path, "orders", [{"order_number": "A", "ordered_at": "2024-03-01", "customer_number": "1"}])
    before = everything()
    incoming = bring(
        tmp_path,
        "flat",
        [
            {
                "order_number": "A",
                "ordered_at": "2024-03-01",
                "customer_number": "2",
                "product_number": "P",
                "quantity": "1",
                "unit_price": "3",
            }
        ],
    )
    assert Order.objects.get().customer.source == "t:2"

    undo(incoming)

    assert everything() == before


def test_row_that_a_person_takes_while_the_undo_runs_is_left_alone_and_reported(tmp_path):
    incoming = bring(tmp_path, "customers", [customer("1", "Eins"), customer("2", "Zwei")])
    services.undo(import_id=incoming.pk, now=NOW)
    Note.objects.create(customer=Customer.objects.get(source="t:2"), text="Gerade eben", created_at=timezone.now())

    done = services.run(import_id=incoming.pk, now=NOW)

    assert (done.status, done.error) == ("undone", {"code": "partly_undone", "rows": 1})
    assert [one.source for one in Customer.objects.all()] == ["t:2"]


def test_undo_twice_is_refused(tmp_path):
    incoming = bring(tmp_path, "customers", [customer("1", "Eins")])
    undo(incoming)

    with pytest.raises(services.NotNow):
        services.undo(import_id=incoming.pk, now=NOW)


def test_undone_import_can_be_started_again(tmp_path):
    incoming = bring(tmp_path, "flat", shop(orders=10))
    first = everything()
    undo(incoming)

    services.start(import_id=incoming.pk, now=NOW)
    again = services.run(import_id=incoming.pk, now=NOW)

    assert (again.status, again.counts["orders"]["created"]) == ("done", 10)
    assert {name: len(rows) for name, rows in everything().items()} == {name: len(rows) for name, rows in first.items()}


def planned_for(customer, *, begun_at=None):
    """A message of a play that somebody started: planned, or on its way."""
    when = {
        "planned_at": NOW,
        "not_before_at": NOW,
        "latest_at": NOW + timedelta(days=5),
        "begun_at": begun_at,
        "reason": begun_at and {"code": "x"},
    }
    state = Message.State.UNKNOWN if begun_at else Message.State.PLANNED
    message = Message.objects.create(
        key="play:1", origin="play:1", channel="email", purpose="thanks", customer=customer, state=state, **when
    )
    template = Template.objects.create(name="Herbst", channel="email", purpose="thanks", changed_at=NOW)
    play = Play.objects.create(kind="campaign", status="running", name="Herbst", created_at=NOW, template=template)
    return Enrolment.objects.create(
        play=play, customer=customer, cycle="", arm="treated", entered_at=NOW, message=message
    )


def test_undo_takes_along_what_was_only_planned_for_a_new_customer(tmp_path):
    incoming = bring(tmp_path, "customers", [customer("1", "Eins")])
    planned_for(Customer.objects.get())

    undo(incoming)

    assert not Customer.objects.exists()
    assert not Enrolment.objects.exists()
    assert not Message.objects.exists()


def test_undo_is_refused_once_a_message_may_have_left(tmp_path):
    incoming = bring(tmp_path, "customers", [customer("1", "Eins")])
    planned_for(Customer.objects.get(), begun_at=NOW)

    with pytest.raises(services.CannotUndo) as refused:
        services.undo(import_id=incoming.pk, now=NOW)

    assert (refused.value.code, refused.value.detail) == ("in_use", {"message": 1, "enrolment": 1})
