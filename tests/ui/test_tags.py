import pytest
from django.template import engines
from django.test import RequestFactory
from django.utils import translation

from stammkunde.ui.icons import ICONS


def written(text: str, *, path: str = "/", **context) -> str:
    request = RequestFactory().get(path)
    request.user = None
    return engines["django"].from_string(text).render(context, request)


def test_query_string_keeps_the_other_parameters():
    text = "{% query_string sort='name' after=None page='' %}"

    assert written(text, path="/?q=a%26b&after=7&page=2&stage=lost&stage=new") == (
        "?q=a%26b&amp;stage=lost&amp;stage=new&amp;sort=name"
    )


def test_query_string_is_never_empty():
    assert written("{% query_string q=None %}", path="/?q=a") == "?"


def test_icon_is_silent_for_screen_readers():
    assert 'aria-hidden="true"' in written("{% icon 'phone' %}")


def test_icon_unknown_is_an_error():
    with pytest.raises(KeyError):
        written("{% icon 'nothing' %}")


def test_icons_are_sorted():
    assert list(ICONS) == sorted(ICONS)


def test_ago_is_exact_on_hover():
    from datetime import date  # noqa: PLC0415

    with translation.override("de"):
        text = written("{{ on|ago:today }}", on=date(2026, 11, 18), today=date(2026, 11, 21))

    assert text == '<time datetime="2026-11-18" title="18.11.2026">vor 3 Tagen</time>'


def test_ago_escapes_nothing_and_shows_unknown_as_dash():
    assert written("{{ on|ago }}", on=None) == "–"


@pytest.mark.parametrize(
    ("name", "short"), [("Ada Lovelace", "AL"), ("Ada", "AD"), ("Eva Maria Muster", "EM"), ("", "")]
)
def test_initials_shorten_a_name(name, short):
    assert written("{{ name|initials }}", name=name) == short


def test_navigation_item_to_a_page_that_does_not_exist_is_not_shown():
    assert written('{% nav_item "no-such-page" "phone" "Nowhere" %}').strip() == ""
