"""What programs are told of customers and of groups of them."""

from stammkunde.segments.api.customers import router
from stammkunde.segments.api.groups import router as groups
from stammkunde.segments.api.words import router as words

__all__ = ["groups", "router", "words"]
