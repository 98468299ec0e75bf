"""What was finished before days and roles were kept: the local day, and the role that the person has now."""

from django.conf import settings
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps
from django.db.models import OuterRef, Subquery
from django.db.models.functions import TruncDate


def fill(apps: StateApps, _schema_editor: BaseDatabaseSchemaEditor) -> None:
    finished = apps.get_model("tasks", "Task").objects.filter(finished_at__isnull=False)
    finished.update(finished_on=TruncDate("finished_at"))
    staff = apps.get_model(settings.AUTH_USER_MODEL).objects.filter(pk=OuterRef("finished_by"))
    finished.filter(finished_by__isnull=False).update(finished_role=Subquery(staff.values("role")[:1]))


class Migration(migrations.Migration):
    dependencies = [("tasks", "0004_time_has_its_day_and_role")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
