"""What readers are forked from (`intake.apart`): Django, and all that reading a file takes long to load."""

from importlib import import_module

import django

django.setup()
for _name in ("stammkunde.intake.recognise", "stammkunde.intake.check"):
    import_module(_name)
