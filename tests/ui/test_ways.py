"""The way back leads to this site only, whatever a form or an address says."""

import pytest
from django.template import engines
from django.test import RequestFactory

from stammkunde.ui import ways

ELSEWHERE = [
    "https://evil.example/",
    "//evil.example/",
    "/\\evil.example",
    "javascript:alert(1)",
    "http:///evil.example",
]
requests = RequestFactory()


@pytest.mark.parametrize("address", ELSEWHERE)
def test_way_elsewhere_is_not_taken(address):
    assert ways.back(requests.post("/act/", {"next": address}), default="/today/") == "/today/"
    assert ways.back(requests.get("/page/", {"next": address}), default="/today/") == "/today/"
    assert ways.came_from(requests.post("/act/", headers={"Referer": address})) == "/"


def test_way_of_the_form_goes_before_that_of_the_address():
    assert ways.back(requests.post("/act/?next=/b/", {"next": "/a/?q=1"}), default="/") == "/a/?q=1"
    assert ways.back(requests.post("/act/?next=/b/"), default="/") == "/b/"


def test_way_is_where_somebody_clicked_when_nothing_is_said():
    request = requests.post("/act/", headers={"Referer": "http://testserver/customers/?q=1"})

    assert ways.came_from(request) == "http://testserver/customers/?q=1"
    assert ways.back(request, default="/today/") == "/today/"


def test_way_to_a_less_secure_copy_of_the_site_is_not_taken():
    request = requests.post("/act/", {"next": "http://testserver/today/"}, secure=True)

    assert ways.wanted(request) == ""


def test_form_leads_back_to_its_page_or_hands_on_the_way_that_it_was_given():
    written = (
        engines["django"]
        .from_string("{% come_back %}{% keep_way %}")
        .render(request=requests.get("/call/", {"q": "ä", "next": "/today/"}))
    )

    assert written == (
        '<input type="hidden" name="next" value="/call/?q=%C3%A4&amp;next=%2Ftoday%2F">'
        '<input type="hidden" name="next" value="/today/">'
    )
