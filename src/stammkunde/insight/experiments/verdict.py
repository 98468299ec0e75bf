"""What may be said of a play, in one of seven words; sentences are made of them elsewhere."""

from dataclasses import dataclass
from math import ceil, sqrt
from typing import Literal

from stammkunde.insight.errors import InvalidInput
from stammkunde.insight.experiments.checks import Split
from stammkunde.insight.experiments.differences import FEWEST
from stammkunde.insight.experiments.effect import VISIBLE, Effect
from stammkunde.insight.experiments.looks import Look
from stammkunde.insight.experiments.planning import stricter

FEWEST_ANSWERS = 5  # of yes, and of no, among the held out
FEWEST_FOR_MONEY = 20  # held out: below that, money is told, but not leant on
BEST_SHARE = 0.5
MOST_WEEKS = 156  # three years
LEAST = 1e-12  # share of the variance that is wanted: nobody has more customers than that takes
Kind = Literal["money", "count", "yes_no"]
Code = Literal["wrong_split", "too_few", "running", "works", "harms", "too_little", "cannot_tell"]


@dataclass(frozen=True)
class Pace:
    """How fast customers become ripe, and how long each takes: the window, and the time for returns."""

    ripe_per_week: float
    window_days: int = 91
    lag_days: int = 30

    @property
    def wait_weeks(self) -> float:
        """Give the weeks from entry until ripe."""
        return (self.window_days + self.lag_days) / 7


@dataclass(frozen=True)
class Needed:
    """
    What it takes to see the smallest effect worth having in four of five cases.

    `more` customers at the present share, or `more_at_best` at `best_share`; weeks until then, None where nobody comes.
    """

    more: int
    weeks: int | None
    best_share: float
    more_at_best: int
    weeks_at_best: int | None
    measurable: bool  # within three years, at one of both shares


@dataclass(frozen=True)
class Verdict:
    """
    What may be said.

    `effect` has the interval of the look; None: too few, or the split is wrong. `needed` is given where it cannot be
    told yet. `cautious`: money of fewer than 20 held out, where counts and answers of yes and no say more.
    """

    code: Code
    effect: Effect | None = None
    worth: float = 0.0
    needed: Needed | None = None
    cautious: bool = False


def judge(
    effect: Effect | None,
    *,
    look: Look,
    split: Split,
    worth: float,
    kind: Kind = "money",
    pace: Pace | None = None,
) -> Verdict:
    """
    Say what may be said of a play, in this order: wrong split, too few, running, works, harms, too little, cannot tell.

    Args:
        effect: of the ripe customers, at 90 %; None: an arm has fewer than ten.
        look: from `look`: whether a verdict is due, and with which interval.
        split: from `check_split`, of all who were enrolled.
        worth: the smallest gain per customer that is worth having, at least 0, in the unit of the outcome.
        kind: money, how often somebody buys, or whether.
        pace: for the weeks that it takes; None: nobody else will come.

    Returns:
        the verdict. Numbers of a running play come without interval of a look: they are no verdict.

    Raises:
        InvalidInput: the gain worth having is negative.

    Source: `docs/methods/experiments.md`.
    """
    if not worth >= 0:
        raise InvalidInput(f"The smallest gain worth having is {worth}. Give at least 0.")
    if split.wrong:
        return Verdict("wrong_split", worth=worth)
    if effect is None or _too_few(effect, kind):
        return Verdict("too_few", worth=worth)
    cautious = kind == "money" and effect.held_out < FEWEST_FOR_MONEY
    if not look.due:
        return Verdict("running", effect, worth, cautious=cautious)
    seen = effect if look.multiple is None else effect.within(look.multiple)
    code = _code(seen, worth)
    lacking = None
    if code == "cannot_tell" and worth > 0:  # seen with more certainty, an effect looks smaller
        lacking = needed(seen, worth=worth / stricter(look.comparisons), pace=pace)
    return Verdict(code, seen, worth, lacking, cautious)


def needed(effect: Effect, *, worth: float, pace: Pace | None = None) -> Needed:
    """
    Tell how many more customers it takes to see an effect, at the present share and at the best one.

    Those who are ripe stay in their draw; at another share the others are a draw of their own, and both are combined
    by their numbers, as `estimate` does.

    Args:
        effect: what is known so far.
        worth: the effect to be seen, per customer, above 0.
        pace: for the weeks; None: nobody else will come.

    Returns:
        customers and weeks; measurable is also what nobody knows the weeks of.

    Raises:
        InvalidInput: the effect to be seen is not above 0.
    """
    if not worth > 0:
        raise InvalidInput(f"The effect to be seen is {worth}. Give one above 0.")
    now = max((worth / (VISIBLE * effect.se)) ** 2, LEAST) if effect.se > 0 else 1.0
    here, best = effect.share * (1 - effect.share), BEST_SHARE * (1 - BEST_SHARE)
    more, more_at_best = (_more(effect.customers, now, ratio) for ratio in (1.0, here / best))
    weeks, weeks_at_best = (_weeks(count, pace) for count in (more, more_at_best))
    soonest = weeks_at_best if weeks is None or weeks_at_best is None else min(weeks, weeks_at_best)
    return Needed(more, weeks, BEST_SHARE, more_at_best, weeks_at_best, soonest is None or soonest <= MOST_WEEKS)


def _too_few(effect: Effect, kind: Kind) -> bool:
    if min(effect.treated, effect.held_out) < FEWEST:
        return True
    yes = round(effect.held_out_mean * effect.held_out)
    return kind == "yes_no" and min(yes, effect.held_out - yes) < FEWEST_ANSWERS


def _code(effect: Effect, worth: float) -> Code:
    if effect.low > 0:
        return "works"
    if effect.high < 0:
        return "harms"
    return "too_little" if effect.high < worth else "cannot_tell"


def _more(n: int, now: float, ratio: float) -> int:
    """
    Solve (n² + m n ratio) / (n + m)² = now for m: the variance of n customers, and of m more at another share.

    `now` is the variance that is wanted, `ratio` that of a customer more, both as shares of what there is.
    """
    if now >= 1:
        return 0
    half = ratio - 2 * now
    return ceil(n * (half + sqrt(half**2 + 4 * now * (1 - now))) / (2 * now) - 1e-9)


def _weeks(more: int, pace: Pace | None) -> int | None:
    if pace is None or pace.ripe_per_week <= 0:
        return None
    return ceil(more / pace.ripe_per_week + pace.wait_weeks) if more else 0
