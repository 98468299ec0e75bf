"""
Comparing both arms of a trial: margin less what the play cost each of them, purchases, and who bought at all.

The margin is counted up to stage II: what working time a play took is among its costs, and not taken off twice.
"""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from stammkunde import mirror
from stammkunde.impact import adding, for_whom, grounds, reading, words
from stammkunde.impact.counting import Progress, pace, split
from stammkunde.impact.grounds import Ground
from stammkunde.impact.models import Trial
from stammkunde.impact.reading import Members
from stammkunde.insight import experiments
from stammkunde.insight.errors import NotEnoughData
from stammkunde.insight.experiments import Effect, Look
from stammkunde.insight.experiments.verdict import FEWEST_ANSWERS
from stammkunde.insight.value.history import Floats
from stammkunde.mirror.engine import connection
from stammkunde.plays import costing
from stammkunde.plays.models import Play
from stammkunde.signals.models import Generation

POWER = 0.842  # standard errors: four of five
MOST_DRAWN = 200_000  # customers whose course is drawn week by week with its band


@dataclass(frozen=True, kw_only=True, eq=False)
class Done:
    """What each of the members did, an array each."""

    brought_cents: Floats  # margin, or revenue where no costs are known; what came back is taken off
    cost_cents: Floats
    purchases: Floats
    bought: Floats
    returned_cents: Floats
    contacts: Floats
    revenue_cents: Floats
    known_cents: Floats  # of which the cost is known

    @property
    def net_cents(self) -> Floats:
        net: Floats = self.brought_cents - self.cost_cents
        return net


@dataclass(frozen=True, kw_only=True, eq=False)
class Compared:
    """What a look found: the verdict's code, its numbers as plain values, and what each member did."""

    code: str
    numbers: dict[str, Any]
    done: Done


def compare(trial: Trial, members: Members, look: Look, progress: Progress, *, generation: Generation) -> Compared:
    """Compare both arms of those whose window is over."""
    ground, balance = grounds.of(generation), split(progress)
    done = what_was_done(trial, members, ground)
    # Of a split that chance cannot have made nothing is told: neither money nor purchases
    asked = {} if balance.wrong else _questions(members, done)
    found = {name: _estimate(members, y, x) for name, (y, x) in asked.items()}
    if "bought" in found and _too_few_answers(members, done.bought):
        found["bought"] = None
    margin = found.get("margin")
    verdict = experiments.judge(margin, look=look, split=balance, worth=trial.worth_cents, pace=pace(trial, progress))
    is_last = look.number == look.of  # of a round: many ranges before would be many looks
    numbers: dict[str, Any] = {
        "basis": ground.basis,
        "worth_cents": trial.worth_cents,
        "split": asdict(balance),
        "needed": asdict(verdict.needed) if verdict.needed else None,
        "cautious": verdict.cautious,
        "arms": dict(_arms(members, done)),
        "contaminated": progress.contaminated,
        "unknown": costing.unknown(trial.play) if trial.play else [],
        "known_share": _known_share(done),
    }
    if not trial.is_of_words:
        numbers |= {
            "reached_share": _reached(trial.play, members),
            "words": words.tell(trial.play),
            "fixed_cents": trial.play.fixed_cost_cents if trial.play else 0,
            "course": _course(members, ground, look) if asked and is_last else [],
            "for_whom": for_whom.tell(members, done.net_cents) if margin is not None and is_last else None,
        }
    for name in ("margin", "purchases", "bought"):
        numbers[name] = _written(found.get(name), look, members)
    if trial.is_of_everything and margin is not None:
        numbers["together"] = adding.together(margin, members)
    return Compared(code=verdict.code, numbers=numbers, done=done)


def what_was_done(trial: Trial, members: Members, ground: Ground) -> Done:
    """Tell what each member brought, bought, cost and heard within her window."""
    found = ground.within(members)

    def of(name: str) -> Floats:
        values: Floats = found[name].to_numpy().astype(np.float64)
        return values

    return Done(
        brought_cents=of(ground.brought),
        cost_cents=_costs(trial, members),
        purchases=of("purchases"),
        bought=of("bought"),
        returned_cents=of("returned_cents"),
        contacts=_contacts(members),
        revenue_cents=of("revenue_cents"),
        known_cents=of("known_cents"),
    )


def _questions(members: Members, done: Done) -> dict[str, tuple[Floats, Floats]]:
    """Give each outcome with what was known of it beforehand."""
    is_known = ~np.isnan(members.risk)
    usual = float(members.risk[is_known].mean()) if is_known.any() else 0.0
    stays = 1 - np.where(is_known, members.risk, usual)
    return {
        "margin": (done.net_cents, members.expected_cents),
        "purchases": (done.purchases, members.expected_purchases),
        "bought": (done.bought, stays),
    }


def _estimate(members: Members, outcome: Floats, covariate: Floats) -> Effect | None:
    try:
        return experiments.estimate(outcome, treated=members.treated, covariate=covariate, draw=members.draws)
    except NotEnoughData:
        return None


def _written(effect: Effect | None, look: Look, members: Members) -> dict[str, Any] | None:
    """Give an effect as plain values, all of its ranges with the multiple of the look."""
    if effect is None:
        return None
    told = asdict(effect) | {"smallest_visible": effect.smallest_visible}
    if look.multiple is not None:
        reach = look.multiple * effect.uncorrected_se
        told = asdict(effect.within(look.multiple)) | {
            "smallest_visible": (look.multiple + POWER) * effect.se,
            "uncorrected_low": effect.uncorrected - reach,
            "uncorrected_high": effect.uncorrected + reach,
        }
    told["moved"] = [{"customer": int(members.customers[one.row]), "by": one.by} for one in effect.moved]
    return told


def _too_few_answers(members: Members, bought: Floats) -> bool:
    """Tell whether too few of those left alone bought, or did not, to say anything of that."""
    yes = int(bought[~members.treated].sum())
    return min(yes, int((~members.treated).sum()) - yes) < FEWEST_ANSWERS


def _known_share(done: Done) -> float | None:
    """Tell of how much of the revenue the cost is known; None: nothing was sold."""
    sold = float(done.revenue_cents.sum())
    return float(done.known_cents.sum()) / sold if sold else None


def _arms(members: Members, done: Done) -> Iterator[tuple[str, dict[str, float]]]:
    for name, mine in (("treated", members.treated), ("held_out", ~members.treated)):
        n = int(mine.sum())
        columns = {
            "brought_cents": done.brought_cents,
            "cost_cents": done.cost_cents,
            "net_cents": done.net_cents,
            "returned_cents": done.returned_cents,
            "expected_cents": members.expected_cents,
            "purchases": done.purchases,
            "bought": done.bought,
            "contacts": done.contacts,
        }
        yield name, {"n": n, **{one: float(values[mine].sum()) for one, values in columns.items()}}


def _costs(trial: Trial, members: Members) -> Floats:
    """Tell what the play cost for each until her window was over; of everything and of words, what it cost within."""
    spent = np.zeros(len(members))
    if not len(members):
        return spent
    in_order = np.argsort(members.customers)
    known = members.customers[in_order]
    begins_late = trial.is_of_everything or trial.is_of_words
    since = members.first_on - 1 if begins_late else np.zeros(len(members), dtype=np.int64)
    for play in _plays(trial):
        found = costing.costs(play)
        place = in_order[np.minimum(np.searchsorted(known, found.customers), len(members) - 1)]
        counts = (members.customers[place] == found.customers) & (since[place] <= found.days)
        counts &= found.days <= members.last_on[place]
        spent += np.bincount(place[counts], weights=found.cents[counts], minlength=len(members))
    return spent


def _plays(trial: Trial) -> Iterable[Play]:
    if trial.is_of_everything:
        return Play.objects.order_by("pk")
    return [trial.play] if trial.play else []


def _reached(play: Play | None, members: Members) -> float | None:
    if play is None or not members.treated.any():
        return None
    treated = members.customers[members.treated]
    share = float(np.isin(treated, np.fromiter(costing.reached(play), dtype=np.int64)).mean())
    return share or None


_HEARD = """
SELECT e.entry_id, count(*) AS n FROM entries e JOIN contacts c ON c.customer_id = e.customer_id
WHERE c.direction = 'out' AND c.happened_on BETWEEN e.first_on - 1 AND e.last_on GROUP BY e.entry_id
"""


def _contacts(members: Members) -> Floats:
    """Count how often each heard from us, from whatever play: what else the arms got unlike."""
    home = connection()
    entries, contacts = home.from_arrow(members.entries()), mirror.tables().contacts  # noqa: F841 (named in SQL)
    heard = np.zeros(len(members))
    for number, n in home.sql(_HEARD).fetchall():
        heard[number] = n
    return heard


def _course(members: Members, ground: Ground, look: Look) -> list[dict[str, float]]:
    """Tell week by week what both arms had brought until then, and between what the difference lay."""
    if len(members) > MOST_DRAWN or min(members.treated.sum(), (~members.treated).sum()) < experiments.FEWEST:
        return []
    brought = ground.by_week(members)
    points = []
    for week, so_far in enumerate(np.cumsum(brought, axis=1).T, start=1):
        effect = _estimate(members, so_far, members.expected_cents)
        if effect is not None:
            effect = effect if look.multiple is None else effect.within(look.multiple)
            means = {"treated": so_far[members.treated].mean(), "held_out": so_far[~members.treated].mean()}
            told = {"week": week, **{name: float(mean) for name, mean in means.items()}}
            points.append(told | {"effect": effect.effect, "low": effect.low, "high": effect.high})
    return points


def spread_before(trial: Trial, *, at_most: int, generation: Generation) -> float:
    """Tell how far customers lay apart in what they brought in so many days before they entered."""
    members = reading.entered(trial, at_most=at_most)
    if len(members) < experiments.FEWEST:
        return 0.0
    days = members.last_on - members.first_on + 1
    before = replace(members, first_on=members.first_on - days, last_on=members.first_on - 1)
    ground = grounds.of(generation)
    return float(ground.within(before)[ground.brought].to_numpy().astype(np.float64).std(ddof=1))
