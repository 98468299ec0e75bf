"""Which words of a step somebody gets where several are compared: chance says it once per customer, and for ever."""

from collections.abc import Mapping, Sequence

from stammkunde.customers.models import Channel
from stammkunde.outreach import channels
from stammkunde.outreach.models import Draw
from stammkunde.outreach.services import Varying
from stammkunde.plays import contents, drawing
from stammkunde.plays.contents import Content, Message, Ref
from stammkunde.plays.measures import reachable
from stammkunde.plays.measures.moves import Batch, Walker
from stammkunde.plays.models import Play, PlayVersion


def drawn(step: Message, walkers: Sequence[Walker], batch: Batch) -> Mapping[int, Ref]:
    """
    Give the words of each customer who stands at a step; inside the transaction.

    Whoever is left alone goes the way that she would have gone, and is in no comparison of words.
    """
    if not step.variants:
        return {one.row.customer_id: step.templates[0] for one in walkers}
    one = walkers[0]
    about = {(some.row.customer_id, some.row.contact_person_id) for some in walkers}
    contacted = {some.row.customer_id for some in walkers if not some.is_held_out}
    places = drawing.vary(
        drawn_as(one.play, batch.versions[one.row.version_id or 0], one.content, step),
        {pk for pk, _person in about},
        begins=contacted,
        eligible=reachable.by_words([step], about, today=batch.today),
        on_paper=_goes_on_paper(step, batch),
        now=batch.now,
    )
    return {pk: step.words[place] for pk, place in places.items()}


def drawn_as(play: Play, version: PlayVersion, content: Content, step: Message) -> Varying:
    """Say how it is drawn which words of a step somebody gets."""
    number = began_in(play, version, step)
    return Varying(
        origin=f"{play.origin}{Draw.OF_WORDS}{step.key}:{number}",
        of=len(step.words),
        name=play.name,
        window_days=content.goal.window_days,
    )


def began_in(play: Play, version: PlayVersion, step: Message) -> int:
    """Give the number of the first of the versions in a row in which a step compares the same words."""
    number = version.number
    for one in play.versions.filter(number__lt=version.number, from_at__isnull=False).order_by("-number"):
        before = contents.find(contents.read(one.content), step.key)
        if not isinstance(before, Message) or before.words != step.words:
            break
        number = one.number
    return number


def _goes_on_paper(step: Message, batch: Batch) -> bool:
    """Tell whether any of it comes by post, which whoever lives there sees, too."""
    found = (batch.templates[int(ref)] for ref in step.every_template if int(ref) in batch.templates)
    return any(channels.get(one.channel).reaches == Channel.POST for one in found)
