"""Every page: the strict policy, nothing inline, the language, the appearance, the error pages."""

import re
from pathlib import Path

import pytest
from django import forms
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import BadRequest, PermissionDenied
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.urls import path

from stammkunde.ui.forms import DayField
from tests.pages import folded

PACKAGE = Path(__file__).parents[2] / "src" / "stammkunde"
MAILS = set(PACKAGE.glob("*/templates/*/mail/*.html"))  # mail programs know no style sheets
TEMPLATES = sorted(set(PACKAGE.glob("*/templates/**/*.html")) - MAILS)
INLINE = re.compile(
    r"""<script(?![^>]*\bsrc=)[^>]*>|\sstyle\s*=|\son(click|change|load|submit|error|input)\s*=|javascript:"""
)
ELSEWHERE = re.compile(r"""(src|href)\s*=\s*["'](https?:)?//""")


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_template_has_nothing_inline_and_nothing_from_elsewhere(template):
    text = template.read_text(encoding="utf-8")

    assert INLINE.search(text) is None
    assert ELSEWHERE.search(text) is None


def test_style_sheets_load_nothing_from_elsewhere():
    for sheet in PACKAGE.glob("*/static/**/*.css"):
        assert "url(" not in sheet.read_text(encoding="utf-8"), sheet


def test_page_carries_the_strict_policy(client, db):
    policy = client.get("/sign-in/").headers["Content-Security-Policy"]

    assert "script-src 'self'" in policy
    assert "unsafe" not in policy


@pytest.mark.parametrize(
    "address", ["/sign-in/", "/", "/customers/", "/profile/", "/c/preferences/nonsense/", "/nowhere/"]
)
@pytest.mark.same_on_both("headers know no database")
def test_page_is_kept_by_nobody_and_may_use_nothing_of_the_device(client, administrator, address):
    if address != "/sign-in/":
        client.force_login(administrator)

    told = client.get(address).headers

    assert "no-store" in told["Cache-Control"]
    assert {"camera=()", "geolocation=()", "microphone=()"} <= set(told["Permissions-Policy"].split(", "))
    assert (told["X-Content-Type-Options"], told["X-Frame-Options"]) == ("nosniff", "DENY")
    assert (told["Referrer-Policy"], told["Cross-Origin-Opener-Policy"]) == ("same-origin", "same-origin")


def _missing(request):
    raise BadRequest


def _refused(request):
    raise PermissionDenied


def _broken(request):
    raise RuntimeError("on purpose")


@pytest.fixture
def odd_pages(settings):
    from stammkunde import urls  # noqa: PLC0415

    extra = [path("odd/400/", _missing), path("odd/403/", _refused), path("odd/500/", _broken)]
    settings.ROOT_URLCONF = type("Urls", (), {"urlpatterns": [*extra, *urls.urlpatterns]})


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (400, "Diese Anfrage war nicht zu verstehen"),
        (403, "Dafür reicht Ihre Berechtigung nicht"),
        (404, "Diese Seite gibt es nicht"),
        (500, "Bei uns ist etwas schiefgegangen"),
    ],
)
def test_error_page_says_what_helps(client, administrator, odd_pages, status, words, caplog):
    client.force_login(administrator)
    client.raise_request_exception = False

    response = client.get(f"/odd/{status}/")

    assert response.status_code == status
    assert words in response.content.decode()
    assert "Zur Startseite" in response.content.decode()


def test_forged_request_is_told_in_our_words(db):
    from django.test import Client  # noqa: PLC0415

    response = Client(enforce_csrf_checks=True).post("/sign-in/", {"email": "a@example.org", "password": "x"})

    assert response.status_code == 403
    assert "Diese Seite war zu lange geöffnet" in response.content.decode()


def test_error_page_needs_nothing_of_a_request():
    assert "Zur Startseite" in render_to_string("500.html")


def test_parts_all_render(db):
    from tests.ui.gallery import gallery  # noqa: PLC0415

    request = RequestFactory().get("/gallery/")
    request.user = AnonymousUser()
    request._messages = type("Messages", (list,), {"add": lambda self, *args, **more: None})()

    html = gallery(request).content.decode()

    assert "Kundenbindungsrate" in html
    assert html.count('class="errorlist"') == 2


def test_form_is_written_with_our_markup_wherever_it_is_shown():
    class Ask(forms.Form):
        name = forms.CharField(label="Name", help_text="Wie auf der Rechnung.")
        on = DayField(label="Tag", required=False)

    written = folded(str(Ask({"name": ""})))

    assert '<div class="field"> <label for="id_name">Name</label>' in written
    assert '<p class="help" id="id_name_helptext">Wie auf der Rechnung.</p>' in written
    assert 'aria-invalid="true"' in written
    assert '<input type="date" name="on" id="id_on">' in written
