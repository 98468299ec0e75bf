"""Tokens in links: of one purpose, unforgeable, and good for as long as they were meant to be."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.signing import Signer

from stammkunde.ui.links import BadLink, Links

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
SURVEYS = Links(purpose="tests.survey", parts=2)
INVITATIONS = Links(purpose="tests.invitation", parts=2, lasts_days=30)


def test_token_says_what_it_was_made_of():
    assert SURVEYS.read(SURVEYS.token(12, "email")) == ["12", "email"]


def test_token_is_the_one_that_mails_of_the_past_hold():
    old = Signer(salt="tests.survey", sep=".").sign("12-email")

    assert SURVEYS.token(12, "email") == old
    assert SURVEYS.read(old) == ["12", "email"]


@pytest.mark.parametrize(
    "token",
    [
        "",
        "12-email",
        SURVEYS.token(12, "email").replace("12", "13", 1),
        SURVEYS.token(12, "email") + "x",
        "x" * 5000,
        Links(purpose="tests.other", parts=2).token(12, "email"),
        Links(purpose="tests.survey", parts=1).token(12),
    ],
)
def test_token_that_is_none_of_these_is_refused(token):
    with pytest.raises(BadLink):
        SURVEYS.read(token)


def test_token_gets_old():
    token = INVITATIONS.token("a", "b", made_at=NOW)

    assert INVITATIONS.read(token, now=NOW + timedelta(days=30)) == ["a", "b"]
    with pytest.raises(BadLink):
        INVITATIONS.read(token, now=NOW + timedelta(days=30, seconds=1))


def test_token_that_could_not_be_read_again_is_not_made():
    for said in ((1,), (1, 2, 3), (1, "a-b")):
        with pytest.raises(ValueError, match=r"tests\.survey"):
            SURVEYS.token(*said)
    with pytest.raises(ValueError, match="say when"):
        INVITATIONS.token("a", "b")
