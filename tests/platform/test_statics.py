"""What pages load is collected under hashed names when `serve` starts, and browsers may keep it."""

import re

import pytest
from django.templatetags.static import static
from django.test import Client, override_settings

from stammkunde.ui import statics


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with everything collected."""
    folder = tmp_path_factory.mktemp("static")
    with override_settings(STATIC_ROOT=folder):
        assert statics.collect()
        assert not statics.collect(), "what is collected is collected once"
    return folder


def test_page_loads_what_browsers_keep_for_a_year_and_more(folder, settings, db):
    settings.STATIC_ROOT = folder
    client = Client()
    page = client.get("/sign-in/").content.decode()
    loaded = re.findall(r'(?:href|src)="(/static/[^"]+)"', page)

    assert len(loaded) > 5
    for address in loaded:
        answer = client.get(address, headers={"accept-encoding": "gzip"})
        kept = dict(one.strip().partition("=")[::2] for one in answer.headers["Cache-Control"].split(","))
        assert re.search(r"\.[0-9a-f]{12}\.\w+$", address), address
        assert int(kept["max-age"]) >= 365 * 86400, address
        assert "immutable" in kept, address
        assert answer.headers.get("Content-Encoding") == "gzip" or answer.headers["Content-Type"] == "image/svg+xml"


def test_another_version_is_collected_anew(folder, settings, monkeypatch):
    settings.STATIC_ROOT = folder
    called = []
    monkeypatch.setattr(statics, "call_command", lambda name, **_how: called.append(name))
    monkeypatch.setattr(statics, "_digest", lambda: "of another version")

    assert statics.collect()
    assert not statics.collect()
    assert called == ["collectstatic"]


def test_plain_names_lead_there_where_nothing_was_collected(settings, tmp_path):
    settings.STATIC_ROOT = tmp_path

    assert static("ui/app.js") == "/static/ui/app.js"
