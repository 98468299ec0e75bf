"""A page that lists rows, from a declaration."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django_htmx.middleware import HtmxDetails

from stammkunde.ui import tables
from stammkunde.ui.forms import Search
from stammkunde.ui.lists import paging
from stammkunde.ui.tables import Column

Text = str | Promise
PLACES = ("after", "before")


@dataclass(frozen=True, kw_only=True)
class Empty:
    """What stands where there are no rows: what will be here and how it gets here, or the way out of a choice."""

    title: Text
    text: Text
    url: Text = ""
    label: Text = ""
    icon_name: str = "table"


@dataclass(frozen=True, kw_only=True)
class Head:
    """The head of a column: where it leads, if the list can be sorted by it."""

    column: Column
    address: str = ""
    direction: str = ""  # ascending or descending, of the column that sorts now


@dataclass(frozen=True, kw_only=True)
class Cell:
    column: Column
    value: Any


class ListPage:
    """
    A page that lists rows: say which in `find`, and what is shown of them in `columns`; the rest has defaults.

    Everything that is asked for stands in the address: the fields of `search`, `sort` (the key of a column, with a
    minus the highest first) and the place. What cannot be read does not filter.
    """

    title: Text = ""
    lead: Text = ""
    columns: Sequence[Column] = ()
    taken: Sequence[Column] = ()  # the columns of its files, where they are others
    search: type[Search] | None = None
    sort = ""  # as long as nobody asks for another one; empty: the newest first
    size = 50
    link = ""  # the name of a row's own page
    file_name: Text = ""  # with one, the list can be taken along
    template = "ui/list.html"
    rows_template = ""  # what htmx gets instead of the page, where only the rows change
    empty: Empty = Empty(title=_("Nothing here yet"), text=_("As soon as there is something, it stands here."))
    no_match: Empty = Empty(
        title=_("Nothing here"), text=_("Nothing fits this choice."), url="?", label=_("Show everything")
    )
    ignored: ClassVar[frozenset[str]] = frozenset(PLACES)  # what of an address does not stay when something changes

    def __init__(self, request: HttpRequest, query: QueryDict | None = None) -> None:
        self.request = request
        self.query_dict = request.GET if query is None else query

    @property
    def is_piece(self) -> bool:
        """Say whether htmx asks, and wants the rows alone."""
        htmx: HtmxDetails | None = getattr(self.request, "htmx", None)
        return bool(self.rows_template and htmx and not htmx.boosted)

    # What a list says of itself

    def find(self, chosen: dict[str, Any]) -> QuerySet[Any]:
        """Give the rows that fit what was chosen."""
        raise NotImplementedError

    def told(self, rows: list[Any]) -> Iterable[Any]:
        """Prepare the rows of one page for its template."""
        return rows

    def more(self) -> dict[str, Any]:
        """Give what else the template needs."""
        return {}

    def may(self, right: str) -> bool:
        """Say whether whoever looks at it has a right; this page knows nobody."""
        return not right

    # What follows from it

    @cached_property
    def form(self) -> Search | None:
        return self.search(self.query_dict) if self.search else None

    @cached_property
    def chosen(self) -> dict[str, Any]:
        return self.form.chosen() if self.form else {}

    @property
    def is_filtered(self) -> bool:
        return bool(self.chosen)

    @cached_property
    def seen(self) -> list[Column]:
        return tables.seen(self.columns, may=self.may)

    @cached_property
    def order(self) -> str:
        """Give what sorts: the key of a column that somebody may see, perhaps with a minus."""
        wanted = self.query_dict.get("sort", "")
        return wanted if self._sorts(wanted) else self.sort

    def _sorts(self, order: str) -> Column | None:
        key = order.removeprefix("-")
        return next((column for column in self.seen if column.sort and column.key == key), None)

    def stretches(self) -> Sequence[paging.Stretch]:
        rows, column = self.find(self.chosen), self._sorts(self.order)
        if column is None:
            return [paging.Stretch(rows=rows, key_descends=True)]
        return paging.sorted_by(rows, column=column.sort, descending=self.order.startswith("-"))

    @cached_property
    def page(self) -> paging.Page:
        try:
            return self.read(**{name: self.query_dict.get(name, "") for name in PLACES})
        except paging.NoPlace:
            return self.read()

    def read(self, *, after: str = "", before: str = "") -> paging.Page:
        """
        Read one page: from the start, after a place, or before one.

        :raises NoPlace: if what is given is none
        """
        return paging.one_page(self.stretches(), after=after, before=before, size=self.size)

    @cached_property
    def rows(self) -> list[Any]:
        return list(self.told(self.page.rows))

    @property
    def heads(self) -> list[Head]:
        return [self._head(column) for column in self.seen]

    def _head(self, column: Column) -> Head:
        if not column.sort:
            return Head(column=column)
        if self.order.removeprefix("-") != column.key:
            first = f"-{column.key}" if column.begins_high else column.key
            return Head(column=column, address=self.address(sort=first))
        descends = self.order.startswith("-")
        turned = column.key if descends else f"-{column.key}"
        return Head(
            column=column, address=self.address(sort=turned), direction="descending" if descends else "ascending"
        )

    def cells(self, row: Any) -> list[Cell]:
        return [Cell(column=column, value=column.value(row)) for column in self.seen]

    def row_address(self, row: Any) -> str:
        return reverse(self.link, args=[row.pk]) if self.link else ""

    @property
    def nothing(self) -> Empty:
        return self.no_match if self.is_filtered else self.empty

    @property
    def pager(self) -> dict[str, str]:
        page = self.page
        return {
            "first": self.address() if page.before else "",
            "previous": self.address(before=page.before) if page.before else "",
            "next": self.address(after=page.after) if page.after else "",
        }

    @property
    def path(self) -> str:
        """Give the address of the list without anything asked for."""
        return self.request.path

    @property
    def query(self) -> str:
        """Give what is asked for, without the place in the list."""
        return self.address().partition("?")[2]

    def address(self, **changes: Any) -> str:
        """Lead to the same list with something changed; None takes away. A change leads to the start."""
        query = QueryDict(mutable=True)
        for name in self.query_dict:
            if (value := self.query_dict[name]) and name not in {*self.ignored, *changes}:
                query[name] = str(value)
        for name, value in changes.items():
            if value not in (None, ""):
                query[name] = str(value)
        return f"{self.path}?{query.urlencode()}" if query else self.path

    # What it answers

    def answer(self) -> HttpResponseBase:
        """Show the page; for htmx, the rows alone."""
        template = self.rows_template if self.is_piece else self.template
        response: HttpResponse = render(self.request, template, {"listing": self, "rows": self.rows, **self.more()})
        if self.is_piece:
            response.headers["HX-Push-Url"] = self.address(**{name: self.query_dict.get(name) for name in PLACES})
        return response

    def file(self, *, form: str) -> HttpResponseBase:
        """Give the whole list as a file, as it is filtered and sorted."""
        columns = self.file_columns()
        rows = tables.cells(columns, chain.from_iterable(self.every()))
        return tables.answer(form=form, name=(self.file_name, timezone.localdate()), columns=columns, rows=rows)

    def file_columns(self) -> list[Column]:
        """Give the columns of the files that somebody may see."""
        return tables.seen(self.taken or self.columns, may=self.may)

    def total(self) -> int:
        """Count all rows."""
        return sum(stretch.rows.count() for stretch in self.stretches())

    def every(self) -> Iterable[list[Any]]:
        """Give all rows in pieces."""
        return paging.every(self.stretches())
