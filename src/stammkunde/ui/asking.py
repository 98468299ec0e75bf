"""Who asks for a page, as far as parts of pages need to know."""

from typing import Any, Protocol

from django.http import QueryDict


class Asker(Protocol):
    """A request of somebody who is signed in (`team.access.StaffRequest`); who that is, pages of `ui` do not know."""

    @property
    def GET(self) -> QueryDict: ...  # noqa: N802 (so it is called)
    @property
    def user(self) -> Any: ...
