"""Contacts of before: the role that the person has now."""

from django.conf import settings
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps
from django.db.models import OuterRef, Subquery


def fill(apps: StateApps, _schema_editor: BaseDatabaseSchemaEditor) -> None:
    told = apps.get_model("contacts", "Contact").objects.filter(staff__isnull=False)
    staff = apps.get_model(settings.AUTH_USER_MODEL).objects.filter(pk=OuterRef("staff"))
    told.update(role=Subquery(staff.values("role")[:1]))


class Migration(migrations.Migration):
    dependencies = [("contacts", "0002_time_has_its_role")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
