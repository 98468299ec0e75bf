"""What must not stop groups, or count twice: rules that fail, circles, a worker that stood still, facts in between."""

from datetime import timedelta

import numpy as np
import pytest

from stammkunde.customers.facts import CUSTOMERS
from stammkunde.customers.models import Customer
from stammkunde.plays import groups
from stammkunde.segments import bits, changing, counts, many, membership, passes, services, whys, working, worlds
from stammkunde.segments.models import Passing, ScoreLeaf, SegmentState
from stammkunde.store import touched
from stammkunde.store.bulk import pace
from stammkunde.store.models import Touched
from stammkunde.work import LostLease
from tests.segments.company import FREQUENT, NOW, SILENT, make, open_company, refresh, told, work

pytestmark = pytest.mark.django_db(transaction=True)
DOTTED = {"field": "customer.attr_Abt. Nr", "is": "is", "value": "7"}


@pytest.fixture
def company(once):
    return once(open_company)


def test_an_attribute_may_have_a_dot_in_its_name(company):
    Customer.objects.filter(pk=company[3]).update(attributes={"Abt. Nr": "7"})
    CUSTOMERS.mark()
    refresh()
    segment = make(DOTTED)
    work()
    assert list(membership.members(segment.pk)) == company[3:4]
    assert counts.count(DOTTED, now=NOW).n == 1
    touched.note(company[:1], because="customers:x")
    work()
    assert not Touched.objects.exists()


def test_a_rule_that_fails_stops_no_other_group_and_is_asked_again_after_the_next_refresh(company, monkeypatch):
    bad, good = make(FREQUENT, "Kaputt"), make(SILENT, "Still")
    answers = worlds.answers

    def failing(asked, world):
        if str(bad.versions.get().pk) in asked:
            raise KeyError("column")
        return answers(asked, world)

    with monkeypatch.context() as broken:
        broken.setattr(worlds, "answers", failing)
        work()
        assert membership.size(good.pk) == 7
        assert membership.size(bad.pk) is None
        touched.note(company[:1], because="customers:x")
        work()
        assert not Touched.objects.exists()
    assert Passing.objects.get().claims == 0
    refresh()
    work()
    assert membership.size(bad.pk) == 5


def test_a_circle_stops_no_other_group(company):
    one, good = make(FREQUENT, "Eine"), make(SILENT, "Still")
    other = make({"segment": one.pk, "is": "in"}, "Andere")
    one.versions.update(rule={"segment": other.pk, "is": "in"})
    work()
    assert membership.size(good.pk) == 7
    assert membership.size(one.pk) is membership.size(other.pk) is None


@pytest.mark.parametrize("is_touched", [False, True])
def test_a_worker_that_stood_still_writes_nothing_after_another_took_over(company, monkeypatch, is_touched):
    silent = make(SILENT)
    if is_touched:
        work()
        SegmentState.objects.update(bits=b"")
        touched.note(company[9:10], because="customers:x")
    answers = worlds.answers

    def taken_over(asked, world):
        Passing.objects.update(leased_by="another")
        return answers(asked, world)

    monkeypatch.setattr(worlds, "answers", taken_over)
    with pytest.raises(LostLease):
        work()
    assert SegmentState.objects.exists() == Touched.objects.exists() == is_touched
    assert told(silent) == []


def test_what_is_told_of_many_during_a_pass_stays_for_the_next(company, monkeypatch):
    make(SILENT)
    work()
    touched.note_everybody(because="import:1")
    chunk = passes._chunk

    def slow(*given):
        touched.note_everybody(because="import:2")
        return chunk(*given)

    refresh()
    monkeypatch.setattr(passes, "_chunk", slow)
    work()
    assert [one.because for one in Touched.objects.all()] == ["import:2"]


def test_what_is_told_of_many_after_the_mirror_was_read_stays_until_it_is_read_again(company, monkeypatch):
    silent, read = make(SILENT), working.mirror.bring_up_to_date
    work()

    def then_told(**given):
        found = read(**given)
        touched.note_everybody(because="import:9")
        return found

    refresh()
    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(working.mirror, "bring_up_to_date", then_told)
        work()
    assert [one.because for one in Touched.objects.all()] == ["import:9"]

    refresh()
    SegmentState.objects.update(bits=b"")
    work()
    assert not Touched.objects.exists()
    assert {one[2:] for one in told(silent)} == {("fact", "import:9")}


def test_who_tells_late_with_an_earlier_number_is_left_for_the_next_time(company):
    """As where one transaction takes its number before another, and commits after it."""
    make(SILENT)
    work()
    late = Touched.objects.create(customer_id=None, because="import:7")
    Touched.objects.filter(pk=late.pk).delete()
    touched.note_everybody(because="import:8")
    many.note()

    Touched.objects.create(pk=late.pk, customer_id=None, because="import:7")
    read = many.read()
    many.forget(read)

    assert read.because == "import:8"
    assert [one.because for one in Touched.objects.all()] == ["import:7"]


def test_an_undone_import_is_the_cause_only_where_nothing_else_happened(company):
    silent = make(SILENT)
    work()
    Customer.objects.filter(pk__in=company[9:11]).update(country="AT")
    touched.note(company[9:10], because="orders:x")
    touched.note(company[9:11], because="undo:1")
    SegmentState.objects.update(bits=b"")
    work()
    assert [one[2:] for one in told(silent)] == [("fact", "orders:x"), ("undone", "undo:1")]
    touched.note_everybody(because="import:2")
    touched.note_everybody(because="undo:2")
    many.note()
    assert many.read().because == "import:2"


def test_who_comes_back_because_an_import_was_undone_begins_nothing(company):
    silent = make(SILENT)
    work()
    SegmentState.objects.update(bits=bits.packed(np.array(company[:9], dtype=np.int64)))
    touched.note([company[0], company[9]], because="undo:1")  # the first never was silent
    work()
    assert [(pk, is_in, cause) for pk, is_in, cause, _source in told(silent)] == [
        (company[0], False, "undone"),
        (company[9], True, "undone"),
    ]
    assert [(one.customer_id, one.is_in) for one in groups.changes(silent.pk, since=NOW)] == [(company[0], False)]


def test_a_pass_that_is_killed_among_its_changes_goes_on_with_those_that_are_left(company, monkeypatch):
    segment = make(FREQUENT)
    work()
    services.edit(segment_id=segment.pk, rule=SILENT, now=NOW, staff=None)
    monkeypatch.setattr(pace, "FIRST", 5)
    monkeypatch.setattr(pace.Pace, "note", lambda *_given: None)
    write = changing.write

    def killed(some):
        if len(told(segment)) == 5:
            raise KeyboardInterrupt
        write(some)

    with monkeypatch.context() as killing:
        killing.setattr(changing, "write", killed)
        with pytest.raises(KeyboardInterrupt):
            work()
    work(now=NOW + timedelta(minutes=3))
    assert sorted(one[0] for one in told(segment)) == company
    assert list(membership.members(segment.pk)) == company[5:]
    assert membership.size(segment.pk) == 7


def test_why_and_whoever_acts_believe_of_models_and_ranks_what_the_group_does(company, monkeypatch):
    scored = make({"field": "signal.class", "is": "is", "value": ["A", "B", "C"]}, "Klasse")
    ranked = make({"field": "signal.revenue", "is": "top %", "value": 25}, "Beste")
    work()
    ScoreLeaf.objects.update(held=b"")  # as if the models had said otherwise, twice
    monkeypatch.setattr(worlds, "of_all", lambda *_given, **_more: pytest.fail("asked of everybody"))
    members = membership.members(ranked.pk).tolist()
    assert len(members) == 3

    assert groups.is_in(scored.pk, company, now=NOW) == set()
    assert groups.is_in(ranked.pk, members, now=NOW) == set(members)
    some = Customer.objects.filter(pk__in=members)
    assert [[part.holds for part in why.parts] for why in whys.of(scored.pk, some, now=NOW)] == [[False]] * 3
    assert [[part.holds for part in why.parts] for why in whys.of(ranked.pk, some, now=NOW)] == [[True]] * 3
