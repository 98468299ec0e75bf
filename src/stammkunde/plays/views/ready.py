"""The catalogue of ready-made plays: what each does, in words, and whether it can run here."""

from collections.abc import Iterator
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from stammkunde.outreach import wording as outreach
from stammkunde.plays import files
from stammkunde.plays.files import PlayFile, nineteen, possible, worded
from stammkunde.plays.files.parts import OTHER, said
from stammkunde.plays.measure_forms import new_press
from stammkunde.team import policy
from stammkunde.team.access import StaffRequest, needs


@require_safe
@needs(policy.MESSAGES_SEND)
def listed(request: StaffRequest) -> HttpResponse:
    """Show all of them."""
    return render(request, "plays/ready.html", {"parts": list(_parts())})


@require_safe
@needs(policy.MESSAGES_SEND)
def one(request: StaffRequest, key: str) -> HttpResponse:
    """Show one with its cards, and the words that come along."""
    file = _found(key)
    cards, lines = worded.cards(file, _language())
    return render(
        request,
        "plays/ready_one.html",
        {**_shown(file), "cards": cards, "lines": lines, "templates": list(_templates(file)), "press": new_press()},
    )


def _parts() -> "Iterator[dict[str, Any]]":
    """Give those of each of the nineteen measures, then those besides."""
    by_number = {number: [one for one in files.ready() if one.measure == number] for number in (*nineteen.NAMES, None)}
    for number, some in by_number.items():
        yield {"number": number, "name": nineteen.NAMES.get(number or 0), "ready": [_shown(one) for one in some]}


def _shown(file: PlayFile) -> dict[str, Any]:
    return {"file": file, "words": file.words_in(_language()), "lacking": possible.lacking(file)}


def _templates(file: PlayFile) -> "list[dict[str, Any]]":
    """Give the words that come along, in the language of the page."""
    language = _language()
    return [
        {
            "name": said(one.name, language),
            "channel": outreach.channel(one.channel),
            "texts": [text for style, text in one.texts.items() if style[0] == language] or list(one.texts.values()),
        }
        for one in file.templates.values()
    ]


def _found(key: str) -> PlayFile:
    file = files.find(key)
    if file is None:
        raise Http404
    return file


def _language() -> str:
    return get_language() or OTHER
