"""At which stage a margin is counted, what that means in words, and what is missing for it."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any, cast

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stammkunde import mirror
from stammkunde.insight import margins as stages
from stammkunde.insight.money import Unallocated
from stammkunde.mirror.versions import starting
from stammkunde.signals import forecasts, spent
from stammkunde.signals.models import FigureSettings, Generation, HourlyCost
from stammkunde.signals.spent import Hourly, Rule
from stammkunde.store import changes
from stammkunde.tasks.models import TimeSettings
from stammkunde.team import queries as team
from stammkunde.team.models import Staff
from stammkunde.ui import writing

ROMAN = {"goods": "I", "delivery": "II", "service": "III"}
KEY = "margin"  # in a generation's checkpoint: how its margins are counted; in its forecast: what is missing


@dataclass(frozen=True, kw_only=True)
class Terms:
    """How margins are counted; `usual_minutes` and `hourly` are said only where time counts."""

    stage: str
    payment_percent: float
    usual_minutes: int = 0
    hourly: tuple[Hourly, ...] = ()

    @property
    def as_stage(self) -> stages.Stage:
        return cast("stages.Stage", self.stage)

    @property
    def counts_time(self) -> bool:
        return self.stage == FigureSettings.Margin.SERVICE

    @property
    def time(self) -> Rule:
        return Rule(usual_minutes=self.usual_minutes, hourly=self.hourly)

    @property
    def compared(self) -> "Terms":
        """Give what must be alike for margins to be compared: what an hour costs has its day, as goods do."""
        return replace(self, usual_minutes=0, hourly=())


def wanted() -> Terms:
    """Give what the company chose."""
    company = team.company()
    chosen = FigureSettings.of(company)
    terms = Terms(stage=chosen.margin_stage, payment_percent=chosen.payment_percent)
    if not terms.counts_time:
        return terms
    rows = HourlyCost.objects.order_by("role", "holds_from_on").values_list("role", "holds_from_on", "cents")
    hourly = tuple(Hourly(role=role, holds_from_on=on.isoformat(), cents=cents) for role, on, cents in rows)
    return replace(terms, usual_minutes=TimeSettings.of(company).minutes_per_contact, hourly=hourly)


def of(generation: Generation | None) -> Terms | None:
    """Give how a generation's margins are counted; None where it does not say."""
    told = generation.checkpoint.get(KEY) if generation else None
    return read(told) if told else None


def read(told: Mapping[str, Any]) -> Terms:
    """Read what `written` gave."""
    return Terms(**{**told, "hourly": tuple(Hourly(**one) for one in told.get("hourly", ()))})


def written(terms: Terms) -> dict[str, Any]:
    """Give the terms as plain values."""
    told: dict[str, Any] = {"stage": terms.stage, "payment_percent": terms.payment_percent}
    if terms.counts_time:
        told |= {"usual_minutes": terms.usual_minutes, "hourly": [asdict(one) for one in terms.hourly]}
    return told


def note(terms: Terms) -> dict[str, Any]:
    """Give what a generation keeps of it."""
    return {KEY: written(terms)}


def reads(terms: Terms, versions: Mapping[str, int]) -> dict[str, int]:
    """Keep, of the parts of the facts, those that figures rest on where margins are counted so."""
    time = {part for part in versions if changes.split(part)[0] in spent.TABLES} if terms.counts_time else set()
    return starting(versions) | {part: versions[part] for part in time}


def are_alike(former: Generation, now: Generation) -> bool:
    """Tell whether two generations count margins alike; early ones do not say how, and knew no shipping."""
    before, after = of(former), of(now)
    if before is not None and after is not None:
        return before.compared == after.compared
    return after == Terms(stage=FigureSettings.Margin.DELIVERY, payment_percent=0.0) and not (
        now.forecast.get(KEY) or {}
    ).get("shipping_known")


def gaps(tables: mirror.Tables, terms: Terms, *, as_of: date) -> dict[str, Any]:
    """
    Count what is known of shipping, and of time where it counts.

    Of shipping: orders, those whose shipping cost is known, and its sums in cents; of time see `spent.gaps`.
    """
    known = "FILTER (shipping_cost_cents IS NOT NULL)"
    took_place = tables.orders.filter("status <> 'cancelled'")
    ((orders, told, cost, paid),) = took_place.aggregate(
        f"count(*), count(shipping_cost_cents), coalesce(sum(shipping_cost_cents), 0)::BIGINT, "
        f"coalesce(sum(shipping_cents) {known}, 0)::BIGINT"
    ).fetchall()
    found = {"orders": orders, "shipping_known": told, "shipping_cost_cents": cost, "shipping_paid_cents": paid}
    return found | spent.gaps(tables, terms.time, as_of=as_of) if terms.counts_time else found


def definition(generation: Generation | None) -> str:
    """Say what a margin of this generation is, and what is missing for it."""
    terms = of(generation)
    if generation is None or terms is None:
        return ""
    if terms.stage == FigureSettings.Margin.GOODS:
        return _("Stage I: what was sold after discounts, less the cost of the goods. Returns are not taken off.")
    found: dict[str, Any] = generation.forecast.get(KEY) or {}
    if terms.counts_time:
        told = _(
            "Stage III: revenue after discounts and returns, less the cost of goods, shipping, payment and the time "
            "spent on customers."
        )
        return " ".join([told, *_time(found), _shipping(found), _payment(terms)])
    told = _("Stage II: revenue after discounts and returns, less the cost of goods, shipping and payment.")
    return " ".join([told, _shipping(found), _payment(terms)])


def stage_name(generation: Generation | None) -> str:
    """Give the numeral of the stage at which a generation counts margins; empty where it does not say."""
    terms = of(generation)
    return ROMAN[terms.stage] if terms else ""


def heading(generation: Generation | None, name: str) -> str:
    """Name a column of margins, with the stage at which they count."""
    stage = stage_name(generation)
    return _("%(name)s (stage %(stage)s)") % {"name": name, "stage": stage} if stage else name


def of_goods(generation: Generation | None) -> str:
    """Say what the margin of a product is: what is spent on orders and customers belongs to no product."""
    terms = of(generation)
    if terms is None:
        return ""
    if terms.stage == FigureSettings.Margin.GOODS:
        return definition(generation)
    told = _(
        "Stage %(stage)s, as far as it is known of products: revenue after discounts and returns, less the cost of "
        "goods and payment. Shipping and the time spent on customers belong to no product."
    )
    return " ".join([told % {"stage": ROMAN[terms.stage]}, _payment(terms)])


def of_figure(figure: Any, *, stage: str, left_out: Mapping[str, Unallocated]) -> dict[str, Any]:
    """Tell programs of a margin at which stage it counts, and what its slices leave out; nothing of other figures."""
    is_margin = figure.kpi.startswith("margin")
    found = left_out.get(figure.period) if is_margin else None
    return {
        "margin_stage": stage or None if is_margin else None,
        "unallocated_cents": found.cents if found else None,
    }


def left_out(found: Unallocated | None, *, by: str) -> str:
    """Say what margins by channel or by product group leave out; empty where they leave out nothing."""
    parts = {_("shipping"): found.shipping_cents, _("service and contact time"): found.service_cents} if found else {}
    told = ", ".join(f"{name} {writing.money(cents, places=0)}" for name, cents in parts.items() if cents)
    if not told:
        return ""
    if by == "channel":
        return _("Not allocated, because it belongs to no channel: %(costs)s, for all customers together.") % {
            "costs": told
        }
    return _("Not allocated, because it belongs to no product group: %(costs)s, for all customers together.") % {
        "costs": told
    }


def worth(generation: Generation | None) -> str:
    """Say in what value and what is at stake are counted: the margin as defined, or revenue where costs are unknown."""
    if forecasts.basis(generation) == "revenue":
        return _("Counted in revenue, because the cost is known for less than 95% of the turnover.")
    return definition(generation)


def _time(found: Mapping[str, Any]) -> Iterator[str]:
    """Say how much time counts, how much of it is taken as usual, and what of it does not count."""
    if found.get("minutes"):
        yield _("Tasks and contacts took %(hours)s hours, which cost %(cost)s.") % {
            "hours": _hours(found["minutes"]),
            "cost": writing.money(found["service_cost_cents"], places=0),
        }
    else:
        yield _("No time counts: none is known of a role whose hourly cost is set.")
    if found.get("assumed_minutes"):
        yield _("Of these, %(hours)s hours are taken as usual, because nobody said how long it took.") % {
            "hours": _hours(found["assumed_minutes"])
        }
    if found.get("uncosted_minutes"):
        yield _("%(hours)s hours do not count, because the hourly cost is not set: %(roles)s.") % {
            "hours": _hours(found["uncosted_minutes"]),
            "roles": ", ".join(role_label(role) for role in found["uncosted_roles"]),
        }
    if found.get("prospects_minutes"):
        yield _("%(hours)s hours went to people who have not bought anything yet, and are in nobody's margin.") % {
            "hours": _hours(found["prospects_minutes"])
        }
    if found.get("untimed_contacts"):
        yield ngettext(
            "%(n)s conversation of which nobody said how long it took does not count.",
            "%(n)s conversations of which nobody said how long they took do not count.",
            found["untimed_contacts"],
        ) % {"n": writing.number(found["untimed_contacts"])}


def role_label(role: str) -> str:
    """Say what people call a role; an empty one is that of whoever is not known."""
    return str(dict(Staff.Role.choices).get(role, role)) if role else _("person not known")


def _hours(minutes: int) -> str:
    return writing.number(minutes / 60, places=1 if minutes < 600 else 0)


def _shipping(found: Mapping[str, Any]) -> str:
    if not found.get("shipping_known"):
        return _("What shipping cost is not known of any order, and does not count.")
    told = _("Shipping cost is known of %(share)s of the orders: %(cost)s, of which customers paid %(paid)s.")
    return told % {
        "share": writing.percent(found["shipping_known"] / found["orders"], places=0),
        "cost": writing.money(found["shipping_cost_cents"], places=0),
        "paid": writing.money(found["shipping_paid_cents"], places=0),
    }


def _payment(terms: Terms) -> str:
    if not terms.payment_percent:
        return _("No cost of payment is set.")
    return _("Payment counts with %(percent)s%% of what is sold.") % {
        "percent": writing.number(terms.payment_percent, places=2)
    }
