"""
Lists: a page that shows rows is a class that says which rows, which columns and what may be asked for.

`ListPage` makes of it a page with filters and order in the address, pages by key and files to take along. `paging`
alone is for lists that are made of more than one table.
"""

from stammkunde.ui.lists.page import Cell, Empty, Head, ListPage
from stammkunde.ui.lists.paging import Keys, NoPlace, Page, Place, Stretch, every, one_page, sorted_by

__all__ = [
    "Cell",
    "Empty",
    "Head",
    "Keys",
    "ListPage",
    "NoPlace",
    "Page",
    "Place",
    "Stretch",
    "every",
    "one_page",
    "sorted_by",
]
