"""A campaign by phone: planned for a few companies, led by who looks after them; the last calls stand on Today."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import numpy as np

from stammkunde.calls import services as calls
from stammkunde.calls.models import Outcome
from stammkunde.calls.services import Said
from stammkunde.demo import outbox
from stammkunde.demo.chapters.people import looked_after
from stammkunde.demo.story import Deed, Story
from stammkunde.outreach import channels, sending
from stammkunde.outreach import services as outreach
from stammkunde.outreach.services.calling import CALL
from stammkunde.plays import services as plays
from stammkunde.plays.models import Play
from stammkunde.segments import audience
from stammkunde.segments.queries import Filters
from stammkunde.signals.models import EarlyWarning
from stammkunde.tasks import queries as tasks
from stammkunde.tasks.services import Content, add
from stammkunde.team import queries as team

NAME = "Saisongespräche am Telefon"
ABOUT = "Was brauchen Sie für die Saison? Neu im Sortiment: torffreie Erde und frostfeste Töpfe."
CHOSEN, HELD_OUT, CALLS_PER_DAY = 44, 0.1, 2
DAYS_BEFORE, VALID_DAYS = 9, 21
LED = 0.75  # of what is due on a day; the rest stays on the list
OUTCOMES = (
    (Outcome.REACHED, 38), (Outcome.NOT_REACHED, 30), (Outcome.WANTS_OFFER, 18), (Outcome.NOT_INTERESTED, 14),
)  # fmt: skip
SAID = {
    Outcome.REACHED: "Bestellt Anfang des Monats, hat sich über den Anruf gefreut.",
    Outcome.WANTS_OFFER: "Möchte ein Angebot für torffreie Erde, etwa eine Palette.",
    Outcome.NOT_INTERESTED: "Ist für diese Saison versorgt.",
}


def deeds(story: Story) -> Iterator[Deed]:
    """Plan it, let the salespeople call day by day, and leave the calls of the last day open."""
    chance, begun = story.chance(NAME), list[Play]()
    days = story.working_days(since=story.last - timedelta(days=DAYS_BEFORE))
    yield Deed(at=story.at(days[0], 7), do=lambda at: begun.append(_prepare(story, at)))
    yield Deed(at=story.at(days[0], 8), do=lambda at: _start(story, begun[0], at))
    for on in days:
        yield Deed(at=story.at(on, 8.5), do=_put_on_lists)
        if on < days[-1]:
            yield Deed(at=story.at(on, 14), do=lambda at: _lead(chance, at))
    yield Deed(at=story.at(days[-1], 12), do=lambda at: _complain(story, at))


def _complain(story: Story, at: datetime) -> None:
    """Let those with most in danger complain this morning: nobody calls them about offers, others take their places."""
    (service,) = story.with_role("service")
    for who in story.with_role("sales"):
        warnings = EarlyWarning.objects.filter(outcome=EarlyWarning.Outcome.OPEN, customer__owner=who)
        worst = warnings.select_related("customer").order_by("-margin_at_risk_cents", "customer__source").first()
        if worst is not None:
            what = Content(title=f"Reklamation {worst.customer.name}: Lieferung unvollständig", is_complaint=True)
            due_on = at.date() + timedelta(days=3)
            add(what, now=at, staff=service, customer=worst.customer, due_on=due_on)


def _prepare(story: Story, at: datetime) -> Play:
    (marketing,) = story.with_role("marketing")
    ids = tuple(one.pk for one in looked_after()[2::5][:CHOSEN])
    what = plays.Campaign(
        name=NAME,
        template=None,
        audience=audience.stored(Filters(ids=ids)),
        audience_text="Ausgewählte Firmenkunden",
        holdout_share=HELD_OUT,
        valid_days=VALID_DAYS,
        starts_at=None,
    )
    how = plays.ByPhone(guide="risk", about=ABOUT, callers=story.with_role("sales"), calls_per_day=CALLS_PER_DAY)
    play = plays.create_call_campaign(what, how, staff=marketing, now=at)
    salt = f"demo:{story.seed}:{NAME}"
    outreach.prepare(outreach.Drawing(origin=play.origin, share=HELD_OUT, name=play.name, salt=salt), now=at)
    outbox.work(at)
    return play


def _start(story: Story, play: Play, at: datetime) -> None:
    (marketing,) = story.with_role("marketing")
    plays.start(play_id=play.pk, starts_at=None, staff=marketing, now=at)
    outbox.work(at)


def _put_on_lists(at: datetime) -> None:
    """Let workers put what is due on the lists of those who call."""
    outreach.look_after_calls(now=at)
    channel, pace = channels.get(CALL), sending.Pace()
    company = team.company()
    while sending.send_due(channel, company=company, holder=outbox.HOLDER, now=at, clock=lambda: at, pace=pace):
        pass


def _lead(chance: np.random.Generator, at: datetime) -> None:
    due = tasks.planned_calls(today=at.date(), staff=None, limit=100)
    listed = {one.provider_id: one for one in outreach.open_calls([task.pk for task in due])}
    refused = outreach.still_refused(list(listed.values()), now=at)
    weights = np.array([weight for _outcome, weight in OUTCOMES], float)
    for task in due:
        message = listed.get(f"task:{task.pk}")
        if chance.random() >= LED or message is None or message.key in refused or task.owner is None:
            continue
        at += timedelta(minutes=int(chance.integers(3, 12)))
        outcome = OUTCOMES[chance.choice(len(OUTCOMES), p=weights / weights.sum())][0]
        minutes = int(chance.integers(1, 3) if outcome == Outcome.NOT_REACHED else chance.integers(5, 25))
        said = Said(outcome=outcome, note=SAID.get(outcome, ""), minutes=minutes, occasion="risk")
        assert task.customer is not None  # a campaign calls nobody else
        calls.record(
            key=f"demo:{task.pk}", customer=task.customer, person=message.contact_person, said=said, task=task,
            staff=task.owner, now=at,
        )  # fmt: skip
