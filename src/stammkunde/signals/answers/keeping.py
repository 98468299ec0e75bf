"""What a year says of keeping customers, and of what those who stayed and those who left brought."""

from stammkunde.insight import retention
from stammkunde.insight.classes import Basis
from stammkunde.insight.errors import NotEnoughData
from stammkunde.signals.answers import asking


def kept(*, year: str, basis: Basis | None = None) -> retention.Base | None:
    """
    Read a year off the facts; None where they say too little of it.

    :raises NoMirror: if nothing was mirrored yet
    :raises NoFacts: if there are no orders
    """

    def read(base: asking.Base) -> retention.Base | None:
        try:
            return retention.base(base.facts, year=year, activity_days=base.activity_days, basis=basis)
        except NotEnoughData:
            return None

    return asking.answer("kept", read, year, basis)
