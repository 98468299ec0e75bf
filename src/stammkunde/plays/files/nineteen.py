"""The nineteen measures that bind customers, by their numbers; each has at least one ready-made play."""

from django.utils.translation import gettext_lazy as _

NAMES = {
    1: _("Excellent service on several channels"),
    2: _("Trust and an open word"),
    3: _("Consistent quality"),
    4: _("Regular personal contact"),
    5: _("Individual offers and solutions"),
    6: _("Reviews and recommendations"),
    7: _("Loyalty programme"),
    8: _("Quick handling of complaints"),
    9: _("Flexible payment and delivery"),
    10: _("Emotional tie"),
    11: _("Community"),
    12: _("Training"),
    13: _("Personalised campaigns"),
    14: _("News and offers"),
    15: _("Friends win friends"),
    16: _("Events and workshops"),
    17: _("Exclusive perks for the loyal"),
    18: _("Easy and fast reordering"),
    19: _("Understanding behaviour"),
}
