"""The verdict on a play, at the top of its page, and the charts behind it."""

from functools import partial
from typing import Any

from stammkunde.impact import beside, plots, queries, reading, variants, versus, wording
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
    if found.trial.is_of_words:
        return _told_of_words(request, found)
    verdict, progress = found.verdict, found.progress
    said = _seen(request, found)
    sees_money = said["sees_money"]
    if verdict is not None:
        said |= {
            "label": verdict.get_code_display(),
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


def _seen(request: Asker, found: Standing) -> dict[str, Any]:
    """Tell of a trial what of it somebody may see."""
    verdict = found.verdict
    basis = verdict.numbers.get("basis", "margin") if verdict else "margin"
    sees_money = policy.sight(request.user, basis=basis).worth
    leads_on = policy.may(request.user, policy.MARGIN_VIEW)
    return {"trial": found.trial, "verdict": verdict, "sees_money": sees_money, "leads_on": leads_on}


def _told_of_words(request: Asker, found: Standing) -> dict[str, Any]:
    """Say which of two words earns more; once nobody gets them by chance any more, what comes later is a guess."""
    trial, verdict, progress, said = found.trial, found.verdict, found.progress, _seen(request, found)
    if verdict is not None:
        said |= {
            "label": versus.label(trial, verdict),
            "badge": versus.BADGES[verdict.Code(verdict.code)],
            "text": versus.verdict(trial, verdict) if said["sees_money"] else "",
            "limits": versus.limits(trial, verdict) if said["sees_money"] else [],
            "direction": versus.direction(trial),
            "purchases": wording.purchases(verdict.numbers),
            "bought": wording.bought(verdict.numbers),
        }
    is_drawn = variants.is_drawn(trial)
    if progress is not None and is_drawn:
        said |= {"running": wording.running(trial, progress), "between": wording.between(trial)}
    return said | {"is_drawn": is_drawn, "winner": variants.winner(found) if is_drawn else None}


def _words_of_play(request: Asker, play: Play) -> dict[str, Any] | None:
    """Tell which words of a play are compared, and what came of it; who lost against others is not taken."""
    found = [told(request, one) for one in variants.of_play(play)]
    lost = {_loser(one) for one in found}
    for one in found:
        winner = one["winner"]
        one["takes"] = winner if winner and (one["trial"].step, winner["template"]) not in lost else None
    return {"play": play, "compared": found} if found else None


def _loser(one: dict[str, Any]) -> tuple[str, int | None]:
    words = [word["template"] for word in one["trial"].words]
    winner = one["winner"]
    return one["trial"].step, next((pk for pk in words if pk != winner["template"]), None) if winner else None


def _of_everything(found: Standing) -> dict[str, Any]:
    """Say of all plays together when to expect it, and nothing else before; where it ended early, that it did."""
    if reading.is_cut_short(found.trial):
        return {"running": wording.cut_short(), "between": ""}
    if found.verdict is None:
        return {"running": wording.expected(found.progress), "between": ""}
    contaminated = wording.contaminated(found.progress) if found.progress else ""
    return {"contaminated": contaminated, "cross_check": wording.cross_check(found.verdict)}


BESIDE = (
    Beside(page="play", order=10, template="impact/on_play.html", context=_of_play),
    Beside(page="play", order=20, template="impact/words_on_play.html", context=_words_of_play),
)
PLOTS = {name: partial(plots.asked, name) for name in ("trial-arms", "trial-difference")}
