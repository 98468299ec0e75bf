"""Groups of customers on pages: written, counted, listed, explained, put away, and used by the list of customers."""

from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from django.http import QueryDict
from django.urls import reverse

from stammkunde.customers.models import Customer
from stammkunde.mirror import replacing
from stammkunde.mirror.replacing import Replaced
from stammkunde.outreach.models import Template
from stammkunde.plays.models import Play
from stammkunde.segments import audience, bits, converting, queries, services, whys
from stammkunde.segments.asked import Asked
from stammkunde.segments.models import Segment, SegmentChange, SegmentState
from stammkunde.signals.models import Current, Generation
from stammkunde.team.models import AuditEntry
from tests import factories
from tests.pages import folded
from tests.segments.forms import sent

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
GERMANY = {"all": [{"field": "customer.country", "is": "is", "value": "DE"}]}


@pytest.fixture
def seller(client, salesperson):
    client.force_login(salesperson)
    return client


def posted(page: str, **changed) -> dict:
    return dict(sent(page, **changed).lists())


def group(name="Stammkunden", rule=GERMANY, *, members=(), staff=None) -> Segment:
    made = services.create(name=name, rule=rule, now=NOW, staff=staff)
    ids = [one.pk for one in members]
    SegmentState.objects.create(
        version=made.versions.get(), generation=1, as_of_on=NOW.date(), until={}, at=NOW, highest=10**6,
        bits=bits.packed(ids), n=len(ids),
    )  # fmt: skip
    return made


def test_nobody_begins_with_an_empty_builder(seller):
    page = seller.get(reverse("segment-new")).content.decode()

    assert "Kein Kauf" not in page
    assert "Seit einem halben Jahr kein Kauf" in page
    assert page.count("?example=") >= 30


def test_count_that_a_newer_one_of_the_same_page_replaces_answers_nothing(seller, monkeypatch):
    page = seller.get(reverse("segment-new"), {"example": "lapsed"}).content.decode()
    assert len(sent(page)["asker"]) == 16

    @contextmanager
    def replaced(asker):
        assert asker.endswith(sent(page)["asker"])
        raise Replaced
        yield

    monkeypatch.setattr(replacing, "former", replaced)

    assert seller.post(reverse("segment-new"), posted(page)).status_code == 204


def test_example_is_written_on_and_saved(seller, salesperson):
    page = seller.get(reverse("segment-new"), {"example": "lapsed"}).content.decode()
    assert "mindestens ein Kauf und kein Kauf in den letzten 180 Tagen" in folded(page)

    answer = seller.post(reverse("segment-new"), posted(page, act="save", name="Still", **{"r-1.n": "90"}))

    made = Segment.objects.get()
    assert answer.url == reverse("segment", args=[made.pk])
    assert (made.name, made.origin, made.created_by) == ("Still", "example", salesperson)
    assert made.versions.get().rule["all"][1]["within"] == {"last": 90}
    assert AuditEntry.objects.filter(action="segment.created", thing_id=str(made.pk)).exists()


def test_what_is_missing_is_asked_for_and_keeps_what_was_typed(seller):
    page = seller.get(reverse("segment-new"), {"example": "this-not-that"}).content.decode()

    answer = seller.post(reverse("segment-new"), posted(page, act="save", name="Kenner"))

    assert answer.status_code == 400
    assert "Hier fehlt noch etwas." in answer.content.decode()
    assert 'value="Kenner"' in answer.content.decode()
    assert not Segment.objects.exists()


def test_counting_that_was_under_way_when_somebody_pressed_save_saves_nothing(seller):
    page = seller.get(reverse("segment-new"), {"example": "lapsed"}).content.decode()

    answer = seller.post(
        reverse("segment-new"),
        posted(page, act="save", name="Still"),
        headers={"HX-Request": "true", "HX-Target": "tried"},
    )

    assert answer.status_code == 200
    assert not Segment.objects.exists()  # the form that is sent saves it, once


def test_name_is_given_once(seller):
    group("Still")
    page = seller.get(reverse("segment-new"), {"example": "lapsed"}).content.decode()

    taken = seller.post(reverse("segment-new"), posted(page, act="save", name="Still"))
    unnamed = seller.post(reverse("segment-new"), posted(page, act="save", name=" "))

    assert "So heißt schon eine andere Kundengruppe." in taken.content.decode()
    assert "Geben Sie der Kundengruppe einen Namen." in unnamed.content.decode()


def test_while_typing_only_the_answer_comes_and_what_to_know_of_each_question(seller):
    page = seller.get(reverse("segment-new"), {"example": "bought-once"}).content.decode()
    form = posted(page, **{"r-0.is": "<", "r-0.value": "2"})

    answer = seller.post(reverse("segment-new"), form, headers={"HX-Request": "true", "HX-Target": "tried"})

    told = folded(answer.content.decode()).strip()
    assert told.startswith('<section id="tried"')
    assert "<form" not in told
    assert "weniger als 2 Käufe und letzter Kauf: vor mindestens 61 Tagen" in told
    assert '<p class="rule-says small" id="r-0-says" hx-swap-oob="true">' in told
    assert "Wer gar nichts davon hat, ist dabei." in told


def test_button_adds_a_condition_without_a_script(seller):
    page = seller.get(reverse("segment-new"), {"example": "lapsed"}).content.decode()

    longer = seller.post(reverse("segment-new"), posted(page, act="add r")).content.decode()

    assert 'name="r-2.what"' in longer
    assert 'name="r-2.what"' not in page


def test_change_is_a_new_version_and_a_former_one_comes_back(seller, salesperson):
    made = group()
    page = seller.get(reverse("segment-edit", args=[made.pk])).content.decode()

    seller.post(reverse("segment-edit", args=[made.pk]), posted(page, act="save", **{"r-0.value": "AT"}))

    assert [(one.number, one.by) for one in made.versions.order_by("number")] == [(1, None), (2, salesperson)]
    shown = folded(seller.get(reverse("segment", args=[made.pk])).content.decode())
    assert "Land ist Österreich" in shown
    assert "Land ist Deutschland" in shown
    former = seller.get(reverse("segment-edit", args=[made.pk]), {"version": "1"}).content.decode()
    assert sent(former).getlist("r-0.value") == ["DE", ""]


def test_later_change_is_not_overwritten_by_one_begun_before_it(seller):
    made = group()
    first, second = (seller.get(reverse("segment-edit", args=[made.pk])).content.decode() for _ in range(2))
    seller.post(reverse("segment-edit", args=[made.pk]), posted(first, act="save", **{"r-0.value": "AT"}))

    late = seller.post(reverse("segment-edit", args=[made.pk]), posted(second, act="save", **{"r-0.value": "CH"}))
    assert (late.status_code, made.versions.count()) == (400, 2)
    assert "inzwischen geändert" in late.content.decode()

    seller.post(reverse("segment-edit", args=[made.pk]), posted(late.content.decode(), act="save"))
    assert made.versions.get(number=3).rule["all"][0]["value"] == "CH"


def test_denied_question_that_is_opened_and_saved_is_no_new_version(seller):
    made = group(rule={"not": GERMANY["all"][0]})
    page = seller.get(reverse("segment-edit", args=[made.pk])).content.decode()

    answer = seller.post(reverse("segment-edit", args=[made.pk]), posted(page, act="save"))

    assert (answer.url, made.versions.count()) == (reverse("segment", args=[made.pk]), 1)


def test_rule_of_a_measure_and_of_the_archive_is_not_changed_here(seller):
    own, away = services.create(name="", rule=GERMANY, now=NOW, staff=None, play_id=7), group(name="Alt")
    Segment.objects.filter(pk=away.pk).update(archived_at=NOW)

    assert seller.get(reverse("segment-edit", args=[own.pk])).status_code == 404
    assert seller.post(reverse("segment-edit", args=[away.pk])).url == reverse("segment", args=[away.pk])
    assert "Holen Sie sie heraus" in seller.get(reverse("segment", args=[away.pk])).content.decode()


def test_page_tells_who_is_in_it_today_and_who_was_then(seller):
    anna, bert = factories.customer(name="Anna"), factories.customer(name="Bert")
    made = group(members=[anna, bert], rule={"any": [GERMANY["all"][0], {"happened": "orders"}, {"happened": "lines"}]})
    version = made.versions.get()
    version.__class__.objects.filter(pk=version.pk).update(began_at=datetime(2026, 10, 1, tzinfo=UTC))
    SegmentChange.objects.create(version=version, customer_id=bert.pk, at=NOW, on=NOW.date(), is_in=True, cause="fact")
    SegmentState.objects.update(change_id=10**6)

    SegmentState.objects.update(until={"orders": "2026-11-18", "lines": "2026-11-18", "contacts": "2026-11-17"})
    address = reverse("segment", args=[made.pk])
    page = folded(seller.get(address, {"on": "2026-11-01"}).content.decode())
    ahead = folded(seller.get(address, {"on": "2099-11-01"}).content.decode())
    then = seller.get(reverse("customers"), {"group": made.pk, "group_on": "2026-11-01"}).content.decode()

    assert "Heute drin" in page
    assert "1 Kunde am 01.11.2026" in page
    assert "01.11.2099" not in ahead
    assert "Zeiträume bei „Käufe, Bestellpositionen“ zählen vom 18.11.2026 zurück" in page
    assert "17.11.2026" not in page  # the rule asks for no contacts
    assert "Anna" in then
    assert "Bert" not in then
    assert "Stand 01.11.2026" in then


def test_why_says_of_what_is_denied_whether_its_contrary_is_true(seller):
    rule = {"not": {"any": [GERMANY["all"][0], {"happened": "orders"}]}}
    anna = factories.customer(name="Anna", country="AT")

    (why,) = whys.of(group(rule=rule).pk, [anna], now=NOW)

    assert [part.known for part in why.parts] == ["Österreich", "0"]
    assert [(part.says, part.holds, part.lacks) for part in why.parts] == [
        ("Land ist nicht Deutschland (oder unbekannt)", True, ""),
        ("kein Kauf", True, ""),
    ]


def test_past_day_of_a_group_is_named_one_by_one_and_no_group_asks_for_the_archive(seller):
    anna, made = factories.customer(name="Anna"), group(members=[])
    filters = queries.Filters(group=str(made.pk), group_on=NOW.date())
    assert converting.of_filters(replace(filters, group_on=None), generation=None) == {
        "all": [{"segment": made.pk, "is": "in"}]
    }
    version = made.versions.get()
    SegmentState.objects.filter(version=version).update(bits=bits.packed([anna.pk]), n=1)
    made.versions.update(began_at=datetime(2026, 10, 1, tzinfo=UTC))
    assert converting.of_filters(filters, generation=None) == converting.of_numbers([anna.number])

    Segment.objects.update(archived_at=NOW)
    with pytest.raises(services.InvalidRule, match="archive"):
        services.create(name="Neu", rule={"segment": made.pk, "is": "in"}, now=NOW, staff=None)


def test_list_of_customers_is_filtered_by_a_group_and_taken_along(seller):
    anna = factories.customer(name="Anna")
    factories.customer(name="Bert")
    made = group(members=[anna])

    page = seller.get(reverse("customers"), {"group": made.pk}).content.decode()
    file = b"".join(seller.post(f"{reverse('customers')}?group={made.pk}", {"format": "csv"})).decode()

    assert "Anna" in page
    assert "Bert" not in page
    assert "Kundengruppe: Stammkunden" in page
    assert anna.number in file
    assert "Bert" not in file


def test_whoever_sees_no_figures_sees_no_groups(client, servant):
    client.force_login(servant)
    made = group(members=[factories.customer(name="Anna")])
    factories.customer(name="Bert")

    listed = client.get(reverse("customers"), {"group": made.pk}).content.decode()

    assert client.get(reverse("segments")).status_code == 403
    assert "Bert" in listed
    assert "Stammkunden" not in listed


def test_group_in_use_can_neither_be_deleted_nor_put_away(seller):
    made = group()
    group("Enger", {"all": [{"segment": made.pk, "is": "in"}]})

    for name in ("segment-archive", "segment-delete"):
        told = seller.post(reverse(name, args=[made.pk]), follow=True).content.decode()
        assert "Sie wird verwendet und bleibt deshalb: Enger" in told
    assert Segment.objects.filter(archived_at=None).count() == 2


def test_group_is_renamed_put_away_taken_out_and_deleted(seller):
    made = group()

    seller.post(reverse("segment-rename", args=[made.pk]), {"name": "Treue"})
    seller.post(reverse("segment-archive", args=[made.pk]))
    assert "Treue" not in seller.get(reverse("segments")).content.decode()
    assert "Treue" in seller.get(reverse("segments"), {"state": "archived"}).content.decode()
    seller.post(reverse("segment-restore", args=[made.pk]))
    assert "Treue" in seller.get(reverse("segments")).content.decode()
    seller.post(reverse("segment-delete", args=[made.pk]))

    assert not Segment.objects.exists()


@pytest.mark.parametrize("count", [1, 3])
def test_list_asks_few_questions(seller, django_assert_num_queries, count):
    for n in range(count):
        group(f"Gruppe {n}")
    seller.get(reverse("segments"))

    with django_assert_num_queries(7):
        page = seller.get(reverse("segments"))

    assert page.content.decode().count('class="title"') == count


def test_group_is_made_of_what_is_ticked_and_of_what_is_filtered(seller, salesperson):
    generation = Generation.objects.create(status="done", as_of_on=NOW.date(), activity_days=180, started_at=NOW)
    Current.objects.create(pk=1, generation=generation)
    anna = factories.customer(name="Anna", country="AT", owner=salesperson)

    ticked = seller.post(reverse("segment-selected"), {"customer": [anna.pk]}).content.decode()
    query = f"country=AT&owner={salesperson.pk}&stage=at_risk&months=6"
    listed = seller.get(reverse("segment-new"), {"list": query}).content.decode()
    behind = converting.of_filters(queries.Filters(ids=(anna.pk,)), generation=generation)

    assert anna.number in sent(ticked).getlist("r-0.value")
    assert "Land ist Österreich" in folded(listed)
    assert "vor mindestens 184 Tagen" in folded(listed)
    assert str(salesperson) in listed
    assert behind == converting.of_numbers([anna.number])
    assert seller.post(reverse("segment-selected")).url == reverse("customers")


def test_customer_page_says_in_which_groups_since_when(seller):
    anna = factories.customer(name="Anna")
    made = group(members=[anna])
    made.versions.update(began_at=NOW)

    page = folded(seller.get(reverse("customer", args=[anna.pk])).content.decode())

    assert "Stammkunden" in page
    assert "mindestens seit 20.11.2026 (Beginn der Aufzeichnung)" in page
    assert reverse("segment-why", args=[made.pk, anna.pk]) in page
    assert Customer.objects.count() == 1


def test_campaign_is_for_a_group_which_stays_until_customers_are_chosen(seller, salesperson):
    anna = factories.customer(name="Anna")
    made = group(members=[anna])
    page = seller.get(reverse("consent-campaign-new"), {"group": made.pk}).content.decode()
    assert "Kundengruppe: Stammkunden" in page
    asked = Asked(SimpleNamespace(user=salesperson, GET=QueryDict()), QueryDict(f"group={made.pk}"))
    kept = audience.stored(asked.filters)
    Play.objects.create(
        kind="campaign", name="Gruß", status="preparing", audience=kept, created_at=NOW, template=a_template()
    )

    told = seller.post(reverse("segment-delete", args=[made.pk]), follow=True).content.decode()

    assert "Sie wird verwendet und bleibt deshalb: Gruß" in told
    assert list(queries.ids(audience.restored(kept), generation=None)) == [[anna.pk]]


def a_template() -> Template:
    return Template.objects.create(name="Gruß", channel="letter", purpose="advertising", changed_at=NOW)
