"""
What fields are called in braces: kept as `{first_name}`, shown and typed in the language of the page, `{Vorname}`.

Both are understood, in every language that we speak, so that words that were copied from somewhere still work.
"""

import re
from collections.abc import Callable
from dataclasses import replace
from functools import cache

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from stammkunde.outreach import knowing
from stammkunde.outreach.content import Block

_FIELD = re.compile(r"\{([^\W\d_]\w*)((?:\|[^{}|]*)?)\}")


def shown(words: str) -> str:
    """Call the fields in words as the page does."""
    return _renamed(words, name)


def stored(words: str) -> str:
    """Call the fields in words as they are kept; what is no field stays as it was typed."""
    return _renamed(words, lambda typed: _kept().get(typed.lower(), typed))


def name(kept: str) -> str:
    """Give what the page calls a field."""
    field = knowing.fields().get(kept)
    return str(field.shown) or kept if field else kept


def picker() -> list[tuple[str, str]]:
    """Give every field as it stands in braces, and what it is."""
    return [(f"{{{name(one.name)}}}", str(one.words)) for one in knowing.fields().values()]


def example() -> str:
    """Show how words stand in for an empty field."""
    instead = _("dear customer")
    return f"{{{name('first_name')}|{instead}}}"


def in_block(block: Block, rename: Callable[[str], str]) -> Block:
    """Call the fields of a block otherwise."""
    return replace(
        block, text=rename(block.text), title=rename(block.title), label=rename(block.label), url=rename(block.url)
    )


def _renamed(words: str, rename: Callable[[str], str]) -> str:
    return _FIELD.sub(lambda found: f"{{{rename(found[1])}{found[2]}}}", words)


@cache
def _kept() -> dict[str, str]:
    """Give how fields are kept, by what any of our languages calls them."""
    found = {}
    for language, _label in settings.LANGUAGES:
        with translation.override(language):
            found.update({name(one).lower(): one for one in knowing.fields()})
    return found | {one: one for one in knowing.fields()}
