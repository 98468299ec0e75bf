import pytest

from tests.outreach import crash
from tests.outreach.planning import company, everybody

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.long]


def test_workers_killed_at_random_instants_lose_nothing_and_send_no_advertising_twice():
    company()
    people = list(everybody(400))
    people[7].email = "nobody@mail.example"
    people[7].save()
    crash.plan(people)
    server = crash.Server(seed=7)

    outcome = crash.torment(server, workers=2, kills=10)

    assert outcome.killed_at_work >= 5
    assert outcome.twice == []
    assert outcome.lost == []
    assert outcome.unlisted == []
    assert outcome.undone == []
    assert outcome.service_missing == []
    assert sum(outcome.states.values()) == 400
    assert outcome.unclear <= 10 * crash.ON_THEIR_WAY + outcome.said["drop"]
    assert crash.every_state_has_its_history()
