"""
What was learnt of the company's past, for a week: how customers buy, who leaves, and how right that was before.

Learning costs many times what scoring does and says nearly the same a day later. So a model is learnt once a week, or
where what it rests on has changed (`policy.learns`), and kept beside the mirror, sealed with this installation's own
key. Its name is made from all that decides it: facts, day, terms and program; the program's numbers by chance begin
from seeds of its own, so equal names are equal models.
"""

import hashlib
import json
import logging
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path

from django.conf import settings

from stammkunde.insight import risk
from stammkunde.insight.errors import NotEnoughData
from stammkunde.insight.frames import Facts
from stammkunde.insight.value import worth
from stammkunde.insight.value.buyers import margin_known
from stammkunde.mirror import Manifest
from stammkunde.mirror.versions import differing
from stammkunde.signals import margins, policy
from stammkunde.signals.models import Generation
from stammkunde.store import kept

log = logging.getLogger(__name__)

HORIZON_DAYS = 365  # of values


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What a model rests on besides the facts: with others, it would be another one."""

    activity_days: int
    horizon_days: int | None  # as the company wants it; None: as its rhythm suggests
    basis: str  # margin or revenue
    margin: str  # how margins are counted


@dataclass(frozen=True, kw_only=True)
class Learnt:
    """Models of value and risk with their back-tests; None where nobody had bought."""

    id: str
    as_of: date
    terms: Terms
    versions: dict[str, int]  # of the facts that it was learnt from
    rows: dict[str, int]  # how many there were of each part
    value: worth.Worth | None
    risk: risk.RiskModel | None

    @property
    def is_whole(self) -> bool:
        """Tell whether there was enough to learn from."""
        return self.value is not None and self.risk is not None and self.risk.fitted is not None

    @property
    def told(self) -> dict[str, str]:
        """Give what a generation says of it (`Generation.forecast`)."""
        return {"id": self.id, "learnt_on": self.as_of.isoformat()}


@dataclass(frozen=True, kw_only=True)
class Lesson:
    """What there is to learn from now."""

    facts: Facts
    manifest: Manifest
    as_of: date
    terms: Terms

    @property
    def versions(self) -> dict[str, int]:
        """Give the versions of the facts that are learnt from."""
        return margins.reads(margins.read(json.loads(self.terms.margin)), self.manifest.versions)

    @property
    def id(self) -> str:
        """Name the model that would be learnt now."""
        decides = [self.versions, self.as_of.isoformat(), asdict(self.terms), kept.program("insight")]
        return hashlib.sha256(json.dumps(decides, sort_keys=True).encode()).hexdigest()[:16]


def terms(known: Facts, *, activity_days: int, horizon_days: int | None, margin: margins.Terms) -> Terms:
    """Say what a model of these facts rests on."""
    basis = "margin" if margin_known(known) else "revenue"
    counted = json.dumps(margins.written(margin))
    return Terms(activity_days=activity_days, horizon_days=horizon_days, basis=basis, margin=counted)


def learnt(
    now: Lesson, *, shown: Generation | None, learn: policy.Learn, report: Callable[[str, int, int], None]
) -> Learnt:
    """Give the model that was learnt for the shown generation, or learn anew and keep it."""
    former = _read(named(shown)) if shown else None
    why = "nothing_known" if former is None else _why(former, now, learn=learn)
    if former is not None and not why:
        return former
    log.info("learning model=%s because=%s", now.id, why)
    found = fresh(now, report=report)
    _write(found)
    return found


def named(generation: Generation) -> str:
    """Give the model that a generation was scored with; empty where it names none."""
    return str((generation.forecast.get("model") or {}).get("id", ""))


def _why(former: Learnt, now: Lesson, *, learn: policy.Learn) -> str:
    rows = _rows(now.manifest)
    return policy.learns(
        learn,
        former_on=former.as_of,
        as_of=now.as_of,
        same_terms=former.terms == now.terms,
        is_whole=former.is_whole,
        changed=differing(former.versions, now.versions),
        erased=any(rows.get(part, 0) < number for part, number in former.rows.items()),
    )


def _rows(manifest: Manifest) -> dict[str, int]:
    """Count the rows of each part of the mirror."""
    months = {f"{table}:{month}": share.rows for table, own in manifest.months.items() for month, share in own.items()}
    return {table: share.rows for table, share in manifest.whole.items()} | months


def fresh(now: Lesson, *, report: Callable[[str, int, int], None]) -> Learnt:
    """Learn of the past; nothing is kept."""
    report("value", 0, 1)
    value = _value(now)
    report("risk", 0, 2)
    return Learnt(
        id=now.id,
        as_of=now.as_of,
        terms=now.terms,
        versions=now.versions,
        rows=_rows(now.manifest),
        value=value,
        risk=_risk(now),
    )


def _value(now: Lesson) -> worth.Worth | None:
    try:
        return worth.fit(now.facts, as_of=now.as_of, horizon_days=HORIZON_DAYS)
    except NotEnoughData:
        return None


def _risk(now: Lesson) -> risk.RiskModel | None:
    """Learn who leaves; what nobody could try on the past is no probability, nor is what no longer holds."""
    on = now.terms
    try:
        fitted = risk.fit(now.facts, as_of=now.as_of, activity_days=on.activity_days, horizon_days=on.horizon_days)
    except NotEnoughData:
        return None
    means_nothing = fitted.verdict.by == "nothing" or fitted.level.purchases == "jump"
    return replace(fitted, fitted=None, base_share=None) if means_nothing else fitted


def forget_all_but(ids: Collection[str]) -> None:
    """Remove other models. Repeating is harmless."""
    for file in _folder().glob("*"):
        if file.name not in ids:
            file.unlink(missing_ok=True)


def _read(model_id: str) -> Learnt | None:
    try:
        sealed = (_folder() / model_id).read_bytes() if model_id else b""
    except FileNotFoundError:
        return None
    found: Learnt | None = kept.unseal(sealed, name=_name(model_id)) if sealed else None
    return found


def _write(model: Learnt) -> None:
    """Keep a model, whole or not at all: where the disk is full, the next refresh learns anew."""
    new = _folder() / f"{model.id}.new"
    try:
        _folder().mkdir(parents=True, exist_ok=True, mode=0o700)
        new.write_bytes(kept.seal(model, name=_name(model.id)))
        new.replace(_folder() / model.id)
    except OSError as problem:
        log.warning("model=%s is not kept: %s", model.id, problem)
        with suppress(OSError):
            new.unlink(missing_ok=True)


def _name(model_id: str) -> str:
    return f"model {model_id} {kept.program('insight')} {kept.program('signals')}"


def _folder() -> Path:
    return Path(settings.MIRROR_DIR) / "models"
