"""A group of customers from their numbers: pasted, from a file, or ticked in the list of customers."""

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from stammkunde.customers.models import Customer
from stammkunde.segments import converting
from stammkunde.segments.models import Segment
from stammkunde.segments.views import builder
from stammkunde.team import policy
from stammkunde.team.access import StaffRequest, needs
from stammkunde.ui import given, writing
from stammkunde.ui.bodies import takes

BODY_BYTES = 1024 * 1024
MOST_TOLD = 5


class NumbersForm(forms.Form):
    """Numbers of customers, pasted or in a file of text."""

    numbers = forms.CharField(
        label=gettext_lazy("Customer numbers"),
        help_text=gettext_lazy("One a line, or separated by commas, semicolons or blanks."),
        widget=forms.Textarea(attrs={"rows": 8}),
        required=False,
        max_length=100_000,
    )
    file = forms.FileField(
        label=gettext_lazy("or a file"),
        help_text=gettext_lazy("A text or CSV file; of several columns, the first holds the number."),
        required=False,
    )

    def wanted(self) -> list[str]:
        """Read the numbers, each once, in their order."""
        file = self.cleaned_data["file"]
        text = file.read(BODY_BYTES).decode("utf-8-sig", errors="replace") if file else ""
        return converting.numbers(self.cleaned_data["numbers"], of_file=text)


@takes(BODY_BYTES)
@require_http_methods(["GET", "HEAD", "POST"])
@needs(policy.SEGMENTS_EDIT)
def page(request: StaffRequest) -> HttpResponse:
    form = NumbersForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        wanted = form.wanted()
        found = converting.known_numbers(wanted)
        strange = [one for one in wanted if one not in found]
        if not found:
            form.add_error("numbers", _("No customer has one of these numbers."))
        elif len(found) > converting.MOST:
            form.add_error("numbers", _too_many(len(found)))
        else:
            _tell_strange(request, strange)
            rule = converting.of_numbers([one for one in wanted if one in found])
            return builder.begin(request, rule, origin=Segment.Origin.FILE)
    return render(request, "segments/numbers.html", {"form": form}, status=400 if form.errors else 200)


@require_POST
@needs(policy.SEGMENTS_EDIT)
def selected(request: StaffRequest) -> HttpResponse:
    """Begin a group with those who are ticked in the list of customers."""
    ids = [pk for text in request.POST.getlist("customer") if (pk := given.row(text))][: converting.MOST]
    numbers = list(Customer.objects.filter(pk__in=ids).values_list("number", flat=True))
    if not numbers:
        messages.error(request, _("No customer is selected. Tick the boxes in front of the names first."))
        return redirect("customers")
    if n := converting.others(ids, numbers):
        text = ngettext(
            "%(n)s other customer has one of these numbers, and is in the group, too.",
            "%(n)s other customers have one of these numbers, and are in the group, too.",
            n,
        )
        messages.warning(request, text % {"n": writing.number(n)})
    return builder.begin(request, converting.of_numbers(numbers), origin=Segment.Origin.LIST)


def _too_many(count: int) -> str:
    text = _("%(n)s customers are too many for a list of numbers: at most %(most)s. Say by a rule what they share.")
    return text % {"n": writing.number(count), "most": writing.number(converting.MOST)}


def _tell_strange(request: StaffRequest, strange: list[str]) -> None:
    if strange:
        n = len(strange)
        text = ngettext("%(n)s number is no customer's: %(some)s", "%(n)s numbers are no customer's: %(some)s", n)
        shown = ", ".join(strange[:MOST_TOLD]) + (" …" if n > MOST_TOLD else "")
        messages.warning(request, text % {"n": writing.number(n), "some": shown})
