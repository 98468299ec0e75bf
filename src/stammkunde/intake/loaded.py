"""
What readers are forked from (`intake.apart`): Django, and all that reading a file takes long to load.

When the program is stopped, its whole group is told so: whoever asked a reader decides, and ends it.
"""

import signal
from importlib import import_module

import django

signal.signal(signal.SIGTERM, signal.SIG_IGN)
django.setup()
for _name in ("stammkunde.intake.recognise", "stammkunde.intake.check"):
    import_module(_name)
