"""What a play costs as a whole, whoever it reaches: printing, an agency."""

from datetime import datetime

from django.db import transaction

from stammkunde.plays.models import Play
from stammkunde.team import services as team
from stammkunde.team.models import Staff

MOST_CENTS = 100_000_000


@transaction.atomic
def set_fixed_cost(*, play_id: int, cents: int, what_for: str, staff: Staff, now: datetime) -> Play:
    """Say what a play costs as a whole, and for what; repeating changes nothing."""
    play = Play.objects.select_for_update(of=("self",)).get(pk=play_id)
    if (play.fixed_cost_cents, play.fixed_cost_for) != (cents, what_for):
        play.fixed_cost_cents, play.fixed_cost_for = cents, what_for
        play.save(update_fields=["fixed_cost_cents", "fixed_cost_for"])
        team.record(
            staff=staff, action="play.cost_said", at=now, thing="play", thing_id=play.pk, label=play.name, cents=cents
        )
    return play
