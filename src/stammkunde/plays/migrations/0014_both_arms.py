from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db import migrations
from django.db.models import Min
from django.db.models.functions import Coalesce

AT_ONCE = 2_000


def _numbers(draw: Any) -> tuple[int, int]:
    """Tell of which play a draw is, and from which of its versions on; 0: of all."""
    parts = draw.origin.split(":")
    return int(parts[1]), int(parts[3]) if len(parts) == 4 else 0


def _treated(apps: Any, draw: Any, upto: int | None) -> Iterator[tuple[int, datetime | None]]:
    """List who was contacted under a draw, each with the first entry."""
    play_id, number = _numbers(draw)
    rows = apps.get_model("plays", "Enrolment").objects.filter(play=play_id, arm="treated").order_by()
    if number:
        rows = rows.filter(version__number__gte=number)
        rows = rows.filter(version__number__lt=upto) if upto else rows
    for customer, at in rows.values_list("customer").annotate(at=Min(Coalesce("zero_at", "entered_at"))):
        yield customer, at


def _window_days(play: Any, number: int) -> int:
    version = play.versions.filter(number=number).first()
    return version.content.get("goal", {}).get("window_days", 91) if version else 91


def both_arms(apps: Any, _editor: Any) -> None:
    """Write down of the draws of plays who was contacted: until now only those left alone were."""
    Draw, Assignment = apps.get_model("outreach", "Draw"), apps.get_model("outreach", "Assignment")
    plays = apps.get_model("plays", "Play").objects.in_bulk()
    draws = sorted(Draw.objects.filter(origin__startswith="play:"), key=_numbers)
    for place, draw in enumerate(draws):
        after = draws[place + 1] if place + 1 < len(draws) else None
        same = after is not None and _numbers(after)[0] == _numbers(draw)[0]
        rows = (
            Assignment(draw=draw, customer_id=customer, held_out=False, entered_at=at)
            for customer, at in _treated(apps, draw, _numbers(after)[1] if same else None)
        )
        Assignment.objects.bulk_create(rows, batch_size=AT_ONCE, ignore_conflicts=True)
        play_id, number = _numbers(draw)
        if play_id not in plays:
            continue
        if not number:  # a campaign begins for all at once
            Assignment.objects.filter(draw=draw).update(entered_at=plays[play_id].started_at)
        draw.name, draw.window_days = plays[play_id].name[:80], _window_days(plays[play_id], number)
        draw.save(update_fields=["name", "window_days"])


class Migration(migrations.Migration):
    dependencies = [("plays", "0013_minutes_of_people"), ("outreach", "0017_both_arms")]

    operations = [migrations.RunPython(both_arms, migrations.RunPython.noop)]
