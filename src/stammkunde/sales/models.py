"""
What customers bought, gave back and what it left over.

Money is whole cents, net of VAT and discounts, without shipping. An unknown cost stays unknown (NULL); where a line
says none, its product's cost of the day counts when margins are worked out (`facts.LINES`).
The sum of all lines' `revenue_cents` is the revenue: returns and cancellations are lines of their own with
negative amounts. An order whose status is cancelled never took place and counts nowhere. Lines that a newer file of
their order no longer has are retired, not deleted: `Line.objects` leaves them out, as every reader must.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from stammkunde.customers.models import Customer


class Product(models.Model):
    class Kind(models.TextChoices):
        PRODUCT = "product", _("Product")
        OTHER = "other", _("Postage, fees and the like")

    source = models.CharField(max_length=200, unique=True)
    number = models.CharField(_("product number"), max_length=100)
    name = models.CharField(_("name"), max_length=250)
    category = models.CharField(_("category"), max_length=120, default="", blank=True)
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.PRODUCT)
    price_e4 = models.BigIntegerField(_("price"), null=True, blank=True)  # ten-thousandths of a euro, net
    imported_by = models.BigIntegerField(null=True, editable=False)
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(source=""), name="product_has_source")]
        indexes = [models.Index(fields=["name", "id"], name="product_by_name")]

    def __str__(self) -> str:
        return self.name


class ProductCost(models.Model):
    """What one piece of a product costs the company from a day on, until another row says otherwise."""

    source = models.CharField(max_length=200, unique=True)
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="costs")
    holds_from_on = models.DateField(_("holds from"))
    cost_e4 = models.BigIntegerField(_("cost"))  # ten-thousandths of a euro, net
    imported_by = models.BigIntegerField(null=True, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(source=""), name="product_cost_has_source"),
            models.CheckConstraint(condition=Q(cost_e4__gt=0), name="product_cost_is_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.product_id}: {self.cost_e4 / 10_000:.4f}"


class Order(models.Model):
    class Status(models.TextChoices):
        OPEN = "open", _("Open")
        COMPLETED = "completed", _("Completed")
        CANCELLED = "cancelled", _("Cancelled")

    source = models.CharField(max_length=200, unique=True)
    number = models.CharField(_("order number"), max_length=100)
    # Empty: a guest. Indexed by `order_of_customer`.
    customer = models.ForeignKey(
        Customer, null=True, blank=True, db_index=False, on_delete=models.PROTECT, related_name="orders"
    )
    ordered_at = models.DateTimeField(_("ordered at"))
    ordered_on = models.DateField(_("ordered on"))  # the local day, fixed at import
    channel = models.CharField(_("channel"), max_length=60, default="", blank=True)
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.COMPLETED)
    promised_on = models.DateField(_("delivery promised"), null=True, blank=True)
    delivered_on = models.DateField(_("delivered"), null=True, blank=True)
    shipping_cents = models.BigIntegerField(_("shipping paid by the customer"), null=True, blank=True)
    shipping_cost_cents = models.BigIntegerField(_("shipping cost"), null=True, blank=True)
    imported_by = models.BigIntegerField(null=True, editable=False)
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(source=""), name="order_has_source"),
            models.CheckConstraint(
                condition=Q(status__in=["open", "completed", "cancelled"]), name="order_status_known"
            ),
        ]
        indexes = [
            models.Index(fields=["customer", "-ordered_at"], name="order_of_customer"),
            models.Index(fields=["ordered_on"], name="order_by_day"),
        ]

    def __str__(self) -> str:
        return self.number


class CountingLines(models.Manager["Line"]):
    """Lines without those that a newer file of their order no longer has."""

    def get_queryset(self) -> "models.QuerySet[Line]":
        return super().get_queryset().filter(retired_by=None)


class Line(models.Model):
    class Kind(models.TextChoices):
        SALE = "sale", _("Sale")  # quantity and revenue above zero: the only kind that makes a purchase
        RETURN = "return", _("Return")
        CANCELLATION = "cancellation", _("Cancellation")
        ADJUSTMENT = "adjustment", _("Adjustment")  # zero and negative prices, corrections

    # Indexed by `line_key_once`.
    order = models.ForeignKey(Order, db_index=False, on_delete=models.CASCADE, related_name="lines")
    key = models.CharField(max_length=120)  # unique within the order: position, or product and occurrence
    product = models.ForeignKey(Product, null=True, blank=True, on_delete=models.PROTECT, related_name="lines")
    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.SALE)
    quantity = models.FloatField(_("quantity"))
    revenue_cents = models.BigIntegerField(_("revenue"))
    discount_cents = models.BigIntegerField(_("discount"), null=True, blank=True)
    cost_cents = models.BigIntegerField(_("cost"), null=True, blank=True)
    # With what something was bought that came back, where a file says so: an order by its source, perhaps its line.
    of_order = models.CharField(_("bought with order"), max_length=200, null=True, editable=False)
    of_key = models.CharField(max_length=120, null=True, editable=False)
    # The import whose file holds the order whole, and no longer has this line: it counts nowhere from then on.
    retired_by = models.BigIntegerField(null=True, editable=False)
    imported_by = models.BigIntegerField(null=True, editable=False)

    objects = CountingLines()
    ever = models.Manager["Line"]()  # with those that are retired

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "key"], name="line_key_once"),
            models.CheckConstraint(
                condition=~Q(kind="sale") | Q(quantity__gt=0, revenue_cents__gt=0), name="line_sale_is_positive"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["sale", "return", "cancellation", "adjustment"]), name="line_kind_known"
            ),
        ]
        indexes = [models.Index(fields=["of_order"], name="line_of_order", condition=Q(of_order__isnull=False))]


class NamedPurchase(models.Model):
    """
    With which line something was bought that came back, as a person said.

    All by name, so that it holds when an import is taken back and comes again.
    """

    order_source = models.CharField(max_length=200)
    line_key = models.CharField(max_length=120)
    of_order = models.CharField(max_length=200, db_index=True)
    of_key = models.CharField(max_length=120)
    named_at = models.DateTimeField()
    named_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["order_source", "line_key"], name="purchase_named_once")]


class Returned(models.Model):
    """What came back of which sale, as `purchases.remaining` finds it; without a sale: no purchase was found for it."""

    class Found(models.TextChoices):
        NAMED = "named", _("named")
        ORDER = "order", _("same order")
        EARLIER = "earlier", _("last purchase before")
        NOTHING = "nothing", _("no purchase found")

    back = models.ForeignKey(Line, on_delete=models.CASCADE, related_name="bought_with")
    sold = models.ForeignKey(Line, null=True, on_delete=models.CASCADE, related_name="came_back")
    pieces = models.BigIntegerField()  # thousandths
    cents = models.BigIntegerField()  # net
    found = models.CharField(max_length=8, choices=Found.choices)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(found="nothing", sold__isnull=True) | ~Q(found="nothing") & Q(sold__isnull=False),
                name="returned_of_something",
            )
        ]

    @property
    def whole_pieces(self) -> float:
        return self.pieces / 1000


class ToMatch(models.Model):
    """Rows that have changed, or whose they are: what came back there is looked at again. Written with the change."""

    class What(models.TextChoices):
        LINES = "lines"
        ORDERS = "orders"
        CUSTOMERS = "customers"
        CUSTOMER = "customer"  # one of whom it is known that something came back
        GUEST = "guest"  # an order without a customer, likewise

    what = models.CharField(max_length=9, choices=What.choices)
    first = models.BigIntegerField()  # numbers of rows, no keys: whoever writes facts waits for nobody
    last = models.BigIntegerField()
