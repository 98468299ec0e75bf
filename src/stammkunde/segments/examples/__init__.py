"""
Groups of customers to begin with, by occasion: nobody begins with an empty builder.

Where a group needs a choice of one's own (which product group?), its rule has a hole, and the builder asks for it.
"""

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from stammkunde.segments.examples import buying, reaching
from stammkunde.segments.examples.example import Example

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

__all__ = ["EXAMPLES", "OCCASIONS", "Example", "find", "grouped"]

EXAMPLES: tuple[Example, ...] = (*buying.EXAMPLES, *reaching.EXAMPLES)
OCCASIONS: "dict[str, _StrPromise]" = {
    buying.BEST: _("The best"),
    buying.AFTER: _("After the purchase"),
    buying.SILENT: _("They fall silent"),
    buying.WHAT: _("What they buy"),
    reaching.CARE: _("Who looks after them"),
    reaching.REACH: _("How they are reached"),
    reaching.DAYS: _("Days to remember"),
}


def find(key: str) -> Example | None:
    """Find an example by its key."""
    return next((one for one in EXAMPLES if one.key == key), None)


def grouped() -> list[tuple[str, list[Example]]]:
    """Give the examples by occasion."""
    return [(str(name), [one for one in EXAMPLES if one.occasion == key]) for key, name in OCCASIONS.items()]
