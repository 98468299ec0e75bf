"""As of when the figures are, and whether they are being computed: shown on every page."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from stammkunde.signals import margins, queries, wording


def figures_state(request: HttpRequest) -> dict[str, object]:
    """Tell the pages how the figures are doing; asked only by pages that show it, and once a page."""
    return {"figures_state": SimpleLazyObject(lambda: state(request))}


def state(request: HttpRequest) -> dict[str, Any]:
    asked = vars(request)
    status: queries.RefreshStatus = asked.get("figures_status") or queries.status()
    asked["figures_status"] = status
    running, current = status.running, status.current
    return {
        "running": running,
        "done": running.done if running else 0,
        "total": running.total if running else 0,
        "share": status.share,
        "failed": wording.failure_text(status.failed.error) if status.failed else "",
        "stale": status.is_stale and current is not None,
        "as_of_on": current.as_of_on if current else None,
        "margin": margins.definition(current),
        "worth": margins.worth(current),
        "url": reverse("figures-state"),
    }
