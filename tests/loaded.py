"""What `tests.processes` forks from: Django, and with these few all that takes long to load."""

from importlib import import_module

import django
from django.conf import settings

settings.LOGGING_CONFIG = None
django.setup()
for name in ("stammkunde.intake.services", "stammkunde.signals.services", "stammkunde.outreach.working", "pytest"):
    import_module(name)
