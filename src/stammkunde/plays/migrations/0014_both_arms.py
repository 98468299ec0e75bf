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


def _versions(play: Any, draw: Any, number: int) -> list[int]:
    """Name the versions of a measure under which it was drawn so: those in a row that have the same share."""
    found = []
    later = play.versions.filter(number__gte=number, from_at__isnull=False).order_by("number")
    for version in later:
        if version.content.get("holdout", {}).get("share", 0.1) != draw.share:
            break
        found.append(version.number)
    return found


def _treated(apps: Any, play: Any, draw: Any, number: int) -> Iterator[tuple[int, datetime | None]]:
    """List who was contacted under a draw, each with the first entry."""
    rows = apps.get_model("plays", "Enrolment").objects.filter(play=play, arm="treated").order_by()
    if number:
        rows = rows.filter(version__number__in=_versions(play, draw, number))
    yield from rows.values_list("customer").annotate(at=Min(Coalesce("zero_at", "entered_at")))


def _window_days(play: Any, number: int) -> int:
    version = play.versions.filter(number=number).first()
    return version.content.get("goal", {}).get("window_days", 91) if version else 91


def both_arms(apps: Any, _editor: Any) -> None:
    """Write down of the draws of plays who was contacted: until now only those left alone were."""
    Draw, Assignment = apps.get_model("outreach", "Draw"), apps.get_model("outreach", "Assignment")
    plays = apps.get_model("plays", "Play").objects.in_bulk()
    for draw in Draw.objects.filter(origin__startswith="play:").order_by("pk"):
        play_id, number = _numbers(draw)
        play = plays.get(play_id)
        if play is None:  # nobody knows any more who was contacted, so nothing is compared
            Assignment.objects.filter(draw=draw).update(entered_at=None)
            continue
        rows = (
            Assignment(draw=draw, customer_id=customer, held_out=False, entered_at=at)
            for customer, at in _treated(apps, play, draw, number)
        )
        Assignment.objects.bulk_create(rows, batch_size=AT_ONCE, ignore_conflicts=True)
        if not number:  # a campaign begins for all at once
            Assignment.objects.filter(draw=draw).update(entered_at=play.starts_at or play.started_at)
        draw.name, draw.window_days = play.name[:80], _window_days(play, number)
        draw.save(update_fields=["name", "window_days"])


class Migration(migrations.Migration):
    dependencies = [("plays", "0013_minutes_of_people"), ("outreach", "0017_both_arms")]

    operations = [migrations.RunPython(both_arms, migrations.RunPython.noop)]
