"""What the address of the list of customers asks for: whom, in which order, and how that is said."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from stammkunde.customers.models import Customer
from stammkunde.segments import behind, missed, queries, slices
from stammkunde.segments.behind import Behind
from stammkunde.segments.models import Segment
from stammkunde.signals import answers, exports, forecasts, levels, standing
from stammkunde.signals import queries as signals
from stammkunde.signals.answers.silence import LONGEST_MONTHS
from stammkunde.signals.models import CustomerSignal, FigureSettings, Generation
from stammkunde.signals.suggestions import months_before
from stammkunde.team import queries as team
from stammkunde.team.access import StaffRequest
from stammkunde.team.lists import StaffList
from stammkunde.team.models import Staff
from stammkunde.ui import given, writing
from stammkunde.ui.forms import DayField
from stammkunde.ui.lists import Page
from stammkunde.ui.tables import Column

ATTRIBUTE = "attr:"  # a filter by an attribute is `attr:NAME=VALUE`
LONGEST_SLIDER = 36


class Asked(StaffList):
    """The list of customers, as an address asks for it."""

    title = gettext_lazy("Customers")
    name = "customers"
    file_name = gettext_lazy("customers")
    exported = "customers.exported"
    keeps_views = True
    template = "segments/customers.html"
    rows_template = "segments/customers_rows.html"
    ignored = frozenset({*StaffList.ignored, "view"})

    def __init__(self, request: StaffRequest, query: QueryDict | None = None) -> None:
        super().__init__(request, query)
        self.get = {name: str(value) for name, value in self.query_dict.items()}
        self.generation: Generation | None = signals.current()
        self.sight = forecasts.sight(self.request.user, self.generation)
        self.sorts = queries.sorts(self.sight)
        self.months = self._months()
        self.behind = Behind.read(self.get, generation=self.generation, sight=self.sight)

    @property
    def path(self) -> str:
        return reverse("customers")

    @cached_property
    def order(self) -> str:
        wanted = self.get.get("sort", "")
        usual = "value" if self.sight.figures and self.generation else "name"
        return wanted if wanted in self.sorts else usual

    def _months(self) -> int | None:
        return given.whole(self.get.get("months", ""), least=1, most=LONGEST_MONTHS)

    @property
    def silent_before_on(self) -> date | None:
        return months_before(self.generation.as_of_on, self.months) if self.months and self.generation else None

    @cached_property
    def filters(self) -> queries.Filters:
        abc = self.get.get("abc", "")
        return queries.Filters(
            q=self.get.get("q", "").strip()[:100],
            stage=_one_of(self.get.get("stage", ""), CustomerSignal.Stage.values),
            level=_one_of(self.get.get("level", ""), CustomerSignal.Level.values),
            abc=_one_of(abc, ("A", "B", "C")) if self.sight.figures else "",
            owner=self._owner(),
            kind=_one_of(self.get.get("kind", ""), Customer.Kind.values),
            multiplier=_one_of(self.get.get("multiplier", ""), ("yes",)),
            texts=tuple((name, self.get[name]) for name in self.text_filters if self.get.get(name)),
            attributes=tuple(
                (name.removeprefix(ATTRIBUTE), value)
                for name, value in self.get.items()
                if name.startswith(ATTRIBUTE) and value
            ),
            silent_before_on=self.silent_before_on,
            ids=self._behind_ids(),
            group=str(self.group.pk) if self.group else "",
            group_on=self.group_on,
        )

    @cached_property
    def group(self) -> Segment | None:
        """Find the group of customers that an address names, for whoever may see such groups."""
        wanted = given.row(self.get.get("group", "")) if self.sight.figures else 0
        return Segment.objects.filter(pk=wanted).exclude(name="").first() if wanted else None

    @property
    def group_on(self) -> date | None:
        chosen = DayField(required=False)
        try:
            return chosen.clean(self.get.get("group_on", "")) if self.group else None
        except ValidationError:
            return None

    def _owner(self) -> str:
        wanted = self.get.get("owner", "")
        if wanted == "mine":
            return str(self.request.user.pk)
        return wanted if wanted == "nobody" or given.row(wanted) else ""

    def _behind_ids(self) -> tuple[int, ...] | None:
        if self.behind is None:
            return None
        try:
            return self.behind.ids()
        except behind.CannotTell:
            text = _("Who stands behind this figure cannot be told: there are no facts for it.")
            messages.warning(self.request, text)
            return ()

    @property
    def has_more(self) -> bool:
        """Say whether a filter is set that is folded away."""
        return any(
            value and (name in {"kind", "multiplier", "group", *self.text_filters} or name.startswith(ATTRIBUTE))
            for name, value in self.get.items()
        )

    @property
    def behind_fields(self) -> list[tuple[str, str]]:
        """Give what the form carries along, so that a search stays within those behind the figure."""
        return [(name, self.get[name]) for name in behind.FIELDS if self.get.get(name)]

    @property
    def text_filters(self) -> list[str]:
        """Name the fields of customers to filter by; where an address names a figure, a segment is that of it."""
        return [name for name in queries.TEXT_FILTERS if not (self.get.get("behind") and name in behind.FIELDS)]

    @property
    def behind_text(self) -> str:
        """Say which customers stand behind the figure; empty where none is named."""
        return self.behind.text if self.behind else ""

    @cached_property
    def chips(self) -> list[tuple[str, str]]:
        return list(self._chips())

    @property
    def is_filtered(self) -> bool:
        return bool(self.chips)

    def read(self, *, after: str = "", before: str = "") -> Page:
        return queries.page(self.filters, generation=self.generation, sort=self.order, after=after, before=before)

    def total(self) -> int:
        return queries.total(self.filters, generation=self.generation)

    def every(self) -> Iterator[list[queries.Row]]:
        return queries.every(self.filters, generation=self.generation, sort=self.order)

    def file_columns(self) -> list[Column]:
        of_lost = missed.columns(self.lost.told(self.lost.bought), sight=self.sight) if self.lost else []
        return [*exports.customer_columns(self.request.user), *of_lost]

    def told(self, rows: list[queries.Row]) -> list[dict[str, Any]]:
        lost = self.lost.told([row.customer.pk for row in rows]) if self.lost else {}
        return [
            {
                "row": row,
                "why": standing.stage(row.signal),
                "lost": lost[row.customer.pk].text(sight=self.sight) if row.customer.pk in lost else "",
                "rank": self._rank(row.signal),
            }
            for row in rows
        ]

    @cached_property
    def lost(self) -> missed.Losses | None:
        return missed.of(self.behind)

    @property
    def is_ranked(self) -> bool:
        """Say whether the best come first: by margin (or what classes go by), or by revenue."""
        return self.order in {"value", "turnover"}

    def _rank(self, signal: CustomerSignal | None) -> int | None:
        column, _descending = queries.SORTS[self.order]
        return getattr(signal, column, None) if self.is_ranked else None

    def more(self) -> dict[str, Any]:
        return {
            "count_text": _count(self.page.count),
            "missed": self.lost.summary() if self.lost else None,
            "generation": self.generation,
            "basis": forecasts.basis(self.generation),
            "sorts": [(name, label) for name, label in _sort_names() if name in self.sorts],
            "sight": self.sight,
            "groups": list(Segment.objects.filter(archived_at=None).exclude(name="")) if self.sight.figures else [],
            "nobody_yet": not self.rows and not Customer.objects.exists(),
            **self.choices(),
        }

    def choices(self) -> dict[str, Any]:
        found = queries.choices()
        return {
            "stages": CustomerSignal.Stage.choices,
            "levels": forecasts.levels(self.generation),
            "tested": levels.sentences(self.generation) if self.sight.worth else [],
            "kinds": Customer.Kind.choices,
            "texts": [
                {"name": name, "label": label, "values": found.texts[name], "value": self.get.get(name, "")}
                for name, label in _text_names()
                if found.texts[name] and name in self.text_filters
            ],
            "attributes": [
                {
                    "name": f"{ATTRIBUTE}{name}",
                    "label": name,
                    "values": values,
                    "value": self.get.get(f"{ATTRIBUTE}{name}"),
                }
                for name, values in found.attributes.items()
            ],
            "staff": list(Staff.objects.filter(is_active=True)),
            **self.silence(),
        }

    def silence(self) -> dict[str, Any]:
        """Tell of every number of months what those without purchase brought before, and more of the chosen (R-W6)."""
        longest = max(LONGEST_SLIDER, self.months or 0, FigureSettings.of(team.company()).no_purchase_months)
        found = self._silence()
        return {
            "longest_months": min(longest, LONGEST_MONTHS),
            "silences": [(one.months, _silence_text(one)) for one in found],
            "silence": found[self.months - 1] if self.months and found else None,
        }

    def _silence(self) -> list[answers.Silence]:
        if not self.generation or not self.sight.figures:
            return []
        try:
            return answers.silence()
        except (answers.NoFacts, answers.NoMirror):
            return []

    def _chips(self) -> Iterator[tuple[str, str]]:
        """Give every filter that is set, as (label, the address without it)."""
        names = {
            "q": _("“{}”"),
            "stage": "{}",
            "abc": _("Class {}"),
            "level": _("Risk: {}"),
            "kind": "{}",
            "multiplier": _("Multipliers"),
            "owner": "{}",
            "months": _("no purchase for {}"),
            **{name: f"{slices.name(name)}: {{}}" for name in self.text_filters},
        }
        for name, value in self.get.items():
            is_filter = name in names or name.startswith(ATTRIBUTE)
            if not value or not is_filter or (name == "abc" and not self.sight.figures):
                continue
            label = names.get(name, "{}").format(self._label(name, value))
            yield label, self.address(**{name: None})
        if self.group:
            yield self._group_text(self.group), self.address(group=None, group_on=None)
        if self.behind_text:
            yield self.behind_text, self.address(**dict.fromkeys(behind.FIELDS))

    def _group_text(self, group: Segment) -> str:
        if self.group_on is None:
            return _("Group: %(name)s") % {"name": group.name}
        return _("Group: %(name)s, as of %(day)s") % {"name": group.name, "day": writing.day(self.group_on)}

    def _label(self, name: str, value: str) -> str:
        labels = {
            "stage": dict(CustomerSignal.Stage.choices),
            "level": dict(CustomerSignal.Level.choices),
            "kind": slices.KINDS,
        }
        if name == "owner":
            return self._owner_label(value)
        if name.startswith(ATTRIBUTE):
            return f"{name.removeprefix(ATTRIBUTE)}: {value}"
        if name == "months":
            number = given.whole(value)
            return value if number is None else _months(number)
        return str(labels.get(name, {}).get(value, value))

    def _owner_label(self, value: str) -> str:
        if value in {"mine", "nobody"}:
            return _("My customers") if value == "mine" else _("Without a responsible")
        staff = Staff.objects.filter(pk=given.row(value)).first()
        return str(staff or value)


def _months(number: int) -> str:
    return ngettext("%(n)s month", "%(n)s months", number) % {"n": writing.number(number)}


def _silence_text(one: answers.Silence) -> str:
    """Say for how long nobody bought, and what they brought before, of which year."""
    text = _("%(months)s · %(euro)s in the twelve months until %(day)s")
    euro, day = writing.money(one.cents, places=0), writing.day(one.since_on)
    return text % {"months": _months(one.months), "euro": euro, "day": day}


def _one_of(value: str, known: Any) -> str:
    return value if value in known else ""


def _count(count: int | None) -> str:
    if count is None:
        return ""
    return ngettext("%(n)s customer", "%(n)s customers", count) % {"n": writing.number(count)}


def _sort_names() -> list[tuple[str, str]]:
    return [
        ("value", _("Most valuable first")),
        ("turnover", _("Most revenue first")),
        ("at_risk", _("Most at stake first")),
        ("risk", _("Highest risk first")),
        ("expected", _("Highest expected value first")),
        ("revenue", _("Revenue of the last 12 months")),
        ("overdue", _("Longest overdue first")),
        ("silent", _("Longest without purchase")),
        ("last", _("Latest purchase first")),
        ("name", _("Name")),
    ]


def _text_names() -> list[tuple[str, str]]:
    return [
        ("segment", _("Segment")),
        ("industry", _("Industry")),
        ("country", _("Country")),
        ("region", _("Region")),
    ]
