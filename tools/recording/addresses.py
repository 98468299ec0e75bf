"""The URL map, and which right each view asks for."""

from collections.abc import Iterator
from typing import Any

from django.urls import URLPattern, get_resolver


def patterns(resolver: Any = None, before: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Give every pattern with the whole address before it."""
    for entry in (resolver or get_resolver()).url_patterns:
        whole = before + str(entry.pattern)
        if isinstance(entry, URLPattern):
            yield whole, entry
        else:
            yield from patterns(entry, whole)


def text() -> str:
    lines = [
        f"/{whole}  {entry.name}  {','.join(_methods(entry.callback))}  {right(entry.callback)}"
        for whole, entry in patterns()
    ]
    return "".join(f"{line}\n" for line in sorted(lines))


def right(view: Any) -> str:
    """Say who may: a right, whoever is signed in, or everybody."""
    if getattr(view, "login_required", True) is False:
        return "public"
    return getattr(view, "right", "silent")


def is_asked_by_get(view: Any) -> bool:
    return bool({"any", "GET"} & set(_methods(view)))


def _methods(view: Any) -> list[str]:
    """Read what `require_http_methods` keeps to itself."""
    while view is not None:
        code = getattr(view, "__code__", None)
        held = dict(zip(code.co_freevars, view.__closure__ or (), strict=True)) if code else {}
        if "request_method_list" in held:
            return sorted(held["request_method_list"].cell_contents)
        view = getattr(view, "__wrapped__", None)
    return ["any"]
