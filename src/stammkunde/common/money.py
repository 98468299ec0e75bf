"""Money: whole cents in the installation's one currency. Rounded once per line, half away from zero."""

from decimal import ROUND_HALF_UP, Decimal


def cents(amount: Decimal) -> int:
    """Turn an amount in euro into cents, rounding half away from zero."""
    return int((amount * 100).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def euros(amount_cents: int) -> Decimal:
    """Turn cents into an exact amount in euro."""
    return Decimal(amount_cents) / 100
