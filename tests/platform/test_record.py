"""The recorder's own measure: what counts as a difference between two versions of a page, and what does not."""

import pytest

from recording import comparing, fixed, schema, words
from recording.visitor import Forms


def test_markup_laid_out_anew_says_the_same():
    dense = "<main><h1>Kunden</h1><p>Seit <b>3</b> Tagen<br>still</p><ul><li>A</li><li>B</li></ul></main>"
    airy = """
        <main>
          <h1>Kunden</h1>
          <p>
            Seit <b>3</b>
            Tagen<br>
            still
          </p>
          <ul>
            <li>A</li>
            <li>B</li>
          </ul>
        </main>"""

    assert words.read(dense) == words.read(airy) == "Kunden\nSeit 3 Tagen\nstill\nA\nB\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("<p>Zu <a href='/a/'>ihm</a>.</p>", "<p>Zu<a href='/a/'>\n ihm</a>.</p>"),  # it stands beside the link
        ("<p><label>Name<input name='a'></label></p>", "<p><label>Name\n<input name='a'>\n</label></p>"),
    ],
)
def test_white_space_at_the_ends_of_links_and_beside_fields_is_the_same(before, after):
    assert words.read(before) == words.read(after)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("<p><b>Anna</b><i>Weber</i></p>", "<p><b>Anna</b>\n<i>Weber</i></p>"),  # a space that readers see
        ("<p>(<a href='/a/'>hier</a>)</p>", "<p>( <a href='/a/'>hier</a>)</p>"),
        ("<a href='/a/'>hier</a>", "<a href='/b/'>hier</a>"),
        ("<input name='a' value='1'>", "<input name='a' value='2'>"),
        ("<option selected>A</option><option>B</option>", "<option>A</option><option selected>B</option>"),
        ("<td>1</td><td>2</td>", "<td>1 2</td>"),
        ("<pre>a  b</pre>", "<pre>a b</pre>"),
        ("<button aria-label='Zu'>x</button>", "<button aria-label='Auf'>x</button>"),
    ],
)
def test_what_people_would_notice_differs(before, after):
    assert words.read(before) != words.read(after)


def test_nobody_sees_scripts_styles_and_what_guards_forms():
    page = "<style>TOKEN</style><script>TOKEN</script><p>Ja</p><input name='csrfmiddlewaretoken' value='TOKEN'>"

    one, other = (words.read(page.replace("TOKEN", token)) for token in "ab")

    assert one == other == "Ja\n‹input name=csrfmiddlewaretoken value=…›\n"


def test_keys_of_forms_are_masked_and_numbers_of_things_are_not():
    told = fixed.masked(
        "‹input name=key value=d601e8b1-9f86-451b-b9f5-24e90e286e8d› /calls/calendar/3-ab.cd.ics /plays/4/"
    )

    assert told == "‹input name=key value=…› /calls/calendar/….ics /plays/4/"


def test_form_is_sent_as_a_browser_would():
    reader = Forms()
    reader.feed("""
        <form method="post" action="/a/"><input name="name" value="Anna"><input type="checkbox" name="may" checked>
        <input type="checkbox" name="not"><select name="kind"><option>Firma</option><option selected>Privat
        </option></select><textarea name="note">Zwei
        Zeilen</textarea></form><form><input name="q"></form>""")

    (form,) = reader.every
    assert form.action == "/a/"
    assert form.filled({"name": "Ada", "may": None}) == {
        "name": "Ada", "kind": ["Privat"], "note": ["Zwei\n        Zeilen"]
    }  # fmt: skip


def test_comparing_names_what_differs_and_says_so_by_its_end(tmp_path, capsys):
    for folder, said in (("a", "eins\n"), ("b", "zwei\n")):
        (tmp_path / folder / "pages").mkdir(parents=True)
        (tmp_path / folder / "pages" / "x.txt").write_text(said)
        (tmp_path / folder / "same.txt").write_text("gleich\n")
    (tmp_path / "b" / "new.txt").write_text("")

    assert comparing.show(tmp_path / "a", tmp_path / "a", most=9) == 0
    assert comparing.show(tmp_path / "a", tmp_path / "b", most=9) == 1
    told = capsys.readouterr().out
    assert "2 of 3 files differ" in told
    assert "-eins\n+zwei\n" in told


def test_columns_of_a_table_are_lines_whatever_their_order():
    class Cursor(list):
        def __enter__(self):
            return self

        def __exit__(self, *_):
            pass

        def execute(self, _sql):
            pass

        def fetchall(self):
            return list(self)

    class Connection:
        def __init__(self, sql):
            self.sql = sql

        def cursor(self):
            return Cursor([("table", "a", "a", self.sql)])

    one = schema.sqlite(Connection('CREATE TABLE "a" ("x" int CHECK ("x" IN (1, 2)), "y" text)'))
    other = schema.sqlite(Connection('CREATE TABLE "a" ("y" text,\n "x" int CHECK ("x" IN (1, 2)))'))

    assert one == other == 'table a: "x" int CHECK ("x" IN (1, 2))\ntable a: "y" text\n'
