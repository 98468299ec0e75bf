"""Groups that ask for the members of other groups use these."""

from stammkunde.segments import latest
from stammkunde.segments.using import Use


def _asking(segment_id: int) -> list[str]:
    name = f"segment:{segment_id}"
    return [one.segment.name for one in latest.versions() if name in latest.uses(one).members]


USES = (Use(of=_asking),)
