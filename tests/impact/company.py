"""A company with a campaign of June that left half of its customers alone: made once, figures included."""

from datetime import UTC, date, datetime, timedelta
from random import Random

from stammkunde import mirror
from stammkunde.customers.models import Customer
from stammkunde.outreach.models import Assignment, Draw, Message, Template
from stammkunde.plays.models import Play
from stammkunde.sales.models import Line, Order
from stammkunde.signals.models import Current, Generation
from stammkunde.store import facts
from tests import factories

NOW = datetime(2026, 11, 30, 9, tzinfo=UTC)
TODAY = date(2026, 11, 30)
BEGAN = datetime(2026, 6, 1, 9, tzinfo=UTC)
DAY = timedelta(days=1)
GAIN = 2_500  # cents of margin that each contacted customer brought more
CARD = 80  # what a card cost


def figured(*, on=TODAY, now=NOW) -> Generation:
    """Bring the mirror up to date and say that figures were computed, without computing any."""
    mirror.bring_up_to_date(now=now, progress=lambda *_told: None)
    made = Generation.objects.create(as_of_on=on, started_at=now, finished_at=now, status="done")
    Current.objects.update_or_create(pk=1, defaults={"generation": made})
    return made


def people(n: int) -> list[int]:
    some = [
        Customer(source=f"shop:{number}", number=str(number), name=f"Kundin {number}", updated_at=NOW)
        for number in range(n)
    ]
    return [one.pk for one in Customer.objects.bulk_create(some)]


def play(*, kind="campaign", began=BEGAN, name="Sommerkarte") -> Play:
    factories.decided(name="Musterhaus", sender_name="Musterhaus", sender_email="gruss@musterhaus.example")
    template = Template.objects.create(name=name, channel="postcard", purpose="advertising", changed_at=began)
    return Play.objects.create(
        kind=kind, name=name, template=template, status="running", created_at=began, started_at=began, starts_at=began
    )


def drawn(of: Play, ids, *, share=0.5, began=None, window=91, expected=None, salt=7) -> set[int]:
    """Draw, foreseeably, and give who is left alone; `began` maps a customer to when it began for her."""
    draw = Draw.objects.create(
        origin=of.origin, salt="x", share=share, drawn_at=BEGAN, name=of.name, window_days=window
    )
    chance = Random(salt)
    alone = {one for one in ids if chance.random() < share}
    Assignment.objects.bulk_create(
        Assignment(
            draw=draw,
            customer_id=one,
            held_out=one in alone,
            entered_at=(began or {}).get(one, BEGAN),
            eligible=True,
            expected_cents=(expected or {}).get(one, 0),
        )
        for one in ids
    )
    return alone


def buys(customer: int, on: date, *, margin: int, number: str, kind="sale", of=None) -> Order:
    """A purchase with so much margin, half of its revenue; or a credit note."""
    order = Order.objects.create(
        customer_id=customer, source=number, number=number, ordered_at=datetime.combine(on, NOW.time(), UTC),
        ordered_on=on, updated_at=NOW,
    )  # fmt: skip
    Line.objects.create(
        order=order, key="1", quantity=1 if margin > 0 else -1, revenue_cents=2 * margin, cost_cents=margin, kind=kind,
        product=of,
    )  # fmt: skip
    for table in ("orders", "lines"):
        facts.table(table).mark({f"{on:%Y-%m}"})
    return order


def open_company(gain: int = GAIN) -> dict[str, object]:
    """200 customers who bring about their expected margin, the contacted ones so much more; each got a card."""
    ids, of, chance = people(200), play(), Random(11)
    expected = {one: 100 * chance.randrange(20, 120) for one in ids}
    alone = drawn(of, ids, expected=expected)
    for place, one in enumerate(ids):
        on = BEGAN.date() + timedelta(days=chance.randrange(2, 90))
        margin = round(expected[one] * chance.uniform(0.8, 1.2)) + (0 if one in alone else gain)
        buys(one, BEGAN.date() - timedelta(days=chance.randrange(10, 300)), margin=expected[one], number=f"a{place}")
        buys(one, on, margin=margin, number=f"b{place}")
    Message.objects.bulk_create(
        Message(
            key=f"{of.origin}:{one}", origin=of.origin, channel="postcard", purpose="advertising", customer_id=one,
            content={}, language="de", state="handed_over", cost_cents=CARD, planned_at=BEGAN, not_before_at=BEGAN,
            latest_at=BEGAN + 14 * DAY, handed_over_at=BEGAN, finished_at=BEGAN,
        )
        for one in ids if one not in alone
    )  # fmt: skip
    figured()
    return {"play": of.pk, "alone": sorted(alone), "ids": ids}
