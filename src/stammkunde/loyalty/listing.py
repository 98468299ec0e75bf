"""Lists of points: accounts with what is in their pots, what waits for a second person, and the rules."""

from datetime import date, timedelta
from itertools import chain, count
from typing import Any

from django.db.models import Exists, F, OuterRef, QuerySet, Subquery, Sum
from django.utils.text import slugify

from stammkunde.customers import search
from stammkunde.customers.models import Customer
from stammkunde.loyalty.models import Account, Lot, Move, Proposal, Rule
from stammkunde.loyalty.queries import Balance

SOON = timedelta(days=90)


def accounts(*, q: str, state: str, today: date) -> "QuerySet[Account, Any]":
    """Give accounts with the customer (none: a name that was taken off) and what the last row says is in the pots."""
    last = Move.objects.filter(account=OuterRef("pk")).order_by("-seq")
    whose = Customer.objects.filter(source=OuterRef("customer_source"))
    found = Account.objects.annotate(
        customer_id=Subquery(whose.values("pk")[:1]),
        name=Subquery(whose.values("name")[:1]),
        number=Subquery(whose.values("number")[:1]),
        available=Subquery(last.values("available")[:1]),
        pending=Subquery(last.values("pending")[:1]),
        held=Subquery(last.values("held")[:1]),
        debt=Subquery(last.values("debt")[:1]),
    )
    if q:
        found = found.filter(customer_source__in=search.matching(Customer.objects.all(), q).values("source"))
    return _in_state(found, state, today=today)


def _in_state(found: "QuerySet[Account, Any]", state: str, *, today: date) -> "QuerySet[Account, Any]":
    if state == "owing":
        return found.alias(owed=F("debt")).filter(owed__gt=0)
    if state == "waiting":
        return found.filter(Exists(waiting().filter(account=OuterRef("pk"))))
    if state == "expiring":
        soon = Lot.objects.filter(account=OuterRef("pk"), expires_on__range=(today, today + SOON))
        left = Move.objects.filter(lot=OuterRef("pk")).order_by("-lot_seq").values("lot_left")[:1]
        return found.filter(Exists(soon.annotate(left=Subquery(left)).filter(left__gt=0)))
    return found


def sums() -> Balance:
    """Add up what is in the pots of all accounts: every change of each, from nothing."""
    total = Move.objects.aggregate(
        pending=Sum("d_pending"), available=Sum("d_available"), held=Sum("d_held"), debt=Sum("d_debt")
    )
    return Balance(**{name: int(points or 0) for name, points in total.items()})


def waiting(*, account: Account | None = None) -> QuerySet[Proposal]:
    """Give what somebody wants to book and nobody has decided, the oldest first."""
    found = Proposal.objects.filter(state=Proposal.State.WAITING).select_related("asked_by", "account").order_by("pk")
    return found.filter(account=account) if account else found


def is_there_a_rule() -> bool:
    return Rule.objects.filter(points_num__gt=0).exists()


def rules() -> QuerySet[Rule]:
    """Give all versions of all rules, with who wrote them."""
    return Rule.objects.select_related("written_by")


def rule_names() -> list[tuple[str, str]]:
    """Give each rule's code and its newest name."""
    return list(dict(Rule.objects.order_by("pk").values_list("code", "name")).items())


def is_written(version: Rule) -> bool:
    """Say whether the newest version of a rule says just this, as after a second press."""
    same = ("name", "holds_from_on", "points_num", "points_den", "delivery_days", "return_days", "years")
    last = Rule.objects.filter(code=version.code).order_by("-pk").first()
    return last is not None and all(getattr(last, one) == getattr(version, one) for one in same)


def code_of(name: str) -> str:
    """Give the code of the rule that is called so now; empty: there is none."""
    return next((code for code, called in rule_names() if called == name), "")


def free_code(name: str) -> str:
    """Give a code for a new rule, made of its name, that no other rule has."""
    begin = slugify(name)[:30] or "rule"
    taken = set(Rule.objects.filter(code__startswith=begin).values_list("code", flat=True))
    return next(one for one in chain([begin], (f"{begin}-{n}" for n in count(2))) if one not in taken)
