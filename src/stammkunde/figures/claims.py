"""What the literature says of keeping and winning, in words."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from stammkunde.insight.retention import CLAIMS


@dataclass(frozen=True, kw_only=True)
class Told:
    """A claim as it stands on the page: `proof` says how far it was verified."""

    says: Promise
    measured: Promise
    caution: Promise
    source: str
    url: str
    proof: Promise


def told() -> Sequence[Told]:
    """Give all claims, in the library's order."""
    return [
        Told(
            says=WORDS[claim.key][0],
            measured=WORDS[claim.key][1],
            caution=WORDS[claim.key][2],
            source=claim.source,
            url=claim.url,
            proof=PROOFS[claim.evidence],
        )
        for claim in CLAIMS
    ]


PROOFS = {
    "read": _("we have read the passage"),
    "quoted": _("as others quote it"),
    "not_verified": _("not verified: no first source found"),
}

WORDS = {
    "times_5": (
        _("Winning a customer costs 5 times as much as keeping one."),
        _(
            "Not known. It is repeated without a study; some name complaint studies of TARP (USA), and these "
            "with 5 to 10."
        ),
        _("What winning and keeping cost depends on the trade, and on which costs are counted as which."),
    ),
    "times_6_7": (
        _("Winning a customer costs 6 to 7 times as much as keeping one."),
        _("Not known. Some name Bain & Company, without a study."),
        _("As above."),
    ),
    "times_5_25": (
        _("Winning a customer costs 5 to 25 times as much as keeping one."),
        _("A range over other people's studies, which are not named: depending on study and industry."),
        _("A range this wide says that there is no common number."),
    ),
    "profit_25_85": (
        _("5 percent fewer customers lost: 25 to 85 percent more profit."),
        _(
            "Profit of customers over their life in single firms: 85 percent in the branches of a bank, 50 "
            "percent at an insurance broker, 30 percent in a chain of car workshops."
        ),
        _(
            "Reckoned from how long customers would stay, not observed in two groups. From 10 to 5 percent "
            "lost a year doubles how long they stay, and is half of the losses, not a twentieth."
        ),
    ),
    "value_75": (
        _("5 points more retention: up to 75 percent more."),
        _(
            "The discounted value of a customer over her life (not the yearly profit), in insurance, banks, "
            "car workshops."
        ),
        _(
            "Holds where few leave already: from 90 to 95 percent doubles how long they stay, from 60 to 65 "
            "percent adds a seventh."
        ),
    ),
    "profit_25_95": (
        _("5 points more retention: 25 to 95 percent more profit."),
        _(
            "The discounted value of a customer in several trades, by Bain & Company; 95 percent in "
            "advertising agencies."
        ),
        _("As above; and it supposes that who stays longer buys more, costs less and recommends."),
    ),
    "profit_25": (
        _("5 percent more retention: more than 25 percent more profit, in financial services."),
        _("Not said; one sentence in a note of two pages."),
        _("Financial services have long contracts and high costs of winning."),
    ),
    "firms_5": (
        _("1 percent more retention: 5 percent more value of the firm."),
        _("A model of the customers of five listed firms, by their published figures."),
        _("1 percent of the rate, not a point; value of the firm, not profit."),
    ),
    "thought_experiment": (
        _("5 percent fewer customers lost do not mean 80 percent more profit or more."),
        _("The reasoning of 1990: if half as many leave each year, they stay twice as long. Nothing was observed."),
        _("It criticises how the figures came about; it does not say what a point is worth."),
    ),
    "loyal_not_cheaper": (
        _("Who stays longer neither costs less nor pays more nor recommends more."),
        _("16,000 customers of four firms; length of stay and profit go together weakly to moderately (.20 to .45)."),
        _("So a point here is worth what these customers bring, not what loyal ones are said to."),
    ),
}
