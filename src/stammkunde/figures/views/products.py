"""Products: what sells, what earns, who buys it, and what brings customers back."""

from contextlib import suppress
from dataclasses import replace
from typing import Any

from django.core.exceptions import BadRequest
from django.http import HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from stammkunde.figures import bar, plots
from stammkunde.figures.queries import overview
from stammkunde.figures.queries import products as queries
from stammkunde.insight.errors import CannotAnswer
from stammkunde.sales.models import Product
from stammkunde.segments import selection, slices
from stammkunde.signals import answers, margins
from stammkunde.signals import queries as signals
from stammkunde.signals.models import Generation
from stammkunde.team import policy, taking
from stammkunde.team.access import StaffRequest, needs
from stammkunde.team.context import theme as theme_of
from stammkunde.ui import given, tables, writing


@require_safe
@needs(policy.FIGURES_VIEW)
def products(request: StaffRequest) -> HttpResponse:
    generation = signals.current()
    if generation is None:
        return render(request, "figures/products.html", {})
    question = _question(request.GET, generation=generation)
    listed = _listed(request, question)
    return render(
        request,
        "figures/products.html",
        {
            "question": question,
            "selection": question.selection,
            "bar": bar.bar(question.selection, kept=_kept(question)),
            "segments": overview.segments(generation, period=question.selection.period),
            "listed": listed,
            "columns": _columns(question, listed, generation=generation),
            "rows": [row | {"cells": _cells(row, listed)} for row in listed.rows],
            "best_by": queries.MEASURES[listed.best_by],
            "bringing_back": queries.bringing_back(),
            "more": min(question.limit + 4 * queries.ROWS, queries.MOST_ROWS),
            "query": request.GET.urlencode(),
        },
    )


def _question(said: QueryDict, *, generation: Generation) -> queries.Question:
    sort, limit = said.get("sort", ""), said.get("rows", "")
    return queries.Question(
        selection=selection.read(said, as_of_on=generation.as_of_on, usual_days=generation.activity_days),
        q=said.get("q", "").strip()[:100],
        category=said.get("category", ""),
        sort=sort if sort.removeprefix("-") in {*queries.MEASURES, "name"} else queries.USUAL_SORT,
        limit=min(given.whole(limit) or queries.ROWS, queries.MOST_ROWS),
    )


def _kept(question: queries.Question) -> dict[str, str]:
    """Give what stays in the address when the period changes."""
    usual = question.sort == queries.USUAL_SORT
    kept = {"q": question.q, "category": question.category, "sort": "" if usual else question.sort}
    return {name: value for name, value in kept.items() if value}


def _listed(request: StaffRequest, question: queries.Question) -> queries.Listed:
    with suppress(CannotAnswer, answers.NoMirror, answers.NoFacts):
        return queries.listed(question, sight=policy.sight(request.user))
    return queries.Listed(rows=[], total=0, categories=[], measures=[], best_by="revenue_cents", tops=[], flops=[])


def _columns(question: queries.Question, listed: queries.Listed, *, generation: Generation) -> list[dict[str, Any]]:
    """Describe the sortable columns: the one that sorts now turns round, the others begin with the highest."""
    name, descending = question.sort.removeprefix("-"), question.sort.startswith("-")
    return [
        {
            "name": measure,
            "label": queries.MEASURES[measure].label,
            "unit": queries.MEASURES[measure].unit,
            "about": margins.of_goods(generation) if measure == "margin_cents" else "",
            "sort": measure if measure == name and descending else f"-{measure}",
            "direction": ("descending" if descending else "ascending") if measure == name else "",
        }
        for measure in listed.measures
    ]


def _cells(row: dict[str, Any], listed: queries.Listed) -> list[dict[str, Any]]:
    """Give a row's cells; a share of few buyers is marked as weak."""
    return [
        {
            "value": row[name],
            "label": queries.MEASURES[name].label,
            "unit": queries.MEASURES[name].unit,
            "is_weak": name == "repurchase_share" and row["buyers"] < queries.LEAST_BUYERS,
        }
        for name in listed.measures
    ]


@require_POST
@needs(policy.EXPORT)
@needs(policy.FIGURES_VIEW)
def export(request: StaffRequest) -> HttpResponseBase:
    """Take the list along, as it is filtered and sorted; it is a POST because it leaves a trace."""
    form, query = tables.chosen_format(request.POST), QueryDict(request.POST.get("query", ""))
    generation = signals.current()
    if generation is None:
        raise BadRequest("there are no figures yet")
    question = _question(query, generation=generation)
    everything = queries.Question(
        selection=question.selection, q=question.q, category=question.category, sort=question.sort, limit=10**7
    )
    listed = _listed(request, everything)
    columns = [tables.Column(label=_("Product number")), tables.Column(label=_("Product"))]
    columns += [tables.Column(label=_("Product group")), *_measures(listed, generation=generation)]
    told = {"thing": "products", "label": form, "query": query.urlencode()}
    taking.note(request, rows=len(listed.rows), now=timezone.now(), **told)
    rows = (
        (row["number"], row["name"], row["category"], *_values(row, listed, generation=generation))
        for row in listed.rows
    )
    return tables.answer(form=form, name=(_("products"), question.selection.period), columns=columns, rows=rows)


def _measures(listed: queries.Listed, *, generation: Generation) -> list[tables.Column]:
    """Give the columns of a file; where margins stand, their stage is in the heading, and what they contain beside."""
    found = [queries.MEASURES[name] for name in listed.measures]
    if "margin_cents" not in listed.measures:
        return found
    place = listed.measures.index("margin_cents")
    found[place] = replace(found[place], label=margins.heading(generation, str(found[place].label)))
    return [*found, tables.Column(label=_("What the contribution margin contains"))]


def _values(row: dict[str, Any], listed: queries.Listed, *, generation: Generation) -> list[Any]:
    stated = [margins.of_goods(generation)] if "margin_cents" in listed.measures else []
    return [*(row[name] for name in listed.measures), *stated]


@require_safe
@needs(policy.FIGURES_VIEW)
def product(request: StaffRequest, pk: int) -> HttpResponse:
    thing = get_object_or_404(Product, pk=pk)
    generation = signals.current()
    found = _described(pk) if generation else None
    sight = policy.sight(request.user)
    plot = queries.money(found, generation=generation, sight=sight) if found else None
    return render(
        request,
        "figures/product.html",
        {
            "product": thing,
            "found": found if found and found.row else None,
            **_interval(found),
            "generation": generation,
            "of_goods": margins.of_goods(generation),
            "has_margin": sight.margin and bool(found and found.row and found.row["margin_cents"] is not None),
            "shown": _shown(request, plot, pk=pk, generation=generation) if plot and generation else None,
            "groups": _groups(found),
            "customers": queries.best_customers(found) if found else [],
        },
    )


def _described(pk: int) -> answers.Product | None:
    with suppress(answers.NoMirror, answers.NoFacts):
        return answers.product(pk)
    return None


def _shown(request: StaffRequest, plot: plots.Plot, *, pk: int, generation: Generation) -> plots.Shown:
    query = {"product": str(pk), "of": f"{generation.pk}-{get_language()}"}
    return plots.shown(plot, query=query, theme=theme_of(request))


def _interval(found: answers.Product | None) -> dict[str, str]:
    """Write the interval of the comeback's difference in points."""
    if found is None or found.comeback is None:
        return {}
    back = found.comeback
    return {"low": writing.number(back.low * 100), "high": writing.number(back.high * 100)}


def _groups(found: answers.Product | None) -> list[dict[str, Any]]:
    """Word who buys a product, beside who buys at all; groups that tell nobody apart are left out."""
    return [
        {
            "label": slices.name(by),
            "shares": [{"label": slices.label(by, share.slice), "share": share} for share in shares[:8]],
        }
        for by, shares in (found.buyers if found else {}).items()
        if len(shares) > 1
    ]
