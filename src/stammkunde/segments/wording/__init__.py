"""
Rules in words: every rule is a sentence that is exactly true, in German and English.

`sentence` says a whole rule, `leaf` one question of it; `Said` is what fields, tables and groups are called.
"""

from stammkunde.segments.wording import labels, problems
from stammkunde.segments.wording.said import Complete, Said
from stammkunde.segments.wording.sentences import leaf, never_are_in, sentence
from stammkunde.segments.wording.spans import span

__all__ = ["Complete", "Said", "labels", "leaf", "never_are_in", "problems", "sentence", "span"]
