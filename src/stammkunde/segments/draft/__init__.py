"""
A rule while somebody writes it: plain data as `insight.rules` reads them, with holes where nothing is typed yet.

`read` takes it from a form, `act` does what a button says, `lay_out` gives what the page shows. What the form cannot
show (another one's comparison, a group too deep) is kept as it is, and said in words.
"""

from stammkunde.segments.draft.acts import EMPTY, act, focus, opened
from stammkunde.segments.draft.asking import Offered
from stammkunde.segments.draft.reading import begun, read
from stammkunde.segments.draft.rows import Laid, LaidLeaf, lay_out

__all__ = ["EMPTY", "Laid", "LaidLeaf", "Offered", "act", "begun", "focus", "lay_out", "opened", "read"]
