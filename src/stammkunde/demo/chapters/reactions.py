"""
Three campaigns on cards, half of each left alone, and how whoever got a card reacts: by a rule that no page tells.

The rule is in `docs/develop/demo.md`. It adds orders to those of the books, and takes none away; so what each campaign
truly changed follows from it (`Plan.true_cents`), whatever else the customers do.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np
from django.db.models import Exists, OuterRef, QuerySet

from stammkunde.customers.models import Customer, Purpose
from stammkunde.demo import incoming, outbox
from stammkunde.demo.catalogue import catalogue
from stammkunde.demo.chapters import campaigns, letters
from stammkunde.demo.chapters.office import POSTCARD_CENTS
from stammkunde.demo.orders import CHANNELS, STORE
from stammkunde.demo.story import Deed, Story
from stammkunde.outreach import services as outreach
from stammkunde.outreach.content import Block, Text
from stammkunde.outreach.models import Message
from stammkunde.plays import costing
from stammkunde.plays.models import Play
from stammkunde.sales.models import Order
from stammkunde.segments.queries import Filters
from stammkunde.team.models import Staff

MOST = 300  # customers of each campaign
HELD_OUT = 0.5  # as is proposed for so few
SILENT_DAYS = 365
BUYS_AFTER_DAYS = (4, 40)  # once the card is at the post
BROUGHT_AFTER_DAYS = 60  # the shop's program brings these orders at last


@dataclass(frozen=True, kw_only=True)
class Reaction:
    """One order more, of every so manieth customer whom the card reached: those whose number can be divided by it."""

    every: int
    product: str  # its number; one of it is bought
    voucher_cents: int = 0  # taken off its price

    @property
    def revenue_cents(self) -> int:
        return round(float(catalogue().price_e4[self._place]) / 100) - self.voucher_cents

    @property
    def cost_cents(self) -> int:
        return round(float(catalogue().cost_e4[self._place]) / 100)

    @property
    def _place(self) -> int:
        return catalogue().numbers.index(self.product)

    @property
    def mean_cents(self) -> float:
        """Tell what it brings per customer reached."""
        return (self.revenue_cents - self.cost_cents) / self.every


@dataclass(frozen=True, kw_only=True)
class Plan:
    name: str
    says: str
    are_silent: bool  # for a year; or else they have bought within it
    days_before: int
    card: Text
    reaction: Reaction | None

    @property
    def true_cents(self) -> float:
        """Tell what it changes per customer reached, by the rule: what a reaction brings, less the card."""
        return (self.reaction.mean_cents if self.reaction else 0.0) - POSTCARD_CENTS


def _card(subject: str, *blocks: Block) -> Text:
    close = Block(kind="text", text="Herzliche Grüße\n{owner|Ihr Team}\n{sender}")
    return Text(subject=subject, blocks=(*blocks, close))


PLANS = (
    Plan(
        name="Wir vermissen Sie: Karte",
        says="Privatkunden, die ein Jahr lang nicht gekauft haben",
        are_silent=True,
        days_before=300,
        card=_card(
            "Ihr Garten und wir vermissen Sie",
            Block(kind="text", text="{greeting},\n\nlange waren Sie nicht bei uns. Kommen Sie doch wieder vorbei!"),
        ),
        reaction=Reaction(every=3, product="02-002"),
    ),
    Plan(
        name="Gutschein über 20 Euro",
        says="Privatkunden, die ein Jahr lang nicht gekauft haben",
        are_silent=True,
        days_before=260,
        card=_card(
            "20 Euro für Sie",
            Block(kind="text", text="{greeting},\n\nwir schenken Ihnen etwas für Ihren Garten."),
            Block(kind="offer", title="20 Euro Gutschein", text="Ihr Code: **ZWANZIG**"),
        ),
        reaction=Reaction(every=2, product="10-003", voucher_cents=2_000),
    ),
    Plan(
        name="Neu im Laden",
        says="Privatkunden, die im letzten Jahr gekauft haben",
        are_silent=False,
        days_before=230,
        card=_card(
            "Neu in Ihrem Laden",
            Block(kind="text", text="{greeting},\n\nunsere neuen Kübel und Töpfe sind da. Schauen Sie sie sich an!"),
        ),
        reaction=None,
    ),
)


def deeds(story: Story) -> Iterator[Deed]:
    """Give the campaigns, each prepared a week before it starts, their cards, and the orders that they brought."""
    (marketing,), taken = story.with_role("marketing"), set[int]()
    for plan in PLANS:
        on = _monday(story.last - timedelta(days=plan.days_before))
        chosen = _chosen(story, plan, on - timedelta(days=7), besides=taken)
        taken |= set(chosen)
        if chosen:
            yield from _campaign(story, plan, chosen, on, marketing)


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _chosen(story: Story, plan: Plan, on: date, *, besides: set[int]) -> list[int]:
    """Choose by chance among private customers who had bought before that day, lately or not for long."""
    bought = Order.objects.filter(customer=OuterRef("pk"), ordered_on__lt=on)
    lately = Exists(bought.filter(ordered_on__gte=on - timedelta(days=SILENT_DAYS)))
    some: QuerySet[Customer] = Customer.objects.filter(Exists(bought), ~lately if plan.are_silent else lately)
    found = some.filter(kind="person").exclude(pk__in=besides).order_by("source").values_list("pk", flat=True)
    return sorted(story.chance(plan.name).permutation(np.array(found, dtype=np.int64))[:MOST].tolist())


def _campaign(story: Story, plan: Plan, chosen: list[int], on: date, by: Staff) -> Iterator[Deed]:
    begun: list[Play] = []
    what = campaigns.Plan(
        name=plan.name,
        template=plan.name,
        filters=Filters(ids=tuple(chosen)),
        says=plan.says,
        spends_on_c=True,
        held_out=HELD_OUT,
    )

    def prepare(at: datetime) -> None:
        _write(plan, by, at)
        begun.append(campaigns.prepare(story, what, at))

    yield Deed(at=story.at(on - timedelta(days=7), 11), do=prepare)
    yield Deed(at=story.at(on, 9), do=lambda at: campaigns.start(story, begun[0], at))
    yield Deed(at=story.at(on, 10), do=lambda at: _post(begun[0], by, at))
    yield Deed(at=story.at(on + timedelta(days=campaigns.VALID_DAYS + 1), 10), do=outbox.work)
    if plan.reaction is not None:
        at = story.at(on + timedelta(days=BROUGHT_AFTER_DAYS), 6)
        yield Deed(at=at, do=_reacting(story, plan, plan.reaction, on, begun))


def _post(play: Play, by: Staff, at: datetime) -> None:
    """Bring the cards to the post; in a small company everybody may have been left alone."""
    if Message.objects.filter(origin=play.origin, state=Message.State.PLANNED).exists():
        letters.bring_to_the_post(by, "postcard", at)


def _write(plan: Plan, by: Staff, at: datetime) -> None:
    card = outreach.create_template(
        name=plan.name, channel="postcard", purpose=Purpose.ADVERTISING, by=by, now=at, options={"motif": "blossom"}
    )
    outreach.put_words(template_id=card.pk, language="de", form="sie", text=plan.card, by=by, now=at)


def _reacting(story: Story, plan: Plan, how: Reaction, on: date, begun: list[Play]) -> Callable[[datetime], None]:
    """Let whoever was reached and is of that kind have bought in the shop; its program brings the orders."""

    def react(at: datetime) -> None:
        chance, (play,) = story.chance(f"{plan.name}: orders"), begun
        reached = Customer.objects.filter(pk__in=costing.reached(play)).order_by("source")
        numbers = [one for one in reached.values_list("number", flat=True) if int(one) % how.every == 0]
        days = chance.integers(*BUYS_AFTER_DAYS, len(numbers)).tolist()
        moments = [story.at(on + timedelta(days=after), 15) for after in days]
        bring(f"F{plan.days_before}", how, list(zip(numbers, moments, strict=True)), at)

    return react


def bring(series: str, how: Reaction, bought: list[tuple[str, datetime]], at: datetime) -> None:
    """Let the shop's program bring an order of each who bought; their numbers begin with `series`."""
    if not bought:
        return
    orders = [
        {
            "order_number": f"{series}-{number}",
            "customer_number": number,
            "ordered_at": f"{moment:%Y-%m-%d %H:%M}",
            "channel": CHANNELS[STORE],
            "status": "completed",
        }
        for number, moment in bought
    ]
    sold = {
        "position": "1",
        "product_number": how.product,
        "quantity": 1,
        "line_net": how.revenue_cents / 100,
        "line_discount": how.voucher_cents / 100,
        "line_cost": how.cost_cents / 100,
        "document_type": "sale",
    }
    incoming.bring("orders", orders, now=at)
    incoming.bring("lines", [{"order_number": one["order_number"], **sold} for one in orders], now=at)
