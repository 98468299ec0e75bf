"""Numbers as they stand in addresses and forms, read alike everywhere: what cannot be meant is not there."""

LARGEST = 2**63 - 1  # what a column of a database holds
_MOST_DIGITS = len(str(LARGEST))


def whole(text: str, *, least: int = 0, most: int = LARGEST) -> int | None:
    """Read a whole number; None where there is none between these."""
    if not text.isdecimal() or len(text) > _MOST_DIGITS:
        return None
    number = int(text)
    return number if least <= number <= most else None


def row(text: str) -> int:
    """Read the number of a row; 0, which no row has, where there is none."""
    return whole(text, least=1) or 0
