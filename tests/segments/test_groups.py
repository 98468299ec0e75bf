"""Groups of customers are made, changed, put away and deleted; what uses them keeps them."""

from datetime import UTC, datetime

import pytest

from stammkunde.segments import services
from stammkunde.segments.models import Segment, SegmentVersion
from stammkunde.team.models import AuditEntry

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 30, 9, tzinfo=UTC)
GERMAN = {"field": "customer.country", "is": "is", "value": "DE"}


def make(name="Deutsche", rule=GERMAN):
    return services.create(name=name, rule=rule, now=NOW, staff=None)


def test_a_rule_is_kept_canonically_and_the_same_again_makes_no_version():
    segment = make(rule=GERMAN | {"value": ["DE"]})

    assert segment.versions.get().rule == GERMAN
    services.edit(segment_id=segment.pk, rule=GERMAN, now=NOW, staff=None)
    assert segment.versions.count() == 1

    other = services.edit(segment_id=segment.pk, rule={"not": GERMAN}, now=NOW, staff=None)
    assert other.number == 2
    assert [one.action for one in AuditEntry.objects.order_by("pk")] == ["segment.created", "segment.changed"]


def test_a_name_is_one_groups_until_that_is_put_away(administrator):
    segment, admin = make(), administrator
    with pytest.raises(services.NameTaken):
        make()

    services.archive(segment_id=segment.pk, now=NOW, staff=admin)
    make()
    with pytest.raises(services.NameTaken):
        services.restore(segment_id=segment.pk, now=NOW, staff=admin)


def test_a_rule_that_cannot_be_asked_is_refused_with_its_place_and_leaves_nothing():
    with pytest.raises(services.InvalidRule) as refused:
        make(rule={"all": [GERMAN, {"field": "customer.shoe", "is": "is", "value": "44"}]})
    assert refused.value.place.startswith("all.2")
    with pytest.raises(services.InvalidRule) as refused:
        make(rule={"field": "customer.owner", "is": "is", "value": {"me": True}})
    assert refused.value.code == "me_is_for_lists"
    assert not Segment.objects.exists()


def test_groups_ask_for_each_other_but_never_in_a_circle():
    first = make()
    second = make("Andere", {"not": {"segment": first.pk, "is": "in"}})

    with pytest.raises(services.InvalidRule) as refused:
        services.edit(segment_id=first.pk, rule={"segment": second.pk, "is": "in"}, now=NOW, staff=None)
    assert refused.value.code == "circle"
    assert SegmentVersion.objects.filter(segment=first).count() == 1


def test_what_is_in_use_is_neither_deleted_nor_put_away(administrator):
    first, admin = make(), administrator
    second = make("Andere", {"segment": first.pk, "is": "in"})

    for change in (services.delete, services.archive):
        with pytest.raises(services.InUse) as refused:
            change(segment_id=first.pk, now=NOW, staff=admin)
        assert refused.value.names == ["Andere"]

    services.delete(segment_id=second.pk, now=NOW, staff=admin)
    services.delete(segment_id=first.pk, now=NOW, staff=admin)
    assert not Segment.objects.exists()
