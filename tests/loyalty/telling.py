"""Steps of random histories, and what each does to facts and account."""

from contextlib import suppress
from datetime import timedelta

from django.db import transaction
from hypothesis import strategies as st

from stammkunde.loyalty import ledger, queries, services
from stammkunde.loyalty.models import Booking, Hold
from stammkunde.sales.models import Line, Order
from tests import factories
from tests.loyalty.shop import NOW, TODAY

_any, _late = st.integers(0, 5), st.integers(0, 60)  # which one; days by which a fact comes late
_part = st.integers(1, 100)  # percent
STEPS = st.one_of(
    st.tuples(st.just("buy"), st.lists(st.integers(1, 9000), min_size=1, max_size=3), _any, _late),
    st.tuples(st.just("bring_back"), _any, _part, _late),
    st.tuples(st.just("cancel"), _any),
    st.tuples(st.just("take_back_import"), _any),
    st.tuples(st.just("import_again")),
    st.tuples(st.just("spend"), _part),
    st.tuples(st.just("hold"), _part),
    st.tuples(st.just("end"), _any, st.booleans()),
    st.tuples(st.just("give_back"), _any, _part),
    st.tuples(st.just("by_hand"), st.integers(-60, 60).filter(bool)),
    st.tuples(st.just("pass_days"), st.sampled_from([1, 4, 40, 400])),
    st.tuples(st.just("look")),
)


class Story:
    """One customer and an account, whose facts come and go."""

    def __init__(self, one, customer):
        self.one, self.customer, self.days, self.count = one, customer, 0, 0
        self.products = [factories.product() for _n in range(2)]
        self.gone = []

    @property
    def now(self):
        return NOW + timedelta(days=self.days)

    def tell(self, step):
        name, *given = step
        getattr(self, name)(*given)

    def look(self):
        with transaction.atomic():
            return ledger.reconcile(ledger.lock([self.one.pk]), now=self.now)

    def buy(self, amounts, product, late):
        on = TODAY + timedelta(days=self.days - late)
        order = factories.order(self.customer, on, cents=amounts[0], of=self.products[product % 2])
        for n, cents in enumerate(amounts[1:], start=2):
            Line.objects.create(order=order, key=str(n), product=self.products[n % 2], quantity=n, revenue_cents=cents)

    def bring_back(self, which, part, late):
        line = self._one_of(Line.objects.filter(kind="sale", order__customer=self.customer), which)
        if line:
            on = TODAY + timedelta(days=self.days - late)
            cents = max(1, line.revenue_cents * part // 100)
            order = factories.order(self.customer, on, cents=1, of=line.product)
            order.lines.update(kind="return", quantity=-line.quantity * part / 100, revenue_cents=-cents)

    def cancel(self, which):
        order = self._one_of(Order.objects.filter(customer=self.customer), which)
        if order:
            order.status = "completed" if order.status == "cancelled" else "cancelled"
            order.save()

    def take_back_import(self, which):
        order = self._one_of(Order.objects.filter(customer=self.customer), which)
        if order:
            self.gone.append((order, list(order.lines.all())))
            order.lines.all().delete()
            Order.objects.filter(pk=order.pk).delete()

    def import_again(self):
        for order, lines in self.gone:
            order.pk = None
            order.save(force_insert=True)
            for line in lines:
                line.pk, line.order = None, order
                line.save(force_insert=True)
        self.gone = []

    def spend(self, part):
        self._decide(services.redeem, points=self._some(part))

    def hold(self, part):
        self._decide(services.hold, points=self._some(part), lease=timedelta(minutes=15))

    def end(self, which, paid):
        held = self._one_of(Hold.objects.order_by("pk"), which)
        if held:
            self._decide(services.capture if paid else services.release, of=held.booking.key)

    def give_back(self, which, part):
        spent = self._one_of(Booking.objects.filter(kind__in=["spend", "hold"]), which)
        if spent:
            self._decide(services.give_back, of=spent.key, points=max(1, spent.points * part // 100))

    def by_hand(self, points):
        self._decide(services.book_by_hand, points=points, reason="weil", staff=None)

    def pass_days(self, days):
        self.days += days

    def _some(self, part):
        return max(1, queries.balance(self.one.pk).available * part // 100)

    def _decide(self, service, **given):
        self.count += 1
        with suppress(services.NotEnoughPoints, services.MoreThanWasTaken, services.NoSuchBooking):
            service(account_id=self.one.pk, key=f"k{self.count}", now=self.now, **given)

    def _one_of(self, rows, which):
        found = list(rows.order_by("pk"))
        return found[which % len(found)] if found else None
