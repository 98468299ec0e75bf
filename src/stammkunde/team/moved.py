"""
For migrations: what the company decided goes over to the row of the app that owns it, and back.

All settings were columns of the company's row. An app's migration makes its row, carries the values over by `settings`,
and runs before the one of `team` that drops the columns.
"""

from typing import Any

from django.apps.registry import Apps
from django.db.migrations import RunPython


def settings(model: str, *columns: str) -> RunPython:
    """Carry columns of the company's row over to the row of an app, `app.Model`; backwards, back into the company's."""

    def over(apps: Apps, _editor: Any) -> None:
        for values in apps.get_model("team.Company").objects.values("pk", *columns):
            apps.get_model(model).objects.create(company_id=values.pop("pk"), **values)

    def back(apps: Apps, _editor: Any) -> None:
        for values in apps.get_model(model).objects.values("company_id", *columns):
            apps.get_model("team.Company").objects.filter(pk=values.pop("company_id")).update(**values)

    return RunPython(over, back)
