"""Templates: the list, the editor with its preview, and what is done with a whole template."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from stammkunde.customers.models import Purpose
from stammkunde.outreach import (
    advice,
    channels,
    clarity,
    content,
    images,
    knowing,
    looks,
    naming,
    queries,
    services,
    wording,
)
from stammkunde.outreach.channels import email
from stammkunde.outreach.claims import Claim, Shop
from stammkunde.outreach.drafts import Draft
from stammkunde.outreach.forms import TemplateForm
from stammkunde.outreach.models import MessageSettings, Template
from stammkunde.outreach.views import pictures
from stammkunde.outreach.views.disguised import disguised
from stammkunde.outreach.views.preview import Meant, Style, show
from stammkunde.team import drafts, policy
from stammkunde.team import queries as team
from stammkunde.team.access import StaffRequest, needs
from stammkunde.ui import given, middleware
from stammkunde.ui.bodies import takes

SAVE_AS = "save-as"
LOOKS = 6  # of colleagues, the latest
STYLES: tuple[Style, ...] = (("de", "sie"), ("de", "du"), ("en", "sie"), ("en", "du"))


@dataclass(frozen=True, kw_only=True)
class Row:
    template: Template
    channel: str
    versions: list[str]
    light: str


@require_safe
@needs(policy.MESSAGES_SEND)
def listed(request: StaffRequest) -> HttpResponse:
    is_archived = request.GET.get("archive") == "1"
    shop = services.shop()
    kept = queries.templates(is_archived=is_archived)
    texts = (text for one in kept for text in services.words(one).values())
    empty = queries.empty(texts, today=timezone.localdate())
    rows = [_row(one, shop=shop, empty=empty) for one in kept]
    return render(request, "outreach/templates.html", {"rows": rows, "is_archived": is_archived})


@require_http_methods(["GET", "HEAD", "POST"])
@needs(policy.MESSAGES_SEND)
def add(request: StaffRequest) -> HttpResponse:
    form = TemplateForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.create_template(**form.said(), by=request.user, now=timezone.now())
        except services.NameTaken:
            form.add_error("name", _("Another template has this name."))
        else:
            return redirect("template", made.pk)
    return render(request, "outreach/template_form.html", {"form": form}, status=400 if form.errors else 200)


@require_POST
@needs(policy.MESSAGES_SEND)
def start(request: StaffRequest) -> HttpResponse:
    try:
        made = services.create_starters(language=get_language() or "de", by=request.user, now=timezone.now())
    except services.NameTaken:  # somebody pressed the button at the same moment
        made = []
    if made:
        messages.success(request, _("The templates are there. Look through them and make them yours."))
    else:
        messages.info(request, _("All of them are there already."))
    return redirect("templates")


@require_http_methods(["GET", "HEAD", "POST"])
@needs(policy.MESSAGES_SEND)
def change(request: StaffRequest, pk: int) -> HttpResponse:
    template = _found(pk)
    form = TemplateForm(request.POST or None, template=template)
    if request.method == "POST" and form.is_valid():
        try:
            services.change_template(template_id=pk, **form.said(), by=request.user, now=timezone.now())
        except services.NameTaken:
            form.add_error("name", _("Another template has this name."))
        except services.CountsAsAdvertising as refused:
            form.add_error("purpose", advice.refusal(refused.claims))
        else:
            messages.success(request, _("Saved."))
            return redirect("template", pk)
    status = 400 if form.errors else 200
    return render(request, "outreach/template_form.html", {"form": form, "template": template}, status=status)


@takes(images.BODY_BYTES)
@require_http_methods(["GET", "HEAD", "POST"])
@needs(policy.MESSAGES_SEND)
def edit(request: StaffRequest, pk: int) -> HttpResponse:
    """Show and change the words of one language and form of address. All but saving leaves the database alone."""
    template = _found(pk)
    kept = services.words(template)
    style = _style(request.GET.get("words", ""), kept)
    if request.method != "POST":
        return _editor(request, template, style, _begin(kept, style, is_html=template.options.get("made_of") == "html"))
    draft, act = Draft.read(request.POST), request.POST.get("act", "")
    if act == "take-away":
        services.take_words_away(template_id=pk, language=style[0], form=style[1], by=request.user, now=timezone.now())
        messages.success(request, _("This version is gone."))
        return redirect("template", pk)
    if act == "test":
        _test(request, template, draft, style)
    draft = pictures.bring(request, draft, act)
    if act == "save" or act.startswith(f"{SAVE_AS}-"):
        return _save(request, template, style, draft, purpose=act.removeprefix(f"{SAVE_AS}-"))
    return _editor(request, template, style, draft.act(act))


@require_safe
@needs(policy.MESSAGES_SEND)
def gaps(request: StaffRequest, pk: int) -> HttpResponse:
    """Tell for how many customers a field of a template has no value."""
    template = _found(pk)
    used: dict[str, bool] = {}
    for text in services.words(template).values():
        for name, has_fallback in content.fields(text).items():
            used[name] = used.get(name, True) and has_fallback
    found = queries.gaps(used, today=timezone.localdate())
    rows = [(one, knowing.fields()[one.field].words, used[one.field]) for one in found]
    page = "outreach/gaps_rows.html" if request.htmx else "outreach/gaps.html"
    return render(request, page, {"template": template, "rows": rows, "with_fields": bool(used)})


@require_POST
@needs(policy.MESSAGES_SEND)
def duplicate(request: StaffRequest, pk: int) -> HttpResponse:
    _found(pk)
    made = services.duplicate(template_id=pk, copy_of=_("%(name)s (%(n)s)"), by=request.user, now=timezone.now())
    messages.success(request, _("This is the copy."))
    return redirect("template", made.pk)


@require_POST
@needs(policy.MESSAGES_SEND)
def archive(request: StaffRequest, pk: int) -> HttpResponse:
    return _file(request, pk, services.archive, _("Put into the archive."), undo="template-take-out")


@require_POST
@needs(policy.MESSAGES_SEND)
def take_out(request: StaffRequest, pk: int) -> HttpResponse:
    return _file(request, pk, services.take_out, _("Taken out of the archive."), undo="template-archive")


def style_name(style: Style) -> str:
    """Word a language and form of address."""
    return {
        ("de", "sie"): _("German, formal"),
        ("de", "du"): _("German, familiar"),
        ("en", "sie"): _("English, formal"),
        ("en", "du"): _("English, familiar"),
    }.get(style, "-".join(style))


def _row(template: Template, *, shop: Shop, empty: list[clarity.Empty]) -> Row:
    texts = services.words(template)
    findings = [
        one
        for text in texts.values()
        for one in clarity.check(
            text,
            purpose=template.purpose,
            channel=template.channel,
            shop=shop,
            argued=services.argued(template),
            empty=empty,
            unknown=knowing.unknown(text),
        )
    ]
    return Row(
        template=template,
        channel=wording.channel(template.channel),
        versions=[style_name(style) for style in STYLES if style in texts],
        light=clarity.worst(findings) if texts else "",
    )


def _editor(
    request: StaffRequest,
    template: Template,
    style: Style,
    draft: Draft,
    problems: dict[str, str] | None = None,
    claims: Sequence[Claim] = (),
) -> HttpResponse:
    to = request.POST.get("customer") or request.GET.get("customer", "")
    recipient = queries.somebody(given.row(to), template=template, today=timezone.localdate())
    kept = services.words(template)
    drafts.is_draft(request, differs=draft.text != kept.get(style))
    shown = show(
        request,
        draft,
        style=style,
        meant=Meant(purpose=template.purpose, channel=template.channel, template=template, is_for_many=True),
        recipient=recipient,
    )
    about = {
        "template": template,
        "channel": wording.channel(template.channel),
        "style": "-".join(style),
        "versions": [("-".join(one), style_name(one), one in kept) for one in STYLES],
        "is_kept": style in kept,
        "has_changed": kept.get(style) != draft.text,
        "draft": draft.shown(),
        "is_sent": request.method == "POST",
        "problems": problems or {},
        "disguised": disguised(request, claims, verb=SAVE_AS),
        "rows": draft.shown().rows(problems or {}),
        "shown": shown,
        "pictures": queries.pictures(),
        "fields": naming.picker(),
        "example": naming.example(),
        "looks": looks.of_version(template, style)[:LOOKS],
        "words_digest": looks.digest(kept[style]) if style in kept else "",
        "colleagues": looks.colleagues(request.user),
        "test_to": request.user.email if template.channel == "email" else "",
    }
    parts = {"shown": "outreach/shown.html", "editor": "outreach/template_editor.html"}
    page = parts.get(request.htmx.target or "", "outreach/template.html")
    response = render(request, page, about, status=400 if problems or claims else 200)
    response.headers["Content-Security-Policy"] = middleware.WITH_FRAMES
    return response


def _save(request: StaffRequest, template: Template, style: Style, draft: Draft, *, purpose: str) -> HttpResponse:
    """Keep the words; with a purpose, which is theirs from now on."""
    problems = draft.problems()
    if problems:
        return _editor(request, template, style, draft, problems)
    try:
        _keep(request, template, style, draft, purpose=purpose)
    except services.CountsAsAdvertising as refused:
        return _editor(request, template, style, draft, claims=refused.claims)
    except services.PictureGone:
        return _editor(request, template, style, draft, {"blocks": _("A picture of it has been deleted meanwhile.")})
    messages.success(request, _("Saved."))
    to = request.POST.get("customer", "")
    return redirect(f"{reverse('template', args=[template.pk])}?words={'-'.join(style)}&customer={to}")


@transaction.atomic
def _keep(request: StaffRequest, template: Template, style: Style, draft: Draft, *, purpose: str) -> None:
    by, now = request.user, timezone.now()
    if purpose in (Purpose.ADVERTISING, Purpose.SURVEY):
        services.change_template(
            template_id=template.pk, name=template.name, channel=template.channel, purpose=purpose, by=by, now=now
        )
    services.put_words(
        template_id=template.pk,
        language=style[0],
        form=style[1],
        text=draft.text,
        by=by,
        now=now,
        because=request.POST.get("because", ""),
    )


def _test(request: StaffRequest, template: Template, draft: Draft, style: Style) -> None:
    """Send what is typed to whoever typed it, at once: what the server says is the answer."""
    found = services.disguised([draft.text], purpose=template.purpose, argued=services.argued(template))
    if found:
        messages.error(request, advice.refusal(found))
        return
    to = request.POST.get("customer", "")
    recipient = queries.somebody(given.row(to), template=template, today=timezone.localdate())
    if recipient is None or draft.problems():
        messages.error(request, _("First complete the words; then a test can be sent."))
        return
    written = services.write_to(
        recipient=recipient, style=style, text=draft.text, today=timezone.localdate(), options=template.options
    )
    if written.content is None:
        names = ", ".join(knowing.words(written.missing))
        messages.error(request, _("This customer lacks: %(names)s.") % {"names": names})
        return
    try:
        email.send_test(
            to=request.user.email,
            company=team.company(),
            language=written.language,
            said=written.content,
            purpose=template.purpose,
            basis=queries.basis(recipient, channel="email", purpose=template.purpose, today=timezone.localdate()),
            now=timezone.now(),
        )
    except email.NotSetUp as problem:
        messages.error(request, wording.reason({"code": str(problem)}))
    except (channels.TemporaryFailure, channels.PermanentFailure, channels.Unclear) as problem:
        messages.error(request, _("The mail server says: %(words)s") % {"words": problem})
    else:
        messages.success(request, _("A test is on its way to %(address)s.") % {"address": request.user.email})


def _style(asked: str, kept: dict[Style, content.Text]) -> Style:
    """Give the version that is asked for, or else the first that has words."""
    found = next((one for one in STYLES if "-".join(one) == asked), None)
    habit = (STYLES[0][0], MessageSettings.of(team.company()).default_form)
    return found or next((one for one in (habit, *STYLES) if one in kept), habit)


def _begin(kept: dict[Style, content.Text], style: Style, *, is_html: bool) -> Draft:
    """Begin with what is kept; a new version with the words of another one, ready to be translated."""
    draft = Draft.of(kept[style]) if style in kept else Draft.of(next(iter(kept.values()), _EMPTY))
    return draft.as_html() if is_html else draft


_EMPTY = content.Text(subject="", blocks=(content.Block(kind="text", text="{greeting},\n\n"),))


def _file(request: StaffRequest, pk: int, move: Callable[..., Template], done: str, *, undo: str) -> HttpResponse:
    _found(pk)
    move(template_id=pk, by=request.user, now=timezone.now())
    messages.success(request, done, extra_tags=f"undo:{reverse(undo, args=[pk])}")
    return redirect("templates")


def _found(pk: int) -> Template:
    template = queries.template(pk)
    if template is None:
        raise Http404(f"template {pk}")
    return template
