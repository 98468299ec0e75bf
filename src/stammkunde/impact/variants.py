"""
Comparing the words of a step among those who are contacted: each two of them are a trial of their own.

Who is left alone of the play is in none of them, and what words earn more or less is within what the play earns: they
count neither in the ranking nor in any total.
"""

from dataclasses import dataclass
from typing import Any

from stammkunde.impact import lags, queries
from stammkunde.impact.models import Trial, Verdict
from stammkunde.impact.queries import Standing
from stammkunde.outreach.models import Draw, Template
from stammkunde.outreach.services.varying import LETTERS
from stammkunde.plays import contents
from stammkunde.plays.contents import Message
from stammkunde.plays.measures import reading, variants
from stammkunde.plays.models import Play, PlayVersion

_WINNER = {Verdict.Code.WORKS: 1, Verdict.Code.HARMS: 0}  # which of both earns more


@dataclass(frozen=True, kw_only=True)
class Named:
    """What the name of a draw says: of which play and step, since which version, and which two words."""

    play: int
    step: str
    number: int
    letters: tuple[str, str]


def named(origin: str) -> Named:
    _play, pk, _ab, step, number, pair = origin.split(":")
    first, second = pair.split("-")
    return Named(play=int(pk), step=step, number=int(number), letters=(first, second))


def begin() -> None:
    """Begin the trial of each two words that some have got; repeating is harmless."""
    known = Trial.objects.exclude(step="").values_list("origin", flat=True)
    drawn = Draw.objects.filter(origin__startswith="play:", origin__contains=Draw.OF_WORDS)
    for draw in drawn.exclude(origin__in=known).order_by("drawn_at", "pk"):
        got = draw.assignments.values_list("held_out", flat=True).distinct()
        if len(set(got)) == 2:
            _begin(draw)


def _begin(draw: Draw) -> None:
    of = named(draw.origin)
    version = PlayVersion.objects.select_related("play").filter(play=of.play, number=of.number).first()
    step = contents.find(contents.read(version.content), of.step) if version else None
    if version is None or not isinstance(step, Message):  # the play is gone
        return
    said = {
        "play": version.play,
        "name": draw.name,
        "step": of.step,
        "words": [_word(letter, step) for letter in of.letters],
        "comparisons": len(step.words) * (len(step.words) - 1) // 2,
        "plan": Trial.Plan.ROLLING,
        "lag_days": lags.usual(),
        "begun_at": draw.drawn_at,
    }
    Trial.objects.get_or_create(origin=draw.origin, defaults=said)


def _word(letter: str, step: Message) -> dict[str, Any]:
    pk = int(step.words[LETTERS.index(letter)])
    template = Template.objects.filter(pk=pk).first()
    return {"letter": letter, "template": pk, "name": template.name if template else letter}


def of_play(play: Play) -> list[Standing]:
    """Tell where the comparisons of a play's words stand, the latest begun first, those of a step together."""
    return queries.standings(queries.of_words().filter(play=play))


def is_drawn(trial: Trial) -> bool:
    """Tell whether chance still chooses between these words, for whoever enters now."""
    if trial.play is None or trial.play.status not in (Play.Status.RUNNING, Play.Status.PAUSED):
        return False
    version = reading.running(trial.play)
    step = contents.find(contents.read(version.content), trial.step) if version else None
    if version is None or not isinstance(step, Message) or not step.variants:
        return False
    return variants.began_in(trial.play, version, step) == named(trial.origin).number


def winner(found: Standing) -> dict[str, Any] | None:
    """Give the words that earn more, by the last verdict; None: that cannot be told."""
    place = _WINNER.get(Verdict.Code(found.verdict.code)) if found.verdict else None
    return None if place is None else found.trial.words[place]
