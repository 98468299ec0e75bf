"""
What a list page knows of the person who looks at it: her rights, the views that she saved, what she takes along.

`ui.lists` makes the page and knows nobody. A list of an app is a `StaffList`: GET shows it, and POST to the same
address takes it along (`format`), saves what is filtered as a view (`view`), or removes one (`forget`).
"""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from stammkunde.team import policy, saved_views, taking
from stammkunde.team.access import StaffRequest
from stammkunde.team.models import SavedView
from stammkunde.ui import given, tables
from stammkunde.ui.lists import ListPage


class StaffList(ListPage):
    """A list page for staff. `name` is what its saved views and its exports are kept under."""

    request: StaffRequest
    name = ""
    keeps_views = False
    exported = "export"  # what the audit trail calls it when somebody takes the list along
    template = "team/list.html"

    def may(self, right: str) -> bool:
        return not right or policy.may(self.request.user, right)

    @property
    def may_export(self) -> bool:
        return bool(self.file_name) and self.may(policy.EXPORT)

    @cached_property
    def views(self) -> QuerySet[SavedView]:
        if not self.keeps_views:
            return SavedView.objects.none()
        return saved_views.of_page(self.name, staff=self.request.user).select_related("staff")

    def answer(self) -> HttpResponseBase:
        """Show the page, or do what was posted to it."""
        if self.request.method in {"GET", "HEAD"}:
            return super().answer()
        if self.request.method == "POST":
            if "format" in self.request.POST and self.file_name:
                return self._take_along()
            if "view" in self.request.POST and self.keeps_views:
                return self._save_view()
            if "forget" in self.request.POST and self.keeps_views:
                return self._forget_view()
        return HttpResponseNotAllowed(["GET", "HEAD"])

    def _take_along(self) -> HttpResponseBase:
        """Give the list as a file; it is a POST because it leaves a trace."""
        form = tables.chosen_format(self.request.POST)
        if not self.may_export:
            raise PermissionDenied(policy.EXPORT)
        told = {"thing": self.name, "label": form, "query": self.query, "action": self.exported}
        taking.note(self.request, rows=self.total(), now=timezone.now(), **told)
        return self.file(form=form)

    def _save_view(self) -> HttpResponse:
        name = self.request.POST["view"].strip()[:80]
        if not name:
            messages.error(self.request, _("“Name” is empty. Give the view a name to find it by."))
            return redirect(self.address())
        shared = bool(self.request.POST.get("shared"))
        saved_views.save(page=self.name, name=name, query=self.query[:2000], shared=shared, staff=self.request.user)
        messages.success(self.request, _("View “%(name)s” saved.") % {"name": name})
        return redirect(self.address())

    def _forget_view(self) -> HttpResponse:
        key = self.request.POST["forget"]
        try:
            saved_views.remove(view_id=given.row(key), staff=self.request.user)
        except saved_views.NotYours as problem:
            told = _("“%(name)s” belongs to somebody else; only they can remove it.")
            messages.error(self.request, told % {"name": problem})
        return redirect(self.address())
