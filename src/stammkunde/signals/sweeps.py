"""The sweep of figures, which takes long and so comes last; see `working`."""

from stammkunde.work.sweeps import Named, Sweep

SWEEPS = (Sweep(name="signals", run=Named("stammkunde.signals.working.sweep"), order=90),)
