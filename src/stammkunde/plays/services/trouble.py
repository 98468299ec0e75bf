"""Why workers cannot go on with a play for now: said on its page, and taken back when they can."""

from stammkunde.plays.models import Play

NO_WORDS = "no_words"
UNKNOWN_FILTERS = "unknown_filters"
FAILED = "failed"


def note_trouble(*, play: Play, code: str) -> None:
    """Note what stands in the way, or with an empty code that nothing does; repeating changes nothing."""
    if play.trouble != code:
        Play.objects.filter(pk=play.pk).update(trouble=code)
