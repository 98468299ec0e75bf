"""
What a play would do, looked at today: whom it would take, by which ways, at what cost, and what it could show.

Nothing is written, nobody is drawn, no slot is taken.
"""

from stammkunde.plays.trial.trying import Trial, of, smallest_cents, usual_share

__all__ = ["Trial", "of", "smallest_cents", "usual_share"]
