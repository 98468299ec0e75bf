"""What the five-second check says, in words: what was found, and the cure."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from stammkunde.outreach import naming
from stammkunde.outreach.claims import Claim
from stammkunde.outreach.clarity import Finding
from stammkunde.ui import writing

Words = str | Promise

# code → what was found ({n} is its number), and what to do about it
SAID: dict[str, tuple[Words, Words]] = {
    "subject": (gettext_lazy("The subject is short enough ({n} characters)."), ""),
    "subject_missing": (
        gettext_lazy("There is no subject."),
        gettext_lazy("Say in up to 50 characters what it is about."),
    ),
    "subject_long": (
        gettext_lazy("The subject has {n} characters."),
        gettext_lazy("Phones show about 50: put what matters first and leave out the rest."),
    ),
    "preview": (gettext_lazy("The preview text fits into the inbox."), ""),
    "preview_missing": (
        gettext_lazy("There is no preview text."),
        gettext_lazy("The inbox shows it beside the subject: say there what is in it for the customer."),
    ),
    "preview_long": (
        gettext_lazy("The preview text has {n} characters."),
        gettext_lazy("The inbox cuts it off after about 100."),
    ),
    "offer_missing": (
        gettext_lazy("There is no offer."),
        gettext_lazy("Add an offer block whose heading says what the customer gets."),
    ),
    "offers_many": (
        gettext_lazy("There are {n} offers."),
        gettext_lazy("One clear offer is understood, several are put off: keep the best one."),
    ),
    "offer_without_title": (
        gettext_lazy("The offer has no heading."),
        gettext_lazy("Its heading is what is read first: name the benefit there."),
    ),
    "pure": (gettext_lazy("It advertises nothing, so it needs no consent."), ""),
    "sounds_like_offer": (
        gettext_lazy("It names a percentage."),
        gettext_lazy("Discounts make it advertising, which needs consent; a tax or a share does not."),
    ),
    "field_unknown": (
        gettext_lazy("There is no field {said}."),
        gettext_lazy("Choose one from the list of fields below."),
    ),
    "field_empty": (
        gettext_lazy("{said}: empty for {n} of {of} customers, who would get nothing."),
        gettext_lazy("Write after a bar what stands there for them, or leave the field out."),
    ),
    "argued": (
        gettext_lazy("It sounds like advertising; somebody has said why it is none."),
        gettext_lazy("Whoever changes these words may have to say so again."),
    ),
    "counts_as_discount": (
        gettext_lazy("With “{said}” it counts as advertising."),
        gettext_lazy("Leave the discount out, or choose the purpose “Offers”."),
    ),
    "counts_as_offer_words": (
        gettext_lazy("With “{said}” it counts as advertising."),
        gettext_lazy("Leave these words out, or choose the purpose “Offers”."),
    ),
    "counts_as_shop": (
        gettext_lazy("With the link to the shop, {said}, it counts as advertising."),
        gettext_lazy("Take the link out, or choose the purpose “Offers”."),
    ),
    "counts_as_offer": (
        gettext_lazy("With an offer it counts as advertising."),
        gettext_lazy("Take the offer block out, or choose the purpose “Offers”."),
    ),
    "counts_as_voucher": (
        gettext_lazy("With a voucher code it counts as advertising."),
        gettext_lazy("Take the field {code} out, or choose the purpose “Offers”."),
    ),
    "counts_as_survey": (
        gettext_lazy("With a link to a survey or review it counts as advertising."),
        gettext_lazy("Take the link out, or choose the purpose “Surveys and reviews”."),
    ),
    "button": (gettext_lazy("One button says what to do."), ""),
    "button_missing": (
        gettext_lazy("There is no button."),
        gettext_lazy("Add one that says what happens on a click, “Choose tea” for instance."),
    ),
    "buttons_many": (
        gettext_lazy("There are {n} buttons."),
        gettext_lazy("Keep the one that you want to be pressed; make the others links in the text."),
    ),
    "address_example": (
        gettext_lazy("A link still leads to example.com."),
        gettext_lazy("Put your own address there."),
    ),
}


@dataclass(frozen=True, kw_only=True)
class Advice:
    light: str
    found: str
    cure: str


def told(findings: Iterable[Finding]) -> list[Advice]:
    """Put findings into words, what is worst first."""
    order = ("red", "amber", "green")
    return [_told(one) for one in sorted(findings, key=lambda one: order.index(one.light))]


def refusal(claims: Iterable[Claim]) -> str:
    """Say why words are refused, and the cure; each cure once."""
    told = [_told(Finding(code=one.code, light="red", said=one.said)) for one in claims]
    return " ".join(dict.fromkeys(part for one in told for part in (one.found, one.cure)))


def _told(one: Finding) -> Advice:
    found, cure = _timed(one) or SAID[one.code]
    return Advice(light=one.light, found=naming.shown(_filled(str(found), one)), cure=naming.shown(str(cure)))


def _filled(words: str, one: Finding) -> str:
    said = {"{n}": writing.number(one.number), "{of}": writing.number(one.of), "{said}": one.said}
    for name, value in said.items():
        words = words.replace(name, value)
    return words


def _timed(one: Finding) -> tuple[str, str] | None:
    """Word what has a number of seconds."""
    n = one.number
    if one.code in {"offer", "offer_late"}:
        found = ngettext("The offer is read after {n} second.", "The offer is read after {n} seconds.", n)
        return found, _("Half of the customers give it five: move it up, and shorten what stands before it.") if (
            one.code == "offer_late"
        ) else ""
    if one.code in {"reading", "reading_long"}:
        found = ngettext("Reading all takes {n} second.", "Reading all takes {n} seconds.", n)
        return found, _("Leave out what the customer need not know to decide.") if one.code == "reading_long" else ""
    return None
