import gettext
import os

import pytest
from tools import messages

TEMPLATE = """
{% load i18n %}<p title="it's">
    {% translate "Hello 'you'" %} {% translate "May" context "month" %}
  {% blocktranslate trimmed count n=rows|length with name=x.name %}
    One row of {{ name }}
  {% plural %}
    {{ n }} rows of {{ name }}
  {% endblocktranslate %}
"""


@pytest.fixture
def app(tmp_path, monkeypatch):
    """An app with one template and one Python file."""
    folder = tmp_path / "shop"
    (folder / "templates" / "shop").mkdir(parents=True)
    (folder / "templates" / "shop" / "page.html").write_text(TEMPLATE, encoding="utf-8")
    (folder / "__init__.py").write_text('A = _("{n} left") + pgettext("verb", "Open")\n', encoding="utf-8")
    monkeypatch.setattr(messages, "PACKAGE", tmp_path)
    return folder


def _translate(app, **said):
    """Fill in German: the message's first words decide."""
    text = messages.po_path(app.name).read_text(encoding="utf-8")
    for start, german in said.items():
        text = text.replace(f'msgid "{start}"\nmsgstr ""', f'msgid "{start}"\nmsgstr "{german}"')
    messages.po_path(app.name).write_text(text, encoding="utf-8")


def test_messages_finds_what_templates_and_code_say(app):
    found = messages.extracted("shop")

    said = {(message.context, message.id) for message in found if message.id}
    assert said == {
        (None, "Hello 'you'"),
        ("month", "May"),
        (None, ("One row of %(name)s", "%(n)s rows of %(name)s")),
        (None, "{n} left"),
        ("verb", "Open"),
    }


def test_update_keeps_translations_and_changes_nothing_twice(app):
    messages.main(["shop"])
    _translate(app, Open="Öffnen", May="Mai")

    messages.main(["shop"])
    first = messages.po_path("shop").read_bytes(), messages.po_path("shop").with_suffix(".mo").stat().st_mtime_ns
    messages.main(["shop"])

    assert 'msgstr "Öffnen"' in first[0].decode()
    assert first == (
        messages.po_path("shop").read_bytes(),
        messages.po_path("shop").with_suffix(".mo").stat().st_mtime_ns,
    )


def test_check_names_what_has_no_german(app, capsys):
    messages.main(["shop"])
    _translate(app, Open="Öffnen", May="Mai", **{"{n} left": "{n} übrig"})
    messages.main(["shop"])
    capsys.readouterr()

    assert messages.main(["--check"]) == 1
    assert capsys.readouterr().out.splitlines() == [
        "shop: \"Hello 'you'\" has no German",
        "shop: 'One row of %(name)s' has no German",
    ]


def test_check_names_placeholders_that_differ(app, capsys):
    messages.main(["shop"])
    _translate(app, **{"{n} left": "{zahl} übrig"})
    messages.main(["shop"])
    capsys.readouterr()

    messages.main(["--check", "shop"])

    assert "shop: '{n} left' has other placeholders in German" in capsys.readouterr().out


def test_check_fails_where_code_went_on(app, capsys):
    messages.main(["shop"])
    (app / "__init__.py").write_text('A = _("Something new")\n', encoding="utf-8")
    capsys.readouterr()

    assert messages.main(["--check"]) == 1
    assert "shop: django.po does not match the code; run 'make messages'" in capsys.readouterr().out


def test_compiling_takes_what_is_missing_or_older_and_leaves_the_rest(app):
    messages.main(["shop"])
    path = messages.po_path("shop")
    assert messages.uncompiled() == []

    _translate(app, Open="Öffnen")
    os.utime(path, ns=(0, path.with_suffix(".mo").stat().st_mtime_ns + 1))
    assert messages.uncompiled() == [path]

    messages.main(["--compile"])
    with path.with_suffix(".mo").open("rb") as compiled:
        assert gettext.GNUTranslations(compiled).pgettext("verb", "Open") == "Öffnen"
    assert [one.name for one in path.parent.iterdir() if one.suffix == ".part"] == []

    path.with_suffix(".mo").unlink()
    assert messages.uncompiled() == [path]


def test_check_names_words_that_two_apps_translate_differently(app, tmp_path, capsys):
    other = tmp_path / "till"
    other.mkdir()
    (other / "__init__.py").write_text('A = pgettext("verb", "Open")\n', encoding="utf-8")
    messages.main([])
    _translate(app, Open="Öffnen")
    _translate(other, Open="Aufmachen")
    messages.main([])
    capsys.readouterr()

    messages.main(["--check"])

    assert "'Open' is 'Öffnen' in shop and 'Aufmachen' in till; use one, or a context" in capsys.readouterr().out


def test_update_takes_along_the_german_of_a_message_that_moved(app):
    messages.main(["shop"])
    _translate(app, May="Mai")
    other = app.parent / "till"
    other.mkdir()
    (app / "templates" / "shop" / "page.html").rename(other / "page.html")
    (other / "templates").mkdir()
    (other / "page.html").rename(other / "templates" / "page.html")
    (other / "__init__.py").touch()

    messages.main([])

    assert 'msgstr "Mai"' in messages.po_path("till").read_text(encoding="utf-8")
    assert "Mai" not in messages.po_path("shop").read_text(encoding="utf-8")
