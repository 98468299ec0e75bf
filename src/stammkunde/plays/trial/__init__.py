"""
What a play would do, looked at today: whom it would take, by which ways, at what cost, and what it could show.

Nothing is written, nobody is drawn, no slot is taken.
"""

from stammkunde.plays.trial.trying import MOST, Trial, of, smallest_cents, smallest_of, usual_share

__all__ = ["MOST", "Trial", "of", "smallest_cents", "smallest_of", "usual_share"]
