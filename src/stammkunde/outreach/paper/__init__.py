"""
Letters and postcards as they leave the printer. Pure: it knows no database and no clock.

`sheet` puts content into what a sheet needs, `typeset` makes pages of it (`ui.typesetting`): the same pieces give the
same file, byte by byte, on every machine.
"""

from stammkunde.outreach.paper.sheet import FORMATS, MOTIFS, Options, Reader, Sender, piece, postal_lines
from stammkunde.outreach.paper.typeset import CannotSet, pdf, pictures

__all__ = [
    "FORMATS",
    "MOTIFS",
    "CannotSet",
    "Options",
    "Reader",
    "Sender",
    "pdf",
    "pictures",
    "piece",
    "postal_lines",
]
