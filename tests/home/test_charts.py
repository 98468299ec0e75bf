"""Charts: pictures from the server, the browser's bundle, and what both need to know of a language."""

import gzip

import pytest

from stammkunde.home import charts

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


def test_bundle_is_a_module_written_whole_and_gzipped(tmp_path):
    target = charts.build_bundle(tmp_path)

    script = target.read_text()
    assert "as vegaEmbed" in script
    assert gzip.decompress(target.with_suffix(".js.gz").read_bytes()).decode() == script
    assert not list(tmp_path.glob("*.half"))


def test_bundle_is_built_once(tmp_path, monkeypatch):
    charts.build_bundle(tmp_path)
    monkeypatch.setattr(charts.vl_convert, "javascript_bundle", lambda *_a: pytest.fail("built a second time"))

    charts.build_bundle(tmp_path)


def test_bundle_missing_is_said(settings, tmp_path):
    settings.DATA_DIR = tmp_path

    with pytest.raises(charts.NoBundle):
        charts.bundle(gzipped=True)
