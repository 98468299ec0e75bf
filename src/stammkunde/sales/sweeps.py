"""The sweep of sales: what came back is looked for among what was bought; see `returned`."""

from stammkunde.work.sweeps import Named, Sweep

SWEEPS = (Sweep(name="returns", run=Named("stammkunde.sales.returned.sweep"), order=54),)
