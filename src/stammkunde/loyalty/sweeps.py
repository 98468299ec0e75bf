"""The sweep of points: what facts have changed and what days bring is booked; see `working`."""

from stammkunde.work.sweeps import Named, Sweep

SWEEPS = (Sweep(name="points", run=Named("stammkunde.loyalty.working.sweep"), order=55),)
