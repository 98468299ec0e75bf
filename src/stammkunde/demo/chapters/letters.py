"""Post: letters that were brought to the post, postcards that are set, letters that wait; and mails written by hand."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from stammkunde.customers.models import Customer
from stammkunde.demo import outbox
from stammkunde.demo.chapters import campaigns, office
from stammkunde.demo.chapters.people import looked_after
from stammkunde.demo.story import Deed, Story
from stammkunde.outreach import services as outreach
from stammkunde.outreach.content import Block, Text
from stammkunde.outreach.models import PrintRun
from stammkunde.outreach.services import collecting, printing
from stammkunde.plays.models import Play
from stammkunde.segments.queries import Filters
from stammkunde.team.models import Staff

LETTERS, CARDS, WAITING, MAILS, MIXED = 14, 12, 8, 8, 16
MAIL = Text(
    subject="Ihre Anfrage zur Lieferzeit",
    blocks=(Block(kind="text", text="Guten Tag,\n\ndie Ware verlässt unser Lager am Donnerstag."),),
)


def deeds(story: Story) -> Iterator[Deed]:
    """Give letters of the autumn with their print run, cards of the last days, letters that wait, and single mails."""
    (marketing,), companies = story.with_role("marketing"), looked_after()
    autumn = story.working_days(since=story.last - timedelta(days=60))[0]
    lately = story.working_days()[-1]
    news = story.working_days(since=story.last - timedelta(days=30))[0]
    mixed = _plan("Neues für unsere Firmenkunden", "Neue Angebote", companies[3::4][:MIXED], "Terminvorschlag")
    letters = _plan("Jahresgespräche im Herbst", "Terminvorschlag", companies[::4][:LETTERS])
    cards = _plan("Frühlingskarte", office.SPRING_CARD, companies[1::4][:CARDS])
    waiting = _plan("Jahresgespräche im Winter", "Terminvorschlag", companies[2::4][:WAITING])
    yield from _posted(story, letters, story.at(autumn, 10), lambda at: _bring_at_last(marketing, at))
    yield from _posted(story, mixed, story.at(news, 10), lambda at: _send_and_post(story, marketing, at))
    yield from _posted(story, cards, story.at(lately, 10), lambda at: _print(marketing, "postcard", at))
    yield from _posted(story, waiting, story.at(lately, 15))
    yield from _mails(story, companies[3::4][:MAILS])


def _plan(name: str, template: str, companies: list[Customer], *otherwise: str) -> campaigns.Plan:
    return campaigns.Plan(
        name=name,
        template=template,
        filters=Filters(ids=tuple(one.pk for one in companies)),
        says="Ausgewählte Firmenkunden",
        otherwise=otherwise,
        spends_on_c=True,
    )


def _posted(
    story: Story, plan: campaigns.Plan, at: datetime, then: Callable[[datetime], object] | None = None
) -> Iterator[Deed]:
    """Let a campaign on paper begin an hour after it was thought of, and make its print run."""
    begun: list[Play] = []
    yield Deed(at=at, do=lambda at: begun.append(campaigns.prepare(story, plan, at)))
    yield Deed(at=at + timedelta(hours=1), do=lambda at: campaigns.start(story, begun[0], at))
    if then is not None:
        yield Deed(at=at + timedelta(hours=2), do=then)


def _print(by: Staff, channel: str, at: datetime) -> PrintRun:
    run = printing.make_run(channel=channel, staff=by, now=at)
    return collecting.collect(run_id=run.pk, now=at)


def bring_to_the_post(by: Staff, channel: str, at: datetime) -> None:
    run = _print(by, channel, at)
    if run.state == PrintRun.State.READY:
        printing.hand_over(run_id=run.pk, staff=by, now=at + timedelta(hours=3))


def _bring_at_last(by: Staff, at: datetime) -> None:
    """Say too early that it is at the post, take that back, and bring it there the next morning."""
    run = _print(by, "letter", at)
    if run.state == PrintRun.State.READY:
        printing.hand_over(run_id=run.pk, staff=by, now=at + timedelta(hours=1))
        printing.take_back(run_id=run.pk, staff=by, now=at + timedelta(hours=2))
        printing.hand_over(run_id=run.pk, staff=by, now=at + timedelta(hours=22))


def _send_and_post(story: Story, by: Staff, at: datetime) -> None:
    """Let a campaign of two ways leave: who may get no mail gets a letter."""
    outbox.work(at, chance=story.chance("mixed"))
    bring_to_the_post(by, "letter", at)


def _mails(story: Story, companies: list[Customer]) -> Iterator[Deed]:
    (service,), chance = story.with_role("service"), story.chance("mails")
    days = story.working_days(since=story.last - timedelta(days=40))[::3]
    for place, (one, on) in enumerate(zip(companies, days, strict=False)):
        yield Deed(at=story.at(on, 14), do=_write(one.pk, service, once=f"demo{place}"))
        yield Deed(at=story.at(on, 15), do=lambda at: outbox.send(chance, at))


def _write(customer_id: int, by: Staff, *, once: str) -> Callable[[datetime], None]:
    def write(at: datetime) -> None:
        said = {"subject": MAIL.subject, "text": MAIL.blocks[0].text}
        plan = outreach.plan_of(
            recipient=(customer_id, None),
            channel="email",
            purpose="service",
            said=said,
            language="de",
            once=once,
            now=at,
        )
        outreach.send(plan, text=MAIL, by=by, now=at)

    return write
