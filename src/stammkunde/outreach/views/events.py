"""
What mail servers and providers report: it arrived, it came back, somebody called it spam.

Whoever reports proves who he is by a secret. The same report twice changes nothing, and what nobody knows is taken and
forgotten, so that the other side does not try for ever.
"""

import json
from datetime import datetime
from typing import Any

from anymail.signals import tracking
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import Resolver404, resolve
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from stammkunde.outreach import queries, services, signing, texting
from stammkunde.outreach.channels.email import number_in
from stammkunde.ui.bodies import takes

FOR_GOOD = frozenset({"bounced", "invalid"})  # anymail's words for addresses that do not exist
LONGEST = 100_000


@takes(1 << 20)
@csrf_exempt
@login_not_required
@require_POST
def signed(request: HttpRequest) -> HttpResponse:
    """Take a report that is signed as in Standard Webhooks."""
    now = timezone.now()
    try:
        _verify(request, now=now)
        told = json.loads(request.body)
        number, kind = number_in(str(told["message_id"])), str(told["type"])
    except signing.BadSignature as problem:
        return JsonResponse({"error": str(problem)}, status=401)
    except (ValueError, KeyError, TypeError):
        return JsonResponse({"error": "expected {type, message_id, …} as in docs/operate/mail.md"}, status=400)
    answer, for_good = str(told.get("answer", "")), told.get("for_good") is True
    known = number is not None and services.note(number, kind, answer=answer, for_good=for_good, now=now)
    return JsonResponse({"known": known})


@takes(1 << 20)
@csrf_exempt
@login_not_required
@require_POST
def provider(request: HttpRequest, name: str) -> HttpResponse:
    """Let django-anymail read the report of the provider that is set."""
    is_ours = f"anymail.backends.{name.replace('-', '_')}.EmailBackend" == settings.EMAIL_BACKEND
    if not is_ours or not getattr(settings, "ANYMAIL", {}).get("WEBHOOK_SECRET"):
        raise Http404(name)
    try:
        view = resolve(f"/{name.replace('-', '_')}/tracking/", urlconf="anymail.urls")
    except Resolver404:
        raise Http404(name) from None
    answer: HttpResponse = view.func(request, *view.args, **view.kwargs)
    return answer


@takes(1 << 20)
@csrf_exempt
@login_not_required
@require_POST
def texted(request: HttpRequest) -> HttpResponse:
    """Take what the provider of text messages reports: receipts, and replies."""
    now, provider = timezone.now(), texting.get()
    if provider is None:
        raise Http404
    try:
        reported = list(provider.reported(request.headers, request.META["QUERY_STRING"], request.body, now=now))
    except signing.BadSignature as problem:
        return JsonResponse({"error": str(problem)}, status=401)
    except texting.NotUnderstood:
        return JsonResponse({"error": "expected what docs/operate/texting.md tells"}, status=400)
    known = [_texted(one, now=now) for one in reported]
    return HttpResponse(status=204) if provider.wants_nothing_back else JsonResponse({"known": any(known)})


def _texted(said: texting.Receipt | texting.Reply, *, now: datetime) -> bool:
    if isinstance(said, texting.Reply):
        return services.note_reply(number=said.number, text=said.text, now=now)
    return services.note_by_key(said.key, said.kind, answer=said.answer, for_good=said.for_good, now=now)


def _verify(request: HttpRequest, *, now: datetime) -> None:
    if not settings.EMAIL_EVENTS_SECRET:
        raise signing.BadSignature("STAMMKUNDE_EMAIL_EVENTS_SECRET is not set")
    if int(request.headers.get("Content-Length") or 0) > LONGEST:
        raise ValueError("too long")
    signing.verify(
        secret=settings.EMAIL_EVENTS_SECRET,
        message_id=request.headers.get("webhook-id", ""),
        timestamp=request.headers.get("webhook-timestamp", ""),
        signatures=request.headers.get("webhook-signature", ""),
        body=request.body,
        now=now,
    )


def _take(sender: Any, event: Any, esp_name: str, **_more: Any) -> None:  # noqa: ARG001 (the signal's words)
    message = queries.by_provider(provider_id=event.message_id or "", address=event.recipient or "")
    if message is not None:
        kind = "complained" if event.event_type == "unsubscribed" else event.event_type
        services.note(
            message.pk,
            kind,
            answer=str(event.mta_response or event.description or ""),
            for_good=event.reject_reason in FOR_GOOD,
            now=timezone.now(),
        )


tracking.connect(_take, dispatch_uid="outreach")
