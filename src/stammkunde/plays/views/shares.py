"""Links to share in social networks: made on a campaign's page, opened by anybody, counted without anybody's data."""

import re
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from stammkunde.outreach.models import MessageSettings
from stammkunde.plays import queries, services
from stammkunde.plays.models import Play, ShareLink
from stammkunde.plays.share_forms import ShareForm
from stammkunde.team import policy, public
from stammkunde.team import queries as team
from stammkunde.team.access import StaffRequest, needs
from stammkunde.ui.links import absolute

# Networks look at a link before they show it: that is no click.
PROGRAM = re.compile(
    r"bot|crawl|spider|preview|facebookexternalhit|whatsapp/|embedly|headless|curl|python", re.IGNORECASE
)
COMPOSERS = {  # where a network begins a post with a link: opened by a click, nothing of theirs is loaded here
    "facebook": "https://www.facebook.com/sharer/sharer.php?u={}",
    "linkedin": "https://www.linkedin.com/sharing/share-offsite/?url={}",
    "xing": "https://www.xing.com/spi/shares/new?url={}",
    "whatsapp": "https://wa.me/?text={}",
    "x": "https://x.com/intent/post?url={}",
}


@public.by_link("share")
def follow(request: HttpRequest, token: str) -> HttpResponse:
    link = queries.shared(token)
    if link is None or link.ended_at:  # no bad link: whoever opens one that was shared leaves nothing behind
        with public.speaking(request):
            return public.show(request, "plays/share_over.html", {}, status=410 if link else 404)
    if request.method == "GET" and not PROGRAM.search(request.headers.get("User-Agent", "")):
        services.count_click(link, on=timezone.localdate())
    return redirect(_marked(link))


def _marked(link: ShareLink) -> str:
    """Say in the address where somebody comes from, as shops' own statistics read it; what it says already stays."""
    parts = urlsplit(link.target)
    said = {name for name, _value in parse_qsl(parts.query, keep_blank_values=True)}
    ours = {"utm_source": link.network, "utm_medium": "social", "utm_campaign": slugify(link.play.name)}
    missing = urlencode({name: value for name, value in ours.items() if name not in said})
    return urlunsplit(parts._replace(query="&".join(part for part in (parts.query, missing) if part)))


@require_POST
@needs(policy.MESSAGES_SEND)
def share(request: StaffRequest, pk: int) -> HttpResponse:
    play = queries.play(pk)
    if play is None:
        raise Http404
    form = ShareForm(request.POST)
    if form.is_valid():
        services.share(play=play, **form.cleaned_data, staff=request.user, now=timezone.now())
        messages.success(request, _("The link is made: copy it into your post."))
    else:
        messages.error(request, _("Not made: choose a network, and give a whole address that begins with https://."))
    return redirect(f"{reverse('play', args=[pk])}#shares")


@require_POST
@needs(policy.MESSAGES_SEND)
def end(request: StaffRequest, pk: int) -> HttpResponse:
    link = ShareLink.objects.filter(pk=pk).first()
    if link is None:
        raise Http404
    services.end_share(link_id=pk, is_over="open" not in request.POST, staff=request.user, now=timezone.now())
    return redirect(f"{reverse('play', args=[link.play_id])}#shares")


def shown(play: Play) -> dict[str, Any]:
    """Give what a campaign's page shows of its links."""
    found = queries.shares(play, today=timezone.localdate())
    ours = MessageSettings.of(team.company())
    return {
        "links": [_link(one) for one in found],
        "clicks": sum(one.clicks for one in found),
        "form": ShareForm(initial={"target": ours.shop_url}),
        "public_url": settings.PUBLIC_URL,
    }


def _link(one: queries.Shared) -> dict[str, Any]:
    path = reverse("share-link", args=[one.link.code])
    url = absolute(path) if settings.PUBLIC_URL else ""
    composer = COMPOSERS.get(one.link.network, "") if url else ""
    return {"one": one, "url": url, "composer": composer.format(quote(url, safe=""))}
