"""From who had what, and who left, to findings: compared within strata, corrected, small groups hidden, pairs tried."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stammkunde.insight.drivers.traits import Trait
from stammkunde.insight.late import sparse
from stammkunde.insight.risk.leaks import Refused
from stammkunde.insight.risk.metrics import Bools
from stammkunde.insight.stratified import Ratios, benjamini_hochberg, risk_ratios
from stammkunde.insight.value.history import Floats

LEAST_CUSTOMERS = 30  # who have a trait, and who lack it; fewer are hidden
LEAST_EXPECTED = 5.0  # lost, and stayed, of those who have it, were it of no account
CLEAR = 0.05
PAIRED = 12  # of the strongest clear findings
MOST_PAIRS = 6
ALIKE = 0.8  # of the customers of either of two pairs

Numbers = NDArray[np.int64]


@dataclass(frozen=True)
class Finding:
    """What is more, or less, frequent among the lost (the best) than among comparable others."""

    traits: tuple[Trait, ...]  # two: both together
    customers: int  # different ones who have it
    cases: int  # lost ones (of a profile: best ones) among them
    share: float  # who have it, of the lost
    share_of_others: float  # who have it, of comparable ones who stayed
    ratio: float  # how many times as often those who have it left (became best) as comparable ones who lack it
    low: float  # 95 % interval of the ratio
    high: float
    p: float
    p_adjusted: float  # for the number of comparisons
    same: tuple[Trait, ...] = ()  # other traits of exactly these customers

    @property
    def is_clear(self) -> bool:
        """Tell whether it stands after correction, and the interval leaves out "as often"."""
        return self.p_adjusted <= CLEAR and (self.low > 1 or self.high < 1)

    @property
    def is_hint(self) -> bool:
        """Tell whether it would be clear, had nothing else been compared."""
        return not self.is_clear and self.p <= CLEAR

    @property
    def strength(self) -> float:
        """Measure how far from "as often" even the nearer end of the interval lies, as a logarithm; 0 for unclear."""
        nearer = self.low if self.ratio > 1 else 1 / self.high if self.high > 0 else np.inf
        return float(np.log(max(nearer, 1.0)))


@dataclass(frozen=True)
class Drivers:
    """What was found, and out of what."""

    evenings: tuple[date, ...]  # looked at; none for a snapshot
    activity_days: int
    horizon_days: int
    look_back_days: int
    customers: int  # different ones
    lost: int  # each at most once
    stayed: int  # customers on evenings
    compared: int  # traits and pairs
    hidden: int  # too few customers have or lack them
    refused: tuple[Refused, ...]  # attributes that know the answer
    findings: tuple[Finding, ...]  # clear ones first, the strongest first

    @property
    def clear(self) -> list[Finding]:
        """List the findings that stand after correction."""
        return [finding for finding in self.findings if finding.is_clear]

    @property
    def hints(self) -> list[Finding]:
        """List those that would be clear, had nothing else been compared."""
        return [finding for finding in self.findings if finding.is_hint]


@dataclass(frozen=True, eq=False)
class Rows:
    """Customers on evenings: who, and whether she was lost (is one of the best)."""

    customer: Numbers  # shape (n,), from 0
    lost: Bools


@dataclass(frozen=True, eq=False)
class Had:
    """Who had which traits of one family, of whom it is known, and who is compared with whom."""

    traits: tuple[Trait, ...]
    has: Any  # a sparse table, shape (n, traits)
    known: Bools  # shape (n,)
    stratum: Numbers  # shape (n,): customers of the same one are comparable

    @property
    def is_exclusive(self) -> bool:
        """Tell whether there are two values and everybody has exactly one of them, so that one says what both say."""
        return len(self.traits) == 2 and bool((self.has.sum(axis=1)[self.known] == 1).all())


@dataclass(frozen=True, eq=False)
class _Compared:
    traits: list[tuple[Trait, ...]]
    customers: Numbers
    cases: Floats
    share: Floats
    share_of_others: Floats
    ratios: Ratios
    shown: Bools


def findings(rows: Rows, given: Iterable[Had]) -> tuple[list[Finding], int, int]:
    """
    Compare every trait, and of the strongest clear ones every pair.

    Args:
        rows: customers on evenings.
        given: the families.

    Returns:
        the findings, clear and strongest first; how many comparisons were made; how many traits were hidden.
    """
    families, same = _without_twins([family for family in given if family.traits])
    single = [_compare(rows, family, [(trait,) for trait in family.traits]) for family in families]
    found = _corrected([one for had, compared in zip(families, single, strict=True) for one in _kept(had, compared)])
    found = [replace(finding, same=same.get(finding.traits[0], ())) for finding in found]
    pairs, tried = _pairs(rows, families, [finding for finding in found if finding.is_clear][:PAIRED])
    hidden = sum(int((~compared.shown).sum()) for compared in single)
    return _sorted([*found, *pairs]), len(found) + tried, hidden


def _without_twins(families: Sequence[Had]) -> tuple[list[Had], dict[Trait, tuple[Trait, ...]]]:
    """Leave out traits that exactly the same customers have as an earlier one, and tell of which one."""
    first: dict[bytes, Trait] = {}
    same: dict[Trait, tuple[Trait, ...]] = {}
    found = []
    for family in families:
        columns, kept = family.has.tocsc(), []
        for at, trait in enumerate(family.traits):
            holders = np.sort(columns.indices[columns.indptr[at] : columns.indptr[at + 1]])
            mark = hashlib.sha256(holders.tobytes() + family.known.tobytes()).digest()
            twin = first.setdefault(mark, trait)
            if twin is trait:
                kept.append(at)
            else:
                same[twin] = (*same.get(twin, ()), trait)
        traits = tuple(family.traits[at] for at in kept)
        found.append(replace(family, traits=traits, has=columns[:, kept].tocsr()))
    return [family for family in found if family.traits], same


def _kept(family: Had, compared: _Compared) -> list[Finding]:
    made = _made(compared)
    return [one for one in made if one.ratio >= 1] if family.is_exclusive and len(made) == 2 else made


def _compare(rows: Rows, had: Had, traits: list[tuple[Trait, ...]]) -> _Compared:
    within, has, known, lost = _indicator(had.stratum), had.has, had.known, had.known & rows.lost
    cases, n = (within @ has.multiply(lost[:, None]).tocsr()).toarray().T, (within @ has).toarray().T
    all_cases, all_n = within @ lost.astype(np.float64), within @ known.astype(np.float64)
    holders = ((_indicator(rows.customer) @ has) > 0).sum(axis=0)
    lacking = len(np.unique(rows.customer[known])) - holders
    expected = (n * _share(all_cases, all_n)).sum(-1)
    enough = np.minimum(holders, lacking) >= LEAST_CUSTOMERS
    share, share_of_others = _shares(cases, n, all_cases, all_n)
    return _Compared(
        traits=traits,
        customers=np.asarray(holders),
        cases=cases.sum(-1),
        share=share,
        share_of_others=share_of_others,
        ratios=risk_ratios(cases, n, all_cases - cases, all_n - n),
        shown=enough & (expected >= LEAST_EXPECTED) & (n.sum(-1) - expected >= LEAST_EXPECTED),
    )


def _shares(cases: Floats, n: Floats, all_cases: Floats, all_n: Floats) -> tuple[Floats, Floats]:
    """Give the share who have a trait among the lost, and among those who stayed, weighted like the lost."""
    stayed = all_n - all_cases
    weight = np.where(stayed > 0, all_cases, 0)
    whole = max(weight.sum(), 1)
    share = np.where(stayed > 0, cases, 0).sum(-1) / whole
    return share, (weight * _share(n - cases, stayed)).sum(-1) / whole


def _share(part: Floats, of: Floats) -> Floats:
    share: Floats = part / np.maximum(of, 1)
    return share


def _indicator(groups: Numbers) -> Any:
    """Lay out one row a group: 1 for each of its members."""
    n = len(groups)
    size = int(groups.max()) + 1 if n else 0
    return sparse.csr_array((np.ones(n), (groups, np.arange(n))), shape=(size, n))


def _made(compared: _Compared) -> list[Finding]:
    ratios = compared.ratios
    return [
        Finding(
            traits=compared.traits[at],
            customers=int(compared.customers[at]),
            cases=int(compared.cases[at]),
            share=float(compared.share[at]),
            share_of_others=float(compared.share_of_others[at]),
            ratio=float(ratios.ratio[at]),
            low=float(ratios.low[at]),
            high=float(ratios.high[at]),
            p=float(ratios.p[at]),
            p_adjusted=float("nan"),
        )
        for at in np.flatnonzero(compared.shown & np.isfinite(ratios.p))
    ]


def _corrected(found: Sequence[Finding]) -> list[Finding]:
    adjusted = benjamini_hochberg([one.p for one in found])
    return _sorted([replace(one, p_adjusted=float(p)) for one, p in zip(found, adjusted, strict=True)])


def _sorted(found: Sequence[Finding]) -> list[Finding]:
    return sorted(found, key=lambda one: (not one.is_clear, -one.strength, one.p, one.traits))


def _pairs(rows: Rows, families: Sequence[Had], clear: Sequence[Finding]) -> tuple[list[Finding], int]:
    """Keep pairs that say more than both alone: even the nearer end of their interval lies beyond either ratio."""
    place = {trait: (family, at) for family in families for at, trait in enumerate(family.traits)}
    pairs = [
        (one, other)
        for one, other in combinations(clear, 2)
        if (one.ratio > 1) == (other.ratio > 1) and _kind(one) != _kind(other)
    ]
    both = [_both(place[one.traits[0]], place[other.traits[0]]) for one, other in pairs]
    holders = {had.traits: had.has.indices for had in both}
    made = [_made(_compare(rows, had, [had.traits])) for had in both]
    tried = [(found, alone) for of_pair, alone in zip(made, pairs, strict=True) for found in of_pair]
    corrected = benjamini_hochberg([found.p for found, _ in tried])
    kept = [
        replace(found, p_adjusted=float(p))
        for (found, alone), p in zip(tried, corrected, strict=True)
        if _says_more(found, *alone)
    ]
    return _different(_sorted([one for one in kept if one.is_clear]), holders), len(tried)


def _different(pairs: Sequence[Finding], holders: dict[tuple[Trait, ...], Numbers]) -> list[Finding]:
    """Leave out pairs that mostly the same customers have as a stronger one, and all but the strongest few."""
    kept: list[Finding] = []
    for pair in pairs:
        own = holders[pair.traits]
        shared = (
            len(np.intersect1d(own, holders[one.traits])) / len(np.union1d(own, holders[one.traits])) for one in kept
        )
        if all(share < ALIKE for share in shared):
            kept.append(pair)
    return kept[:MOST_PAIRS]


def _kind(finding: Finding) -> tuple[str, str]:
    return finding.traits[0].family, finding.traits[0].name


def _says_more(pair: Finding, *alone: Finding) -> bool:
    if pair.ratio > 1:
        return pair.low > max(one.ratio for one in alone)
    return pair.high < min(one.ratio for one in alone)


def _both(one: tuple[Had, int], other: tuple[Had, int]) -> Had:
    """Lay out who has both traits, compared with whoever is alike in the sense of either."""
    (had, at), (also, place) = one, other
    has = had.has[:, [at]].multiply(also.has[:, [place]]).tocsr()
    stratum = np.unique(np.column_stack([had.stratum, also.stratum]), axis=0, return_inverse=True)[1]
    return Had((had.traits[at], also.traits[place]), has, had.known & also.known, stratum.ravel())
