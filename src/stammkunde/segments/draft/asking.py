"""One question of a rule as fields of the form, with what may be chosen in each."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from stammkunde.insight.rules import Known, Table
from stammkunde.segments.draft.fields import Draft, LaidCheck, LaidSpan, Options, lay_check, lay_span
from stammkunde.segments.wording import Said, labels
from stammkunde.segments.wording.checks import Answer


@dataclass(frozen=True, kw_only=True)
class Offered:
    """What may be chosen: the vocabulary, its words, the values that occur (table and column → values), groups."""

    known: Known
    said: Said
    occurring: Callable[[str, str], list[str]]
    segments: Options = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class LaidCondition:
    """A condition of a row."""

    path: str
    column: str
    columns: Options
    check: LaidCheck | None


@dataclass(frozen=True, kw_only=True)
class LaidWith:
    """A question to rows of a lower table."""

    path: str
    table: str
    label: str
    check: LaidCheck
    conditions: tuple[LaidCondition, ...]


@dataclass(frozen=True, kw_only=True)
class Asking:
    """A question, laid out. `what` is what it asks about; a comparison has two spans."""

    what: str
    path: str
    check: LaidCheck | None = None
    segments: Options = field(default_factory=list)
    segment: str = ""
    measure: str = ""
    measures: Options = field(default_factory=list)
    pick: str = ""
    picks: Options = field(default_factory=list)
    span: LaidSpan | None = None
    right: LaidSpan | None = None
    right_measure: str = ""
    times: str = ""
    conditions: tuple[LaidCondition, ...] = ()
    shares: tuple[LaidCondition, ...] | None = None
    having: tuple[LaidWith, ...] = ()
    lower: Options = field(default_factory=list)
    same: bool = False
    same_label: str = ""  # empty: its rows are about no one thing


def lay_out(draft: Draft, path: str, offered: Offered) -> Asking | None:
    """Lay a question out; None: the form cannot show it."""
    if "field" in draft:
        return _field(draft, path, offered)
    if "happened" in draft:
        return _happened(draft, path, offered)
    if "segment" in draft:
        chosen, groups = str(draft["segment"]), offered.segments
        if chosen and chosen not in dict(groups):  # as one in the archive: it stays until somebody changes it
            groups = [*groups, (chosen, offered.said.member(f"segment:{chosen}"))]
        return Asking(
            what="segment",
            path=path,
            segment=chosen,
            segments=groups,
            check=_bare(path, str(draft.get("is", "in")), [("in", _("in")), ("not in", _("not in"))]),
        )
    return _compare(draft, path, offered) if "left" in draft else None


def _bare(path: str, operator: str, operators: Options) -> LaidCheck:
    return LaidCheck(path=path, operator=operator, operators=operators)


def _field(draft: Draft, path: str, offered: Offered) -> Asking | None:
    name = str(draft["field"])
    column = offered.known.fields.get(name)
    if column is None:
        return Asking(what="", path=path) if not name else None
    _label, answer = offered.said.field(name)
    values = offered.occurring("", name) if column.kind == "text" and not answer.labels else []
    check = lay_check(draft, path, answer, values, offered.said, ranked=True)
    return Asking(what=f"field:{name}", path=path, check=check)


def _happened(draft: Draft, path: str, offered: Offered) -> Asking | None:
    table = offered.known.tables.get(str(draft["happened"]))
    if table is None:
        return None
    answer = offered.said.measured(table.name, _measure(draft))
    check = lay_check(draft, path, answer, [], offered.said, ranked=True)
    return _amount(draft, path, table, offered, what=f"table:{table.name}", check=check)


def _compare(draft: Draft, path: str, offered: Offered) -> Asking | None:
    left, right = draft["left"], draft.get("right", {})
    table = offered.known.tables.get(str(left.get("happened")))
    if table is None or _alike(left) != _alike(right) or _measure(right) == "share":
        return None
    times = draft.get("times", 1)
    percent = f"{times * 100:g}" if isinstance(times, int | float) else str(times)
    operators = [one for one in labels.operators("whole", ranked=False) if one[0] in {">=", "<=", ">", "<"}]
    return _amount(
        left,
        path,
        table,
        offered,
        what=f"compare:{table.name}",
        check=_bare(path, str(draft.get("is", "<=")), operators),
        right=lay_span(right.get("within", "ever"), f"{path}.right", offered.said),
        right_measure=_measure(right),
        times=percent,
    )


def _alike(amount: Draft) -> Draft:
    """Give what both sides of a comparison must have in common to be shown as one question."""
    return {name: value for name, value in amount.items() if name not in {"within", "measure"}}


def _measure(amount: Draft) -> str:
    measure = amount.get("measure", "count")
    return "share" if isinstance(measure, dict) else str(measure)


def _amount(amount: Draft, path: str, table: Table, offered: Offered, **more: Any) -> Asking:
    measure = amount.get("measure")
    shares = measure.get("share", []) if isinstance(measure, dict) else None
    return Asking(
        path=path,
        measure=_measure(amount),
        measures=labels.measures(table.name, table.columns, offered.said, has_day=bool(table.day)),
        pick=str(amount.get("pick", "")).replace("any", ""),
        picks=labels.picks() if table.day else [],
        span=lay_span(amount.get("within", "ever"), path, offered.said) if table.day else None,
        conditions=_conditions(amount.get("where", []), path, table, offered),
        shares=None if shares is None else _conditions(shares, f"{path}.share", table, offered),
        having=tuple(_with(one, f"{path}.with{n}", offered) for n, one in enumerate(amount.get("with", []))),
        lower=[
            (one.name, str(offered.said.noun(one.name).one))
            for one in offered.known.tables.values()
            if table.name in one.below
        ],
        same=amount.get("same") is True,
        same_label=offered.said.same.get(table.name, ""),
        **more,
    )


def _with(draft: Draft, path: str, offered: Offered) -> LaidWith:
    table = offered.known.tables[draft["table"]]
    check = lay_check(draft, path, Answer(kind="whole"), [], offered.said, ranked=False)
    noun = offered.said.noun(table.name)
    conditions = _conditions(draft.get("where", []), path, table, offered)
    return LaidWith(path=path, table=table.name, label=str(noun.many), check=check, conditions=conditions)


def _conditions(some: list[Draft], path: str, table: Table, offered: Offered) -> tuple[LaidCondition, ...]:
    return tuple(_condition(one, f"{path}.c{n}", table, offered) for n, one in enumerate(some))


def _condition(draft: Draft, path: str, table: Table, offered: Offered) -> LaidCondition:
    column = table.column(str(draft.get("column", "")))
    columns = [(one.name, offered.said.column(table.name, one.name)[0]) for one in table.columns]
    if column is None:
        return LaidCondition(path=path, column="", columns=columns, check=None)
    _label, answer = offered.said.column(table.name, column.name)
    values = offered.occurring(table.name, column.name) if column.kind == "text" and not answer.labels else []
    check = lay_check(draft, path, answer, values, offered.said, ranked=False)
    return LaidCondition(path=path, column=column.name, columns=columns, check=check)
