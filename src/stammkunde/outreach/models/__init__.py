"""
What is said to customers, and what became of it.

A message is a row, unique on its key, before anything leaves. It knows its callers by two texts, `origin` and `key`.
"""

from datetime import time
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from stammkunde.customers.models import ContactPerson, Customer, FormOfAddress, Purpose
from stammkunde.outreach.dress import COLOUR
from stammkunde.outreach.models.drawn import IN_FORCE as IN_FORCE
from stammkunde.outreach.models.drawn import OF_WORDS as OF_WORDS
from stammkunde.outreach.models.drawn import Assignment as Assignment
from stammkunde.outreach.models.drawn import Draw as Draw
from stammkunde.team.models import Settings
from stammkunde.work.models import CountedClaims


class Face(models.Model):
    """
    What mails showed of the company when they left (`brand.Face`): its name, design, logo and imprint.

    Kept once, by its digest, for all that left so.
    """

    digest = models.CharField(max_length=64, unique=True)
    said = models.JSONField()
    since_at = models.DateTimeField()


class Message(CountedClaims):
    """
    One contact with one person on one channel.

    planned → claimed (by a worker, with a lease) → handed over → delivered or bounced. It may also fail, be refused
    with a reason, expire, be stopped by somebody, or be unknown: a worker died while it left, and nobody can tell.
    What worker after worker died of is set aside: failed, or unknown where it may have left.
    """

    class State(models.TextChoices):
        PLANNED = "planned", pgettext_lazy("message", "Planned")
        CLAIMED = "claimed", pgettext_lazy("message", "Being sent")
        HANDED_OVER = "handed_over", pgettext_lazy("message", "Handed over")
        DELIVERED = "delivered", pgettext_lazy("message", "Delivered")
        BOUNCED = "bounced", pgettext_lazy("message", "Bounced")
        FAILED = "failed", pgettext_lazy("message", "Failed")
        UNKNOWN = "unknown", pgettext_lazy("message", "Unclear")
        REFUSED = "refused", pgettext_lazy("message", "Refused")
        EXPIRED = "expired", pgettext_lazy("message", "Expired")
        STOPPED = "stopped", pgettext_lazy("message", "Stopped")

    key = models.CharField(max_length=120, unique=True)  # `origin:run:customer:step:channel`
    origin = models.CharField(max_length=60)  # what belongs together: one address is reached once for one origin
    channel = models.CharField(max_length=20)  # a name of `outreach.channels`
    purpose = models.CharField(_("purpose"), max_length=20, choices=Purpose.choices)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, db_index=False, related_name="messages")
    contact_person = models.ForeignKey(
        ContactPerson, null=True, blank=True, on_delete=models.SET_NULL, related_name="messages"
    )
    person_name = models.CharField(max_length=310, default="", blank=True)  # outlives the contact person's row
    address = models.CharField(max_length=400, default="", blank=True)  # as it was when decided
    content = models.JSONField(default=dict)
    language = models.CharField(max_length=5, default="de")
    basis = models.CharField(max_length=20, db_default="", blank=True)  # what the permission rests on, as last decided
    importance_cents = models.BigIntegerField(default=0)  # the margin expected from it
    first = models.BooleanField(default=False)  # belongs to an order or request: leaves before everything else
    state = models.CharField(max_length=12, choices=State.choices, default=State.PLANNED)
    reason = models.JSONField(null=True)  # {"code": …, numbers}: why it waits, was refused, failed or is unclear
    planned_at = models.DateTimeField()
    not_before_at = models.DateTimeField()  # what the caller wished, or when it is tried again
    latest_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)  # what the governor allows; NULL: no room before `latest_at`
    slot_at = models.DateTimeField(null=True)  # the moment that counts for caps and pauses; NULL: none is taken
    begun_at = models.DateTimeField(null=True)  # from here on it may have left
    attempts = models.PositiveSmallIntegerField(default=0)
    rendered_at = models.DateTimeField(null=True)
    handed_over_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    face = models.ForeignKey(Face, null=True, db_index=False, on_delete=models.PROTECT, related_name="+")  # of mails
    provider_id = models.CharField(max_length=255, default="", blank=True)
    cost_cents = models.IntegerField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(key="") & ~Q(origin=""), name="message_has_key_and_origin"),
            models.CheckConstraint(
                condition=Q(state="claimed", lease_until__isnull=False) | ~Q(state="claimed") & Q(lease_until=None),
                name="message_claimed_has_lease",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["refused", "failed", "unknown", "bounced", "expired", "stopped"])
                | Q(reason__isnull=False),
                name="message_says_why",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["handed_over", "delivered"]) | Q(handed_over_at__isnull=False),
                name="message_handed_over_has_moment",
            ),
        ]
        indexes = [
            models.Index(
                fields=["channel", "-first", "-importance_cents", "id"],
                condition=Q(state="planned"),
                name="message_next",
            ),
            models.Index(fields=["latest_at"], condition=Q(state="planned"), name="message_too_late"),
            models.Index(
                fields=["latest_at"], condition=Q(channel="call", state="handed_over"), name="message_calls_listed"
            ),
            models.Index(fields=["lease_until", "leased_by"], condition=Q(state="claimed"), name="message_lost_lease"),
            models.Index(fields=["customer", "-planned_at"], name="message_timeline"),
            models.Index(fields=["customer", "slot_at"], condition=Q(slot_at__isnull=False), name="message_slots"),
            models.Index(fields=["state", "-id"], name="message_by_state"),
            models.Index(fields=["origin", "-id"], name="message_by_origin"),
            models.Index(fields=["channel", "-id"], name="message_by_channel"),
            models.Index(fields=["provider_id"], condition=~Q(provider_id=""), name="message_by_provider"),
        ]

    def __str__(self) -> str:
        return self.key

    @property
    def governed_as(self) -> str:
        """Give the purpose by which it is held back: what asks many for consent keeps the limits of advertising."""
        return Purpose.ADVERTISING if self.asks_many else self.purpose

    @property
    def question(self) -> int:
        """Give the number of the question for consent that it carries; 0: none, or not written down yet."""
        return int(self.content.get("optin", 0))

    @property
    def asks_many(self) -> bool:
        """Tell whether it asks for consent because we wish it, and not the person or somebody who spoke with her."""
        return "optin" in self.content and self.origin != "optin"

    @property
    def is_set_aside(self) -> bool:
        """Tell whether workers died of it so often that they leave it alone, until somebody sends it again."""
        return (self.reason or {}).get("code") == "kills_workers"


ASKS_MANY = Q(content__has_key="optin") & ~Q(origin="optin")  # `Message.asks_many`, where many are counted


class MessageEvent(models.Model):
    """What happened to a message, when and why. Appended only."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="events")
    at = models.DateTimeField()
    state = models.CharField(max_length=12, choices=Message.State.choices)
    reason = models.JSONField(null=True)
    by = models.CharField(max_length=150, default="")  # the name of who decided, where that was a person

    class Meta:
        ordering = ["pk"]


class Turn(models.Model):
    """
    One row per customer with messages: whoever gives out slots locks it first, so that two never give out the same.

    `look_at` asks the sweep to arrange the customer's messages anew: a slot became free, or something waits for one.
    """

    customer = models.OneToOneField(Customer, primary_key=True, on_delete=models.CASCADE, related_name="+")
    look_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["look_at"], condition=Q(look_at__isnull=False), name="turn_due")]


class AddressUse(models.Model):
    """Whom an address belongs to within one origin: a second customer with the same address is not written to."""

    origin = models.CharField(max_length=60)
    channel = models.CharField(max_length=20)
    address = models.CharField(max_length=400)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    used_at = models.DateTimeField(db_default=Now())  # a round later it may be another's

    class Meta:
        constraints = [models.UniqueConstraint(fields=["origin", "channel", "address"], name="address_use_once")]
        indexes = [models.Index(fields=["origin", "used_at"], name="address_use_by_origin")]


class Undeliverable(models.Model):
    """An address that bounced for good, or whose owner called a message spam: shut until somebody lifts it."""

    channel = models.CharField(max_length=20)
    address = models.CharField(max_length=400)
    code = models.CharField(max_length=20)  # bounced | complained
    since_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["channel", "address"], name="undeliverable_once")]


class Hold(models.Model):
    """An origin on hold: its messages stay planned and do not leave, until it is lifted. They expire all the same."""

    origin = models.CharField(max_length=60, unique=True)
    since_at = models.DateTimeField()


class Template(models.Model):
    """What is said again and again, in the words of each language and form of address (`TemplateText`)."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    channel = models.CharField(_("channel"), max_length=20)  # a name of `outreach.channels`
    purpose = models.CharField(_("purpose"), max_length=12, choices=Purpose.choices)
    # Sentences that advertise nothing although they sound like it: {"because", "by", "at", "sentences"}, as the latest
    # reason says, with the sentences of all; and {"reasons": […]}, each the same of its own
    argued = models.JSONField(default=dict, blank=True)
    is_archived = models.BooleanField(default=False)
    options = models.JSONField(default=dict, blank=True)  # how it looks on paper, see `paper.Options`
    # Whom at a company it is for: this role first (empty: as usual for the purpose), and one person or several
    wanted_role = models.CharField(
        _("wanted role"), max_length=20, choices=ContactPerson.Role.choices, default="", blank=True
    )
    to_several = models.BooleanField(_("to several people of a company"), default=False)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="template_has_name"),
            models.CheckConstraint(condition=Q(purpose__in=Purpose.values), name="template_purpose_known"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def reasons(self) -> list[dict[str, Any]]:
        """Give each reason why its words advertise nothing; old rows have the latest only."""
        single = [self.argued] if self.argued.get("because") else []
        return list(self.argued.get("reasons", single))


class TemplateText(models.Model):
    """A template's words in one language and form of address; `outreach.content` reads and fills them."""

    template = models.ForeignKey(Template, db_index=False, on_delete=models.CASCADE, related_name="texts")
    language = models.CharField(_("language"), max_length=5)
    form = models.CharField(_("form of address"), max_length=5, choices=FormOfAddress.choices)
    subject = models.CharField(_("subject"), max_length=200)
    preview = models.CharField(_("preview text"), max_length=200, default="", blank=True)
    blocks = models.JSONField(default=list)  # [{"kind": "text" | "offer" | "button", …}], see `content.Block`

    class Meta:
        ordering = ["language", "form", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["template", "language", "form"], name="template_text_once"),
            models.CheckConstraint(condition=Q(form__in=["sie", "du"]), name="template_text_form_known"),
        ]


class Look(models.Model):
    """
    A colleague looks at a version of a template for five seconds, once, and says what was understood (R-A7).

    It is about the words as they were: `words_digest` tells whether they are still the same.
    """

    template = models.ForeignKey(Template, db_index=False, on_delete=models.CASCADE, related_name="looks")
    language = models.CharField(max_length=5)
    form = models.CharField(max_length=5)
    words_digest = models.CharField(max_length=64)
    words = models.JSONField()  # subject, preview and blocks, as they were when asked
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    asked_of = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="looks")
    asked_at = models.DateTimeField()
    shown_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    offered = models.CharField(_("What was offered?"), max_length=500, default="", blank=True)
    to_do = models.CharField(_("What were you to do?"), max_length=500, default="", blank=True)
    is_understood = models.BooleanField(null=True)

    class Meta:
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["template", "language", "form", "words_digest", "asked_of"], name="look_once_each"
            ),
            models.CheckConstraint(
                condition=Q(answered_at=None) | Q(shown_at__isnull=False, is_understood__isnull=False),
                name="look_answered_was_shown",
            ),
        ]
        indexes = [models.Index(fields=["asked_of"], condition=Q(answered_at=None), name="look_open")]

    def __str__(self) -> str:
        return str(self.template)


class PrintRun(CountedClaims):
    """
    Letters or postcards that are printed together.

    It holds its messages (claimed) until somebody hands them to the post or cancels it. What stands on each sheet is
    kept in its pieces, so that the file can be made again at any time, byte by byte.
    """

    class State(models.TextChoices):
        COLLECTING = "collecting", pgettext_lazy("print run", "Being made")
        READY = "ready", pgettext_lazy("print run", "To print")
        HANDED_OVER = "handed_over", pgettext_lazy("print run", "Handed over")
        CANCELLED = "cancelled", pgettext_lazy("print run", "Cancelled")

    channel = models.CharField(max_length=20)
    origin = models.CharField(max_length=60, default="", blank=True)  # only these; empty: whatever is due
    only = models.ForeignKey(Message, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=12, choices=State.choices, default=State.COLLECTING)
    dated_on = models.DateField()  # what stands on the letters
    sender = models.JSONField(default=dict)  # as it was when the run was made
    cost_cents = models.PositiveIntegerField(null=True)  # of one piece
    pieces_count = models.PositiveIntegerField(default=0)
    failed_count = models.PositiveIntegerField(default=0)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    finished_at = models.DateTimeField(null=True)  # handed over or cancelled
    is_set_aside = models.BooleanField(db_default=False)  # workers died of it; only a person takes this back

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["collecting", "ready"], finished_at=None)
                | Q(state__in=["handed_over", "cancelled"], finished_at__isnull=False),
                name="print_run_finished_has_moment",
            ),
        ]
        indexes = [models.Index(fields=["id"], condition=Q(state="collecting"), name="print_run_to_collect")]

    def __str__(self) -> str:
        return str(self.pk)


class Piece(models.Model):
    """One letter or postcard of a run, as it is printed."""

    run = models.ForeignKey(PrintRun, db_index=False, on_delete=models.CASCADE, related_name="pieces")
    position = models.PositiveIntegerField()
    message = models.ForeignKey(Message, on_delete=models.PROTECT, related_name="pieces")
    sheet = models.JSONField()  # what `paper.pdf` sets
    row = models.JSONField()  # what the list of addresses says

    class Meta:
        ordering = ["run", "position"]
        constraints = [
            models.UniqueConstraint(fields=["run", "position"], name="piece_position_once"),
            models.UniqueConstraint(fields=["run", "message"], name="piece_message_once"),
        ]


SERVICE_PAGES = "\n".join(
    (
        "konto", "account", "bestell", "order", "sendung", "tracking", "retoure", "return", "rechnung", "invoice",
        "hilfe", "help", "faq", "kontakt", "contact", "impressum", "imprint", "datenschutz", "privacy", "agb", "terms",
        "widerruf",
    )
)  # fmt: skip


class Picture(models.Model):
    """
    A picture in mails, as it is served: whoever knows its name may see it, and nobody guesses one.

    What is served under a name never changes, and stays for as long as a mail or template may refer to it.
    """

    name = models.CharField(max_length=60, unique=True)  # token, size, ending: "3fa4…-1200x800.jpg"
    digest = models.CharField(max_length=64, unique=True)  # of what it holds
    title = models.CharField(_("title"), max_length=120)
    data = models.BinaryField()
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    sent_at = models.DateTimeField(null=True)  # since then a message refers to it

    def __str__(self) -> str:
        return self.title


class MessageSettings(Settings):
    """How customers are addressed, when they may be disturbed, how often, and what mails and paper look like."""

    default_form = models.CharField(
        _("form of address"), max_length=5, choices=FormOfAddress.choices, default=FormOfAddress.SIE
    )
    # When customers may be disturbed, and how often
    quiet_from = models.TimeField(_("quiet from"), null=True, blank=True, default=time(20))
    quiet_until = models.TimeField(_("quiet until"), null=True, blank=True, default=time(8))
    quiet_sundays = models.BooleanField(_("not on Sundays"), default=True)
    quiet_holidays = models.BooleanField(_("not on public holidays"), default=True)
    holiday_region = models.CharField(_("region for holidays"), max_length=10, default="DE", blank=True)
    cap_contacts = models.PositiveSmallIntegerField(_("contacts per person at most"), null=True, blank=True, default=2)
    cap_customer_contacts = models.PositiveSmallIntegerField(
        _("contacts per customer at most"), null=True, blank=True
    )  # all contact persons together
    cap_days = models.PositiveSmallIntegerField(_("in days"), default=7)
    gap_hours = models.PositiveSmallIntegerField(
        _("hours between two messages to one person"), null=True, blank=True, default=4
    )
    cap_persons = models.PositiveSmallIntegerField(
        _("people of one customer who get the same at most"), null=True, blank=True, default=3
    )
    # Who is left alone of everything for a year, to compare; None: nobody
    all_share = models.FloatField(_("left alone of everything"), null=True, blank=True)
    all_spares_a = models.BooleanField(_("A customers take no part"), default=True, db_default=True)
    spends_on_c = models.BooleanField(_("letters, postcards and calls to C customers, too"), default=False)
    look_first = models.BooleanField(_("advertising only after a colleague has understood it"), default=False)
    # Where things are bought: a link there advertises, unless it leads to where orders are served
    shop_addresses = models.TextField(_("addresses of the shop"), max_length=2000, default="", blank=True)
    shop_service_pages = models.TextField(
        _("pages of the shop that serve orders"), max_length=2000, default=SERVICE_PAGES, blank=True
    )
    # What stands on letters and postcards, and what one of them costs with postage
    sender_address = models.TextField(_("sender's address"), max_length=300, default="", blank=True)
    sender_phone = models.CharField(_("sender's phone"), max_length=60, default="", blank=True)
    voucher_url = models.CharField(_("address behind QR codes"), max_length=200, default="", blank=True)
    letter_cost_cents = models.PositiveIntegerField(_("cost of a letter"), null=True, blank=True)
    postcard_cost_cents = models.PositiveIntegerField(_("cost of a postcard"), null=True, blank=True)
    # What mails look like
    logo = models.ForeignKey(
        Picture,
        to_field="name",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("logo"),
    )
    mail_colour = models.CharField(_("colour"), max_length=7, default=COLOUR)
    mail_font = models.CharField(_("font"), max_length=10, default="system")
    mail_signature = models.TextField(_("signature"), max_length=600, default="", blank=True)
    shop_url = models.URLField(_("link to the shop"), default="", blank=True)
    social_urls = models.JSONField(_("social networks"), default=dict, blank=True)  # name → address

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(default_form__in=["sie", "du"]), name="outreach_form_known"),
            models.CheckConstraint(condition=Q(cap_days__range=(1, 366)), name="outreach_cap_days_sane"),
            models.CheckConstraint(
                condition=Q(gap_hours=None) | Q(gap_hours__range=(1, 168)), name="outreach_gap_hours_sane"
            ),
            models.CheckConstraint(
                condition=Q(all_share=None) | Q(all_share__gt=0, all_share__lt=1), name="outreach_all_share_is_one"
            ),
            models.CheckConstraint(
                condition=Q(cap_persons=None) | Q(cap_persons__gte=1), name="outreach_cap_persons_sane"
            ),
            models.CheckConstraint(
                condition=Q(quiet_from__isnull=True, quiet_until__isnull=True)
                | Q(quiet_from__isnull=False, quiet_until__isnull=False),
                name="outreach_quiet_hours_whole",
            ),
        ]
