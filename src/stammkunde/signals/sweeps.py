"""The sweeps of figures, which take long and so come last; see `working`."""

from stammkunde.work.sweeps import Named, Sweep

SWEEPS = (
    Sweep(name="signals", run=Named("stammkunde.signals.working.sweep"), order=90),
    Sweep(name="statistics", run=Named("stammkunde.signals.working.gather_statistics"), order=95),
)
