"""A damaged mirror is thrown away by whoever meets it, and built anew from the database."""

from datetime import date

import pytest
from django.conf import settings

from stammkunde import mirror
from stammkunde.mirror import manifest as manifests
from stammkunde.signals import answers
from tests import factories
from tests.mirror.damaging import WAYS
from tests.mirror.test_mirror import build_mirror, lines_in_database, lines_in_mirror

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def built(once):
    return once(build)


def build():
    ware = factories.product(category="Schuhe")
    for month in range(1, 4):
        for day in range(1, 20):
            buyer = factories.customer(country="Germany")
            factories.order(buyer, date(2025, month, day), cents=1200 * day, of=ware, channel="shop")
    return build_mirror()


def file_of(built, table="lines"):
    return manifests.path(built.of(table)[0])


@pytest.mark.parametrize("damage", WAYS, ids=lambda way: way.__name__)
def test_damaged_file_is_met_by_a_question_and_everything_is_built_anew(built, damage):
    told = answers.abc()
    damage(file_of(built))

    with pytest.raises(mirror.NoMirror):
        answers.products(period="2025")
    assert mirror.read() is None
    anew = build_mirror()

    assert not anew.files & built.files
    assert lines_in_mirror() == lines_in_database()
    assert answers.abc() == told


@pytest.mark.parametrize("damage", WAYS[1:3], ids=lambda way: way.__name__)
def test_worker_sees_by_itself_that_a_file_is_not_whole(built, damage):
    damage(file_of(built, "customers"))

    assert mirror.sound() is None
    build_mirror()
    assert mirror.sound()
    assert len(mirror.tables().customers) == 57


@pytest.mark.parametrize("content", ["", "{", "[]", "null", '{"format": 3}', '{"format": 3, "whole": 7}', "\x00" * 99])
def test_damaged_manifest_is_none(built, content):
    (settings.MIRROR_DIR / manifests.NAME).write_text(content)

    assert mirror.read() is None
    build_mirror()
    assert lines_in_mirror() == lines_in_database()


def test_question_that_is_wrong_leaves_the_mirror_alone(built):
    with pytest.raises(Exception, match="no_such_column"), mirror.noticed():
        mirror.tables().lines.project("no_such_column").fetchall()

    assert mirror.read() == built
