"""What is unclear after a kill: only what was cut off in its text."""

import asyncio
import json
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from stammkunde import work
from stammkunde.outreach import leaving, services, working
from stammkunde.outreach.channels import email
from stammkunde.outreach.models import Message
from tests import processes
from tests.outreach import crash
from tests.outreach.planning import company, customer, everybody
from tests.outreach.worker import work as work_until_killed

pytestmark = pytest.mark.django_db(transaction=True)

NOW = datetime.now(UTC)
DEAD = 2**22 + 1


@dataclass
class Holding(crash.Server):
    """A mail server that keeps some recipients, and some texts, waiting until their connection is cut."""

    share: float = 0.0
    held: Counter = field(default_factory=Counter)

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        if address.startswith("recipient"):
            await self._hold("recipient")
        return await super().handle_RCPT(server, session, envelope, address, options)

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        if envelope.rcpt_tos[0].startswith("text"):
            await self._hold("text")
        return await super().handle_DATA(server, session, envelope)

    async def _hold(self, what):
        self.held[what] += 1
        await asyncio.sleep(600)


def test_kill_leaves_unclear_only_what_was_cut_off_in_its_text():
    company()
    names = [*(f"recipient{number}" for number in range(3)), "text", *(f"next{number}" for number in range(6))]
    people = [customer(email=f"{name}@mail.example") for name in reversed(names)]  # who comes last is worth most
    crash.plan(people, service_every=100)
    Message.objects.filter(purpose="service").update(purpose="advertising")
    server = Holding(seed=1)
    with crash.mail_server(server) as port:
        worker = processes.start(work_until_killed, port=port)
        crash._wait_for(lambda: server.held == {"recipient": 3, "text": 1}, 60)
        begun = Message.objects.filter(state="claimed").exclude(begun_at=None).count()
        worker.kill()
        worker.join()

    services.take_over(now=NOW, is_gone=work.is_gone)

    assert begun == 8, "four that were at it, and four that follow"
    states = dict(Message.objects.values_list("address", "state"))
    assert {address for address, state in states.items() if state == "unknown"} == {"text@mail.example"}
    rest = {"failed": 1, "handed_over": 1}  # could not be rendered, and belongs to an order
    assert Counter(states.values()) == {"unknown": 1, "planned": 7, **rest}
    services.forget_notes(is_gone=work.is_gone)
    assert leaving.holders() == []


def held_by_the_dead(*notes):
    """A message that a dead worker had begun, with its notes."""
    company()
    crash.plan(list(everybody(1)), service_every=100)
    holder = work.me().replace(f" {work.me().split(' ')[1]} ", f" {DEAD} ")
    (message,) = services.claim(channel="email", holder=holder, at_most=1, now=datetime.now(UTC))
    services.begin([message], holder=holder, now=datetime.now(UTC))
    Message.objects.update(purpose="advertising")
    notebook = leaving.Notes(holder)
    for note in notes:
        notebook._write(json.loads(json.dumps(note).replace('"ID"', str(message.pk))))
    notebook.close(are_needed=True)
    return leaving._file(holder)


def taken_over():
    services.take_over(now=datetime.now(UTC), is_gone=work.is_gone)
    return Message.objects.get()


ANSWERED = {"state": "handed_over", "provider_id": "p7", "jitter": 0.5}


@pytest.mark.parametrize(
    ("notes", "state"),
    [
        ([], "planned"),
        ([{"begins": "ID"}], "unknown"),
        ([{"begins": "ID"}, {"ended": "ID", "result": ANSWERED}], "handed_over"),
        ([{"ended": "ID", "result": {"state": "failed", "code": "not_taken"}}], "failed"),
    ],
)
def test_notes_of_the_dead_say_what_came_of_a_message(notes, state):
    held_by_the_dead(*notes)

    assert taken_over().state == state


def test_answer_that_was_noted_is_kept_with_its_name():
    held_by_the_dead({"begins": "ID"}, {"ended": "ID", "result": ANSWERED})

    assert taken_over().provider_id == "p7"
    assert crash.every_state_has_its_history()


def test_notes_of_another_run_of_the_machine_may_lack_something_and_count_for_nothing():
    file = held_by_the_dead()
    file.write_text('{"boot": "another"}\n')

    assert taken_over().state == "unknown"


def test_note_that_was_cut_off_tells_of_nothing_that_left():
    file = held_by_the_dead()
    file.write_bytes(file.read_bytes() + b'{"begins": 1')

    assert taken_over().state == "planned"


def test_full_disk_lets_nothing_leave_that_could_not_be_noted(monkeypatch, settings):
    settings.EMAIL_BACKEND, settings.EMAIL_IS_SET = email.SMTP, True
    settings.EMAIL_HOST, settings.EMAIL_USE_TLS = "127.0.0.1", False
    settings.PUBLIC_URL = "https://kunden.example"
    company()
    crash.plan(list(everybody(3)), service_every=100)
    server = crash.Server(seed=1, share=0.0)

    def full(_self, note):
        if "begins" in note:
            raise OSError("No space left on device")

    monkeypatch.setattr(leaving.Notes, "_write", full)
    with crash.mail_server(server) as settings.EMAIL_PORT:
        working.sweep(now=datetime.now(UTC))

    assert server.took == []
    assert {one.state for one in Message.objects.all()} == {"planned"}
