"""The ideal customer: the portrait of the best, the rule, and lists of prospects scored by it."""

import secrets
import shutil
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.cache import cache
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from stammkunde.figures import plots, prospects
from stammkunde.figures.proposal import proposal
from stammkunde.figures.queries import findings
from stammkunde.insight.profile import Profile, Rule
from stammkunde.intake.formats import FileNotUsable
from stammkunde.intake.uploads import streamed
from stammkunde.segments import traits
from stammkunde.signals import answers
from stammkunde.signals import queries as signals
from stammkunde.signals.models import Generation
from stammkunde.team import policy, taking
from stammkunde.team.access import StaffRequest, needs
from stammkunde.team.context import theme as theme_of
from stammkunde.ui import tables, writing

KEPT_SECONDS = 3600  # a scored list, until it is taken along
SHOWN_ROWS = 20
MOST_TOLD = 10


@require_safe
@needs(policy.FIGURES_VIEW)
def ideal(request: StaffRequest) -> HttpResponse:
    """Show at once what is known; what is still to be worked out comes after the page, so that nobody waits for it."""
    generation = signals.current()
    if generation is None:
        return render(request, "figures/ideal.html", {})
    is_part = request.htmx and not request.htmx.boosted
    ready = is_part or "now" in request.GET or _is_known()
    context = {"generation": generation, "ready": ready, **(_found(request, generation) if ready else {})}
    return render(request, "figures/ideal_found.html" if is_part else "figures/ideal.html", context)


def _is_known() -> bool:
    with suppress(answers.NoMirror, answers.NoFacts):
        return answers.are_known("profile")
    return True


def _profile() -> Profile | answers.TooLittle:
    try:
        return answers.profile()
    except (answers.NoMirror, answers.NoFacts):
        return answers.TooLittle(code="no_facts")


def _found(request: StaffRequest, generation: Generation) -> dict[str, Any]:
    found = _profile()
    if isinstance(found, answers.TooLittle):
        return {"too_little": found}
    clear = findings.of_best(found, found.clear)
    plot = findings.best_plot()
    query = {"of": f"{generation.pk}-{get_language()}"}
    return {
        "found": found,
        "more": [row for row in clear if row.finding.ratio > 1],
        "fewer": [row for row in clear if row.finding.ratio < 1],
        "hints": findings.of_best(found, found.hints) if found.is_few else [],
        "proposal": proposal(found),
        "shown": plot and plots.shown(plot, query=query, theme=theme_of(request)),
        **_rules(found),
        "quality": _quality(found),
        "best_address": f"{reverse('customers')}?behind=ideal",
        "most_rows": prospects.MOST_ROWS,
        "limit": settings.UPLOAD_LIMIT_BYTES // 1024**2,
        "scored": _scored(request),
    }


def _rules(found: Profile) -> dict[str, Any]:
    """Tell of the rule, and of the one for lists that say what is asked for."""
    rules = prospects.rules(found)
    known = _points(rules[-1]) if rules else []
    wide = _points(found.wide) if found.wide else []
    return {
        "rules": rules,
        "points": [group for group in known if group["column"] not in prospects.ASKED_FOR],
        "asked_for": [group for group in wide if group["column"] in prospects.ASKED_FOR],
        "wide_right": writing.number(100 * found.wide.quality.auc) if found.wide else "",
    }


def _points(rule: Rule) -> list[dict[str, Any]]:
    """Group the rule's points by column, most points first; a column that tells nobody apart is left out."""
    names = prospects.product_names(rule)
    groups: dict[str, list[Any]] = {}
    for one in rule.points:
        groups.setdefault(one.column, []).append(one)
    telling = {name: found for name, found in groups.items() if max(abs(one.points) for one in found) >= 1}
    return [
        {
            "column": name,
            "name": prospects.column_name(name),
            "rows": [
                {
                    "value": names[one.value][1] if one.value in names else traits.point_value(name, one.value),
                    "points": one.points,
                    "customers": one.customers,
                }
                for one in sorted(found, key=lambda one: -one.points)
            ],
        }
        for name, found in telling.items()
    ]


def _quality(found: Profile) -> dict[str, str]:
    """Word how good the rule is, or would be."""
    rules = prospects.rules(found)
    quality = rules[-1].quality if rules else found.refusal.quality if found.refusal else None
    if quality is None:
        return {}
    return {
        "right": writing.number(100 * quality.auc),
        "error": writing.number(max(1.96 * 100 * quality.auc_error, 1)),
        "top": writing.percent(quality.top_precision, places=0),
        "base": writing.percent(quality.left / quality.customers, places=0),
    }


def _scored(request: StaffRequest) -> dict[str, Any] | None:
    """Show the beginning of the list that this person had scored a moment ago."""
    key = request.GET.get("scored", "")
    found = cache.get(_key(request, key)) if key else None
    if found is None:
        return None
    name, scored = found
    return {
        "key": key,
        "name": name,
        "list": scored,
        "rows": [
            {"row": row, "cells": row.cells[:3], "why": traits.reasons_text(row.reasons)}
            for row in scored.rows[:SHOWN_ROWS]
        ],
        "header": scored.header[:3],
        "right": writing.number(100 * scored.right),
        "used": [(heading, prospects.column_name(column)) for heading, column in scored.used],
        "missing": [prospects.column_name(column) for column in scored.missing],
        "refused": scored.refused[:MOST_TOLD],
        "unknown_kinds": scored.unknown_kinds[:MOST_TOLD],
    }


def _key(request: StaffRequest, key: str) -> str:
    return f"prospects:{request.user.pk}:{key[:40]}"


@streamed
@require_POST
@needs(policy.EXPORT)
@needs(policy.FIGURES_VIEW)
def score(request: StaffRequest) -> HttpResponse:
    """Score an uploaded list, and keep the outcome for an hour for whoever brought it."""
    upload, found = request.FILES.get("file"), _profile()
    to = reverse("ideal-customer")
    if upload is None:
        messages.error(request, _("Choose a file first."))
    elif isinstance(found, Profile) and prospects.rules(found):
        with tempfile.TemporaryDirectory(prefix="prospects-", dir=_folder()) as folder:
            problem, scored = _try(upload, rules=prospects.rules(found), folder=Path(folder))
        if problem:
            messages.error(request, problem)
        else:
            key = secrets.token_urlsafe(12)
            cache.set(_key(request, key), (upload.name, scored), KEPT_SECONDS)
            to = f"{to}?scored={key}#scored"
    return redirect(to)


def _folder() -> Path:
    folder = Path(settings.UPLOAD_DIR)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def _try(upload: Any, *, rules: Sequence[Rule], folder: Path) -> tuple[str, prospects.Scored | None]:
    """Score the list, or say in a sentence why not."""
    if upload.refusal:
        limit = writing.number(settings.UPLOAD_LIMIT_BYTES // 1024**2)
        return _("“%(name)s” is larger than the %(limit)s MB that are taken. Split the file.") % {
            "name": upload.name,
            "limit": limit,
        }, None
    try:
        path = shutil.copy(upload.path, folder / "file")
        return "", prospects.scored(Path(path), rules=rules, work_dir=folder / "work")
    except (FileNotUsable, prospects.TooMany, prospects.NoColumn) as refusal:
        return prospects.refusal_text(refusal), None


@require_POST
@needs(policy.EXPORT)
@needs(policy.FIGURES_VIEW)
def take(request: StaffRequest) -> HttpResponseBase:
    """Take a scored list along; it is a POST because it leaves a trace."""
    form, key = tables.chosen_format(request.POST), request.POST.get("scored", "")
    found = cache.get(_key(request, key))
    if found is None:
        messages.error(request, _("The scored list is no longer kept. Upload it again."))
        return redirect("ideal-customer")
    taking.note(request, thing="prospects", label=form, rows=len(found[1].rows), now=timezone.now())
    columns, rows = prospects.columns(found[1]), prospects.lines(found[1])
    return tables.answer(form=form, name=_("prospects-scored"), columns=columns, rows=rows)
