"""The audit trail in words: every action that is recorded anywhere has some, in both languages."""

import re
from pathlib import Path

import pytest
from django.utils import translation

import stammkunde
from stammkunde.tasks.models import Task
from stammkunde.tasks.services import HANDED_OVER
from stammkunde.team import policy, taking, wording

PACKAGE = Path(stammkunde.__file__).parent
RECORDED = r"""(?:action=|"action": |exported = |_record\(\w+(?:\.\w+)*, )"([a-z_.]+)\""""


def actions_in_the_source() -> set[str]:
    text = "".join(path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*.py"))
    closed = {f"task.{state}" for state in (Task.State.DONE, Task.State.DISMISSED)}  # f"task.{state}"
    return set(re.findall(RECORDED, text)) | closed | {taking.EXPORT, taking.READ, HANDED_OVER}


def test_every_action_is_worded():
    found = actions_in_the_source()

    assert {"export", "customers.exported", "task.snoozed", "note.deleted", "staff.link"} <= found
    assert found - set(wording.ACTIONS) == set()


@pytest.mark.parametrize("code", sorted(wording.ACTIONS))
def test_every_action_has_its_german(code):
    with translation.override("en"):
        english = wording.action(code)
    with translation.override("de"):
        assert wording.action(code) != english


def test_every_right_is_worded():
    assert set(wording.RIGHTS) == policy.ALL
    with translation.override("de"):
        assert wording.changes({"right": policy.MESSAGES_SEND}) == "es fehlt das Recht: an viele schreiben"


def test_changes_are_told_by_the_names_of_fields_and_choices():
    detail = {"changes": {"role": ["sales", "management"], "is_active": [True, False], "name": ["", "Ada"]}}

    with translation.override("de"):
        assert wording.changes(detail) == "Rolle: Vertrieb → Leitung · darf sich anmelden: ja → nein · Name: leer → Ada"
        assert wording.changes({"changed": {"city": ["", "Ulm"]}}) == "Ort: leer → Ulm"
