"""What is decided without a database: how many are left alone, and what is done once."""

MISSING = "fields_missing"  # codes of our own, beside the governor's
CHEAP_ONLY = "cheap_only"
LONGEST_DELAY_DAYS = 30  # nobody is thanked for what was bought longer ago


def key(*, play_id: int, customer_id: int, cycle: str, place: int, channel: str) -> str:
    """Name a message, so that planning it again gives the same one; whoever comes after the first is told apart."""
    return f"play:{play_id}:{customer_id}:{cycle if place == 1 else f'{cycle}.{place}'}:{channel}"
