"""Which tests are asked again on PostgreSQL."""

import pytest

from tests import again


def _helper(client):
    return [client.post("/a/") for _time in range(2)]


def _reads(client):
    return client.get("/a/")


def _fills_in(client):
    return _helper(client)


def test_whoever_sends_a_form_is_known_by_the_functions_called():
    assert [again.sends(one) for one in (_reads, _helper, _fills_in)] == [False, True, True]


class Item:
    """A test as pytest collects it."""

    def __init__(self, function, *marks, fixtures=(), nodeid="tests/home/test_a.py::test_a"):
        self.function, self.marks, self.fixturenames, self.nodeid = function, marks, fixtures, nodeid

    def iter_markers(self, name):
        return [mark for mark in self.marks if mark.name == name]

    def get_closest_marker(self, name):
        return next(iter(self.iter_markers(name)), None)


IN_TRANSACTION, COMMITS = pytest.mark.django_db.mark, pytest.mark.django_db(transaction=True).mark
SAME = pytest.mark.same_on_both("reckoned outside the database").mark


@pytest.mark.parametrize(
    ("item", "is_asked"),
    [
        (Item(_reads), False),
        (Item(_reads, IN_TRANSACTION), True),
        (Item(_reads, fixtures=["db"]), True),
        (Item(_reads, IN_TRANSACTION, SAME), False),
        (Item(_reads, IN_TRANSACTION, fixtures=["client"]), False),
        (Item(_reads, IN_TRANSACTION, fixtures=["client", "django_assert_num_queries"]), True),
        (Item(_reads, COMMITS, fixtures=["client"]), False),
        (Item(_reads, COMMITS), True),
        (Item(_reads, IN_TRANSACTION, fixtures=["client"], nodeid="tests/store/test_a.py::test_a"), True),
        (Item(_fills_in, IN_TRANSACTION, fixtures=["client"]), True),
    ],
)
def test_what_may_have_a_second_answer_is_asked_again(item, is_asked):
    assert again.split([item]) == (([item], []) if is_asked else ([], [item]))


def test_of_variants_of_a_form_the_first_is_asked_again():
    one, other = (Item(_fills_in, IN_TRANSACTION, fixtures=["client"]) for _time in range(2))

    assert again.split([one, other]) == ([one], [other])


def test_rooms_about_the_database_and_reasons_that_are_missing_are_named():
    mistaken = [
        Item(_reads, SAME, nodeid="tests/store/test_a.py::test_a"),
        Item(_reads, pytest.mark.same_on_both.mark, nodeid="tests/home/test_b.py::test_b"),
    ]

    assert again.misplaced([*mistaken, Item(_reads, SAME)]) == [one.nodeid for one in mistaken]
