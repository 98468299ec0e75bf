"""The sweeps of trials: after each data refresh, what was to be seen by then; and each year's draw of everything."""

from stammkunde.work.sweeps import Named, Sweep

SWEEPS = (
    Sweep(name="impact", run=Named("stammkunde.impact.working.sweep"), order=70),
    Sweep(name="left-alone", run=Named("stammkunde.impact.working.renew"), order=71),
)
