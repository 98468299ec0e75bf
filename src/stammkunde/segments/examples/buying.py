"""Examples by what customers buy, and when they stop."""

from django.utils.translation import gettext_lazy as _

from stammkunde.segments.examples.example import Example, all_of, field, happened, never, where

BEST, AFTER, SILENT, WHAT = "best", "after", "silent", "what"

EXAMPLES = (
    Example(
        key="best-tenth",
        occasion=BEST,
        name=_("The best tenth by contribution margin"),
        rule=all_of(field("signal.margin", "top %", 10)),
    ),
    Example(
        key="busy-and-valuable",
        occasion=BEST,
        name=_("Bought twice in half a year, and of high value"),
        rule=all_of(
            happened("orders", within={"last": 180}, value=2),
            field("signal.value", "top %", 25),
        ),
    ),
    Example(
        key="large-baskets",
        occasion=BEST,
        name=_("Large baskets: more than €200 on average"),
        rule=all_of(happened("orders", within={"last": 365}, measure="avg.revenue", **{"is": ">"}, value=20_000)),
    ),
    Example(
        key="multipliers",
        occasion=BEST,
        name=_("Multipliers who buy"),
        rule=all_of(field("customer.multiplier", "is", True), happened("orders", within={"last": 365})),
    ),
    Example(
        key="first-purchase",
        occasion=AFTER,
        name=_("Bought for the first time in the last 30 days"),
        rule=all_of(happened("orders", measure="first", **{"is": "within"}, value={"last": 30})),
    ),
    Example(
        key="second-purchase",
        occasion=AFTER,
        name=_("The second purchase is due: one purchase, 20 to 60 days ago"),
        rule=all_of(
            happened("orders", **{"is": "is"}),
            happened("orders", measure="last", **{"is": "within"}, value={"ago": [20, 60]}),
        ),
    ),
    Example(
        key="bought-once",
        occasion=AFTER,
        name=_("Bought once, more than 60 days ago"),
        rule=all_of(
            happened("orders", **{"is": "is"}),
            happened("orders", measure="last", **{"is": "within"}, value={"ago": [61, None]}),
        ),
    ),
    Example(
        key="never-bought",
        occasion=AFTER,
        name=_("Never bought yet"),
        rule=all_of(never("orders")),
    ),
    Example(
        key="late-delivery",
        occasion=AFTER,
        name=_("The last order came late"),
        rule=all_of(happened("orders", pick="last", where=where("late", "is", True))),
    ),
    Example(
        key="lapsed",
        occasion=SILENT,
        name=_("No purchase for half a year"),
        rule=all_of(happened("orders"), never("orders", within={"last": 180})),
    ),
    Example(
        key="rhythm",
        occasion=SILENT,
        name=_("The rhythm is broken: silent for more than one and a half times the usual gap"),
        rule=all_of(
            {
                "left": {"happened": "orders", "measure": "last"},
                "is": ">",
                "times": 1.5,
                "right": {"happened": "orders", "measure": "gap"},
            },
            field("signal.orders", ">=", 3),
        ),
    ),
    Example(
        key="valuable-and-silent",
        occasion=SILENT,
        name=_("Class A, silent for twice the usual gap"),
        rule=all_of(
            field("signal.class", "is", "A"),
            {
                "left": {"happened": "orders", "measure": "last"},
                "is": ">=",
                "times": 2,
                "right": {"happened": "orders", "measure": "gap"},
            },
        ),
    ),
    Example(
        key="due",
        occasion=SILENT,
        name=_("The next purchase is usual within 14 days"),
        rule=all_of(field("signal.due", "within", {"ahead": [0, 14]})),
    ),
    Example(
        key="risk-rose",
        occasion=SILENT,
        name=_("The risk of leaving has risen by 20 points"),
        rule=all_of(field("signal.risk_rise", ">=", 0.2)),
    ),
    Example(
        key="at-risk",
        occasion=SILENT,
        name=_("At risk or dormant, class A or B"),
        rule=all_of(field("signal.stage", "is", ["at_risk", "dormant"]), field("signal.class", "is", ["A", "B"])),
    ),
    Example(
        key="halved",
        occasion=SILENT,
        name=_("Spent less than half of the year before"),
        rule=all_of(
            {
                "left": {"happened": "orders", "within": {"last": 365}, "measure": "sum.revenue"},
                "is": "<",
                "times": 0.5,
                "right": {"happened": "orders", "within": {"ago": [365, 729]}, "measure": "sum.revenue"},
            }
        ),
    ),
    Example(
        key="this-not-that",
        occasion=WHAT,
        name=_("Buys from one product group, never from another"),
        rule=all_of(
            happened("lines", where=[*where("kind", "is", "sale"), *where("category", "is")]),
            never("lines", where=[*where("kind", "is", "sale"), *where("category", "is")]),
        ),
    ),
    Example(
        key="season",
        occasion=WHAT,
        name=_("Bought at this time a year ago, not in the last 90 days"),
        rule=all_of(
            happened("orders", within={"yearly": [-45, 45], "years": [1]}), never("orders", within={"last": 90})
        ),
    ),
    Example(
        key="only-discounted",
        occasion=WHAT,
        name=_("Never bought without a discount"),
        rule=all_of(happened("orders", measure={"share": where("discount", ">", 0)}, **{"is": "is"})),
    ),
    Example(
        key="never-discounted",
        occasion=WHAT,
        name=_("Never bought with a discount"),
        rule=all_of(happened("orders", measure={"share": where("discount", "<=", 0)}, **{"is": "is"})),
    ),
    Example(
        key="many-returns",
        occasion=WHAT,
        name=_("More than 30% sent back, at three purchases or more"),
        rule=all_of(field("signal.returned_share", ">", 0.3), happened("orders", value=3)),
    ),
    Example(
        key="replenish",
        occasion=WHAT,
        name=_("A product should be used up by now"),
        rule=all_of(
            happened(
                "lines",
                where=[*where("kind", "is", "sale"), *where("product", "is")],
                measure="last",
                **{"is": "within"},
                value={"ago": [80, 100]},
            )
        ),
    ),
    Example(
        key="recall",
        occasion=WHAT,
        name=_("Bought a certain product between two days"),
        rule=all_of(
            happened("lines", within={"from": ""}, where=[*where("kind", "is", "sale"), *where("product_number", "is")])
        ),
    ),
)
