"""The verdict on a play, at the top of its page, and the charts behind it."""

from functools import partial
from typing import Any

from stammkunde.impact import beside, plots, queries, reading, wording
from stammkunde.impact.queries import Standing
from stammkunde.plays.models import Play
from stammkunde.team import policy
from stammkunde.ui.asking import Asker
from stammkunde.ui.shown import Beside


def _of_play(request: Asker, play: Play) -> dict[str, Any] | None:
    found = queries.of_play(play)
    if found is None:
        return None
    said = told(request, found)
    if said["sees_money"]:
        said["combined"] = beside.combined(found.trial, found.combined).get("text", "")
    return {"told": said}


def told(request: Asker, found: Standing) -> dict[str, Any]:
    """Say where a trial stands, as far as whoever asks may see money."""
    verdict, progress = found.verdict, found.progress
    basis = verdict.numbers.get("basis", "margin") if verdict else "margin"
    sees_money = policy.sight(request.user, basis=basis).worth
    leads_on = policy.may(request.user, policy.MARGIN_VIEW)
    said: dict[str, Any] = {"trial": found.trial, "verdict": verdict, "sees_money": sees_money, "leads_on": leads_on}
    if verdict is not None:
        said |= {
            "badge": wording.BADGES[verdict.Code(verdict.code)],
            "text": ""
            if not sees_money
            else wording.together(found.trial, verdict) or wording.verdict(found.trial, verdict),
            "limits": wording.limits(verdict) if sees_money else [],
            "purchases": wording.purchases(verdict.numbers),
            "bought": wording.bought(verdict.numbers),
        }
    if found.trial.is_of_everything:
        return said | _of_everything(found)
    if progress is not None:
        said["contaminated"] = wording.contaminated(progress)
        said["running"] = wording.running(found.trial, progress) if found.goes_on else ""
        said["between"] = wording.between(found.trial) if found.goes_on else ""
    return said


def _of_everything(found: Standing) -> dict[str, Any]:
    """Say of all plays together when to expect it, and nothing else before; where it ended early, that it did."""
    if reading.is_cut_short(found.trial):
        return {"running": wording.cut_short(), "between": ""}
    if found.verdict is None:
        return {"running": wording.expected(found.progress), "between": ""}
    contaminated = wording.contaminated(found.progress) if found.progress else ""
    return {"contaminated": contaminated, "cross_check": wording.cross_check(found.verdict)}


BESIDE = (Beside(page="play", order=10, template="impact/on_play.html", context=_of_play),)
PLOTS = {name: partial(plots.asked, name) for name in ("trial-arms", "trial-difference")}
