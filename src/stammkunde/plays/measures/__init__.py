"""Measures: plays that run over time. What admits, draws, walks, settles and ends."""
