"""
Work in the background: claims on rows, the heartbeat that keeps them, progress, and sweeps.

The truth is in our own rows. Whoever works takes a row by a conditional update (`claim`) and keeps the claim alive
(`Lease.kept`). A claim that lapses is free for others, at once where its holder is known to be gone from this machine.
What must not happen twice happens in a transaction that also renews the claim (`Lease.save`): whoever lost it writes
nothing. Claims are counted: a row that nobody ever came back from is not taken for ever (`CountedClaims`).
"""

from stammkunde.work.holders import is_gone, me
from stammkunde.work.leases import FREE, Lease, LostLease, claim, going_on, set_aside

__all__ = ["FREE", "Lease", "LostLease", "claim", "going_on", "is_gone", "me", "set_aside"]
