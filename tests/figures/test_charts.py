"""Charts: pictures from the server, the browser's bundle, and what both need to know of a language."""

import gzip
import re
from datetime import date
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.utils import timezone

from stammkunde.figures import charts, plots
from stammkunde.signals.models import Current, Figure, Generation
from stammkunde.team import policy
from stammkunde.team.models import AuditEntry

SPEC = {
    "width": 300,
    "height": 120,
    "data": {"values": [{"quarter": "2011-Q2", "share": 0.7861}, {"quarter": "2011-Q3", "share": 0.8117}]},
    "mark": "bar",
    "encoding": {
        "x": {"field": "quarter", "type": "nominal"},
        "y": {"field": "share", "type": "quantitative", "axis": {"format": ".1%"}},
    },
}


def test_svg_speaks_german():
    drawn = charts.svg(SPEC, language="de")

    assert "80,0\u00a0%" in drawn


def test_svg_speaks_english():
    drawn = charts.svg(SPEC, language="en")

    assert "80.0%" in drawn


def test_svg_is_drawn_once(monkeypatch):
    first = charts.svg(SPEC, language="de")
    monkeypatch.setattr(charts.vl_convert, "vegalite_to_svg", lambda *_a, **_k: pytest.fail("drawn a second time"))

    assert charts.svg(SPEC, language="de") == first


def test_svg_is_kept_by_language_and_content():
    other = SPEC | {"height": 121}

    names = {
        charts.digest(SPEC, language="de"),
        charts.digest(SPEC, language="en"),
        charts.digest(other, language="de"),
    }

    assert len(names) == 3


def test_png_is_a_picture():
    assert charts.png(SPEC, language="de").startswith(b"\x89PNG")


def test_money_is_written_in_the_companys_currency(settings):
    settings.CURRENCY = "CHF"
    charts._numbers.cache_clear()

    assert charts.locale("de")["format_locale"]["currency"] == ["", "\u00a0CHF"]
    assert charts.locale("en")["format_locale"]["currency"] == ["CHF\u00a0", ""]

    charts._numbers.cache_clear()


@pytest.mark.slow
def test_bundle_is_a_module_written_whole_and_gzipped(tmp_path):
    target = charts.build_bundle(tmp_path)

    script = target.read_text()
    assert "as vegaEmbed" in script
    assert gzip.decompress(target.with_suffix(".js.gz").read_bytes()).decode() == script
    assert not list(tmp_path.glob("*.half"))


@pytest.mark.slow
def test_bundle_is_built_once(tmp_path, monkeypatch):
    charts.build_bundle(tmp_path)
    monkeypatch.setattr(charts.vl_convert, "javascript_bundle", lambda *_a: pytest.fail("built a second time"))

    charts.build_bundle(tmp_path)


def test_bundle_missing_is_said(settings, tmp_path):
    settings.DATA_DIR = tmp_path

    with pytest.raises(charts.NoBundle):
        charts.bundle(gzipped=True)


@pytest.fixture
def figures(db):
    made = Generation.objects.create(
        status=Generation.Status.DONE, as_of_on=date(2011, 12, 9), activity_days=180, started_at=timezone.now()
    )
    Current.objects.create(pk=1, generation=made)
    for period, share in [("2011-Q1", 0.9), ("2011-Q2", 0.7861), ("2011-Q3", 0.8117), ("2011-Q4", 0.88)]:
        Figure.objects.create(
            generation=made, kpi="retention_rate", period=period, value=share, numerator=9, denominator=10, n=10
        )


@pytest.fixture
def english(administrator):
    administrator.language = "en"
    administrator.save()
    return administrator


def get(client, staff, address):
    client.force_login(staff)
    return client.get(address)


def test_chart_is_drawn_in_the_language_of_the_person(client, administrator, figures):
    administrator.language = "de"
    administrator.save()

    answer = get(client, administrator, "/charts/retention.svg?period=2011-Q3")

    assert answer["Content-Type"] == "image/svg+xml"
    assert "81,2\u00a0%" in answer.content.decode()


def test_chart_knows_the_theme_and_the_width(client, administrator, figures):
    light = get(client, administrator, "/charts/retention.svg?theme=light&width=300").content.decode()
    dark = get(client, administrator, "/charts/retention.svg?theme=dark&width=900").content.decode()

    assert 'width="300"' in light
    assert plots.COLOURS["light"].accent in light
    assert 'width="900"' in dark
    assert plots.COLOURS["dark"].accent in dark


@pytest.mark.parametrize("width", ["0", "99999999", "-3", "abc", ""])
def test_chart_of_a_strange_width_keeps_within_bounds(client, administrator, figures, width):
    spec = get(client, administrator, f"/charts/retention.json?width={width}").json()["spec"]

    assert 200 <= spec["width"] <= 2400


def test_chart_marks_the_period_that_is_still_running(client, english, figures):
    spec = get(client, english, "/charts/retention.json").json()["spec"]

    (rows,) = spec["datasets"].values()
    assert [(row["period"], row["running"]) for row in rows] == [
        ("Q1 2011", False),
        ("Q2 2011", False),
        ("Q3 2011", False),
        ("Q4 2011", True),
    ]


@pytest.mark.parametrize("address", ["/charts/nothing.svg", "/charts/retention.exe", "/charts/retention.png"])
def test_chart_that_is_none_is_not_found(client, administrator, figures, address):
    assert get(client, administrator, address).status_code == 404


def test_chart_refuses_service(client, servant, figures):
    assert get(client, servant, "/charts/retention.svg").status_code == 403


def test_chart_is_taken_along_with_a_trace(client, administrator, figures):
    administrator.language = "de"
    administrator.save()
    client.force_login(administrator)

    answer = client.post("/charts/retention.csv/take/?period=2011-Q3")

    lines = answer.content.decode("utf-8-sig").splitlines()
    assert lines[0] == "Zeitraum;Kundenbindungsrate;Kunden zu Beginn;Kunden am Ende;Gewonnen;Verloren"
    assert lines[2].startswith("Q3 2011;0,811700;")
    assert AuditEntry.objects.get(action="export").label == "retention.csv"


def test_chart_has_its_heading_and_its_ground_on_paper_only(client, english, figures):
    shown = get(client, english, "/charts/retention.svg").content.decode()
    taken = client.post("/charts/retention.svg/take/").content.decode()

    ground = f'fill="{plots.COLOURS["light"].surface}"'
    assert ("Retention over time" in shown, ground in shown.split("<g ", 1)[0]) == (False, False)
    assert ("Retention over time" in taken, ground in taken.split("<g ", 1)[0]) == (True, True)


def test_chart_is_not_taken_along_without_the_right(client, administrator, figures, monkeypatch):
    monkeypatch.setitem(policy.RIGHTS, "administrator", policy.ALL - {policy.EXPORT})
    client.force_login(administrator)

    assert client.post("/charts/retention.png/take/").status_code == 403
    assert not AuditEntry.objects.filter(action="export").exists()


@pytest.mark.slow
def test_bundle_is_given_gzipped_for_ever(client, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    charts.build_bundle(charts.bundle_dir())

    answer = client.get(f"/charts/bundle/{charts.bundle_name()}", headers={"accept-encoding": "gzip"})

    assert (answer["Content-Type"], answer["Content-Encoding"]) == ("text/javascript; charset=utf-8", "gzip")
    assert "immutable" in answer["Cache-Control"]


def test_bundle_of_another_version_is_not_found(client, settings, tmp_path, db):
    settings.DATA_DIR = tmp_path

    assert client.get("/charts/bundle/vega-0.js").status_code == 404


@pytest.mark.parametrize(("theme", "selector"), [("light", ":root {"), ("dark", ':root[data-theme="dark"] {')])
def test_colours_are_those_of_the_pages(theme, selector):
    css = Path(finders.find("ui/css/base.css")).read_text()
    block = css.split(selector, 1)[1].split("}", 1)[0]

    said = dict(re.findall(r"--([\w-]+): (#\w{6});", block))

    names = ("surface", "text", "muted", "line", "accent", "blue", "violet", "warning")
    assert {name: said[name] for name in names} == {name: getattr(plots.COLOURS[theme], name) for name in names}
