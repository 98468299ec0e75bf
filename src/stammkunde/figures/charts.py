"""
Charts: one specification each, shown as the server's SVG at once and upgraded in the browser to values on hover.

A specification becomes a picture once per language and is kept by its hash; a new figure is a new hash, so nothing is
ever cleared. Vega-Embed comes out of the renderer itself (`build_bundle`): no Node, nothing from elsewhere.
"""

import gzip
import hashlib
import json
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal

import vl_convert
from django.conf import settings

from stammkunde.store import kept

Spec = dict[str, Any]

LOCALES: dict[str, Literal["de-DE", "en-GB"]] = {"de": "de-DE", "en": "en-GB"}
SIGNS = {"EUR": "€", "USD": "$", "GBP": "£"}
KEEP_SECONDS = 30 * 86400
PNG_SCALE = 2.0  # sharp on a slide


class NoBundle(LookupError):
    """The browser's half of the charts was not built; `stammkunde serve` builds it when it starts."""


def svg(spec: Spec, *, language: str) -> str:
    """Draw a specification as SVG in a language; the same specification is drawn once."""
    key = f"chart:svg:{digest(spec, language=language)}"
    numbers, days = _numbers(language), _days(language)
    return kept.or_made(
        key,
        lambda: vl_convert.vegalite_to_svg(spec, format_locale=numbers, time_format_locale=days),
        seconds=KEEP_SECONDS,
    )


def png(spec: Spec, *, language: str) -> bytes:
    """Draw a specification as PNG, twice as fine as a screen, to take along."""
    numbers, days = _numbers(language), _days(language)
    return vl_convert.vegalite_to_png(spec, scale=PNG_SCALE, format_locale=numbers, time_format_locale=days)


def digest(spec: Spec, *, language: str) -> str:
    """Give the name under which a picture is kept."""
    text = json.dumps([_renderer(), language, settings.CURRENCY, spec], sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


@cache
def _renderer() -> str:
    return version("vl-convert-python")


def locale(language: str) -> dict[str, dict[str, Any]]:
    """Tell how numbers, days and money are written, as the renderer wants to hear it."""
    return {"format_locale": _numbers(language), "time_format_locale": _days(language)}


@cache
def _numbers(language: str) -> dict[str, Any]:
    sign = SIGNS.get(settings.CURRENCY, settings.CURRENCY)
    numbers = dict(vl_convert.get_format_locale(LOCALES[language]))
    if language == "de":
        return numbers | {"currency": ["", f"\u00a0{sign}"], "percent": "\u00a0%"}
    return numbers | {"currency": [sign if len(sign) == 1 else f"{sign}\u00a0", ""]}


@cache
def _days(language: str) -> dict[str, Any]:
    return dict(vl_convert.get_time_format_locale(LOCALES[language]))


def bundle_name() -> str:
    """Give the bundle's file name; another version of Vega is another name, so browsers may keep it for ever."""
    return f"vega-{vl_convert.get_vega_version()}-{vl_convert.get_vega_embed_version()}.js"


def bundle_dir() -> Path:
    return settings.DATA_DIR / "bundle"


def build_bundle(target_dir: Path) -> Path:
    """
    Write Vega-Embed with all it needs as one JavaScript module, plain and gzipped; repeating is harmless and quick.

    Takes about a second the first time: `serve` calls it when it starts, never a request.
    """
    target = target_dir / bundle_name()
    if not target.exists():
        target_dir.mkdir(parents=True, exist_ok=True)
        script = vl_convert.javascript_bundle("export { vegaEmbed };").encode()
        _write_whole(target.with_suffix(".js.gz"), gzip.compress(script, 9))
        _write_whole(target, script)
    return target


def bundle(*, gzipped: bool) -> bytes:
    """
    Read the built bundle.

    :raises NoBundle: if it was not built; the pages then keep the server's pictures
    """
    path = bundle_dir() / (bundle_name() + (".gz" if gzipped else ""))
    if not path.exists():
        raise NoBundle(str(path))
    return path.read_bytes()


def _write_whole(path: Path, content: bytes) -> None:
    """Write beside and rename, so that two servers that start together never show half a file."""
    half = path.with_name(f"{path.name}.half")
    half.write_bytes(content)
    half.replace(path)
