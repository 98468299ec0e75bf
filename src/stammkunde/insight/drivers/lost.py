"""
Past evenings, a horizon apart, and what the customers then lost had in common; and who of today's shares it.

Each customer is lost at most once: after the first evening on which she was, she is looked at no more. So the evenings
may be pooled like the times of a log-rank test, in which the same person may stand in many risk sets, and leave once.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import narwhals as nw
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from stammkunde.insight.comeback import BASKETS
from stammkunde.insight.drivers.columns import Values, family
from stammkunde.insight.drivers.findings import Drivers, Had, Numbers, Rows, findings
from stammkunde.insight.drivers.traits import FAMILIES, Trait, View, customers_here
from stammkunde.insight.errors import InvalidInput, NotEnoughData
from stammkunde.insight.frames import Facts, Frame, arrow
from stammkunde.insight.periods import day, day_number
from stammkunde.insight.risk.evenings import sampled
from stammkunde.insight.risk.horizon import suggest_horizon_days
from stammkunde.insight.risk.leaks import Refused, refused
from stammkunde.insight.risk.metrics import Bools

MOST_EVENINGS = 8
LEAST_OF_EACH = 30
BOUGHT = (1, 2, 4, 9)  # up to 1, 2, 3-4, 5-9, and more purchases within the look-back
TENURES = 5  # bands of like size


class PastTooShort(NotEnoughData):
    """The facts do not span look-back and horizon."""

    code = "past_too_short"

    def __init__(self, *, days: int, look_back: int, horizon: int) -> None:
        super().__init__(
            f"The facts span {days} days; to see who left takes {look_back} days to look back on and {horizon} to look "
            f"ahead, {look_back + horizon} in all. Wait, or choose a shorter activity window."
        )
        self.numbers = {"days": days, "needed": look_back + horizon}


class TooFewLost(NotEnoughData):
    """Too few were lost, or stayed, to compare them."""

    code = "too_few_lost"

    def __init__(self, *, evenings: int, lost: int, stayed: int) -> None:
        super().__init__(
            f"On {evenings} evenings {lost} customers were lost and {stayed} stayed; a comparison needs "
            f"{LEAST_OF_EACH} of each."
        )
        self.numbers = {"lost": lost, "stayed": stayed, "least": LEAST_OF_EACH}


@dataclass(frozen=True, eq=False)
class _Evening:
    view: View
    customer_id: Numbers
    lost: Bools
    bought: Numbers
    tenure: Numbers


def find(
    facts: Facts,
    *,
    as_of: date,
    activity_days: int,
    horizon_days: int | None = None,
    attributes: Sequence[str] = (),
) -> Drivers:
    """
    Find what the lost have in common, against comparable customers who stayed.

    Lost is a customer of a past evening who then bought nothing within the horizon. She is compared with customers of
    the same evening, known for about as long, who bought about as often within the look-back. Problems count within
    that look-back, which is as long as the activity window for both; nothing after the evening is looked at.

    Args:
        facts: the facts; later lines and happenings are left out.
        as_of: the last day that counts.
        activity_days: length of the activity window: whoever bought within it is a customer.
        horizon_days: within which a customer who stays buys again; as early warning suggests it where None.
        attributes: columns of the customers to look at, text or numbers. They are not dated: give only those that were
            known before. Columns that know the answer are refused.

    Returns:
        the findings, and out of how many customers, evenings and comparisons they came. Of more than 40,000 customers a
        sample is looked at.

    Raises:
        InvalidInput: a length is below one day, or an attribute is no column of the customers.
        NotEnoughData: the past is shorter than look-back and horizon, or fewer than 30 were lost or stayed.
    """
    known = facts.until(as_of)
    missing = [name for name in attributes if name not in known.attributes()]
    if missing or min(activity_days, 1 if horizon_days is None else horizon_days) < 1:
        raise InvalidInput(f"'{missing[0]}' is no column of the customers." if missing else "A length is below 1 day.")
    horizon = horizon_days or suggest_horizon_days(known).horizon_days
    small = sampled(known)
    evenings = _once(_evening(small, on, activity_days, horizon) for on in _days(small, as_of, activity_days, horizon))
    people, rows = _rows(evenings)
    leaking = _leaking(small, people, rows, attributes)
    names = [name for name in attributes if name not in {column.column for column in leaking}]
    found, compared, hidden = findings(rows, list(_families(evenings, people, rows, names)))
    return Drivers(
        evenings=tuple(day(evening.view.today) for evening in evenings),
        activity_days=activity_days,
        horizon_days=horizon,
        look_back_days=activity_days,
        customers=len(people),
        lost=int(rows.lost.sum()),
        stayed=int((~rows.lost).sum()),
        compared=compared,
        hidden=hidden,
        refused=tuple(leaking),
        findings=tuple(found),
    )


def sharing(
    facts: Facts,
    traits: Sequence[Trait],
    *,
    as_of: date,
    activity_days: int,
) -> pa.Array:
    """
    List the customers still here who have all of some traits.

    Args:
        facts: the facts; later lines and happenings are left out.
        traits: of a finding, at least one.
        as_of: the evening.
        activity_days: length of the activity window, and how far back problems count.

    Returns:
        ids of customers, sorted.

    Raises:
        InvalidInput: no trait, or the window is below one day.
    """
    if not traits or activity_days < 1:
        raise InvalidInput("Give at least one trait, and an activity window of at least one day.")
    view = View(facts.until(as_of), day_number(as_of), activity_days)
    found = customers_here(view, activity_days=activity_days).select("customer_id")
    for trait in traits:
        found = found.join(_holders(view, trait), on="customer_id", how="semi")
    return arrow(found.sort("customer_id"))["customer_id"].combine_chunks()


def _holders(view: View, trait: Trait) -> Frame:
    listed = FAMILIES[trait.family].read(view, trait.name)
    if listed is None:
        nobody: Frame = view.bought.select("customer_id").filter(nw.col("customer_id").is_null())
        return nobody
    value = nw.col("value")
    if not dict(listed.collect_schema())["value"].is_numeric():
        return listed.filter(value == trait.value).select("customer_id")
    low, high = trait.band or (float("inf"), None)
    above = listed if low is None else listed.filter(value >= low)
    return (above if high is None else above.filter(value <= high)).select("customer_id")


def _days(facts: Facts, as_of: date, look_back: int, horizon: int) -> list[int]:
    """Go back in steps of the horizon as long as a whole look-back remains; earliest first."""
    span, last = facts.days(), day_number(as_of)
    past = last - span[0] if span else 0
    found = list(range(last - horizon, last - (past - look_back) - 1, -horizon))[:MOST_EVENINGS]
    if not found:
        raise PastTooShort(days=past, look_back=look_back, horizon=horizon)
    return found[::-1]


def _evening(facts: Facts, today: int, activity_days: int, horizon: int) -> _Evening:
    view = View(facts, today, activity_days)
    here = arrow(customers_here(view, activity_days=activity_days).sort("customer_id"))
    after = pc.fill_null(here["after"], today + horizon + 1).to_numpy()
    return _Evening(
        view,
        here["customer_id"].to_numpy(),
        lost=after > today + horizon,
        bought=here["bought"].to_numpy(),
        tenure=today - here["first"].to_numpy(),
    )


def _once(evenings: Iterable[_Evening]) -> list[_Evening]:
    """Look at nobody any more who was lost on an earlier evening."""
    gone, found = np.empty(0, np.int64), []
    for evening in evenings:
        here = ~np.isin(evening.customer_id, gone)
        lost = evening.lost[here]
        kept = evening.customer_id[here], lost, evening.bought[here], evening.tenure[here]
        found.append(_Evening(evening.view, *kept))
        gone = np.concatenate([gone, found[-1].customer_id[lost]])
    return found


def _rows(evenings: Sequence[_Evening]) -> tuple[Numbers, Rows]:
    people, customer = np.unique(np.concatenate([one.customer_id for one in evenings]), return_inverse=True)
    lost = np.concatenate([one.lost for one in evenings])
    left, stayed = int(lost.sum()), int((~lost).sum())
    if min(left, stayed) < LEAST_OF_EACH:
        raise TooFewLost(evenings=len(evenings), lost=left, stayed=stayed)
    return people, Rows(customer, lost)


def _strata(evenings: Sequence[_Evening]) -> tuple[Numbers, Numbers]:
    """Number the strata: by evening and purchases; and by tenure as well."""
    number = np.repeat(np.arange(len(evenings)), [len(one.lost) for one in evenings])
    bought = np.searchsorted(BOUGHT, np.concatenate([one.bought for one in evenings]))
    tenure = np.concatenate([one.tenure for one in evenings])
    band = np.searchsorted(np.quantile(tenure, np.arange(1, TENURES) / TENURES), tenure)
    coarse = number * (len(BOUGHT) + 1) + bought
    return coarse, coarse * TENURES + band


def _leaking(facts: Facts, people: Numbers, rows: Rows, attributes: Sequence[str]) -> list[Refused]:
    if not attributes or facts.customers is None:
        return []
    table = arrow(facts.customers.select("customer_id", *attributes))
    place = pc.index_in(pa.array(people), value_set=table["customer_id"].combine_chunks())
    lost = np.bincount(rows.customer, rows.lost, minlength=len(people)) > 0
    if lost.all():
        return []
    filled = {name: _emptied(table[name].take(place)) for name in attributes}
    return refused(pa.table(filled), lost, columns=list(attributes))


def _emptied(values: pa.ChunkedArray) -> pa.ChunkedArray:
    """Take an empty text for what it is: nothing known."""
    if pa.types.is_integer(values.type) or pa.types.is_floating(values.type):
        return pc.cast(values, pa.float64())
    texts = pc.cast(values, pa.string())
    return pc.if_else(pc.equal(texts, ""), pa.scalar(None, pa.string()), texts)


def _families(evenings: Sequence[_Evening], people: Numbers, rows: Rows, attributes: Sequence[str]) -> Iterable[Had]:
    """Lay out all families, each with its strata: what is compared is no part of them."""
    coarse, fine = _strata(evenings)
    bought_first = _values(evenings, people, rows, "first_product", "")
    size = np.bincount(np.concatenate([np.empty(0, np.int64), *(v.row for v in bought_first)]), minlength=len(fine))
    baskets = fine * (len(BASKETS) + 1) + np.searchsorted(BASKETS, size)  # many products are first ones of many
    strata = {"tenure": coarse, "first_product": baskets, "first_category": baskets}
    for name in attributes:  # first, so that of traits of the same customers the attribute is told
        yield family("attribute", name, _values(evenings, people, rows, "attribute", name), stratum=fine)
    for of in (of for of in FAMILIES if of != "attribute"):
        values = bought_first if of == "first_product" else _values(evenings, people, rows, of, "")
        yield family(of, "", values, stratum=strata.get(of, fine))


def _values(evenings: Sequence[_Evening], people: Numbers, rows: Rows, of: str, name: str) -> list[Values]:
    """Read a family on every evening, or once, where it is settled with the first purchase."""
    if not FAMILIES[of].is_dated:
        table = FAMILIES[of].read(evenings[-1].view, name)
        return [] if table is None else [Values.placed(arrow(table), people).spread(rows.customer)]
    starts = np.cumsum([0, *(len(one.lost) for one in evenings)])
    tables = [
        (int(start), one, FAMILIES[of].read(one.view, name)) for start, one in zip(starts, evenings, strict=False)
    ]
    return [
        Values.placed(arrow(table), one.customer_id, first_row=start)
        for start, one, table in tables
        if table is not None
    ]
