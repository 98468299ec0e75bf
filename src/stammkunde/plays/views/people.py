"""Who is in a measure, where each stands, and why."""

from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from stammkunde.plays import contents
from stammkunde.plays.measures import reading, wording
from stammkunde.plays.models import Enrolment, Play
from stammkunde.plays.views.keeping import found
from stammkunde.team import policy
from stammkunde.team.access import StaffRequest, needs
from stammkunde.team.lists import StaffList
from stammkunde.ui.lists import Empty, Stretch
from stammkunde.ui.tables import Column


class People(StaffList):
    """Who is in a measure, where each stands, and why."""

    columns = (
        Column(label=gettext_lazy("Customer")),
        Column(label=gettext_lazy("Since")),
        Column(label=gettext_lazy("Group")),
        Column(label=gettext_lazy("State")),
    )
    template = "plays/measure_people.html"
    name = "measure-people"
    file_name = gettext_lazy("measure")
    empty = no_match = Empty(
        icon_name="customers", title=gettext_lazy("Nobody here"), text=gettext_lazy("No customer fits.")
    )

    def __init__(self, request: StaffRequest, play: Play) -> None:
        super().__init__(request)
        self.play = play
        self.title = _("Who is in it")

    @cached_property
    def chosen(self) -> dict[str, Any]:
        given = {name: self.request.GET.get(name, "") for name in self._known}
        return {name: value for name, value in given.items() if value and value in self._known[name]}

    @cached_property
    def _known(self) -> dict[str, dict[str, str]]:
        """Give what one may ask for, each with what it is called."""
        states = {str(code): str(label) for code, label in Enrolment.State.choices}
        return {
            "state": states | {reading.ON_THE_WAY: wording.ended("")},
            "arm": {code: str(label) for code, label in wording.ARMS.items()},
            "code": {code: str(label) for code, label in wording.ENDS.items()},
            "step": self._texts_of_all,
        }

    @property
    def of_whom(self) -> str:
        """Name those who were asked for."""
        return " · ".join(self._known[name][value] for name, value in self.chosen.items())

    def find(self, chosen: dict[str, Any]) -> QuerySet[Enrolment]:
        return reading.people(self.play, **chosen)

    def file_columns(self) -> list[Column]:
        """Give the columns of its files: who, since when, in which group, where she stands and why."""
        return [
            Column(label=_("Number"), read=lambda row: row.customer.number),
            Column(label=_("Customer"), read=lambda row: row.customer.name),
            Column(label=_("Since"), unit="moment", read=lambda row: row.entered_at),
            Column(label=_("Group"), read=lambda row: str(wording.ARMS.get(row.arm, ""))),
            Column(label=_("State"), read=self._stands),
        ]

    def _stands(self, row: Enrolment) -> str:
        return wording.stands(row, self._texts[row.version_id or 0])

    def stretches(self) -> list[Stretch]:
        return [Stretch(rows=self.find(self.chosen))]

    @cached_property
    def _texts(self) -> dict[int, dict[str, str]]:
        read = {one.pk: contents.read(one.content) for one in self.play.versions.all()}
        called = wording.names(read.values())
        return {pk: wording.all_steps(content, called) for pk, content in read.items()}

    @cached_property
    def _texts_of_all(self) -> dict[str, str]:
        return {key: text for texts in self._texts.values() for key, text in texts.items()}

    def told(self, rows: list[Enrolment]) -> list[dict[str, Any]]:
        return [
            {
                "enrolment": one,
                "arm": wording.ARMS.get(one.arm, "–"),
                "text": self._stands(one),
            }
            for one in rows
        ]


@require_http_methods(["GET", "HEAD", "POST"])
@needs(policy.MESSAGES_SEND)
def listed(request: StaffRequest, pk: int) -> HttpResponseBase:
    return People(request, found(pk)).answer()
