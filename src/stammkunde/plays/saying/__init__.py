"""
What a play over time says of itself, in words: card by card and step by step, in German and English, exactly true.

`cards` gives the sentences of the six cards, `lines` those of the steps with the day on which each may begin.
"""

from stammkunde.plays.saying.cards import CARDS, Card, cards
from stammkunde.plays.saying.names import Named, Names
from stammkunde.plays.saying.steps import Line, leads, lines, moments

__all__ = ["CARDS", "Card", "Line", "Named", "Names", "cards", "leads", "lines", "moments"]
