"""The segment that the portrait of the best proposes: what most of them have in common, and who else is so."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from stammkunde.insight.drivers import Finding, Trait
from stammkunde.insight.profile import Profile
from stammkunde.segments import traits
from stammkunde.signals import answers

MOST_TRAITS = 3
MOST_OF_THEM = 0.5
LONGEST_NAME = 80


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """Traits in words, who has all of them, and the address of the list of these."""

    name: str
    customers: int
    best: int
    address: str

    @property
    def others(self) -> int:
        return self.customers - self.best

    @property
    def view(self) -> str:
        """Name the view that one click keeps."""
        return (_("Like the best: %(traits)s") % {"traits": self.name})[:LONGEST_NAME]


def proposal(found: Profile) -> Proposal | None:
    """Propose what the portrait found, as far as there is somebody who is so; None where nothing is clear."""
    chosen = tuple(_chosen([one for one in found.clear if one.ratio > 1]))
    while chosen:
        who = answers.customers_sharing(chosen)
        if who:
            return _proposal(chosen, who, days=found.definition.value_days)
        chosen = chosen[:-1]
    return None


def _chosen(more: Sequence[Finding]) -> Iterator[Trait]:
    """Choose what holds for most of the best, each about something else; else the strongest finding."""
    common = [one.traits[0] for one in more if len(one.traits) == 1 and one.share >= MOST_OF_THEM]
    about: dict[tuple[str, str], Trait] = {}
    for trait in common:
        about.setdefault((trait.family, trait.name), trait)
    yield from [*about.values()][:MOST_TRAITS] or (more[0].traits if more else ())


def _proposal(chosen: Sequence[Trait], who: Sequence[int], *, days: int) -> Proposal:
    query = urlencode({"behind": "sharing", "traits": traits.write(chosen)})
    return Proposal(
        name=" · ".join(traits.texts(chosen, days=days)),
        customers=len(who),
        best=len(set(who).intersection(answers.best_customers())),
        address=f"{reverse('customers')}?{query}",
    )
