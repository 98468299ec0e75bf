"""
The content of a play that runs over time: typed, as JSON in and out, and with errors that name place and cure.

Steps have keys that stay while a play is edited. A content names rows (templates, people, groups, other plays) by their
numbers; a file names them, and whoever imports it maps the names (`names`, `renamed`).
"""

from stammkunde.plays.contents import about, exclusive
from stammkunde.plays.contents.nodes import InvalidContent, Problem
from stammkunde.plays.contents.parts import (
    Branch,
    Content,
    Cost,
    Dated,
    End,
    Enters,
    Goal,
    HandOver,
    Happened,
    Happening,
    Holdout,
    Limits,
    Message,
    Reentry,
    Ref,
    Rule,
    Step,
    Subject,
    Task,
    Trigger,
    Wait,
)
from stammkunde.plays.contents.reading import ENDS, KINDS, read
from stammkunde.plays.contents.tree import every, find, first, following, happenings, ways
from stammkunde.plays.contents.writing import WAYS, kind, names, renamed, with_keys, worded, write

__all__ = [
    "ENDS",
    "KINDS",
    "WAYS",
    "Branch",
    "Content",
    "Cost",
    "Dated",
    "End",
    "Enters",
    "Goal",
    "HandOver",
    "Happened",
    "Happening",
    "Holdout",
    "InvalidContent",
    "Limits",
    "Message",
    "Problem",
    "Reentry",
    "Ref",
    "Rule",
    "Step",
    "Subject",
    "Task",
    "Trigger",
    "Wait",
    "about",
    "every",
    "exclusive",
    "find",
    "first",
    "following",
    "happenings",
    "kind",
    "names",
    "read",
    "renamed",
    "ways",
    "with_keys",
    "worded",
    "write",
]
