"""Taking the words of a step that earned more, where several were compared."""

from functools import partial

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from stammkunde.plays.measures import words
from stammkunde.plays.views import measures
from stammkunde.plays.views.keeping import found
from stammkunde.team import policy
from stammkunde.team.access import StaffRequest, needs


class WordsForm(forms.Form):
    step = forms.CharField(max_length=20)
    template = forms.IntegerField(min_value=1, max_value=2**53)


@require_POST
@needs(policy.MESSAGES_SEND)
def take(request: StaffRequest, pk: int) -> HttpResponse:
    """Let everybody who enters from now on get these words."""
    found(pk)
    form = WordsForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Say which words of which step."))
        return redirect("measure", pk)
    said = form.cleaned_data
    act = partial(words.take, step=said["step"], template_id=said["template"])
    try:
        return measures.do(request, pk, act, _("Taken: whoever enters from now on gets these words."))
    except words.ChangedBeside:
        messages.error(request, _("Somebody has begun another version. Start it, or take its changes back, first."))
        return redirect("measure", pk)
