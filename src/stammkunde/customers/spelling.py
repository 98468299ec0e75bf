"""Words with a typing error: what somebody may have meant. Pure."""

from collections.abc import Iterator

LETTERS = "abcdefghijklmnopqrstuvwxyzß"
LEAST_LETTERS = 4  # in shorter words every other word is one error away
LONGEST = 16
ALIKE = (("ss", "ß"), ("ph", "f"), ("ai", "ei"), ("ck", "k"), ("th", "t"))


def meant(word: str) -> list[str]:
    """Give the words that are one error away: a letter wrong, missing, too many, or two in the wrong order."""
    if not LEAST_LETTERS <= len(word) <= LONGEST:
        return [word]
    return list(dict.fromkeys((word, *_one_away(word))))


def _one_away(word: str) -> Iterator[str]:
    for one, other in ALIKE:
        yield from (word.replace(a, b) for a, b in ((one, other), (other, one)) if a in word)
    for place in range(len(word) + 1):
        before, after = word[:place], word[place:]
        if after:
            yield before + after[1:]
            yield from (before + letter + after[1:] for letter in LETTERS)
        if len(after) > 1:
            yield before + after[1] + after[0] + after[2:]
        yield from (before + letter + after for letter in LETTERS)
