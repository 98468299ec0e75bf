"""
Measures of which a customer is in one at a time, called by a code that is the same in every language.

What ready-made ones say has a code; a name that somebody gave is its own. Large and small letters make no other name.
"""

from functools import cache

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

NAMES = {"win-back": _("Win-back"), "next-purchase": _("Next purchase")}


def code(said: str) -> str:
    """Give the code of what somebody calls them, in whichever language."""
    plain = " ".join(said.split())
    return _known().get(plain.casefold(), plain)


def named(one: str) -> str:
    """Say a code in the language at hand."""
    return str(NAMES.get(one, one))


def key(said: str) -> str:
    """Give what is equal for all that are in the same set; empty: none."""
    return code(said).casefold()


@cache
def _known() -> dict[str, str]:
    found = {one: one for one in NAMES}
    for language, _name in settings.LANGUAGES:
        with override(language):
            found |= {str(name).casefold(): one for one, name in NAMES.items()}
    return found
