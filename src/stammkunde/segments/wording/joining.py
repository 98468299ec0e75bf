"""How several things are strung together in a sentence."""

from collections.abc import Sequence

from django.utils.translation import gettext as _


def any_of(some: Sequence[str]) -> str:
    """Say that one of them is enough: “A, B or C”."""
    return _strung(some, last=_("%(others)s or %(last)s"))


def none_of(some: Sequence[str]) -> str:
    """Say that it is none of them: “not A”, “neither A nor B nor C”."""
    if len(some) == 1:
        return _("not %(value)s") % {"value": some[0]}
    return _("neither %(values)s") % {"values": _(" nor ").join(some)}


def both(some: Sequence[str]) -> str:
    """Say that all of it holds: “A and B and C”."""
    return _(" and ").join(some)


def either(some: Sequence[str]) -> str:
    """Say that at least one of it holds: “A or B or C”."""
    return _(" or ").join(some)


def _strung(some: Sequence[str], *, last: str) -> str:
    *others, end = some
    return last % {"others": ", ".join(others), "last": end} if others else end
