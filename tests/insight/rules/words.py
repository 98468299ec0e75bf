"""A vocabulary with all that a retention manager asks for, also what is not sold yet."""

from stammkunde.insight import rules
from stammkunde.insight.rules import Column, Table


def columns(**kinds: str) -> tuple[Column, ...]:
    return tuple(Column(name, kind) for name, kind in kinds.items())


TABLES = (
    Table(
        "orders",
        columns(
            ordered_on="day",
            channel="text",
            total_cents="cents",
            discount_cents="cents",
            late_days="whole",
            returned="flag",
            weight="real",
        ),
        key="order_id",
        day="ordered_on",
    ),
    Table(
        "lines",
        columns(category="text", product="text", quantity="real", revenue_cents="cents"),
        key="line_id",
        day="ordered_on",
        below={"orders": "order_id"},
    ),
    Table("contracts", columns(status="text", ends_on="day", notice_on="day"), key="contract_id", day="signed_on"),
    Table("answers", columns(score="whole", question="text"), key="answer_id", day="answered_on"),
    Table("cases", columns(kind="text", is_open="flag", closed_on="day"), key="case_id", day="opened_on"),
    Table("points", columns(points="whole", expires_on="day"), key="entry_id", day="booked_on"),
    Table("visits", columns(page="text"), key="visit_id", day="visited_on"),
    Table("messages", columns(channel="text", purpose="text", bounced="flag"), key="message_id", day="sent_on"),
    Table("contacts", columns(channel="text", direction="text"), key="contact_id", day="happened_on"),
    Table("stages", columns(stage="text"), key="change_id", day="changed_on"),
    Table("recommendations", (), key="recommendation_id", day="named_on"),
    Table("projects", columns(kind="text", finished_on="day"), key="project_id", day="begun_on"),
    Table("persons", columns(role="text", reached="flag"), key="person_id", day="", history=False),
)
FIELDS = (
    Column("customer.country", "text"),
    Column("customer.postcode", "text"),
    Column("customer.since", "day", history=True),
    Column("customer.birthday", "day", history=True),
    Column("customer.owner", "text", personal=True),
    *(
        Column(f"signal.{name}", kind, snapshot=True)
        for name, kind in {
            "class": "text", "stage": "text", "margin_cents": "cents", "expected_cents": "cents", "risk": "share",
            "risk_month_ago": "share", "risk_rise": "share", "next_order_on": "day", "silent_gaps": "real",
            "to_next_tier_cents": "cents", "due_on": "day",
        }.items()
    ),
    *(Column(f"reach.{name}", kind) for name, kind in {"letter": "flag", "email": "flag", "consent": "text"}.items()),
)  # fmt: skip
KNOWN = rules.of(TABLES, FIELDS, segments=[1, 2], plays=[7], moments=["entry", "step:letter"], same=["orders", "lines"])
