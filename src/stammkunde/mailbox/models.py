"""How far a mailbox was read, and which mails were taken from it."""

from django.db import models
from django.db.models import Q

from stammkunde.work.models import CountedClaims


class Mailbox(CountedClaims):
    """A mailbox that is read: mails up to `read_to` are dealt with, for as long as the server counts as it did."""

    name = models.CharField(max_length=40, unique=True)
    place = models.CharField(max_length=400, default="")  # user, server and folder: another one is read from its start
    uid_validity = models.BigIntegerField(null=True)
    read_to = models.BigIntegerField(default=0)
    read_at = models.DateTimeField(null=True)  # when it was last read to its end
    problem = models.JSONField(null=True)  # {"code", "answer"}: why it could not be read last time

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(read_to__gte=0), name="mailbox_read_to_sane")]

    def __str__(self) -> str:
        return self.name


class Mail(models.Model):
    """A mail that was taken, and what it was: each once, also where the server counts anew."""

    mailbox = models.ForeignKey(Mailbox, on_delete=models.CASCADE, db_index=False, related_name="mails")
    digest = models.CharField(max_length=64)  # of what was read of it
    kind = models.CharField(max_length=20)
    taken_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["mailbox", "digest"], name="mail_taken_once")]
        indexes = [models.Index(fields=["mailbox", "kind"], name="mail_by_kind")]
