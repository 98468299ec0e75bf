"""What campaigns have besides: how one by phone is led, what asks for consent, links that are shared, their clicks."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from stammkunde.calls.models import Guide
from stammkunde.customers.models import OptIn


class CallPlan(models.Model):
    """How a campaign by phone is led: by which guide, by whom, and how many calls of a day."""

    play = models.OneToOneField("plays.Play", primary_key=True, on_delete=models.CASCADE, related_name="call_plan")
    guide = models.CharField(_("guide"), max_length=10, choices=Guide.Kind.choices)
    calls_per_day = models.PositiveSmallIntegerField(_("calls of a day"))
    callers = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+")  # of whom nobody looks after

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(calls_per_day__range=(1, 50)), name="call_plan_day_sane"),
        ]


class CallTurn(models.Model):
    """Who calls somebody of a campaign, and as the how manieth: the day follows from it."""

    enrolment = models.OneToOneField("plays.Enrolment", primary_key=True, on_delete=models.CASCADE, related_name="turn")
    caller = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    place = models.PositiveIntegerField()  # 0, 1, … on the caller's list, those with most worth first


class ConsentPlan(models.Model):
    """What a campaign asks consent for, by the mail whose click is the consent, and where people said they want it."""

    play = models.OneToOneField("plays.Play", primary_key=True, on_delete=models.CASCADE, related_name="consent_plan")
    purposes = models.JSONField(default=list)
    origin = models.CharField(max_length=250)
    optins = models.ManyToManyField(OptIn, related_name="+")  # the questions that came of it


class ShareLink(models.Model):
    """A link that people share in one network because of one campaign: it counts clicks, and leads on."""

    class Network(models.TextChoices):
        FACEBOOK = "facebook", "Facebook"
        INSTAGRAM = "instagram", "Instagram"
        LINKEDIN = "linkedin", "LinkedIn"
        XING = "xing", "XING"
        WHATSAPP = "whatsapp", "WhatsApp"
        MASTODON = "mastodon", "Mastodon"
        YOUTUBE = "youtube", "YouTube"
        X = "x", "X"
        OTHER = "other", pgettext_lazy("network", "Elsewhere")

    play = models.ForeignKey("plays.Play", on_delete=models.CASCADE, related_name="share_links")
    network = models.CharField(_("network"), max_length=12, choices=Network.choices)
    target = models.URLField(_("leads to"), max_length=500)
    code = models.CharField(max_length=16, unique=True)  # what stands in the link
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)  # since then it leads nowhere; its counts stay

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["play", "network", "target"], name="share_link_once"),
            models.CheckConstraint(condition=~Q(code=""), name="share_link_has_code"),
        ]


class ShareClicks(models.Model):
    """How often a link was opened on a day: a number, and nothing of whoever opened it."""

    link = models.ForeignKey(ShareLink, db_index=False, on_delete=models.CASCADE, related_name="clicks")
    on = models.DateField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["link", "on"], name="share_clicks_of_a_day_once")]
