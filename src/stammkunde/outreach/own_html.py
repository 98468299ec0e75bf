"""
HTML that somebody brings along: cleaned once, filled for each person, and with our foot. Pure.

Styles stay, in tags and in blocks; what acts, asks, frames or fetches other than pictures goes: scripts, forms, frames,
handlers, imports. Fields are hidden from cleaning behind numbers, as in `content`.
"""

import re
from functools import lru_cache
from html.parser import HTMLParser

import nh3

MOST_SIGNS = 60_000  # Gmail cuts mails off at 102 kB
MOST_ROUNDS = 9
FOOT = "[[foot]]"
_TABLES = frozenset({"table", "caption", "colgroup", "col", "thead", "tbody", "tfoot", "tr", "th", "td"})
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_LINES = frozenset(
    {"abbr", "b", "br", "code", "em", "font", "i", "s", "small", "span", "strike", "strong", "sub", "sup", "u"}
)
_PARTS = frozenset({"a", "blockquote", "center", "div", "hr", "img", "li", "ol", "p", "pre", "ul"})
TAGS = _TABLES | _HEADINGS | _LINES | _PARTS
EVERYWHERE = frozenset({"style", "class", "dir", "lang", "title", "role"})
_OLD = frozenset(
    {"align", "valign", "width", "height", "bgcolor", "border", "cellpadding", "cellspacing", "background"}
)
ATTRIBUTES = {
    "*": set(EVERYWHERE),
    "a": {"href", "name"},
    "img": {"src", "alt", "width", "height", "border", "align"},
    "font": {"color", "face", "size"},
    "td": {*_OLD, "colspan", "rowspan"},
    "th": {*_OLD, "colspan", "rowspan"},
    **{tag: set(_OLD) for tag in ("table", "tr", "tbody", "thead", "tfoot", "col", "div", "p", "hr")},
}
SCHEMES = frozenset({"http", "https", "mailto", "tel"})
ADDRESSES = frozenset({"href", "src", "background"})
BLOCKS = _HEADINGS | {"p", "div", "table", "tr", "td", "th", "ul", "ol", "blockquote", "center", "hr", "pre"}
HIDDEN = frozenset({"style", "title", "script"})  # not "head", whose end may be left out
_STYLE = re.compile(r"<style\b[^>]*>(.*?)</style\s*>", re.DOTALL | re.IGNORECASE)
_BODY = re.compile(r"<body\b([^>]*)>", re.IGNORECASE)
_OF_BODY = re.compile(r"""(style|bgcolor)\s*=\s*(?:"([^"]*)"|'([^']*)')""", re.IGNORECASE)
_OUTSIDE = re.compile(
    r"<!--.*?-->|<head\b[^>]*>|</head\s*>|<title\b[^>]*>.*?(?:</title\s*>|\Z)", re.DOTALL | re.IGNORECASE
)
_FETCHES = re.compile(
    r"@(?:import|charset|namespace)[^;]*;?|(?:expression|behaviou?r|-moz-binding)\s*[:(][^;}]*", re.IGNORECASE
)
_MASK = re.compile("\ue000[0-9]*\ue001")  # what is filled in has no say in styles
_URL = re.compile(r"url\(\s*+['\"]?+(?!https://)[^)]*\)", re.IGNORECASE)
_FOOT = re.compile(r"\[\[foot\]\](?=[^<>]*(?:<|$))")  # among the words, not in a tag


@lru_cache(maxsize=16)
def clean(source: str) -> str:
    """Give what may leave: one box with its styles before it, whole documents taken out of their frame."""
    styles = "\n".join(_css(one) for one in _STYLE.findall(source))
    body = _BODY.search(source)
    inner = nh3.clean(
        _OUTSIDE.sub("", _STYLE.sub("", source)),
        tags=set(TAGS),
        attributes=ATTRIBUTES,
        url_schemes=set(SCHEMES),
        link_rel=None,
        attribute_filter=_attribute,
    )
    looks = _looks(body[1]) if body else ""
    return f"{f'<style>{styles}</style>' if styles else ''}<div{looks}>{inner}</div>"


def with_foot(html: str, foot: str) -> str:
    """Put the foot where the mark is, else below everything; without any mark that is left."""
    found = _FOOT.search(html)
    if found:
        html = html[: found.start()] + foot + html[found.end() :]
        return html.replace(FOOT, "")
    return html.replace(FOOT, "") + foot


def words(html: str, *, marked: bool = False) -> str:
    """Read HTML as plain text, links with their address; `marked` writes them as templates do."""
    reader = _Reader(marked=marked)
    reader.feed(html.replace(FOOT, ""))
    reader.close()
    lines = (" ".join(line.split()) for line in reader.said.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


class _Reader(HTMLParser):
    def __init__(self, *, marked: bool) -> None:
        super().__init__()
        self.marked, self.said, self.hidden, self.targets = marked, "", False, list[str]()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = dict(attrs)
        if tag in HIDDEN:
            self.hidden = True
        elif tag == "br":
            self.said += "\n"
        elif tag == "li":
            self.said += "\n- "
        elif tag == "a":
            target = known.get("href") or ""
            self.targets.append("" if target.startswith("#") else target)
            self.said += "[" if self.marked and self.targets[-1] else ""
        elif tag == "img":
            self.said += known.get("alt") or ""
        elif tag in BLOCKS:
            self.said += "\n\n"

    def handle_endtag(self, tag: str) -> None:
        if tag in HIDDEN:
            self.hidden = False
        elif tag == "a" and self.targets:
            target = self.targets.pop()
            if target:
                self.said += f"]({target})" if self.marked else f" ({target})"
        elif tag in BLOCKS:
            self.said += "\n\n"

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.said += " ".join(data.split("\n"))


def _attribute(_tag: str, name: str, value: str) -> str | None:
    if name == "style":
        return _css(value)
    if name in ADDRESSES:  # what is filled in becomes one part of the address
        return value.replace("\ue000", "%EE%80%80").replace("\ue001", "%EE%80%81")
    return value


def _css(said: str) -> str:
    bare = re.sub(r"/\*.*?\*/|<!--|-->|[<>\\]", lambda found: ">" if found[0] == ">" else "", said, flags=re.DOTALL)
    bare = _MASK.sub("", bare)
    for _round in range(MOST_ROUNDS):  # what is taken out may leave another one around it
        before, bare = bare, _FETCHES.sub("", bare)
        if bare == before:
            return _URL.sub("none", bare)
    return ""


def _looks(attributes: str) -> str:
    """Keep what the body says about its looks."""
    found = {name.lower(): double or single for name, double, single in _OF_BODY.findall(attributes)}
    ground = f"background:{found['bgcolor']};" if re.fullmatch(r"#?\w{3,20}", found.get("bgcolor", "")) else ""
    style = ground + _css(found.get("style", "")).replace('"', "'").replace(">", "")
    return f' style="{style}"' if style else ""
