"""What is decided without a database: how many are left alone, and what is done once."""

FEWEST_TO_COMPARE = 200  # below that, leaving some alone would tell nothing
USUAL_HOLDOUT = 0.1
MISSING = "fields_missing"  # codes of our own, beside the governor's
CHEAP_ONLY = "cheap_only"
LONGEST_DELAY_DAYS = 30  # nobody is thanked for what was bought longer ago


def usual_holdout(customers: int) -> float:
    """Suggest how many to leave alone: a tenth, where that is enough to tell anything."""
    return USUAL_HOLDOUT if customers >= FEWEST_TO_COMPARE else 0.0


def key(*, play_id: int, customer_id: int, cycle: str, place: int, channel: str) -> str:
    """Name a message, so that planning it again gives the same one; whoever comes after the first is told apart."""
    return f"play:{play_id}:{customer_id}:{cycle if place == 1 else f'{cycle}.{place}'}:{channel}"
