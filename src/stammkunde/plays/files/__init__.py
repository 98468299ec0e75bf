"""
Plays as files: the ready-made ones that come along, and those that somebody takes from one installation to another.

A file holds the content of a play with names instead of numbers, and what it needs to stand on its own feet: the words
of its templates, and the rules of its groups. People and other plays it only names; whoever imports it says who is
meant. What a file says in both languages is an object with `de` and `en`.
"""

from stammkunde.plays.files.parts import FileGroup, FileTemplate, Need, PlayFile, Words
from stammkunde.plays.files.reading import FORMAT, MOST_BYTES, VERSION, parse, read
from stammkunde.plays.files.ready import find, ready

__all__ = [
    "FORMAT",
    "MOST_BYTES",
    "VERSION",
    "FileGroup",
    "FileTemplate",
    "Need",
    "PlayFile",
    "Words",
    "find",
    "parse",
    "read",
    "ready",
]
