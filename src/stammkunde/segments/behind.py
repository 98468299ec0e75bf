"""The customers behind a figure: an address names it, and here is said who they are and what they are called."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from stammkunde.insight.errors import CannotAnswer
from stammkunde.mirror import NoMirror
from stammkunde.segments import selection, slices, traits
from stammkunde.signals import answers
from stammkunde.signals.models import Generation
from stammkunde.team.policy import Sight

GROUPS = ("start", "end", "stayed", "lost", "won", "buyers", "repeated", "sharing", "ideal")
FIELDS = ("behind", "period", "days", "segment", "traits")  # of an address


class CannotTell(LookupError):
    """There are no facts that say who stands behind the figure."""


@dataclass(frozen=True, kw_only=True)
class Behind:
    """A figure, as an address names it. Whoever may not see figures is not told who shares a finding."""

    group: str
    given: Mapping[str, str]
    generation: Generation
    sight: Sight

    @classmethod
    def read(cls, given: Mapping[str, str], *, generation: Generation | None, sight: Sight) -> "Behind | None":
        """Read an address; None where it names no figure, or where nothing has been figured out yet."""
        group = given.get("behind", "")
        if group not in GROUPS or generation is None:
            return None
        return cls(group=group, given=given, generation=generation, sight=sight)

    @property
    def selection(self) -> selection.Selection:
        generation = self.generation
        return selection.read(self.given, as_of_on=generation.as_of_on, usual_days=generation.activity_days)

    def ids(self) -> tuple[int, ...]:
        """
        List the customers.

        :raises CannotTell: if there are no facts for it
        """
        try:
            return self._having_in_common() if self.group in {"sharing", "ideal"} else self._counted()
        except (CannotAnswer, answers.NoFacts, NoMirror) as problem:
            raise CannotTell(self.group) from problem

    def _counted(self) -> tuple[int, ...]:
        chosen = self.selection
        return answers.customers_behind(
            group=self.group,
            period=chosen.period,
            activity_days=chosen.activity_days,
            slice_by=chosen.slice_by,
            slice_value=chosen.slice_value,
        )

    def _having_in_common(self) -> tuple[int, ...]:
        """List who shares the traits of a finding, or is one of the best."""
        if not self.sight.figures:
            return ()
        if self.group == "ideal":
            return answers.best_customers()
        return answers.customers_sharing(traits.read(self.given.get("traits", "")))

    @property
    def text(self) -> str:
        """Say which customers they are."""
        if self.group == "ideal":
            return _("The best customers")
        if self.group == "sharing":
            return self._in_common_text()
        worded = {
            "start": _("Customers when %(period)s began"),
            "end": _("Customers when %(period)s ended"),
            "stayed": _("Customers who stayed in %(period)s"),
            "lost": _("Customers lost in %(period)s"),
            "won": _("Customers won in %(period)s"),
            "buyers": _("Buyers of %(period)s"),
            "repeated": _("Buyers who bought on two or more days in %(period)s"),
        }
        chosen = self.selection
        said = worded[self.group] % {"period": selection.name(chosen.period)}
        part = f"{slices.name(chosen.slice_by)}: {slices.label(chosen.slice_by, chosen.slice_value)}"
        return f"{said} · {part}" if chosen.slice_by else said

    def _in_common_text(self) -> str:
        try:
            chosen = traits.read(self.given.get("traits", ""))
        except CannotAnswer:
            return _("Still here, with what they have in common")
        told = traits.traits_text(chosen, days=self.generation.activity_days)
        return _("Still here: %(traits)s") % {"traits": told}
