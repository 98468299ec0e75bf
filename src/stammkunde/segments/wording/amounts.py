"""What happened, measured, in words: “at least 2 purchases in the last 180 days (channel is “Shop”)”."""

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import npgettext

from stammkunde.insight.rules.tree import Amount, Check, Cond, Since, Span, With, Yearly
from stammkunde.segments.wording import checks, spans
from stammkunde.segments.wording.checks import Answer
from stammkunde.segments.wording.joining import both
from stammkunde.segments.wording.nouns import Noun
from stammkunde.segments.wording.said import Said
from stammkunde.ui import writing

COUNT = Answer(kind="whole")
AT_LEAST_ONE = Check(">=", (1,))


def asked(amount: Amount, check: Check, said: Said) -> str:
    """Say a question to an amount."""
    if amount.measure.name == "count":
        if amount.pick == "any" and (counted := _counted(said.noun(amount.table), check)):
            return rows(amount, said, counted)
        if amount.pick != "any" and check == AT_LEAST_ONE and (amount.where or amount.having):
            return _of_picked(amount, said)
    if amount.measure.name == "days" and (days := _on_days(check)):
        return f"{rows(amount, said)}: {days}"
    if amount.measure.name in {"first", "last"} and amount.pick == "any":
        noun = said.noun(amount.table)
        which = noun.last if amount.measure.name == "last" else noun.first
        return f"{rows(amount, said, which)}: {checks.tell(said.measured_by(amount), check)}"
    mark = " " if amount.measure.name in {"sum", "avg", "max"} and said.measured_by(amount).kind != "day" else ": "
    return f"{name(amount, said)}{mark}{checks.tell(said.measured_by(amount), check)}"


def _on_days(check: Check) -> str | None:
    """Say on how many days; None where no such words fit."""
    numbers = [int(value) for value in check.values if isinstance(value, int | float)]
    if len(numbers) != 1 or check.operator not in {">=", "<=", ">", "<", "is"}:
        return None
    n = numbers[0]
    if check.operator == "is" and n == 0:
        return _("on no day")
    days = npgettext("on", "one day", "%(n)s days", n) % {"n": writing.number(n)}
    return _("on %(count)s") % {"count": _worded(check.operator) % {"count": days}}


def _counted(noun: Noun, check: Check) -> str | None:
    """Say a number of rows as people do; None where no such words fit."""
    numbers = [int(value) for value in check.values if isinstance(value, int | float)]
    match check.operator, numbers:
        case (">=", [1]) | (">", [0]):
            return _("at least %(count)s") % {"count": noun.one}
        case ("is", [0]) | ("<=", [0]) | ("<", [1]):
            return str(noun.none)
        case (">=" | "<=" | ">" | "<" | "is", [n]):
            return _worded(check.operator) % {"count": noun.count(n)}
        case "between", [0, 1]:
            return _worded("<=") % {"count": noun.one}
        case "between", [low, high]:
            return _("%(low)s to %(count)s") % {"low": writing.number(low), "count": noun.count(high)}
    return None


def _worded(operator: str) -> str:
    return {
        ">=": _("at least %(count)s"),
        "<=": _("at most %(count)s"),
        ">": _("more than %(count)s"),
        "<": _("fewer than %(count)s"),
        "is": _("exactly %(count)s"),
    }[operator]


def _of_picked(amount: Amount, said: Said) -> str:
    """Say what holds of the last, or the first: “last purchase in the last 365 days: delivered late: yes”."""
    noun = said.noun(amount.table)
    which = str(noun.last if amount.pick == "last" else noun.first)
    return f"{_words(which, _of_same(amount, said), span(amount.within, said))}: {_conditions(amount, said)}"


def rows(amount: Amount, said: Said, noun: object = "") -> str:
    """Say which rows are measured: “purchases in the last 90 days (channel is “Shop”)”; by another noun where given."""
    return _words(str(noun or said.noun(amount.table).many), *about(amount, said))


def name(amount: Amount, said: Said, *, measured: str = "") -> str:
    """Call an amount by its name: “purchases in the last 90 days: revenue together”."""
    noun = said.noun(amount.table)
    if measured:
        return f"{rows(amount, said)}: {measured}"
    if amount.measure.name == "gap":
        return _("mean time %(between)s") % {"between": rows(amount, said, noun.between)}
    if amount.measure.name == "share":
        given = {"rows": rows(amount, said, noun.of_many), "conditions": _shared(amount, said)}
        return _("share %(rows)s with (%(conditions)s)") % given
    return f"{rows(amount, said)}: {measure(amount, said)}"


def measure(amount: Amount, said: Said) -> str:
    """Say what is measured."""
    one = amount.measure
    label, answer = said.column(amount.table, one.column)
    worded = {
        "count": _("number"),
        "days": _("number of days"),
        "sum": _("%(label)s in total"),
        "avg": _("%(label)s on average"),
        "max": highest(answer.kind),
        "first": _("first time"),
        "last": _("last time"),
        "gap": _("mean gap"),
    }
    if one.name == "share":
        return _("share with (%(conditions)s)") % {"conditions": _shared(amount, said)}
    return worded[one.name] % {"label": label}


def highest(kind: str) -> str:
    """Give the words for the highest value of a column of a kind, with room for its name."""
    return _("latest “%(label)s”") if kind == "day" else _("%(label)s at its highest")


def _shared(amount: Amount, said: Said) -> str:
    return both(list(_rows(amount.table, amount.measure.where, said)))


def span(one: Span, said: Said) -> str:
    """Say a span, also one that begins after a happening or a moment."""
    if isinstance(one, Yearly):
        return spans.years_ago(one) or _("with %(anniversary)s") % {"anniversary": spans.span(one)}
    if not isinstance(one, Since):
        return spans.span(one)
    if isinstance(one.what, str):
        known = said.moments.get(one.what)
        return _("since %(moment)s") % {"moment": known} if known else _("since “%(moment)s”") % {"moment": one.what}
    inner, noun = one.what, said.noun(one.what.table)
    if inner.measure.name == "max":
        label, _answer = said.column(inner.table, inner.measure.column)
        after = _("after the latest “%(label)s” %(of_things)s") % {"label": label, "of_things": noun.of_many}
    elif inner.pick != "any" and not (inner.where or inner.having):  # the last of the first one is the first
        return _words(str(noun.after_first if inner.pick == "first" else noun.after), span(inner.within, said))
    else:
        after = str(noun.after_first if inner.measure.name == "first" else noun.after)
    return rows(inner, said, after)


def about(amount: Amount, said: Said) -> tuple[str, str, str]:
    """Say which of the rows alone counts, when, and under which conditions."""
    only = {"last": _("(only the last)"), "first": _("(only the first)")}.get(amount.pick, "")
    conditions = _conditions(amount, said)
    return _words(_of_same(amount, said), only), span(amount.within, said), f"({conditions})" if conditions else ""


def _of_same(amount: Amount, said: Said) -> str:
    return f"({said.same.get(amount.table) or _('only about what began it')})" if amount.same else ""


def _conditions(amount: Amount, said: Said) -> str:
    return both([*_rows(amount.table, amount.where, said), *(_having(one, said) for one in amount.having)])


def _rows(table: str, where: Iterable[Cond], said: Said) -> Sequence[str]:
    return [checks.asked(*said.column(table, one.column), one.check) for one in where]


def _having(one: With, said: Said) -> str:
    noun = said.noun(one.table)
    rows = both(_rows(one.table, one.where, said))
    counted = _counted(noun, one.check) or f"{noun.many}: {checks.tell(COUNT, one.check)}"
    return _("in it %(count)s") % {"count": _words(counted, f"({rows})" if rows else "")}


def _words(*parts: str) -> str:
    return " ".join(part for part in parts if part)
