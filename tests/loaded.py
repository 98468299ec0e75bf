"""What `tests.processes` forks from: Django, and with these few all that takes long to load."""

from importlib import import_module

import django
from django.conf import settings
from django.urls import reverse

settings.LOGGING_CONFIG = None
django.setup()
OURS = ("stammkunde.intake.services", "stammkunde.signals.services", "stammkunde.outreach.working")
LATE = ("scipy.linalg", "scipy.optimize")  # what a refresh loads when it gets there
for name in (*OURS, *LATE, "pytest"):
    import_module(name)
reverse("today")  # loads all pages, which every worker that writes an address would do for itself
