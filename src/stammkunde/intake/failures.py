"""
The words of what went wrong while importing, and of why an import cannot be taken back.

`report` adds which tables are meant.
"""

from django.utils.translation import gettext_lazy as _

OF_IMPORTS = {
    "unexpected": (
        _("Something unexpected happened while importing."),
        _("Try it once more. If it happens again, the system log says more: %(problem)s"),
    ),
    "waits_for": (
        _("Not imported: its rows refer to “%(file)s”, which came with it and is not in the database."),
        _("Import that file first, then this one once more."),
    ),
    "never_started": (
        _("Nobody imported the file within %(days)s days; what was uploaded has been deleted."),
        _("Upload it once more when you want to import it."),
    ),
    "worker_lost": (
        _("The import was set aside: a worker was stopped %(tries)s times in the middle of it."),
        _("Usually the computer lacks memory: import the file in parts, or give it more."),
    ),
    "undo_set_aside": (
        _("Undoing was given up: a worker was stopped %(tries)s times in the middle of it."),
        _("Usually the computer lacks memory: give it more, then undo once more. A part of the rows is still there."),
    ),
    "undo_failed": (
        _("Undoing was given up: it failed %(tries)s times."),
        _("A part of the rows is still there. Undo once more; if it fails again, the log says more: %(problem)s"),
    ),
    "partly_undone": (
        _("Some rows could not be taken back: %(rows)s."),
        _("Somebody changed them or attached something to them meanwhile. They stay."),
    ),
    "changed_since": (
        _("Cannot be undone: a later import or a person has changed rows of it since (%(numbers)s)."),
        _("Undo the later import first."),
    ),
    "in_use": (
        _("Cannot be undone: other things hang on its rows by now (%(numbers)s)."),
        _("Undo the later import, or remove them, first."),
    ),
}
