"""
What a page says, as lines: text, links, fields and what they hold.

How the markup is laid out changes nothing. White space is folded to one space, and whether there is one between two
inline elements is kept, because readers see it; block elements begin a line. Space at either end of a link stands
beside it, and none stands beside a field, whose own margin is what readers see.
"""

import re
from html.parser import HTMLParser

UNSEEN = {"script", "style", "template", "meta", "link", "base"}
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
INLINE = {
    "a", "abbr", "b", "bdi", "button", "cite", "code", "data", "del", "dfn", "em", "i", "img", "input", "ins", "kbd",
    "label", "mark", "meter", "output", "progress", "q", "s", "samp", "select", "small", "span", "strong", "sub", "sup",
    "textarea", "time", "tspan", "u", "var", "wbr",
    "svg", "g", "path", "circle", "ellipse", "rect", "line", "polyline", "polygon", "use", "defs",
}  # fmt: skip
CELLS = {"td", "th"}
KEPT = {"pre", "textarea"}  # as it is written
ASKING = ("hx-get", "hx-post", "hx-trigger", "hx-target", "hx-swap", "hx-confirm")  # what htmx does
SAID = ("aria-label", "title", "placeholder", "alt", "aria-current", "popovertarget")
SHOWN = {
    "a": ("href",),
    "form": ("method", "action"),
    "iframe": ("src",),
    "img": ("src",),
    "input": ("type", "name", "value", "min", "max", "step", "pattern", "autocomplete"),
    "button": ("name", "value", "formaction"),
    "select": ("name",),
    "option": ("value",),
    "textarea": ("name",),
    "meter": ("value", "min", "max"),
    "progress": ("value", "max"),
    "time": ("datetime",),
    "html": ("lang",),
}
FLAGS = ("checked", "selected", "disabled", "required", "hidden", "multiple", "readonly", "open")
SECRET_FIELDS = {"csrfmiddlewaretoken"}
SPACE = re.compile(r"[ \t\r\n\f]+")
LINK = re.compile(r"((?:‹a [^›]*›)?⟦) ")  # one that begins with a space
FIELD = re.compile(r" *(‹(?:input|select|option|textarea|button|meter|progress)[^›]*›) *")


class Page(HTMLParser):
    """Reads a page into `lines`."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[str] = []
        self._line = ""
        self._unseen = self._kept = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in UNSEEN:
            self._unseen += tag not in VOID
            return
        if tag in CELLS:
            self._cell()
        elif tag not in INLINE:
            self._break()
        self._line += _mark(tag, given)
        self._kept += tag in KEPT

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in UNSEEN:
            self._unseen -= tag not in VOID
            return
        self._kept -= tag in KEPT
        if tag == "a":
            self._line += "⟧"
        if tag not in INLINE and tag not in CELLS:
            self._break()

    def handle_data(self, data: str) -> None:
        if self._unseen:
            return
        if self._kept:
            first, *others = data.split("\n")
            self._line += first.replace("  ", " \N{NO-BREAK SPACE}")
            for one in others:
                self._break()
                self._line = one.replace("  ", " \N{NO-BREAK SPACE}")
            return
        self._line += SPACE.sub(" ", data)

    def close(self) -> None:
        super().close()
        self._break()

    def _cell(self) -> None:
        if self._line.strip():
            self._line = f"{self._line.rstrip()} | "

    def _break(self) -> None:
        line = FIELD.sub(r"\1", LINK.sub(r" \1", self._line).replace(" ⟧", "⟧ "))
        line = SPACE.sub(" ", line).strip().removesuffix(" |")
        if line:
            self.lines.append(line)
        self._line = ""


def read(html: str) -> str:
    """Give what a page, or a part of one, says."""
    page = Page()
    page.feed(html)
    page.close()
    return "".join(f"{line}\n" for line in page.lines)


def _mark(tag: str, given: dict[str, str | None]) -> str:
    """Show what an element does, where it does something; `⟦…⟧` is a link with its words."""
    names = [*SHOWN.get(tag, ()), *SAID, *ASKING]
    told = [f"{name}={_value(tag, name, given)}" for name in names if given.get(name)]
    told += [name for name in FLAGS if name in given]
    inside = f"‹{tag} {' '.join(told)}›" if told else ""
    return f"{inside}⟦" if tag == "a" else inside


def _value(tag: str, name: str, given: dict[str, str | None]) -> str:
    if tag == "input" and name == "value" and given.get("name") in SECRET_FIELDS:
        return "…"
    value = SPACE.sub(" ", given[name] or "").strip()
    if name == "src" and value.startswith("data:"):
        return f"{value[:30]}… {len(value)} characters"
    return value
