"""The sweeps of groups of customers: before figures, which take long; see `working`, and `packing` for what is old."""

from stammkunde.work.sweeps import Named, Sweep

SWEEPS = (
    Sweep(name="segments", run=Named("stammkunde.segments.working.sweep"), order=60),
    Sweep(name="past_groups", run=Named("stammkunde.segments.packing.sweep"), order=94),
)
