"""The sweep of the team; see `sealing`."""

from stammkunde.work.sweeps import Named, Sweep

SWEEPS = (Sweep(name="seals", run=Named("stammkunde.team.sealing.sweep"), order=80),)
