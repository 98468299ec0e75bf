"""The portrait: which traits the best customers have more, or less, often than others known for as long."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from stammkunde.insight.comeback import BASKETS
from stammkunde.insight.drivers.columns import Values, family
from stammkunde.insight.drivers.findings import Finding, Had, Numbers, Rows, findings
from stammkunde.insight.drivers.traits import FAMILIES, View
from stammkunde.insight.errors import InvalidInput, NotEnoughData
from stammkunde.insight.frames import Facts, arrow
from stammkunde.insight.periods import day_number
from stammkunde.insight.profile.best import Best, best, judged
from stammkunde.insight.profile.rule import NO, SEVERAL, YES, Rule, RuleRefusal, learn
from stammkunde.insight.risk.horizon import suggest_horizon_days
from stammkunde.insight.risk.metrics import Bools

TENURES = 5  # bands of like size, in which customers are compared
LEAST_BEST = 10
FEW_BEST = 40  # below that, chance tells as much as they do
MOST_CUSTOMERS = 100_000  # to learn from; more change little and take long
Key = tuple[str, str]
SEEN = ("first_channel", "first_category", "first_product", "first_order")  # beside the attributes


class TooFewBest(NotEnoughData):
    """Too few are best, or are not, to compare them."""

    code = "too_few_best"

    def __init__(self, *, known: int, best: int, until: date) -> None:
        super().__init__(
            f"Of {known} customers who first bought by {until}, {best} are best ones; a portrait needs {LEAST_BEST} of "
            "them, and as many others."
        )
        self.numbers = {"known": known, "best": best, "least": LEAST_BEST}


@dataclass(frozen=True, eq=False)
class Profile:
    """What the best have in common, and the rule by which others are scored; or why there is none."""

    definition: Best
    best: int
    others: int
    compared: int
    hidden: int  # too few customers have or lack them
    findings: tuple[Finding, ...]  # ratio: how many times as often those who have it became best
    rule: Rule | None
    refusal: RuleRefusal | None
    wide: Rule | None = None  # looks at what is asked for, too; None where nothing clear was found, or it is no better

    @property
    def clear(self) -> list[Finding]:
        """List the traits that stand after correction."""
        return [finding for finding in self.findings if finding.is_clear]

    @property
    def hints(self) -> list[Finding]:
        """List those that would be clear, had nothing else been compared."""
        return [finding for finding in self.findings if finding.is_hint]

    @property
    def is_few(self) -> bool:
        """Tell whether so few are best that findings are hints, and intervals wide."""
        return self.best < FEW_BEST


def fit(
    facts: Facts,
    *,
    as_of: date,
    activity_days: int,
    horizon_days: int | None = None,
    attributes: Sequence[str] = (),
) -> Profile:
    """
    Describe the best customers, and learn a rule that scores whoever has bought nothing yet.

    Best is whoever was of class A over the last year (the activity window, where the facts span less than two years),
    bought within the last horizon, and on two days or more so far. All others known for at least that year are those
    compared with, lost ones among them.

    Args:
        facts: the facts; later lines are left out.
        as_of: the evening.
        activity_days: length of the activity window.
        horizon_days: within which a customer who is kept buys again; as early warning suggests it where None.
        attributes: columns of the customers that are known of prospects, too.

    Returns:
        the portrait; its rule looks at the attributes and the first channel, and is tried on customers left out. The
        wide rule looks at what else was clear of first orders, too (size, groups, products), for lists that say what
        is asked for; it is kept where it was right more often on those left out.

    Raises:
        InvalidInput: a length is below one day, or an attribute is no column of the customers.
        NotEnoughData: fewer than 10 best customers, or others.
    """
    missing = [name for name in attributes if name not in facts.attributes()]
    if missing:
        raise InvalidInput(f"'{missing[0]}' is no column of the customers.")
    known = facts.until(as_of)
    horizon = suggest_horizon_days(known).horizon_days if horizon_days is None else horizon_days
    definition = best(known, as_of=as_of, activity_days=activity_days, horizon_days=horizon)
    people, first, is_best = _people(known, definition)
    values = _values(known, people, attributes, definition)
    found, compared, hidden = findings(Rows(np.arange(len(people)), is_best), _families(values, people, first))
    told = _told(values, len(people))
    rule, refusal = learn(told, is_best)
    wide = _wide(rule, told, _asked_for(values, found, len(people)), is_best)
    counts = int(is_best.sum()), int((~is_best).sum()), compared, hidden
    return Profile(definition, *counts, tuple(found), rule, refusal, wide)


def _wide(rule: Rule | None, told: pa.Table, asked_for: pa.Table, is_best: Bools) -> Rule | None:
    """Learn from what is asked for, too; None where that is no better than without, or than chance."""
    if not asked_for.column_names:
        return None
    columns = zip([*told.column_names, *asked_for.column_names], [*told.columns, *asked_for.columns], strict=True)
    wide, _refusal = learn(pa.table(dict(columns)), is_best)
    return wide if wide and (rule is None or wide.quality.auc > rule.quality.auc) else None


def _asked_for(values: dict[Key, Values], found: Sequence[Finding], n: int) -> pa.Table:
    """Lay out what the portrait found clear of first orders: their size, and whether this group or product was in."""
    columns: dict[str, pa.Array] = {}
    for trait in (one.traits[0] for one in found if one.is_clear and len(one.traits) == 1):
        known = values.get((trait.family, trait.name))
        if known is None:
            continue
        if trait.family == "first_order":
            columns.setdefault(trait.family, _column(known, n))
        elif trait.family in SEVERAL:
            columns[f"{trait.family}={trait.value}"] = _had(known, trait.value, n)
    return pa.table(columns)


def _had(found: Values, value: str, n: int) -> pa.Array:
    has = np.zeros(n, bool)
    has[found.row[pc.equal(pc.cast(found.value, pa.string()), value).to_numpy(zero_copy_only=False)]] = True
    return pa.array(np.where(has, YES, NO), pa.string())


def _people(facts: Facts, definition: Best) -> tuple[Numbers, Numbers, Bools]:
    table = arrow(judged(facts, definition).sort("customer_id"))
    if table.num_rows > MOST_CUSTOMERS:
        chosen = np.random.default_rng(0).choice(table.num_rows, MOST_CUSTOMERS, replace=False)
        table = table.take(np.sort(chosen))
    is_best = np.asarray(table["is_best"], dtype=bool)
    if min(is_best.sum(), (~is_best).sum()) < LEAST_BEST:
        raise TooFewBest(known=len(is_best), best=int(is_best.sum()), until=definition.known_until)
    return table["customer_id"].to_numpy(), table["first"].to_numpy(), is_best


def _values(facts: Facts, people: Numbers, attributes: Sequence[str], definition: Best) -> dict[Key, Values]:
    view = View(facts, day_number(definition.as_of), definition.value_days)
    wanted = [*(("attribute", name) for name in attributes), *((of, "") for of in SEEN)]
    read = {key: FAMILIES[key[0]].read(view, key[1]) for key in wanted}
    return {key: Values.placed(arrow(table), people) for key, table in read.items() if table is not None}


def _families(values: dict[Key, Values], people: Numbers, first: Numbers) -> Iterable[Had]:
    """Lay out the families: customers known for as long are compared; of first products, those of like baskets."""
    tenure = np.searchsorted(np.quantile(first, np.arange(1, TENURES) / TENURES), first)
    products = values.get(("first_product", ""))
    size = np.zeros(len(people), int) if products is None else np.bincount(products.row, minlength=len(people))
    baskets = tenure * (len(BASKETS) + 1) + np.searchsorted(BASKETS, size)
    for (of, name), found in values.items():
        yield family(of, name, [found], stratum=baskets if of in {"first_product", "first_category"} else tenure)


def _told(values: dict[Key, Values], n: int) -> pa.Table:
    """Lay out what is known of prospects, too: a column for each attribute, and the channel."""
    columns = {
        name or "channel": _column(found, n)
        for (of, name), found in values.items()
        if of in {"attribute", "first_channel"}
    }
    return pa.table({name: column for name, column in columns.items() if column.null_count < n})


def _column(found: Values, n: int) -> pa.Array:
    """Give every customer the value, the first by name where there are several."""
    order = pc.sort_indices(
        pa.table({"row": found.row, "value": found.value}), [("row", "ascending"), ("value", "ascending")]
    )
    row, value = found.row[order.to_numpy()], found.value.take(order)
    which, at = np.unique(row, return_index=True)
    place = np.full(n, -1)
    place[which] = at
    return value.take(pa.array(place, mask=place < 0))
