"""Up to where a measure has looked: each thing noted by itself, so that who notes one keeps what others noted."""

from typing import Any

from django.db import transaction

from stammkunde.plays.models import Play


@transaction.atomic
def note(play_id: int, **said: object) -> dict[str, Any]:
    """Note some things, and leave the others as they are; give all."""
    row = Play.objects.select_for_update(of=("self",)).get(pk=play_id)
    row.entered_upto = found = {**row.entered_upto, **said}
    row.save(update_fields=["entered_upto"])
    return found
