"""
Signing up on the company's website: a page of its own, and a form without script to put into any page.

Other sites post here, so there is no token against forged requests; nothing is done with anybody's session. Whatever
is sent in, the answer is the same, so that nobody learns whether an address is known.
"""

from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings as django_settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_http_methods

from stammkunde.customers import queries, services, visitors, wording
from stammkunde.customers.models import SignUp
from stammkunde.portal.signing_up import TRAP, SignUpForm, SignUpSettings, language_of
from stammkunde.team import access, attempts, policy, public
from stammkunde.team import queries as team
from stammkunde.team.access import StaffRequest, needs
from stammkunde.team.settings_page import SettingsPage
from stammkunde.ui import given
from stammkunde.ui.links import absolute

LONGEST_PLACE, LONGEST_PAGE = 60, 200


@public.by_anybody
def page(request: HttpRequest) -> HttpResponse:
    now = queries.sign_up()
    if now is None or not now.is_open:
        return _say(request, "portal/signup_closed.html", {}, status=404)
    if request.method == "POST":
        shown = queries.sign_up_version(given.row(request.POST.get("version", "")))
        if shown:  # else nobody can tell which words it was about
            return _take(request, shown)
    return _show(request, now, None)


@public.by_anybody
def sent(request: HttpRequest) -> HttpResponse:
    return _say(request, "portal/signup_sent.html", {})


def _take(request: HttpRequest, version: SignUp) -> HttpResponse:
    now, where = timezone.now(), access.address(request)
    if attempts.SIGN_UPS.must_wait(address=where, now=now) or services.too_many_sign_ups(now=now):
        return _say(request, "portal/signup_closed.html", {"must_wait": True}, status=429)
    attempts.SIGN_UPS.count(label="", address=where, now=now)
    language = language_of(version, request.POST.get("language", ""))
    with translation.override(language):
        form = SignUpForm(request.POST, version=version, language=language)
        is_valid = form.is_valid()
    if not is_valid:
        return _show(request, version, form)
    if not request.POST.get(TRAP):
        services.sign_up(form.person, version=version, language=language, proof=_proof(request), now=now)
    return redirect(f"{reverse('portal-signup-sent')}?{urlencode({'language': language})}")


def _proof(request: HttpRequest) -> dict[str, str]:
    """Give what proves where somebody signed up: the page, without what stands behind its address, and the place."""
    came = urlsplit(request.headers.get("Referer") or request.headers.get("Origin") or "")
    page = f"{came.scheme}://{came.hostname}{came.path}"[:LONGEST_PAGE] if came.hostname else ""
    said = {"page": page, "place": request.POST.get("place", "").strip()[:LONGEST_PLACE]}
    return visitors.proof(request) | {name: text for name, text in said.items() if text}


def _show(request: HttpRequest, version: SignUp, form: SignUpForm | None) -> HttpResponse:
    language = language_of(version, request.POST.get("language") or request.GET.get("language", ""))
    with translation.override(language):
        form = form or SignUpForm(None, version=version, language=language)
        place = (request.POST.get("place") or request.GET.get("place", ""))[:LONGEST_PLACE]
        shown = _form(version, language, form) | {"place": place}
        return public.show(request, "portal/signup.html", shown, status=422 if form.errors else 200)


def _form(version: SignUp, language: str, form: SignUpForm) -> dict[str, Any]:
    return {"version": version, "language": language, "words": version.words[language], "form": form, "trap": TRAP}


def _say(request: HttpRequest, template: str, context: dict[str, object], *, status: int = 200) -> HttpResponse:
    with public.speaking(request):
        return public.show(request, template, context, status=status)


class SignUpPage(SettingsPage):
    name = "settings-signup"
    title = gettext_lazy("Sign-up form")
    lead = gettext_lazy(
        "Visitors of your website sign up for news and offers. Only the click in the mail makes it consent, and the "
        "words that were shown are kept as proof."
    )
    template = "portal/settings_signup.html"

    def answer(self) -> HttpResponse:
        """Show what the form says, or let it say what was posted, as a version of its own."""
        form = SignUpSettings.over(team.company(), self.request.POST or None)
        if self.request.method == "POST" and form.is_valid():
            services.publish_sign_up(**form.facts, staff=self.request.user, now=timezone.now())
            messages.success(self.request, str(self.saved))
            return redirect(self.name)
        shown = {"page": self, "forms": [form], **self.more()}
        return render(self.request, self.template, shown, status=400 if form.errors else 200)

    def more(self) -> dict[str, Any]:
        now = queries.sign_up()
        if now is None:
            return {}
        with translation.override("de"):
            shown = _form(now, "de", SignUpForm(None, version=now, language="de"))
            preview = shown | {"form": render_to_string("portal/signup_form.html", shown)}
        return {
            "now": now,
            "preview": preview,
            "public_url": django_settings.PUBLIC_URL,
            "snippets": [(code, _snippet(now, code)) for code in now.words] if django_settings.PUBLIC_URL else [],
            "versions": [_version(one) for one in queries.sign_up_versions()],
        }


def _snippet(version: SignUp, language: str) -> str:
    """Write the form to be put into a page of the website: no script, nothing loaded from elsewhere."""
    with translation.override(language):
        shown = _form(version, language, SignUpForm(None, version=version, language=language))
        shown |= {"action": absolute(reverse("portal-signup")), "company": team.company()}
        return render_to_string("portal/signup_snippet.html", shown).strip()


def _version(one: SignUp) -> dict[str, Any]:
    return {
        "one": one,
        "purposes": ", ".join(wording.purpose_name(purpose) for purpose in one.purposes),
        "texts": [words["consent"] for words in one.words.values()],
        "state": _("open") if one.is_open else pgettext("of a form", "closed"),
    }


@needs(policy.SETTINGS_EDIT)
@require_http_methods(["GET", "POST"])
def settings(request: StaffRequest) -> HttpResponse:
    return SignUpPage(request).answer()
