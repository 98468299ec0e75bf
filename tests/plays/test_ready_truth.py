"""The ready-made measures say only what is true whenever it arrives, and go another way where one is closed."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest

from stammkunde.calls import asking
from stammkunde.customers.models import Purpose
from stammkunde.plays import contents, files
from stammkunde.plays.contents import Branch, Content, Message, Task, Wait

READY = {one.key: one for one in files.ready()}
CONTENT = {key: one.content_in("de") for key, one in READY.items()}
# What came before, or how long ago or ahead something is: nobody knows whether it did when this one leaves
CLAIMS = re.compile(
    r"\b(vor|in) (\d+|einer|zwei|drei|vier) (Tag|Woche|Monat)|(geschrieben|gefragt|nichts gehört)\b"
    r"|noch einmal|Erinnerung"
    r"|\b(\d+|one|two|three|four) (day|week|month)s? ago|\bin \d+ days|we (wrote|asked)|hear back|ask again|once more",
    re.IGNORECASE,
)


def step(key: str, name: str) -> contents.Step:
    found = contents.find(CONTENT[key], name)
    assert found is not None
    return found


@pytest.mark.parametrize("file", READY.values(), ids=READY)
def test_no_words_claim_a_message_before_or_count_days(file):
    for one in file.templates.values():
        for text in one.texts.values():
            said = " ".join([text.subject, text.preview, *(str(block) for block in text.blocks)]).replace("\\n", " ")
            assert not CLAIMS.search(said), (one, said)


def after_waits(content: Content) -> Iterator[contents.Step | None]:
    """Give what comes after a wait for a fact that does not end the measure by itself."""
    ends = content.goal.happening.table if content.goal.happening else ""
    for one in contents.every(content.steps):
        if isinstance(one, Wait) and one.until and one.until.table != ends:
            yield contents.find(content, contents.following(content, one.key))


@pytest.mark.parametrize("key", ["invite-event", "invite-community"])
def test_after_waiting_for_somebody_it_is_asked_whether_she_came(key):
    found = list(after_waits(CONTENT[key]))

    assert found
    for one in found:
        assert isinstance(one, Branch)
        assert any(isinstance(inner, Task) for inner in one.yes)
        assert one.no == ()


def test_a_warning_goes_by_mail_and_by_letter_and_neither_waits_for_the_other_to_fail():
    said = [one for one in contents.every(CONTENT["alarm"].steps) if isinstance(one, Message)]

    assert [one.templates for one in said] == [("alarm-mail",), ("alarm-letter",)]
    assert said[0].latest_days == 1


@pytest.mark.parametrize(("key", "name"), [("after-complaint", "good"), ("promise-kept", "date")])
def test_whoever_may_not_be_called_is_told_or_asked_in_writing(key, name):
    call = step(key, name)

    assert isinstance(call, Task)
    assert call.by_phone
    assert call.otherwise


def test_asking_after_a_complaint_is_advertising_for_the_law():
    call = step("after-complaint", "good")

    assert isinstance(call, Task)
    assert asking.purpose(call.guide, usual=Purpose.SERVICE) == Purpose.ADVERTISING


def test_points_are_told_of_while_they_are_still_valid():
    content = CONTENT["points-reminder"]
    taken = sum(one.days if isinstance(one, Wait) else getattr(one, "latest_days", 0)
                for one in contents.every(content.steps))  # fmt: skip

    assert timedelta(days=taken + content.trigger.too_old_days) < timedelta(days=-content.trigger.offset_days)


def test_whoever_pays_late_is_not_advertised_to():
    steps = list(contents.every(CONTENT["easy-terms"].steps))

    assert READY["easy-terms"].templates == {}
    assert all(isinstance(one, Task) and not one.by_phone for one in steps)
