"""What an example of a group is."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True, kw_only=True)
class Example:
    """A group to begin with; a question in its rule without a value is a hole."""

    key: str
    occasion: str
    name: "_StrPromise"
    rule: dict[str, Any]


Rule = dict[str, Any]


def all_of(*some: Rule) -> Rule:
    return {"all": list(some)}


def field(name: str, operator: str, value: Any = None) -> Rule:
    return {"field": name, "is": operator} | ({} if value is None else {"value": value})


def happened(table: str, *, within: Any = "ever", **more: Any) -> Rule:
    """Ask for at least one row of a table, unless something else is said."""
    asked = {"measure": "count", "is": ">=", "value": 1} | more
    return {"happened": table, "within": within} | asked


def never(table: str, **more: Any) -> Rule:
    return happened(table, **more) | {"is": "is", "value": 0}


def where(column: str, operator: str, value: Any = None) -> list[Rule]:
    return [{"column": column, "is": operator} | ({} if value is None else {"value": value})]
