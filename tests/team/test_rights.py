"""Who may open what: every view says which right it needs, and four people find it enforced."""

from collections.abc import Iterator

import pytest
from django.urls import URLPattern, get_resolver

from stammkunde.api import api
from stammkunde.team import policy
from stammkunde.team.access import SIGNED_IN
from stammkunde.team.models import Staff

OF_THE_PORTAL = {"portal-optin", "portal-unsubscribe", "portal-preferences"}  # the link says who it is
OF_THE_WEBSITE = {"portal-signup", "portal-signup-sent", "share-link"}  # whoever comes from the web
OF_THE_API = {pattern.name for pattern in api.urls[0]}  # ask for a token instead: tests/test_api.py


def patterns(resolver=None) -> Iterator[URLPattern]:
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLPattern):
            yield entry
        else:
            yield from patterns(entry)


def is_public(view) -> bool:
    return getattr(view, "login_required", True) is False


def test_every_view_says_which_right_it_needs_or_that_it_is_public():
    silent = [
        str(entry.pattern)
        for entry in patterns()
        if not is_public(entry.callback) and getattr(entry.callback, "right", None) not in {*policy.ALL, SIGNED_IN}
    ]

    assert silent == []


def test_public_views_are_few_and_known():
    public = {entry.name for entry in patterns() if is_public(entry.callback)}

    assert public <= {
        "health",
        "sign-in",
        "forgotten",
        "language",
        "appearance",
        "set-password",
        "chart-bundle",
        "mail-events",
        "text-events",
        "mail-events-provider",
        "mail-picture",  # whoever got the mail; nobody guesses the name
        "calendar-feed",  # a signed address: calendar programs cannot sign in
        *OF_THE_PORTAL,
        *OF_THE_WEBSITE,
        *OF_THE_API,
    }


@pytest.mark.parametrize("person", ["administrator", "salesperson", "servant", "analyst"])
def test_pages_open_for_those_who_may_and_for_nobody_else(client, request, person):
    staff = request.getfixturevalue(person)
    client.force_login(staff)
    plain = [entry for entry in patterns() if not entry.pattern.converters and not is_public(entry.callback)]

    for entry in plain:
        right = entry.callback.right
        if right == SIGNED_IN or any(policy.may(staff, one) for one in (right, *entry.callback.others)):
            assert client.get(_path(entry)).status_code != 403, f"{entry.pattern} ({right}) is closed to {person}"
        else:
            assert _answer(client, entry) == 403, f"{entry.pattern} ({right}) is open to {person}"


def _answer(client, entry: URLPattern) -> int:
    """Ask, and where asking is not enough, act: it must be refused as well."""
    status = client.get(_path(entry)).status_code
    return client.post(_path(entry)).status_code if status == 405 else status


def _path(entry: URLPattern) -> str:
    return f"/{entry.pattern}"


@pytest.mark.parametrize(
    ("role", "rights"),
    [
        ("administrator", policy.ALL),
        ("management", policy.ALL - {policy.STAFF_MANAGE}),
        (
            "service",
            {policy.CUSTOMERS_VIEW, policy.CUSTOMERS_EDIT, policy.TASKS_WORK, policy.ANSWERS_SEND, policy.POINTS_BOOK},
        ),
        ("analyst", {policy.FIGURES_VIEW, policy.CUSTOMERS_VIEW, policy.MARGIN_VIEW, policy.EXPORT}),
        ("nonsense", set()),
    ],
)
def test_role_has_its_rights_and_no_others(role, rights):
    staff = Staff(role=role)

    assert {right for right in policy.ALL if policy.may(staff, right)} == rights


def test_role_of_a_closed_account_has_no_rights():
    assert not policy.may(Staff(role="administrator", is_active=False), policy.FIGURES_VIEW)


def test_every_page_asks_to_sign_in(client, db):
    for entry in patterns():
        if entry.pattern.converters or is_public(entry.callback):
            continue
        response = client.get(_path(entry))
        assert response.status_code == 302, entry.pattern
        assert response.headers["Location"].startswith("/sign-in/"), entry.pattern
