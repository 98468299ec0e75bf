"""Every part on one page; an address for tests only."""

from datetime import date
from pathlib import Path

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import path

from stammkunde.ui.icons import ICONS

TODAY = date(2011, 12, 9)
ROWS = [
    {"name": "Blumen Brandt GmbH", "letter": "A", "stage": "active", "text": "aktiv", "cents": 4211900, "on": TODAY}
    | {"level": "green", "level_text": "Grün"},
    {
        "name": "Hofladen Petersen",
        "letter": "B",
        "stage": "at_risk",
        "text": "gefährdet",
        "level": "red",
        "level_text": "Rot",
        "cents": 812300,
        "on": date(2011, 10, 2),
    },
    {
        "name": "Kim Ostermann",
        "letter": "C",
        "stage": "lost",
        "text": "verloren",
        "level": "amber",
        "level_text": "Gelb",
        "cents": -9900,
        "on": date(2009, 3, 1),
    },
    {"name": "Neue Liebe OHG", "letter": "", "stage": "new", "text": "Neukunde", "cents": None, "on": None},
]


class Example(forms.Form):
    name = forms.CharField(label="Firma", help_text="So steht sie auf Rechnungen.")
    days = forms.IntegerField(label="Aktivitätsfenster in Tagen", required=False)
    note = forms.CharField(label="Notiz", widget=forms.Textarea, required=False)
    agreed = forms.BooleanField(label="Einverstanden", required=False)


def gallery(request: HttpRequest) -> HttpResponse:
    messages.success(request, "Gespeichert.", extra_tags="undo:/")
    text = (Path(__file__).parent / "gallery.html").read_text(encoding="utf-8")
    form = Example({"name": "", "days": "x"})
    context = {"rows": ROWS, "today": TODAY, "form": form, "icons": sorted(ICONS)}
    context |= {"pager": {"first": "?", "previous": "?b", "next": "?n"}}
    return HttpResponse(engines["django"].from_string(text).render(context, request))


def urls() -> list:
    from stammkunde.urls import urlpatterns  # noqa: PLC0415

    return [path("gallery/", gallery, name="gallery"), *urlpatterns]
