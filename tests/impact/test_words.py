"""Words of a step compared: the planted difference is found among those contacted, and counts in nothing else."""

from random import Random

import pytest
from django.db.models import Case, When
from django.urls import reverse

from stammkunde.impact import adding, combining, counting, judging, queries, variants, versus, working
from stammkunde.impact.models import Trial, Verdict
from stammkunde.insight import experiments
from stammkunde.outreach.models import Assignment, Draw, Template
from stammkunde.plays.measures import reading, running
from stammkunde.plays.models import Play, PlayVersion
from stammkunde.sales.models import Line, Order
from stammkunde.store import facts
from stammkunde.team.models import AuditEntry
from tests import factories

from .company import BEGAN, DAY, NOW, figured, people

pytestmark = pytest.mark.django_db(transaction=True)

GAIN = 2_500


def measure(words: int = 2) -> Play:
    """A measure that runs, and compares so many words."""
    factories.decided(name="Musterhaus", sender_name="Musterhaus", sender_email="gruss@musterhaus.example")
    made = [
        Template.objects.create(name=f"Worte {letter}", channel="email", purpose="advertising", changed_at=BEGAN)
        for letter in "ABC"[:words]
    ]
    for one in made:
        one.texts.create(language="de", form="sie", subject="Neues", blocks=[{"kind": "text", "text": "Guten Tag!"}])
    said = {
        "trigger": {"kind": "happened", "table": "orders"},
        "steps": [
            {"key": "mail", "kind": "message", "templates": [made[0].pk], "variants": [one.pk for one in made[1:]]}
        ],
        "goal": {"kind": "none", "because": "test"},
        "holdout": {"share": 0, "because": "test"},
    }
    play = running.draft(name="Sommer", content=said, staff=None, now=BEGAN)
    return running.start(play_id=play.pk, staff=None, now=BEGAN)


def drew(play: Play, ids, letters: str) -> None:
    """Draw two words for customers, foreseeably."""
    draw = Draw.objects.create(
        origin=f"{play.origin}:ab:mail:1:{letters}", salt="x", share=0.5, drawn_at=BEGAN, name=play.name
    )
    chance = Random(3)
    Assignment.objects.bulk_create(
        Assignment(
            draw=draw, customer_id=one, held_out=chance.random() < 0.5, entered_at=BEGAN, eligible=True,
            expected_cents=100 * chance.randrange(20, 120),
        )
        for one in ids
    )  # fmt: skip


def bought() -> None:
    """Let customers bring about what was expected of them; those who got the second words bring more."""
    chance, lines = Random(5), []
    for row in Assignment.objects.order_by("pk"):
        margin = round(row.expected_cents * chance.uniform(0.8, 1.2)) + (0 if row.held_out else GAIN)
        for cents, days in ((row.expected_cents, -20), (margin, chance.randrange(2, 90))):
            at, key = BEGAN + days * DAY, f"{row.pk}:{days}"
            order = Order(
                customer_id=row.customer_id, source=key, number=key, ordered_at=at, ordered_on=at.date(), updated_at=NOW
            )
            lines.append(Line(order=order, key="1", quantity=1, revenue_cents=2 * cents, cost_cents=cents, kind="sale"))
    Order.objects.bulk_create([one.order for one in lines])
    Line.objects.bulk_create(lines)
    for table in ("orders", "lines"):
        facts.table(table).mark({f"2026-0{month}" for month in range(5, 10)})


def company() -> dict[str, int]:
    play = measure()
    drew(play, people(160), "A-B")
    bought()
    figured()
    return {"play": play.pk}


@pytest.fixture
def told(once):
    return once(company)


@pytest.fixture
def as_role(client, django_user_model):
    def sign_in(role):
        client.force_login(
            django_user_model.objects.create_user(f"{role}@example.org", "x", name="Mia", role=role, created_at=NOW)
        )
        return client

    return sign_in


def work(now=NOW):
    while working.sweep(now=now):
        pass


def judged(worth: int = 300) -> Trial:
    """Let all looks of a round be given at once: as many as there are."""
    working.begin()
    trial = Trial.objects.get()
    Trial.objects.update(planned=Assignment.objects.count(), worth_cents=worth)
    work()
    trial.refresh_from_db()
    return trial


def test_words_that_earn_more_are_found_and_told_as_a_sentence(told):
    trial = judged()

    (verdict,) = Verdict.objects.all()
    margin = verdict.numbers["margin"]
    assert (verdict.code, verdict.look, verdict.of) == ("works", 4, 4)
    assert margin["low"] < GAIN < margin["high"]
    assert [one["name"] for one in trial.words] == ["Worte A", "Worte B"]
    assert versus.verdict(trial, verdict).startswith("„Worte B“ bringt ")
    assert versus.label(trial, verdict) == "B bringt mehr"
    assert variants.winner(queries.trial(trial.pk))["name"] == "Worte B"


def test_where_the_first_earns_more_it_is_told_the_same_way_round(told):
    Assignment.objects.update(held_out=Case(When(held_out=True, then=False), default=True))

    trial = judged()

    verdict = Verdict.objects.get()
    said = versus.verdict(trial, verdict)
    assert verdict.code == "harms"
    assert said.startswith("„Worte A“ bringt ")
    assert "−" not in said
    assert variants.winner(queries.trial(trial.pk))["name"] == "Worte A"


@pytest.mark.parametrize(
    ("worth", "code", "words"),
    [
        (10, "cannot_tell", ["lässt sich noch nicht sagen", "Sichtbar wäre bisher", "Kunden"]),
        (900_000, "too_little", ["kein Unterschied, auf den es ankäme"]),
    ],
)
def test_without_a_difference_it_says_what_it_would_take_or_that_none_matters(told, worth, code, words):
    ids = list(Assignment.objects.order_by("held_out", "pk").values_list("pk", flat=True))
    Assignment.objects.update(held_out=False)
    Assignment.objects.filter(pk__in=ids[::2]).update(held_out=True)  # half of either, so that both bring the same

    trial = judged(worth)

    verdict = Verdict.objects.get()
    assert verdict.code == code
    assert variants.winner(queries.trial(trial.pk)) is None
    said = versus.verdict(trial, verdict)
    assert all(one in said for one in words), said


def test_a_play_has_no_trial_of_its_own_by_its_words_and_no_total_counts_them(told):
    trial = judged()

    assert Verdict.objects.exists()
    assert (trial.origin, trial.step) == (f"play:{told['play']}:ab:mail:1:A-B", "mail")
    assert queries.of_play(Play.objects.get()) is None
    assert not queries.of_plays().exists()
    assert not adding.of_plays().exists()
    assert combining.by_trial() == {}
    judging.rank()
    trial.refresh_from_db()
    assert trial.careful_cents is None


def test_nobody_is_left_alone_by_words(told, as_role):
    client = as_role("management")

    page = client.get(reverse("left-alone")).content.decode()

    assert Assignment.objects.filter(held_out=True).exists()
    assert "Niemand" in page


def test_of_three_words_each_range_is_wider():
    play = measure(3)
    some = people(60)
    for letters, ids in {"A-B": some[:40], "A-C": some[20:], "B-C": [*some[:20], *some[40:]]}.items():
        drew(play, ids, letters)
    figured()
    working.begin()

    assert set(Trial.objects.values_list("comparisons", flat=True)) == {3}
    one = Trial.objects.first()
    one.planned = 100
    look = judging.look_of(one, counting.Progress(as_of_on="2026-11-30", ripe=100))
    assert look.multiple == experiments.obrien_fleming(4, confidence=1 - 0.1 / 3)[3]


def test_a_split_that_chance_has_not_made_is_no_verdict(told):
    some = Assignment.objects.filter(held_out=False).values_list("pk", flat=True)[:50]
    Assignment.objects.filter(pk__in=list(some)).delete()

    trial = judged()

    verdict = Verdict.objects.get()
    assert verdict.code == "wrong_split"
    assert "Worte A" in versus.verdict(trial, verdict)


def test_a_measure_s_page_tells_which_words_earn_more_and_takes_them_by_one_press(told, as_role):
    trial = judged()
    client = as_role("management")
    address = reverse("measure", args=[told["play"]])

    page = client.get(address).content.decode()
    assert "„Worte B“ bringt " in page
    assert "Ab jetzt „Worte B“ an alle" in page
    client.post(reverse("measure-words", args=[told["play"]]), {"step": "mail", "template": trial.words[1]["template"]})

    assert reading.running(Play.objects.get()).content["steps"][0]["templates"] == [trial.words[1]["template"]]
    assert AuditEntry.objects.filter(action="play.took_words").exists()
    after = client.get(address).content.decode()
    assert "Ab jetzt" not in after
    assert "entscheidet das Los nicht mehr" in after
    assert not variants.is_drawn(Trial.objects.get())


def test_the_page_of_both_words_and_the_people_behind_it_name_them(told, as_role):
    trial = judged()
    client = as_role("management")

    page = client.get(reverse("trial", args=[trial.pk])).content.decode()
    listed = client.get(reverse("trial-customers", args=[trial.pk])).content.decode()

    for shown in (page, listed):
        assert "A: Worte A" in shown
        assert "B: Worte B" in shown
        assert "Vergleichsgruppe" not in shown
    assert "Sommer: „Worte A“ oder „Worte B“" in page


def test_who_may_not_see_money_is_told_which_is_better(told, as_role):
    judged()
    client = as_role("marketing")

    page = client.get(reverse("measure", args=[told["play"]])).content.decode()

    assert "B bringt mehr" in page


def test_a_trial_outlives_its_play(told):
    trial = judged()
    PlayVersion.objects.all().delete()
    Play.objects.all().delete()

    trial.refresh_from_db()

    assert trial.play is None
    assert "Worte A" in trial.called
    assert not variants.is_drawn(trial)
    figured(now=NOW + DAY)
    work(NOW + DAY)
    assert Verdict.objects.count() == 1
