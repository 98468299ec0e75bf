"""What is wrong with a rule, and the cure, by the codes of `insight.rules`."""

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stammkunde.insight.errors import InvalidRule
from stammkunde.ui import writing

CODES: dict[str, Promise] = {
    "entry_missing": gettext_lazy("Something is still missing here."),
    "empty_list": gettext_lazy("There is no condition here yet. Add one, or take the group out."),
    "no_rule": gettext_lazy("There is no condition here yet. Add one."),
    "unknown_field": gettext_lazy("There is no field “%(about)s” any more. Choose another one."),
    "unknown_table": gettext_lazy("Nothing is known of “%(about)s” any more. Choose something else."),
    "unknown_column": gettext_lazy("Choose what the condition is about."),
    "unknown_member": gettext_lazy("This group does not exist any more. Choose another one."),
    "archived_member": gettext_lazy("The group “%(about)s” is in the archive. Take it out, or choose another one."),
    "unknown_moment": gettext_lazy("There is no moment “%(about)s” here. Choose another one."),
    "not_same": gettext_lazy("This is not about what began it. Take the tick out, or ask for something else."),
    "unknown_operator": gettext_lazy("This cannot be asked here. Choose another word."),
    "no_text": gettext_lazy("Give a text. For an empty one, choose “is unknown”."),
    "no_number": gettext_lazy("“%(about)s” is not a number."),
    "no_whole_number": gettext_lazy("“%(about)s” is not a whole number that fits here."),
    "no_percent": gettext_lazy("Give a number of percent above 0 and up to 100."),
    "no_day": gettext_lazy("Choose a day."),
    "no_span": gettext_lazy("Say from which day until which."),
    "no_two_values": gettext_lazy("Two values are needed: from and to."),
    "no_two_days": gettext_lazy("Two numbers of days are needed."),
    "ends_before": gettext_lazy("The second value is below the first. Exchange them."),
    "no_days": gettext_lazy("These have no days. Choose “at any time”, and let all count."),
    "too_deep": gettext_lazy("Groups are nested too deep. Take one apart."),
    "too_many_leaves": gettext_lazy("These are too many conditions: at most 50 are possible."),
    "too_many_values": gettext_lazy("These are too many values: at most 1,000 are possible."),
    "circle": gettext_lazy("Groups ask for each other in a circle: %(about)s. Take one of them out."),
    "me_is_for_lists": gettext_lazy("A group must mean the same for everybody: name a person."),
}


def too_many(most: int) -> str:
    """Say that there are as many groups as there may be."""
    text = _("There are %(n)s groups already, more cannot be worked out each night. Put some into the archive first.")
    return text % {"n": writing.number(most)}


def text(refused: InvalidRule) -> str:
    """Say what is wrong, in the language of the page."""
    known = CODES.get(refused.code)
    if known is None:
        return _("This cannot be asked: %(why)s") % {"why": refused.text}
    return str(known) % {"about": refused.about[:80]}
