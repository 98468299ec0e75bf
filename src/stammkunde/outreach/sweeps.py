"""The sweep of outreach; see `working`."""

from stammkunde.work.sweeps import Named, Sweep

SWEEPS = (Sweep(name="outreach", run=Named("stammkunde.outreach.working.sweep"), order=10),)
