"""What pages read of trials: where each stands, and what was said last."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet

from stammkunde.impact import combining, counting
from stammkunde.impact.combining import Combined
from stammkunde.impact.counting import Progress
from stammkunde.impact.models import Outcome, Trial, Verdict
from stammkunde.outreach.models import Draw
from stammkunde.plays.models import Play

MOST_YEARS = 20


@dataclass(frozen=True, kw_only=True)
class Standing:
    """A trial, how far it is, and its last verdict; None: there was none yet."""

    trial: Trial
    progress: Progress | None  # None: it was not looked at yet
    verdict: Verdict | None
    combined: Combined | None  # what its rounds show together; None: fewer than two are over

    @property
    def goes_on(self) -> bool:
        """Tell whether another verdict is to come."""
        return self.trial.plan == Trial.Plan.ROLLING or self.verdict is None


def trials() -> "QuerySet[Trial]":
    return Trial.objects.select_related("play")


def of_plays() -> "QuerySet[Trial]":
    return trials().filter(step="").exclude(origin__startswith=Draw.OF_EVERYTHING)


def of_words() -> "QuerySet[Trial]":
    """Give the comparisons of words, those of one step together."""
    return trials().exclude(step="").order_by("-begun_at", "origin")


def of_everything() -> list[Standing]:
    """Tell where the comparison of all plays together stands: the year at hand, before it the last that was judged."""
    found = standings(trials().filter(origin__startswith=Draw.OF_EVERYTHING).order_by("-begun_at", "-pk")[:MOST_YEARS])
    judged = next((one for one in found if one.verdict), None)
    at_hand = next(iter(found), None)
    return [one for one in (judged, at_hand if at_hand is not judged else None) if one is not None]


def years_together() -> Combined | None:
    """Tell what all plays brought in several years, each compared by itself; None: fewer than two are judged."""
    said = Verdict.objects.filter(trial__origin__startswith=Draw.OF_EVERYTHING).order_by("trial__begun_at")
    return combining.over(list(said[:MOST_YEARS]))


def standings(some: Iterable[Trial]) -> list[Standing]:
    """Tell where trials stand; two queries, however many there are."""
    found = list(some)
    last: dict[int, Verdict] = {}
    said: dict[int, list[Verdict]] = defaultdict(list)
    for verdict in Verdict.objects.filter(trial__in=found).order_by("round", "look"):
        said[verdict.trial_id].append(verdict)
        former = last.get(verdict.trial_id)
        # What a whole round has shown is not replaced by a quarter of the next
        if former is None or former.round == verdict.round or former.look < former.of or verdict.look == verdict.of:
            last[verdict.trial_id] = verdict
    return [_standing(one, last.get(one.pk), combining.over(said[one.pk])) for one in found]


def of_play(play: Play) -> Standing | None:
    """Tell where the trial of a play stands; None: nobody was left alone, or it has not begun."""
    trial = of_plays().filter(play=play).first()
    return next(iter(standings([trial])), None) if trial else None


def trial(pk: int) -> Standing | None:
    found = trials().filter(pk=pk).first()
    return next(iter(standings([found])), None) if found else None


def verdicts(trial: Trial) -> "QuerySet[Verdict]":
    """Give all that was said, the latest first."""
    return trial.verdicts.order_by("-round", "-look")


def outcomes(trial: Trial) -> "QuerySet[Outcome]":
    """Give who is behind the verdicts, in the order in which they entered."""
    return trial.outcomes.select_related("assignment__customer", "assignment__draw").order_by("pk")


def _standing(trial: Trial, verdict: Verdict | None, combined: Combined | None) -> Standing:
    told = counting.read(trial.progress) if trial.progress else None
    return Standing(trial=trial, progress=told, verdict=verdict, combined=combined)
