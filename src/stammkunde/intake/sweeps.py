"""The sweep of imports, one at a time."""

from stammkunde.work.sweeps import Named, Sweep

SWEEPS = (Sweep(name="intake", run=Named("stammkunde.intake.services.sweep"), order=40),)
