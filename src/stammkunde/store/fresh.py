"""
The tables of an empty database, made at once as migrations leave them; step by step is for what holds something.

Step by step they take ten times as long, on every first start. What models cannot say (a trigger, an index less) an
app declares in `beyond_models.py`: `BEYOND_MODELS`, called with apps and schema editor, as `RunPython` calls it.
"""

from collections.abc import Callable, Iterator
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.apps import apps
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from stammkunde.store import renames


def is_empty(connection: BaseDatabaseWrapper) -> bool:
    """Tell whether there is nothing in the database; a list of migrations in which none stands is nothing."""
    there = set(connection.introspection.table_names())
    return there <= {renames.MIGRATIONS} and not MigrationRecorder(connection).applied_migrations()


def build(connection: BaseDatabaseWrapper) -> None:
    """Make all tables and note every migration as done, in one transaction: killed, it leaves the database empty."""
    executor = MigrationExecutor(connection)
    executor.recorder.ensure_schema()
    described = executor.loader.project_state().apps
    with connection.schema_editor() as editor:
        for model in described.get_models():
            if model._meta.can_migrate(connection):  # noqa: SLF001 (`_meta` is how Django lets a model be asked)
                editor.create_model(model)
        for finish in _beyond_models():
            finish(described, editor)
        for done in _everything(executor.loader):
            executor.recorder.record_applied(*done)


def _everything(loader: MigrationLoader) -> Iterator[tuple[str, str]]:
    """Give every migration by app and name, and each that it stands for."""
    for app, name in loader.graph.nodes:
        yield from loader.get_migration(app, name).replaces
        yield app, name


def _beyond_models() -> Iterator[Callable[[Any, Any], None]]:
    for app in apps.get_app_configs():
        if find_spec(f"{app.name}.beyond_models"):
            yield from import_module(f"{app.name}.beyond_models").BEYOND_MODELS
