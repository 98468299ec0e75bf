"""Files on their way in. An import is staged and checked whole, then published in batches under a lease."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from stammkunde.work.models import CountedClaims


class Mapping(models.Model):
    """Which column of a file means what, under a name, so that the next file needs no questions."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    layout = models.CharField(max_length=30)  # see intake.layouts
    columns = models.JSONField(default=dict)  # our field → the file's column
    options = models.JSONField(default=dict)  # origin, date order, decimal mark, gross or net, encoding …
    heading = models.CharField(max_length=64, default="", db_index=True)  # of the file it was made with: `remembered`
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    updated_at = models.DateTimeField()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Import(CountedClaims):
    class Status(models.TextChoices):
        UPLOADED = "uploaded", _("Uploaded")  # waits for a person: preview
        QUEUED = "queued", _("Waiting")  # waits for the worker: check, then publish (or stop there: dry run)
        CHECKING = "checking", _("Checking")
        CHECKED = "checked", _("Checked")  # a dry run is done; nothing was changed
        PUBLISHING = "publishing", _("Importing")
        DONE = "done", _("Imported")
        FAILED = "failed", _("Failed")  # nothing was changed
        UNDOING = "undoing", _("Being undone")
        UNDONE = "undone", _("Undone")
        DISCARDED = "discarded", _("Discarded")

    file_name = models.CharField(max_length=255)
    path = models.CharField(max_length=500)  # below UPLOAD_DIR, or where the command line found it
    size_bytes = models.BigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, default="")
    layout = models.CharField(max_length=30, default="")
    columns = models.JSONField(default=dict)
    options = models.JSONField(default=dict)
    heading = models.CharField(max_length=64, default="", db_index=True)  # digest of the file's headings: `remembered`
    follows = models.JSONField(default=dict)  # of what it is known how such a file is read: `remembered.Remembered`
    together = models.CharField(max_length=32, default="", db_default="")  # the same for files that came together
    waits = models.BooleanField(default=False, db_default=False)  # for those of them that its rows refer to
    left_open = models.JSONField(default=list, db_default=[])  # what was asked or missing when it was recognised
    dry_run = models.BooleanField(default=False)
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.UPLOADED)
    step = models.CharField(max_length=40, default="")  # what is going on: a code, worded when shown
    done = models.BigIntegerField(default=0)  # progress of the step, of `total`
    total = models.BigIntegerField(default=0)
    checkpoint = models.JSONField(default=dict)  # how far publishing or undoing has come
    counts = models.JSONField(default=dict)  # {table: {"created": n, "changed": n, "unchanged": n, "refused": n}}
    totals = models.JSONField(default=dict)  # what the file comes to, see `check.totals`; and what is held of it then
    problems = models.JSONField(default=list)  # the first problems; all of them stand in problems.parquet
    problem_count = models.BigIntegerField(default=0)
    error = models.JSONField(null=True, blank=True)  # {"code": …, numbers}: why nothing was imported, worded when shown
    staff = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["status", "lease_until"], name="import_due"),
            models.Index(fields=["together"], name="import_together", condition=~models.Q(together="")),
        ]

    def __str__(self) -> str:
        return self.file_name


class BeforeImage(models.Model):
    """A row as it was before an import changed it: what undo puts back."""

    incoming = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="before_images")
    table = models.CharField(max_length=40)
    row_id = models.BigIntegerField()
    before = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["incoming", "table", "row_id"], name="before_image_once")]


class Told(models.Model):
    """
    Up to which day an import told of a table: what its file holds is known up to its last row, whatever today is.

    Rows that a program hands in as they happen (`on` is empty) tell of today.
    """

    incoming = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="told")
    origin = models.CharField(max_length=100)
    table = models.CharField(max_length=40)
    on = models.DateField(null=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["incoming", "table"], name="told_once_an_import")]
        indexes = [models.Index(fields=["at"], name="told_by_age")]
