"""What figures are sliced by, and the traits of customers, in words."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SLICES = {
    "class": _("A/B/C class"),
    "kind": _("Kind"),
    "country": _("Country"),
    "region": _("Region"),
    "industry": _("Industry"),
    "segment": _("Segment"),
    "owner": _("Responsible"),
    "channel": _("Channel"),
    "category": _("Product group"),
    "cohort": _("Month of the first purchase"),
    "cohort_quarter": _("Quarter of the first purchase"),
    "cohort_year": _("Year of the first purchase"),
}


OTHER = "…"  # signals count the smaller values of a long list together under it


KINDS = {"company": _("Companies"), "person": _("Private customers")}


def name(slice_by: str) -> str | Promise:
    """Word what figures are sliced by; a company's own attribute has the name that the company gave it."""
    return SLICES.get(slice_by, slice_by.removeprefix("attr_"))


def label(slice_by: str, slice_value: str) -> str | Promise:
    """Word one value of a slice."""
    if slice_value == OTHER:
        return _("others")
    if not slice_value:
        return _("unknown")
    return KINDS.get(slice_value, slice_value) if slice_by == "kind" else slice_value
