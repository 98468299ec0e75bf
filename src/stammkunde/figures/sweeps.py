"""The sweep of pages of figures: after the data refresh, what they will ask."""

from stammkunde.work.sweeps import Named, Sweep

SWEEPS = (Sweep(name="ahead", run=Named("stammkunde.figures.ahead.sweep"), order=92),)
