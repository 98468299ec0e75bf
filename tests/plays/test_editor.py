"""The editor: cards and steps are changed one by one, a draft is always whole, and what is wrong is said."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import translation

from stammkunde.plays import contents
from stammkunde.plays.editing import acts, power
from stammkunde.plays.editing.forms import FORMS
from stammkunde.plays.editing.steps import FORMS as STEP_FORMS
from stammkunde.plays.measures import foretelling, reading, running
from stammkunde.plays.models import Play
from stammkunde.segments import services as segments
from tests.outreach.planning import NOW, customer
from tests.plays.contents import random_content
from tests.plays.over_time import buys, started, task, wait, work

STEPS = [
    {"kind": "branch", "key": "a", "rule": {"x": 1}, "no": [{"kind": "end", "key": "b"}]},
    {"kind": "wait", "key": "c", "days": 1},
]


@pytest.fixture
def mia(client, marketer):
    client.force_login(marketer)
    return client


@pytest.fixture
def play(marketer, template) -> Play:
    steps = [{"kind": "message", "templates": [template().pk]}, wait(7), task("Anrufen", by_phone=True)]
    goal = {"kind": "purchase", "window_days": 60}
    trigger = {"kind": "happened", "table": "orders"}
    said = {"trigger": trigger, "steps": steps, "goal": goal, "holdout": {"share": 0.1}}
    return running.draft(name="Danke", content=said, staff=marketer, now=NOW)


def keys(data) -> str:
    return " ".join(one.key for one in contents.every(contents.read(data).steps))


def content(play) -> dict:
    return reading.newest(play).content


def posts(client, play, card, **said):
    return client.post(reverse("measure-edit", args=[play.pk]), {"card": card, **said})


@pytest.mark.parametrize(
    ("act", "then"),
    [
        (lambda data: acts.added(data, {"kind": "end", "key": "x"}, place=""), ["x", "a", "b", "c"]),
        (lambda data: acts.added(data, {"kind": "end", "key": "x"}, place="a"), ["a", "b", "x", "c"]),
        (lambda data: acts.added(data, {"kind": "end", "key": "x"}, place="b"), ["a", "b", "x", "c"]),
        (lambda data: acts.added(data, {"kind": "end", "key": "x"}, place="a/yes"), ["a", "x", "b", "c"]),
        (lambda data: acts.moved(data, "c", by=-1), ["c", "a", "b"]),
        (lambda data: acts.moved(data, "c", by=1), ["a", "b", "c"]),
        (lambda data: acts.moved(data, "b", by=-1), ["a", "b", "c"]),
        (lambda data: acts.removed(data, "b"), ["a", "c"]),
        (lambda data: acts.removed(data, "a"), ["c"]),
        (lambda data: acts.changed(data, "c", {"days": 9}), ["a", "b", "c"]),
    ],
)
def test_steps_keep_their_keys_whatever_is_done_with_them(act, then):
    found = act({"steps": STEPS})

    def every(steps):
        for one in steps:
            yield one["key"]
            for way in acts.WAYS:
                yield from every(one.get(way, []))

    assert list(every(found["steps"])) == then


def test_a_step_that_is_gone_is_said():
    with pytest.raises(acts.NoSuchStep):
        acts.moved({"steps": STEPS}, "z", by=1)


@pytest.mark.django_db
@pytest.mark.parametrize("card", FORMS)
def test_a_card_that_is_saved_unchanged_changes_nothing(card):
    group = segments.create(name="Die Treuen", rule={"happened": "orders"}, now=NOW, staff=None)
    for seed in range(40):
        data = contents.write(random_content(seed)) | ({"group": group.pk} if random_content(seed).group else {})
        before = contents.read(data)
        shown = FORMS[card](content=before)
        sent = {name: value for name, value in shown.initial.items() if value is not None and value is not False}

        form = FORMS[card](sent, content=before)

        assert form.is_valid(), (seed, form.errors)
        assert contents.read(form.put(data)) == before, seed


@pytest.mark.django_db
def test_a_step_that_is_saved_unchanged_changes_nothing(template, marketer):
    rows = {1: template(name="A"), 2: template(name="B"), 3: template(name="C")}
    other = started(wait(1), name="Andere")
    for seed in range(40):
        data = contents.write(random_content(seed))
        for step in contents.every(random_content(seed).steps):
            said = acts.find(data, step.key)
            for name in {"templates", "variants"} & set(said):
                said[name] = [rows[one].pk for one in said[name]]
            said |= {name: marketer.pk for name in ("owner", "substitute") if name in said}
            said |= {"play": other.pk} if said["kind"] == "hand_over" else {}
            if said["kind"] == "branch":  # as a sentence of fields: see test_branching
                continue
            kind = STEP_FORMS[said["kind"]]
            usual = {name: field.initial for name, field in kind.base_fields.items()}
            read = contents.read(base(said))
            shown = usual | kind(step=said, content=read).initial
            sent = {name: value for name, value in shown.items() if value is not None and value is not False}

            form = kind(sent, step=said, content=read)

            assert form.is_valid(), (said, form.errors)
            kept = acts.find(acts.changed({"steps": [said]}, step.key, form.fields_of()), step.key)
            assert _read(kept) == _read(said)


def _read(step):
    return contents.read(base(step)).steps


def base(step):
    trigger = {"kind": "happened", "table": "orders"}
    return {"trigger": trigger, "goal": {"kind": "purchase"}, "holdout": {"share": 0.1}, "steps": [step]}


@pytest.mark.django_db
def test_cards_are_changed_where_they_stand(mia, play):
    page = mia.get(reverse("measure-edit", args=[play.pk])).content.decode()
    assert "Ziel: der Kunde kauft innerhalb von 60 Tagen." in page
    assert 'name="share" value="10"' in page  # not 10.0: a comma stands there in German

    posts(mia, play, "purpose", goal="orders", window_days=30, kind="dated", worth="2.00")
    said = mia.get(reverse("measure-edit", args=[play.pk])).content.decode()
    assert "Lohnt sich ab 2,00\N{NO-BREAK SPACE}€ je Kunde." in said
    posts(
        mia, play, "begins", trigger="dated/customers/since_on", yearly="on", offset_days=-3, again="on", pause_days=9
    )
    posts(mia, play, "ends", ends_on=["complaint"], latest_days=40)
    posts(mia, play, "compare", share=0, because="Das schulden wir", budget=100, each_cents="2.5")

    found = contents.read(content(play))
    assert (found.goal.window_days, found.goal.worth_cents, found.kind) == (30, 200, "dated")
    assert found.trigger == contents.Dated(table="customers", column="since_on", offset_days=-3, yearly=True)
    assert found.reentry == contents.Reentry(again=True, pause_days=9)
    assert (found.ends_on, found.latest_days) == (("complaint",), 40)
    assert (found.holdout.because, found.limits.budget_cents, found.cost.each_cents) == (
        "Das schulden wir",
        10_000,
        250,
    )


@pytest.mark.django_db
def test_what_is_wrong_in_a_card_is_said_there_and_not_kept(mia, play):
    before = content(play)

    answer = posts(mia, play, "compare", share=0)
    told = mia.post(
        reverse("measure-edit", args=[play.pk]), {"card": "purpose", "goal": "none"}, headers={"HX-Request": "true"}
    )

    assert answer.status_code == 400
    assert "Sagen Sie, warum niemand ausgelassen wird." in answer.content.decode()
    assert 'role="alert"' in told.content.decode()
    assert posts(mia, play, "colour").status_code == 404
    assert content(play) == before


@pytest.mark.django_db
def test_steps_are_added_changed_moved_and_removed(mia, play):
    address = reverse("measure-step", args=[play.pk])

    assert mia.get(f"{address}?kind=wait&place=s1").status_code == 200
    added = mia.post(address, {"kind": "wait", "place": "s1", "days": 3})
    mia.post(address, {"key": "s2", "months": 2, "days": 0})
    mia.post(reverse("measure-arrange", args=[play.pk]), {"key": "s3", "act": "up"})
    mia.post(reverse("measure-arrange", args=[play.pk]), {"key": "s1", "act": "remove"})

    assert added.url.endswith("?at=s4#step-s4")
    assert keys(content(play)) == "s4 s3 s2"
    assert acts.find(content(play), "s2") == {"kind": "wait", "key": "s2", "months": 2, "days": 0}
    assert mia.post(address, {"kind": "wait", "place": ""}).status_code == 400  # says no time
    assert mia.post(address, {"key": "s1"}).status_code == 404  # removed meanwhile
    assert mia.get(f"{address}?kind=dance").status_code == 404


@pytest.mark.django_db
def test_a_running_one_gets_a_draft_beside_it_and_one_that_is_over_is_copied(mia, marketer):
    running_one = started(wait(1), now=NOW)
    over = started(wait(1), now=NOW, name="Vorbei")
    running.stop(play_id=over.pk, staff=marketer, now=NOW)

    posts(mia, running_one, "ends", latest_days=9)
    refused = posts(mia, over, "ends", latest_days=9)
    copied = mia.post(reverse("measure-copy", args=[over.pk]))

    assert [one.from_at is None for one in running_one.versions.all()] == [False, True]
    assert refused.status_code == 400
    made = Play.objects.get(name="Kopie von Vorbei")
    assert copied.url == reverse("measure-edit", args=[made.pk])
    assert made.status == "draft"


@pytest.mark.django_db
def test_a_file_that_was_given_is_taken_to_the_same(mia, play, marketer):
    group = segments.create(name="Die Treuen", rule={"happened": "orders"}, now=NOW, staff=marketer)
    branch = {"kind": "branch", "rule": {"segment": group.pk, "is": "in"}}
    data = content(play) | {"group": group.pk}
    running.change(play_id=play.pk, content=acts.added(data, branch, place="s3"), staff=marketer, now=NOW)

    given = mia.post(reverse("measure-file", args=[play.pk])).content
    mia.post(reverse("measure-new"), {"file": SimpleUploadedFile("m.json", given)})

    other = Play.objects.exclude(pk=play.pk).get()
    assert content(other) == content(play)
    assert mia.post(reverse("measure-file", args=[other.pk])).content == given
    assert json.loads(given)["content"]["group"] == "Die Treuen"


def test_the_smallest_effect_follows_the_published_formula():
    assert power.smallest_cents(customers=1000, share=0.1, spread_cents=10_000) == round(
        2.487 * 10_000 * (1 / 900 + 1 / 100) ** 0.5
    )
    assert power.smallest_cents(customers=90, share=0.1, spread_cents=10_000) is None
    assert [power.usual_share(n) for n in (900, 4_000, 40_000, 400_000, 600_000)] == [0.5, 0.3, 0.2, 0.1, 0.05]


@pytest.mark.django_db
def test_versions_say_what_differs_and_a_stop_says_what_becomes_of_whom(mia, marketer):
    runs = started(wait(7), now=NOW, trigger={"kind": "happened", "table": "orders"})
    who = customer(name="Anna")
    buys(who, NOW)
    work()
    posts(mia, runs, "ends", latest_days=9)

    page = mia.get(reverse("measure", args=[runs.pk])).content.decode()

    newest, first = foretelling.versions(runs)
    with translation.override("de"):
        assert list(foretelling.stop(runs)) == [
            "1 ist unterwegs und scheidet aus.", "Was verschickt oder erledigt ist, bleibt, wie es ist.",
        ]  # fmt: skip
    assert (newest.new, newest.gone) == (("Spätestens an Tag 9 ist Schluss.",), ("Spätestens an Tag 60 ist Schluss.",))
    assert (first.new, first.gone) == ((), ())
    assert "<ins>Spätestens an Tag 9 ist Schluss.</ins>" in page
    assert "1 ist unterwegs und scheidet aus." in page
    assert "Von jetzt an läuft sie. Wann sie für jemanden beginnt: Mit jedem Kauf." in page
