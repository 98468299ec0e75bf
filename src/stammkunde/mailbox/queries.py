"""How a mailbox stands."""

from django.db.models import Count

from stammkunde.mailbox.models import Mailbox


def standing(name: str) -> Mailbox | None:
    """Give a mailbox as it was last read; None where it never was."""
    return Mailbox.objects.filter(name=name).first()


def counted(box: Mailbox) -> dict[str, int]:
    """Count the mails that were taken by what they were."""
    return dict(
        box.mails.values("kind").annotate(many=Count("pk")).values_list("kind", "many").order_by("-many", "kind")
    )
