"""Several words of a step: chance gives each customer one of them, once and for ever; nobody is left alone by it."""

import json
from collections import Counter
from datetime import timedelta

import pytest
from django.urls import reverse

from stammkunde.outreach import policy, queries
from stammkunde.outreach import services as outreach
from stammkunde.outreach.models import OF_WORDS, Assignment, Draw, Message, Template
from stammkunde.outreach.services import Known, Varying
from stammkunde.plays import contents, files, saying, trial
from stammkunde.plays.files import writing
from stammkunde.plays.measures import costs, moving_over, reading, running, taking, walk, wording, words
from stammkunde.plays.measures.agreeing import NeedsSecondYes
from stammkunde.plays.models import Enrolment, MeasureSettings, Play
from stammkunde.plays.services import NotPossible
from stammkunde.team.models import AuditEntry
from tests import factories
from tests.outreach.planning import NOW, company, customer
from tests.plays.over_time import DAY, HOUR, buys, content, leaves, message, started, work

pytestmark = pytest.mark.django_db


@pytest.fixture
def texts(template):
    return [template(name=f"Worte {letter}", words=f"Worte {letter}") for letter in "ABC"]


def compared(*some, **more):
    first, *others = some
    return message(first, variants=[one.pk for one in others], **more)


def entered(play, n: int, at=NOW) -> list:
    """Let so many customers buy, and enter."""
    people = [customer() for _one in range(n)]
    for one in people:
        buys(one, at)
    work(at)
    return people


def got() -> dict[int, int]:
    """Which template each customer got."""
    return {one.customer_id: one.content["worded"]["template"] for one in Message.objects.order_by("pk")}


def drawn(play: Play) -> dict[str, dict[int, bool]]:
    rows = Assignment.objects.filter(OF_WORDS, draw__origin__startswith=f"{play.origin}:")
    found: dict[str, dict[int, bool]] = {}
    for name, one, is_first in rows.values_list("draw__origin", "customer_id", "held_out"):
        found.setdefault(name, {})[one] = is_first
    return found


def test_each_gets_one_of_both_and_it_is_written_down(texts):
    play = started(compared(*texts[:2]))
    people = entered(play, 24)

    said = got()
    ((name, rows),) = drawn(play).items()

    assert name == f"play:{play.pk}:ab:s1:1:A-B"
    assert set(said) == set(rows) == {one.pk for one in people}
    assert {one: texts[0].pk if is_first else texts[1].pk for one, is_first in rows.items()} == said
    assert 4 <= sum(rows.values()) <= 20  # more lopsided is one in a thousand
    draw = Draw.objects.get(origin=name)
    assert (draw.share, draw.window_days, draw.name) == (0.5, 91, "Maßnahme")
    assert set(draw.assignments.values_list("entered_at", "eligible")) == {(NOW, True)}


def test_of_three_each_two_are_compared_and_each_is_as_likely(texts):
    play = started(compared(*texts))
    entered(play, 30)

    said, rows = got(), drawn(play)

    assert set(Counter(said.values())) == {one.pk for one in texts}
    assert [name.rpartition(":")[2] for name in sorted(rows)] == ["A-B", "A-C", "B-C"]
    for letters, (first, second) in {"A-B": (0, 1), "A-C": (0, 2), "B-C": (1, 2)}.items():
        both = {one for one, pk in said.items() if pk in (texts[first].pk, texts[second].pk)}
        mine = next(found for name, found in rows.items() if name.endswith(letters))
        assert set(mine) == both
        assert {one for one, is_first in mine.items() if is_first} == {
            one for one, pk in said.items() if pk == texts[first].pk
        }


def test_chance_chooses_alike_and_two_of_them_as_the_draw_of_who_is_left_alone():
    places = [policy.drawn_place(salt="x", key=number, of=3) for number in range(6_000)]
    halves = [policy.drawn_place(salt="x", key=number, of=2) == 0 for number in range(500)]

    assert all(abs(n - 2_000) < 150 for n in Counter(places).values())  # four standard errors
    assert halves == [policy.is_held_out(salt="x", key=number, share=0.5) for number in range(500)]


def test_who_comes_again_gets_the_same_and_counts_once(texts):
    play = started(compared(*texts[:2]), reentry={"again": True})
    people = entered(play, 8)
    leaves(NOW + 2 * HOUR)
    work(NOW + 3 * HOUR)
    before, rows = got(), drawn(play)
    later = NOW + 20 * DAY
    for one in people:
        buys(one, later)

    work(later)

    assert Enrolment.objects.filter(play=play).count() == 16
    assert Message.objects.count() == 16
    assert got() == before  # the latest of each
    assert drawn(play) == rows
    assert set(Assignment.objects.filter(OF_WORDS).values_list("entered_at", flat=True)) == {NOW}


def test_who_is_left_alone_walks_as_drawn_and_is_in_no_comparison_of_words(texts):
    play = started(compared(*texts[:2]), holdout=0.5)
    entered(play, 24)

    treated = set(Enrolment.objects.filter(play=play, arm="treated").values_list("customer_id", flat=True))
    held_out = Enrolment.objects.filter(play=play, arm="held_out")
    ((_name, rows),) = drawn(play).items()

    assert held_out.exists()
    assert set(rows) == treated
    assert {one.steps.get().code for one in held_out} == {"held_out"}
    assert queries.left_alone(treated) == set()  # the first words leave nobody alone


def test_who_cannot_be_reached_by_either_counts_in_neither(texts):
    play = started(compared(*texts[:2]))
    nobody = factories.customer()
    buys(nobody)

    work()

    assert Assignment.objects.get(OF_WORDS).eligible is False
    assert Enrolment.objects.get(play=play).steps.get().code == "refused"


def test_further_ways_are_the_same_for_all(texts, template):
    letter = template(name="Brief", channel="letter")
    play = started(message(texts[0], letter, variants=[texts[1].pk]))
    step = contents.read(reading.running(play).content).steps[0]

    assert step.ways_with(texts[1].pk) == (texts[1].pk, letter.pk)
    assert step.words == (texts[0].pk, texts[1].pk)


def test_on_paper_an_address_gets_the_same(template):
    cards = [template(name=name, channel="postcard") for name in "AB"]
    company(postcard_cost_cents=95, sender_address="Musterweg 1, 12345 Musterstadt")
    play = started(compared(*cards))
    flats = [
        [customer(street=f"Am Hang {number}", postcode="10115", city="Berlin", country="DE") for _one in range(2)]
        for number in range(6)
    ]
    for one in (one for both in flats for one in both):
        buys(one)

    work()

    ((_name, rows),) = drawn(play).items()
    assert all(rows[one.pk] == rows[other.pk] for one, other in flats)
    assert set(Counter(Assignment.objects.filter(OF_WORDS).values_list("key", flat=True)).values()) == {2}


def test_a_batch_that_is_killed_leaves_nothing_and_is_done_again_alike(texts, monkeypatch):
    play = started(compared(*texts[:2]))
    buys(customer())
    batch = walk.Batch.save
    with monkeypatch.context() as patched:
        patched.setattr(walk.Batch, "save", lambda _self: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            work()
    assert batch is walk.Batch.save
    assert not Message.objects.exists()
    assert not Assignment.objects.filter(OF_WORDS).exists()

    work()

    ((_name, rows),) = drawn(play).items()
    assert len(rows) == Message.objects.count() == 1


def test_a_draw_outlives_versions_that_leave_the_words_as_they_are_and_other_words_begin_another(texts):
    play = started(compared(*texts[:2]))
    entered(play, 4)
    same = content(compared(*texts[:2]), latest_days=30)
    running.change(play_id=play.pk, content=same, staff=None, now=NOW)
    running.start(play_id=play.pk, staff=None, now=NOW)
    entered(play, 4, NOW + DAY)
    assert [len(rows) for rows in drawn(play).values()] == [8]

    running.change(play_id=play.pk, content=content(compared(texts[0], texts[2])), staff=None, now=NOW + DAY)
    running.start(play_id=play.pk, staff=None, now=NOW + DAY)
    entered(play, 4, NOW + 2 * DAY)

    assert {name.rpartition(":s1:")[2]: len(rows) for name, rows in drawn(play).items()} == {"1:A-B": 8, "3:A-B": 4}


def test_what_was_drawn_stays_though_her_key_changes():
    what = Varying(origin="play:1:ab:s1:1", of=2, salt="x")
    one = factories.customer()
    first = outreach.vary(what, customers={one.pk: Known(key="a")}, begins={one.pk}, now=NOW)

    again = [outreach.vary(what, customers={one.pk: Known(key=str(n))}, begins=(), now=NOW + DAY) for n in range(20)]

    assert all(found == first for found in again)


@pytest.mark.parametrize(
    ("variants", "code"), [([1], "twice"), ([2, 2], "twice"), ([2, 3, 4], "too_many"), (["", 2], "not_a_reference")]
)
def test_words_that_cannot_be_compared_are_refused_with_their_place(variants, code):
    with pytest.raises(contents.InvalidContent) as wrong:
        contents.read(content({"kind": "message", "templates": [1], "variants": variants}))

    (problem,) = wrong.value.problems
    assert problem.code == code
    assert problem.place.startswith("steps.0.variants")


def test_taken_words_stand_where_they_were_compared_and_nowhere_else():
    inner = {"key": "b", "kind": "message", "templates": [1, 3], "variants": [2, 3]}
    data = {"steps": [{"key": "a", "kind": "branch", "rule": {"field": "x"}, "no": [inner]}, inner | {"key": "c"}]}

    found = contents.worded(data, "b", 3)

    assert found["steps"][0]["no"] == [{"key": "b", "kind": "message", "templates": [3]}]
    assert found["steps"][1] == data["steps"][1]
    assert contents.worded(data, "b", 9) == data


def test_words_of_another_purpose_are_refused_before_it_runs(texts, template):
    thanks = template(name="Dank", purpose="thanks")

    with pytest.raises(contents.InvalidContent) as wrong:
        started(compared(texts[0], thanks))

    assert [one.code for one in wrong.value.problems] == ["other_purpose"]


def test_it_is_said_in_words_and_named_in_files(texts, template, marketer):
    letter = template(name="Brief", channel="letter")
    play = running.draft(
        name="Probe", content=content(message(texts[0], letter, variants=[texts[1].pk])), staff=None, now=NOW
    )
    read = contents.read(reading.newest(play).content)
    (line,) = saying.lines(read, wording.names([read]))
    assert line.text == "E-Mail „Worte A“ oder E-Mail „Worte B“, sonst Brief „Brief“"
    assert "Los" in " ".join(line.notes)

    said = json.loads(json.dumps(writing.write(name=play.name, content=reading.newest(play).content)))
    assert said["content"]["steps"][0]["variants"] == ["Worte B"]
    Play.objects.all().delete()
    Template.objects.all().delete()
    again = taking.bring(files.read(said), language="de", staff=marketer, now=NOW, press="x")

    step = contents.read(reading.newest(again).content).steps[0]
    assert [Template.objects.get(pk=pk).name for pk in step.every_template] == ["Worte A", "Brief", "Worte B"]


def test_the_dearest_of_the_words_is_what_one_contacted_costs_at_most(texts, template):
    company(letter_cost_cents=120)
    letter = template(name="Brief", channel="letter")

    assert costs.expected(contents.read(content(compared(texts[0], letter))), on=NOW.date()) == 120


def test_the_trial_shows_each_of_the_words_and_whom_it_reaches(texts, template, marketer):
    letter = template(name="Brief", channel="letter")
    said = content(message(texts[0], letter, variants=[texts[1].pk]))
    play = running.draft(name="Probe", content=said, staff=marketer, now=NOW)
    buys(customer(), NOW - DAY)

    found = trial.of(play, contents.read(play.versions.get().content), now=NOW)

    assert [one.name for one in found.said.examples][:2] == ["Worte A", "Worte B"]
    assert [(one.text, one.reached, one.after) for one in found.said.reach[:2]] == [
        ("E-Mail „Worte A“", 1, 0),
        ("E-Mail „Worte B“", 1, 0),
    ]


def test_the_form_adds_other_words_and_takes_them_away(client, marketer, texts):
    play = running.draft(name="Probe", content=content(message(texts[0])), staff=marketer, now=NOW)
    client.force_login(marketer)
    address, data = reverse("measure-step", args=[play.pk]), {"key": "s1", "first": texts[0].pk, "latest_days": 14}
    shown = client.get(address, {"key": "s1"}).content.decode()
    assert 'name="variant_b"' in shown

    twice = client.post(address, data | {"variant_b": texts[0].pk})
    kept = client.post(address, data | {"variant_c": texts[1].pk})

    assert (twice.status_code, kept.status_code) == (400, 302)
    assert "zweimal" in twice.content.decode()
    assert reading.newest(play).content["steps"][0]["variants"] == [texts[1].pk]
    client.post(address, data)
    assert "variants" not in reading.newest(play).content["steps"][0]


def test_the_better_words_are_taken_by_a_version_of_its_own_that_is_recorded(client, marketer, texts):
    play = started(compared(*texts[:2]))
    entered(play, 4)
    client.force_login(marketer)
    address, said = reverse("measure-words", args=[play.pk]), {"step": "s1", "template": texts[1].pk}

    for _twice in range(2):
        assert client.post(address, said).status_code == 302

    version = reading.running(play)
    assert version.number == 2
    assert version.content["steps"][0] == {"key": "s1", "kind": "message", "templates": [texts[1].pk]}
    entry = AuditEntry.objects.get(action="play.took_words")
    assert (entry.staff, entry.detail["version"], entry.detail["template"]) == (marketer, 2, "Worte B")
    entered(play, 6, NOW + timedelta(days=3))
    assert set(Counter(list(got().values())[4:])) == {texts[1].pk}


def test_who_is_under_way_goes_on_as_drawn_and_may_be_moved_over(marketer, texts):
    play = started({"kind": "wait", "days": 2}, compared(*texts[:2]), now=NOW - HOUR)
    entered(play, 12)

    words.take(play_id=play.pk, step="s2", template_id=texts[0].pk, staff=marketer, now=NOW + HOUR)
    moved = moving_over.foresee_move(play_id=play.pk)
    work(NOW + 3 * DAY)

    assert moved.stays == 12
    assert set(got().values()) == {texts[0].pk, texts[1].pk}


def test_words_are_not_taken_over_the_head_of_another_draft(marketer, texts):
    play = started(compared(*texts[:2]))
    running.change(play_id=play.pk, content=content(message(texts[2])), staff=None, now=NOW)

    with pytest.raises(words.ChangedBeside):
        words.take(play_id=play.pk, step="s1", template_id=texts[1].pk, staff=marketer, now=NOW)

    assert reading.running(play).number == 1


@pytest.mark.parametrize(("step", "of"), [("s9", 1), ("s1", 2)])
def test_words_that_the_step_has_not_are_not_taken(marketer, texts, step, of):
    play = started(compared(*texts[:2]))

    with pytest.raises(NotPossible):
        words.take(play_id=play.pk, step=step, template_id=texts[of].pk, staff=marketer, now=NOW)


def test_where_two_have_to_agree_the_better_words_wait_as_a_draft(marketer, texts):
    play = started(compared(*texts[:2]))
    MeasureSettings.objects.update_or_create(company=company(), defaults={"second_entries": 1})

    for _twice in range(2):
        with pytest.raises(NeedsSecondYes):
            words.take(play_id=play.pk, step="s1", template_id=texts[1].pk, staff=marketer, now=NOW)

    assert (reading.running(play).number, reading.newest(play).number) == (1, 2)
    assert reading.newest(play).content["steps"][0]["templates"] == [texts[1].pk]
