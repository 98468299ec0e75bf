"""The audit trail is sealed afterwards: what is changed later is named, and erasing leaves it whole."""

from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner
from django.db import DatabaseError, connection

from stammkunde.cli import audit as command
from stammkunde.cli import doctor
from stammkunde.team import sealing
from stammkunde.team.models import AuditEntry, Seal
from stammkunde.team.services import record

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
LATER = NOW + timedelta(minutes=5)


def write(count: int, *, staff=None, **more) -> list[int]:
    for number in range(count):
        told = {"label": f"Müller {number}", "changes": {"city": ["", "Ulm"], "share": [0.1, 1e-7], "n": [1, None]}}
        record(staff=staff, action="customer.changed", at=NOW, thing="customer", thing_id=number + 1, **told | more)
    return list(AuditEntry.objects.order_by("pk").values_list("pk", flat=True))


def change(pk: int, **columns: object) -> None:
    """Change an entry as somebody does who gets at the database."""
    sets = ", ".join(f"{name} = %s" for name in columns)
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE team_auditentry SET {sets} WHERE id = %s", [*columns.values(), pk])


def erase_silently(pk: int) -> None:
    row = sealing.Row._make(AuditEntry.objects.filter(pk=pk).values_list(*sealing.Row._fields).get())
    change(pk, erased=row.text(), label="", detail="{}", salt="")


@pytest.fixture
def blocks(monkeypatch):
    monkeypatch.setattr(sealing, "BLOCK", 3)


@pytest.fixture
def chain(blocks, administrator):
    """Eight entries in three seals."""
    pks = write(8, staff=administrator)
    sealing.seal_all(now=NOW)
    return pks


def test_sweep_seals_whole_blocks_at_once_and_others_after_a_while(blocks):
    write(4)
    turns = [sealing.sweep(now=NOW) for _ in range(3)]
    assert (turns, sealing.unsealed().count()) == ([True, False, False], 1)

    assert sealing.sweep(now=LATER)
    assert not sealing.sweep(now=LATER)
    assert list(Seal.objects.values_list("number", "entries", "until_at")) == [(1, 3, NOW), (2, 1, NOW)]
    assert sealing.check() == sealing.Checked(entries=4, seals=2, erased=0)


@pytest.mark.parametrize(
    "columns",
    [
        {"label": "Meier"},
        {"detail": "{}"},
        {"action": "customer.created"},
        {"thing_id": 99},
        {"at": NOW + timedelta(seconds=1)},
        {"staff_id": None},
        {"salt": "0" * 32},
        {"digest": "0" * 64},
        {"erased": "0" * 64},
    ],
)
def test_the_first_entry_that_was_changed_is_named(chain, columns):
    for pk in (chain[4], chain[6]):
        change(pk, **columns)

    found = sealing.check()
    assert found.flaw == f"entry {chain[4]} of 2026-11-20 09:00 UTC is not what was sealed"
    assert (found.seals, found.entries) == (1, 3)


def test_an_entry_that_is_gone_and_one_that_came_later_are_missed(chain):
    AuditEntry.objects.filter(pk=chain[4]).delete()
    gone = sealing.check().flaw
    assert gone == f"of the 3 entries of seal 2, from entry {chain[3]} to {chain[5]}, 2 are there"

    (put_in,) = set(write(1)) - set(chain)
    row = AuditEntry.objects.filter(pk=put_in).values_list(*sealing.Row._fields).get()
    change(put_in, seal_id=2, digest=sealing.Row._make(row).proof())
    assert "seal 2, from entry" in sealing.check().flaw
    assert "does not fit its entries" in sealing.check().flaw


def test_seals_that_are_exchanged_or_gone_are_found(chain):
    AuditEntry.objects.filter(seal=2).delete()
    Seal.objects.filter(number=2).delete()
    assert sealing.check().flaw == "seal 2 is missing"


def test_an_anchor_finds_a_chain_that_was_made_anew_and_one_whose_end_is_gone(chain):
    anchor = Seal.objects.last().anchor
    assert sealing.check(anchor=anchor).flaw == ""

    AuditEntry.objects.update(seal=None)
    Seal.objects.all().delete()
    change(chain[0], label="Meier")
    sealing.seal_all(now=NOW)
    assert sealing.check().flaw == "", "nobody can tell without an anchor"
    assert "seal 3 is not the one that was kept" in sealing.check(anchor=anchor).flaw


def test_erasing_drops_text_and_salt_and_leaves_the_chain_whole(chain, administrator):
    write(1)  # about customer 1, too, and not sealed yet
    assert sealing.erase(thing="customer", thing_id=1, why="Art. 17", by=administrator, now=LATER) == 2
    assert sealing.erase(thing="customer", thing_id=1, why="Art. 17", by=administrator, now=LATER) == 0
    sealing.seal_all(now=LATER)

    for one in AuditEntry.objects.filter(thing_id=1).exclude(action=sealing.ERASED):
        assert (one.label, one.detail, one.salt, len(one.erased)) == ("", {}, "", 64)
    assert sealing.check() == sealing.Checked(entries=10, seals=4, erased=2)
    told = AuditEntry.objects.get(action=sealing.ERASED)
    assert (told.staff, told.detail) == (administrator, {"rows": 2, "why": "Art. 17"})

    change(chain[0], action="customer.created")
    assert f"entry {chain[0]} of" in sealing.check().flaw, "the rest of it is proven as before"


def test_what_is_erased_without_a_word_is_found(chain):
    erase_silently(chain[4])

    assert sealing.check().flaw == "1 entries about customer 5 are erased, and the trail tells of 0"


def test_what_is_told_of_one_thing_covers_no_other(chain):
    write(1)  # about customer 1, not sealed yet: so one more is told of than is erased
    sealing.erase(thing="customer", thing_id=1, why="Art. 17", by=None, now=LATER)
    erase_silently(chain[4])

    assert sealing.check().flaw == "1 entries about customer 5 are erased, and the trail tells of 0"


@pytest.mark.parametrize("is_sealed", [False, True])
def test_who_tells_of_erasing_cannot_be_erased(chain, is_sealed):
    sealing.erase(thing="customer", thing_id=1, why="Art. 17", by=None, now=LATER)
    if is_sealed:
        sealing.seal_all(now=LATER)
    teller = AuditEntry.objects.get(action=sealing.ERASED).pk
    erase_silently(teller)

    assert f"entry {teller} " in sealing.check().flaw


def test_erasing_a_person_reaches_what_was_tried_with_her_e_mails(chain, analyst, administrator):
    told = [(analyst.email, "sign_in.failed"), ("old@example.org", "password.asked"), (administrator.email, "x.y")]
    record(staff=None, action="staff.added", at=NOW, thing="staff", thing_id=analyst.pk, label="old@example.org")
    for email, action in told:
        record(staff=None, action=action, at=NOW, thing="staff", label=email, address="192.0.2.1")

    assert sealing.erase(thing="staff", thing_id=analyst.pk, why="Art. 17", by=None, now=LATER) == 3
    sealing.seal_all(now=LATER)

    left = AuditEntry.objects.filter(thing="staff").exclude(action=sealing.ERASED).exclude(label="")
    assert [one.label for one in left] == [administrator.email]
    assert sealing.check().flaw == ""
    assert sealing.check().erased == 3


def test_what_is_sealed_while_the_trail_is_proven_waits_for_the_next_time(chain, monkeypatch):
    read = sealing._sealed

    def and_meanwhile():
        rows = list(read())
        write(1)
        sealing.seal_all(now=LATER)
        return iter(rows)

    monkeypatch.setattr(sealing, "_sealed", and_meanwhile)
    assert sealing.check() == sealing.Checked(entries=8, seals=3, erased=0)


def test_sealing_that_is_cut_off_leaves_nothing_behind_and_goes_on(blocks, monkeypatch):
    write(4)

    with monkeypatch.context() as patched:
        patched.setattr(sealing, "SEALED", "UPDATE nowhere SET a = %s, b = %s, c = %s WHERE d = %s")
        with pytest.raises(DatabaseError, match="nowhere"):
            sealing.sweep(now=LATER)

    assert (Seal.objects.count(), AuditEntry.objects.exclude(digest="").count()) == (0, 0)
    sealing.seal_all(now=LATER)
    assert sealing.check() == sealing.Checked(entries=4, seals=2, erased=0)


def test_page_says_until_when_it_is_sealed(client, administrator):
    client.force_login(administrator)
    assert "Noch ist nichts versiegelt" in client.get("/audit/").text

    write(1)
    sealing.seal_all(now=NOW)
    assert "Versiegelt bis 20.11.2026, 10:00 (Siegel 1)" in client.get("/audit/").text


def test_doctor_names_the_first_entry_that_does_not_fit_and_says_where_nothing_is_sealed(chain):
    def said(now=LATER):
        return [(one.level, one.what) for one in doctor.check_trail(now)]

    assert said() == [("ok", "Audit trail: 8 entries in 3 seals fit")]

    write(1)
    ((level, what),) = said(NOW + timedelta(hours=2))
    assert (level, "nothing is sealed since 2026-11-20 09:00" in what) == ("warning", True)

    change(chain[2], label="")
    ((level, what),) = said()
    assert (level, f"entry {chain[2]} of 2026-11-20" in what) == ("problem", True)


def test_commands_seal_prove_and_erase(monkeypatch, blocks):
    monkeypatch.setattr("stammkunde.cli.setup", lambda: None)
    run = CliRunner()
    assert "nothing to seal yet" in run.invoke(command.command, ["seal"]).output

    write(4)
    anchor = run.invoke(command.command, ["seal"]).output.splitlines()[-1]
    assert anchor == Seal.objects.last().anchor
    assert "4 entries in 2 seals fit; 0 of" in run.invoke(command.command, ["check", "--anchor", anchor]).output
    assert run.invoke(command.command, ["check", "--anchor", "nonsense"]).exit_code == 2

    def erase(thing, number="2"):
        answer = run.invoke(command.command, ["erase", thing, number, "--why", "x"])
        return answer.exit_code, answer.output

    assert erase("customer") == (0, "1 entries about customer 2 tell nothing any more.\n")
    assert erase("customer")[1].startswith("Nothing is erased: the trail has no entry about customer 2")
    for wrong in ("Kunde", "Customer"):
        assert erase(wrong) == (1, f"Error: The trail tells of no '{wrong}' with a number. It tells of: customer.\n")

    change(AuditEntry.objects.order_by("pk").first().pk, label="")
    wrong = run.invoke(command.command, ["check"])
    assert (wrong.exit_code, "is not what was sealed" in wrong.output) == (1, True)


def test_command_erases_words_that_were_searched_for_and_tells_how_many(blocks):
    for query in ("q=M%C3%BCller", "stage=regular", "sort=name&after=Meier"):
        record(staff=None, action="export", at=NOW, thing="customers", label="csv", query=query, rows=3)
    record(staff=None, action="export", at=NOW, thing="warnings", query="q=Schmidt")
    sealing.seal_all(now=NOW)

    said = [CliRunner().invoke(command.command, ["erase-searches", "--why", "DSGVO"]).output for _twice in range(2)]

    left = AuditEntry.objects.filter(action="export", erased="").values_list("detail__query", flat=True)
    assert [one.split()[0] for one in said] == ["3", "0"]
    assert list(left) == ["stage=regular"]
    assert sealing.check().flaw == ""
