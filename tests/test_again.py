"""Which tests are asked again on PostgreSQL."""

import pytest

from tests import again, asked, covering


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
    assert again.split([item], {}) == (([item], []) if is_asked else ([], [item]))


def test_of_variants_of_a_form_the_first_is_asked_again():
    one, other = (Item(_fills_in, IN_TRANSACTION, fixtures=["client"]) for _time in range(2))

    assert again.split([one, other], {}) == ([one], [other])


def test_rooms_about_the_database_and_reasons_that_are_missing_are_named():
    mistaken = [
        Item(_reads, SAME, nodeid="tests/store/test_a.py::test_a"),
        Item(_reads, pytest.mark.same_on_both.mark, nodeid="tests/home/test_b.py::test_b"),
    ]

    assert again.misplaced([*mistaken, Item(_reads, SAME)]) == [one.nodeid for one in mistaken]


def test_what_others_ask_is_asked_again_only_if_it_has_changed():
    item = Item(_reads, IN_TRANSACTION)

    assert again.split([item], {item.nodeid: again.looks(item)}) == ([], [item])
    assert again.split([item], {item.nodeid: again.looks(Item(_helper))}) == ([item], [])


def test_what_is_written_down_is_read_and_replaces_only_what_was_looked_at(monkeypatch, tmp_path):
    monkeypatch.setattr(again, "COVERED", tmp_path / "covered.txt")
    again.COVERED.write_text("tests/home/test_a.py\n    0 test_gone\ntests/home/test_b.py\n    1 test_b[a b]\n")

    item = Item(_reads)
    again.write_covered([item], of=[item, Item(_helper, nodeid="tests/home/test_a.py::test_asked")])

    assert again.covered() == {item.nodeid: again.looks(item), "tests/home/test_b.py::test_b[a b]": "1"}


def test_rooms_about_the_database_cover_nothing_and_every_file_is_there():
    files = {nodeid.split("::")[0] for nodeid in again.covered()}

    assert [file for file in files if file.startswith(again.ALL_AGAIN)] == []
    assert [file for file in files if not (again.COVERED.parents[1] / file).is_file()] == []


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ('SELECT a FROM "t" WHERE "t"."a" IN (%s, %s)', 'SELECT b FROM "t" WHERE "t"."a" IN (%s)', True),
        ('SELECT a FROM "t" WHERE "a" = 1 AND "b" > 2', 'SELECT a FROM "t" WHERE ("b" > 7 AND "a" = 4)', True),
        ("INSERT INTO t (a) VALUES (%s), (%s)", "INSERT INTO t (a) VALUES (%s)", True),
        ("SAVEPOINT s123_x4", "SAVEPOINT s77_x1", True),
        ('SELECT a FROM "t" ORDER BY "t"."a"', 'SELECT a FROM "t" ORDER BY "t"."a" DESC', False),
        ('SELECT a FROM "t"', 'SELECT a FROM "t" FOR UPDATE', False),
        ('SELECT a FROM "t" WHERE "t"."a" = %s', 'SELECT a FROM "t" WHERE "t"."a" LIKE %s', False),
        ('SELECT a FROM "t"', 'SELECT upper(a) FROM "t"', False),
        ('SELECT a FROM "t"', 'SELECT a FROM "u"', False),
    ],
)  # fmt: skip
def test_statements_of_the_same_parts_ask_the_same(one, other, is_same):
    assert (asked.parts(one, several=False) == asked.parts(other, several=False)) is is_same


def test_how_several_rows_are_sorted_is_asked_beyond_how_one_is():
    sql = 'SELECT a FROM "t" ORDER BY "t"."a"'

    assert asked.parts(sql, several=True) - asked.parts(sql, several=False) == {("ORDER BY several", '"t"."a"')}


def test_whoever_searches_is_known_by_the_statement():
    assert asked.searches("SELECT id FROM customers_customer WHERE to_tsvector('simple', name) @@ %s")
    assert asked.searches('SELECT a FROM "t" WHERE "t"."search"::text LIKE %s')
    assert not asked.searches('SELECT "t"."search" FROM "t" WHERE "t"."origin"::text LIKE %s')


@pytest.mark.parametrize(
    ("item", "is_bound"),
    [
        (Item(_reads, IN_TRANSACTION), False),
        (Item(_reads, IN_TRANSACTION, fixtures=["django_assert_num_queries"]), True),
        (Item(_reads, IN_TRANSACTION, nodeid="tests/home/test_a.py::test_a[sorted]"), True),
        (Item(_reads, IN_TRANSACTION, nodeid="tests/store/test_a.py::test_a"), True),
    ],
)
def test_whose_answer_hangs_on_more_than_what_is_asked_is_never_left_out(item, is_bound):
    assert covering.must(item) is is_bound


def test_the_cheapest_that_ask_everything_are_asked_and_whoever_must():
    asks = {"bound": {1}, "dear": {1, 2, 3}, "cheap": {2}, "alone": {4}, "same": {4}, "both": {2, 3}}
    took = {"bound": 9.0, "dear": 9.0, "cheap": 0.1, "alone": 1.0, "same": 2.0, "both": 0.5}

    assert covering.cover(asks, took, bound=["bound"]) == {"bound", "both", "alone"}
