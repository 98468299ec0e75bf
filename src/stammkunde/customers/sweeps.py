"""What goes with a customer, and with the days."""

from stammkunde.work.sweeps import Named, Sweep

SWEEPS = (Sweep(name="drafts", run=Named("stammkunde.customers.drafts.sweep"), order=96),)
