"""Examples by how customers are reached, looked after and met."""

from django.utils.translation import gettext_lazy as _

from stammkunde.segments.examples.example import Example, all_of, field, happened, never, where

CARE, REACH, DAYS = "care", "reach", "days"

EXAMPLES = (
    Example(
        key="no-contact",
        occasion=CARE,
        name=_("Class A, without contact for 90 days"),
        rule=all_of(field("signal.class", "is", "A"), never("contacts", within={"last": 90})),
    ),
    Example(
        key="nobody-responsible",
        occasion=CARE,
        name=_("Nobody is responsible"),
        rule=all_of(field("customer.owner", "is unknown"), happened("orders", within={"last": 730})),
    ),
    Example(
        key="one-person",
        occasion=CARE,
        name=_("Companies of which we know one person only"),
        rule=all_of(field("customer.kind", "is", "company"), happened("contact_persons", **{"is": "is"})),
    ),
    Example(
        key="no-decision-maker",
        occasion=CARE,
        name=_("Companies whose decision maker is unknown"),
        rule=all_of(
            field("customer.kind", "is", "company"),
            never("contact_persons", where=where("role", "is", "decision_maker")),
        ),
    ),
    Example(
        key="complaint-open",
        occasion=CARE,
        name=_("A complaint is not settled yet"),
        rule=all_of(happened("complaints", where=where("open", "is", True))),
    ),
    Example(
        key="became-at-risk",
        occasion=CARE,
        name=_("Became “at risk” within a week"),
        rule=all_of(happened("stage_changes", where=where("after", "is", "at_risk"), within={"last": 7})),
    ),
    Example(
        key="complaint-settled",
        occasion=CARE,
        name=_("A complaint was settled two weeks ago, and no purchase since"),
        rule=all_of(
            happened("complaints", where=where("settled", "within", {"ago": [14, 60]})),
            never("orders", within={"since": {"happened": "complaints", "measure": "max.settled"}}),
        ),
    ),
    Example(
        key="by-post-only",
        occasion=REACH,
        name=_("May be reached by post only"),
        rule=all_of(
            field("reach.post", "is", True),
            field("reach.email", "is", False),
            field("reach.phone", "is", False),
            field("reach.message", "is", False),
        ),
    ),
    Example(
        key="consent-missing",
        occasion=REACH,
        name=_("No offers by e-mail allowed, bought within two years"),
        rule=all_of(field("reach.email", "is", False), happened("orders", within={"last": 730})),
    ),
    Example(
        key="newsletters-in-vain",
        occasion=REACH,
        name=_("Three newsletters in 90 days without a purchase"),
        rule=all_of(
            happened("contacts", within={"last": 90}, where=where("purpose", "is", "newsletter"), value=3),
            never("orders", within={"last": 90}),
        ),
    ),
    Example(
        key="took-part",
        occasion=REACH,
        name=_("Was in a certain campaign or measure within half a year"),
        rule=all_of(happened("participations", within={"last": 180}, where=where("play", "is"))),
    ),
    Example(
        key="region",
        occasion=REACH,
        name=_("The postcode begins with 04"),
        rule=all_of(field("customer.postcode", "begins with", "04")),
    ),
    Example(
        key="birthday",
        occasion=DAYS,
        name=_("Somebody has a birthday within 7 days"),
        rule=all_of(happened("contact_persons", where=where("birthday", "within", {"yearly": [0, 7]}))),
    ),
    Example(
        key="years-with-us",
        occasion=DAYS,
        name=_("A customer for 1, 5 or 10 years this month"),
        rule=all_of(field("customer.since", "within", {"yearly": "month", "years": [1, 5, 10]})),
    ),
)
