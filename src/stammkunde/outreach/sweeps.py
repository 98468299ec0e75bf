"""The sweeps of outreach; see `working` and `bouncing`."""

from stammkunde.work.sweeps import Named, Sweep

SWEEPS = (
    Sweep(name="outreach", run=Named("stammkunde.outreach.working.sweep"), order=10),
    Sweep(name="unanswered", run=Named("stammkunde.outreach.working.forget_unanswered"), order=97),
    Sweep(name="bounces", run=Named("stammkunde.outreach.bouncing.sweep"), order=35),
)
