"""The sweep of groups of customers: before figures, which take long; see `working`."""

from stammkunde.work.sweeps import Named, Sweep

SWEEPS = (Sweep(name="segments", run=Named("stammkunde.segments.working.sweep"), order=60),)
