"""The sweep of trials: after each data refresh, what was to be seen by then; see `working`."""

from stammkunde.work.sweeps import Named, Sweep

SWEEPS = (Sweep(name="impact", run=Named("stammkunde.impact.working.sweep"), order=70),)
