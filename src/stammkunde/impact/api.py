"""What plays changed, for programs."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from ninja import Field, Router, Schema
from ninja.errors import HttpError

from stammkunde.impact import queries
from stammkunde.impact.models import Verdict
from stammkunde.impact.queries import Standing
from stammkunde.team import policy
from stammkunde.team.access import StaffRequest
from stammkunde.team.api import NeedsRight

router = Router(tags=["impact"])
OF_SOMEBODY = ("moved", "example")
MAY_SEE = NeedsRight(policy.MARGIN_VIEW, gives="")


class EffectOut(Schema):
    effect_cents: float | None = Field(description="Per customer contacted, after all cost; null: too few to tell.")
    low_cents: float | None = Field(description="It lies above this, by the interval of the look.")
    high_cents: float | None


class TrialOut(EffectOut):
    id: int
    name: str
    origin: str = Field(
        description="What was compared: `play:3` is the campaign, thank-you or measure of that number, `all:2027` are "
        "all of them together in the year that began in 2027, `all:2027:2` in another one that began then, "
        "`play:3:ab:letter:1:A-B` two of the words of its step `letter`, among those who are contacted."
    )
    words: list[str] = Field(
        description="Of two words: what they are called. The first stands for `held_out`, the second for `treated`, "
        "whose gain the effect is; `works` says that the second earns more, `harms` that the first does."
    )
    verdict: str = Field(
        description="`works`, `harms`, `too_little`, `cannot_tell`, `too_few`, `wrong_split`; empty: none yet."
    )
    careful_cents: int | None = Field(description="With what was probably luck taken back: for comparing plays.")
    treated: int | None = Field(description="Entered and contacted until now; null: not counted yet.")
    held_out: int | None = Field(description="Entered and left alone.")
    as_of: date | None = Field(description="The day as of which the verdict was given.")
    all_rounds: EffectOut | None = Field(description="All rounds that are over, put together; null: fewer than two.")
    next: date | None = Field(description="When the next verdict is to be expected; null: nobody can tell, or none is.")


class VerdictOut(EffectOut):
    verdict: str
    round: int
    look: int
    of: int = Field(description="How many looks the round has.")
    customers: int = Field(description="Whose window was over.")
    as_of: date
    at: datetime
    numbers: dict[str, Any] = Field(description="What it rests on, as the page of the trial shows it; nobody is named.")


class TrialWithVerdictsOut(TrialOut):
    verdicts: list[VerdictOut] = Field(description="All that was said, the latest first.")


@router.get("/impact", auth=MAY_SEE, response=list[TrialOut])
def impact(request: StaffRequest) -> Any:  # noqa: ARG001 (the right is asked before)
    """List what campaigns, thank-yous and measures changed, the latest begun first."""
    return [_trial(one) for one in queries.standings(queries.trials())]


@router.get("/impact/{trial_id}", auth=MAY_SEE, response=TrialWithVerdictsOut)
def impact_of_one(request: StaffRequest, trial_id: int) -> Any:  # noqa: ARG001 (as above)
    """Give one of them with all of its verdicts."""
    found = queries.trial(trial_id)
    if found is None:
        raise HttpError(404, "There is no comparison of this number.")
    return _trial(found) | {"verdicts": list(_verdicts(found))}


def _trial(found: Standing) -> dict[str, Any]:
    trial, verdict, progress = found.trial, found.verdict, found.progress
    return {
        "id": trial.pk,
        "name": trial.called,
        "origin": trial.origin,
        "words": [one["name"] for one in trial.words],
        "verdict": verdict.code if verdict else "",
        "careful_cents": trial.careful_cents,
        "treated": progress.treated if progress else None,
        "held_out": progress.held_out if progress else None,
        "as_of": verdict.as_of_on if verdict else None,
        "all_rounds": _all_rounds(found),
        "next": progress.next_on or None if progress and found.goes_on else None,
        **_effect(verdict),
    }


def _all_rounds(found: Standing) -> dict[str, float] | None:
    both = found.combined
    return None if both is None else {f"{name}_cents": getattr(both, name) for name in ("effect", "low", "high")}


def _verdicts(found: Standing) -> Iterator[dict[str, Any]]:
    for one in queries.verdicts(found.trial):
        told = {name: getattr(one, name) for name in ("round", "look", "of", "customers", "at")}
        numbers = {name: _nobody(told) for name, told in one.numbers.items()}
        yield told | {"verdict": one.code, "as_of": one.as_of_on, "numbers": numbers, **_effect(one)}


def _nobody(told: Any) -> Any:
    """Leave out who moved an effect, and whose message stands for others: margins are asked for, not customers."""
    if isinstance(told, list):
        return [_nobody(one) for one in told]
    return {name: one for name, one in told.items() if name not in OF_SOMEBODY} if isinstance(told, dict) else told


def _effect(verdict: Verdict | None) -> dict[str, float | None]:
    effect = (verdict.numbers.get("margin") if verdict else None) or {}
    return {f"{name}_cents": effect.get(name) for name in ("effect", "low", "high")}
