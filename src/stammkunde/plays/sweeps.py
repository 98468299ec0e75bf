"""The sweeps of plays, which plan messages, and look back; see `working`."""

from stammkunde.work.sweeps import Named, Sweep

SWEEPS = (
    Sweep(name="plays", run=Named("stammkunde.plays.working.sweep"), order=20),
    Sweep(name="measures", run=Named("stammkunde.plays.measures.working.sweep"), order=22),
    Sweep(name="audiences", run=Named("stammkunde.plays.working.choose"), order=30),
    Sweep(name="replays", run=Named("stammkunde.plays.replay.working.sweep"), order=65),
)
