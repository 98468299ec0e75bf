"""
How every mail looks: one frame around what it says, with the company's face above and the foot inside. Pure.

Campaigns, thank-yous, what a person wrote, questions for consent, tests and previews are dressed here, when they leave.
A mail program knows no style sheet to speak of: what a mail looks like stands in each tag, and the few rules in its
head are for dark screens and phones, as far as a program reads them.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from stammkunde.outreach import colours, own_html

INNER, TALLEST = 520, 1200  # pixels, of what stands in the box
LOGO = (220, 72)
COLOUR = "#1f5f8b"
FONTS = {
    "system": "-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif",
    "sans": "Verdana,Geneva,'DejaVu Sans',sans-serif",
    "serif": "Georgia,Cambria,'Times New Roman',serif",
    "classic": "'Palatino Linotype',Palatino,'Book Antiqua',serif",
}
NEXT_LINE = SafeString("<br>")  # escaped if it were only text
BOX, PAGE, TEXT, QUIET = "#ffffff", "#eef1f4", "#1d2329", "#545f69"
DARK_BOX, DARK_PAGE, DARK_TEXT, DARK_QUIET = "#1e2328", "#121518", "#e7eaed", "#a8b1ba"
Link = tuple[str, str]  # what it says, where it leads


@dataclass(frozen=True, kw_only=True)
class Look:
    """The company's face."""

    name: str
    colour: str = COLOUR
    font: str = "system"
    logo: str = ""  # the name of a picture
    home: str = ""  # where it leads
    signature: str = ""  # below what nobody signs for herself
    pictures: str = ""  # what stands before the name of a picture


@dataclass(frozen=True, kw_only=True)
class Foot:
    """
    What stands below.

    Args:
        links: where else one finds who wrote.
        imprint: lines that say who wrote.
        note: on what ground it comes, where the law wants that said.
        ways: to hear no more, or to choose.
    """

    links: tuple[Link, ...] = ()
    imprint: tuple[str, ...] = ()
    note: str = ""
    ways: tuple[Link, ...] = field(default=())


def html(said: Mapping[str, Any], *, look: Look, foot: Foot, language: str) -> SafeString:
    """Dress what a message says; HTML that somebody brought along keeps its own looks, and gets the foot."""
    own = next((one["html"] for one in said.get("blocks") or () if one["kind"] == "html"), None)
    if own is not None:
        return _own(said, own, look=look, foot=foot, language=language)
    return format_html(
        _MAIL,
        language=language,
        subject=" ".join(str(said.get("subject", "")).split()),
        style=_style(look.colour),
        preview=_preview(str(said.get("preview") or "")),
        font=mark_safe(FONTS.get(look.font, FONTS["system"])),  # noqa: S308 (one of ours)
        colour=look.colour,
        head=_head(look),
        body=_lines(part for part in (_body(said, look), _signature(signature(said, look))) if part),
        foot=_foot(foot, look),
    )


def text(said: Mapping[str, Any], *, look: Look, foot: Foot) -> str:
    """Give the same without looks: the words, and the foot below the line that mail programs know."""
    links, ways = ("\n".join(f"{word}: {url}" for word, url in some) for some in (foot.links, foot.ways))
    below = "\n\n".join(part for part in (links, foot.note, "\n".join(foot.imprint), ways) if part)
    words = "\n\n".join(part for part in (str(said["text"]).strip(), signature(said, look)) if part)
    return f"{words}\n\n-- \n{below}\n" if below else f"{words}\n"


def signature(said: Mapping[str, Any], look: Look) -> str:
    """Give what stands below the words: of who wrote them, else the company's."""
    writer: Mapping[str, str] | None = said.get("writer")
    return (look.signature if writer is None else writer.get("signature", "")).strip()


def size(picture: str) -> tuple[int, int]:
    """Read how wide and high a picture is from its name."""
    found = _SIZE.search(picture)
    return (int(found[1]), int(found[2])) if found else (INNER, INNER)


_SIZE = re.compile(r"-([0-9]{1,4})x([0-9]{1,4})\.[a-z]+$")
_MAIL = """<!doctype html>
<html lang="{language}"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark">
<meta name="format-detection" content="telephone=no,date=no,address=no,email=no">
<title>{subject}</title>
<style>{style}</style></head>
<body class="page" style="margin:0;padding:0;background:#eef1f4;-webkit-text-size-adjust:100%">{preview}
<table class="page" role="presentation" width="100%" cellspacing="0" cellpadding="0" border="0" \
style="background:#eef1f4;table-layout:fixed"><tr><td class="around" align="center" style="padding:32px 12px">
<table class="box" role="presentation" width="600" cellspacing="0" cellpadding="0" border="0" \
style="width:100%;max-width:600px;table-layout:fixed;background:#ffffff;border-radius:10px;\
border-top:5px solid {colour};text-align:left;\
font-family:{font}">
<tr><td class="in" style="padding:26px 40px 0">{head}</td></tr>
<tr><td class="in say" style="padding:22px 40px 14px;font-family:{font};font-size:16px;line-height:1.55;color:#1d2329;\
overflow-wrap:anywhere">
{body}
</td></tr>{foot}
</table></td></tr></table></body></html>"""

_OWN = """<!doctype html>
<html lang="{}"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1"><title>{}</title></head>
<body style="margin:0;padding:0">{}{}</body></html>"""
_BELOW = """<table role="presentation" width="100%" cellspacing="0" cellpadding="0" border="0" \
style="table-layout:fixed;background:#ffffff"><tr><td align="center"><table class="box" role="presentation" \
width="600" cellspacing="0" cellpadding="0" border="0" \
style="width:100%;max-width:600px;table-layout:fixed;text-align:left">{}
</table></td></tr></table>"""


def _own(said: Mapping[str, Any], own: str, *, look: Look, foot: Foot, language: str) -> SafeString:
    signed, below = _signature(signature(said, look)), _foot(foot, look)
    if signed:
        below = format_html('<tr><td class="in" style="padding:0 40px">{}</td></tr>{}', signed, below)
    html = own_html.with_foot(own, format_html(_BELOW, below))
    subject, preview = " ".join(str(said.get("subject", "")).split()), _preview(str(said.get("preview") or ""))
    return format_html(_OWN, language, subject, preview, mark_safe(html))  # noqa: S308 (cleaned by `content`)


_RULES = """:root{{color-scheme:light dark;supported-color-schemes:light dark}}
@media (max-width:480px){{.around{{padding:0!important}}.box{{border-radius:0!important}}\
.in{{padding-left:22px!important;padding-right:22px!important}}}}
@media (prefers-color-scheme:dark){{.page{{background:{page}!important}}.box{{background:{box}!important}}\
.say,.say p,.say li,.name{{color:{text}!important}}.say a,.foot a{{color:{link}!important}}\
.foot,.foot p{{color:{quiet}!important;border-color:#39424a!important}}\
.say .signature{{border-color:#39424a!important}}.offer{{border-color:{link}!important}}\
.logo{{padding:7px 10px!important}}.button{{background:{button}!important}}\
.say .button a{{color:{on_button}!important}}}}"""


@lru_cache(maxsize=16)
def _style(colour: str) -> SafeString:
    """Give the rules for dark screens and phones."""
    button = colours.readable(colour, on=DARK_BOX, least=3)
    return mark_safe(  # noqa: S308 (colours only)
        _RULES.format(
            page=DARK_PAGE,
            box=DARK_BOX,
            text=DARK_TEXT,
            quiet=DARK_QUIET,
            link=colours.readable(colour, on=DARK_BOX),
            button=button,
            on_button=colours.text_on(button),
        )
    )


# So that a list of mails shows nothing else after the preview.
_FILLER = SafeString("&#847;&zwnj;&nbsp;" * 60)


def _preview(words: str) -> SafeString:
    hidden = '<div style="display:none;max-height:0;overflow:hidden;mso-hide:all">{}{}</div>'
    return format_html(hidden, words, _FILLER) if words else SafeString()


_NAME = """<p class="name" style="margin:0;font-size:18px;line-height:1.3;font-weight:700;color:{}">{}</p>"""


_LOGO = """<img class="logo" src="{}{}" width="{}" alt="{}" style="display:inline-block;max-width:100%;\
height:auto;border:0;border-radius:4px;background:#ffffff;font-size:18px;font-weight:700;color:{}">"""


def _head(look: Look) -> SafeString:
    """Show the logo; where pictures are blocked, and without one, the name."""
    colour = colours.readable(look.colour, on=BOX)
    if not look.logo:
        return format_html(_NAME, colour, look.name)
    logo = format_html(_LOGO, look.pictures, look.logo, _fitted(look.logo, *LOGO), look.name, colour)
    return _led(logo, look.home)


def _fitted(picture: str, widest: int, highest: int) -> int:
    """Give how wide a picture is shown; how high follows, and where it is not shown it takes no room."""
    width, height = size(picture)
    return max(1, round(width * min(1.0, widest / width, highest / height)))


def _led(picture: SafeString, url: str) -> SafeString:
    return format_html('<a href="{}" style="text-decoration:none">{}</a>', url, picture) if url else picture


def _body(said: Mapping[str, Any], look: Look) -> SafeString:
    blocks = said.get("blocks") or ()
    if said.get("html") or not any("html" in block for block in blocks):
        return _drawn(_inner(str(said.get("html") or "")) or _paragraphs(str(said["text"])), look)
    return _lines(_block(block, look) for block in blocks)


# What stood around the words of mails that were written before they were dressed only when they leave.
_WHOLE = re.compile(r"<body[^>]*>(.*)</body>", re.DOTALL | re.IGNORECASE)
_OLD_BOX = re.compile(r'<div style="max-width:560px;margin:0 auto">(.*)</div>', re.DOTALL)


def _inner(page: str) -> SafeString:
    """Take what a whole page says out of its frame, so that it stands in ours."""
    body = _WHOLE.search(page)
    found = body[1] if body else page
    box = _OLD_BOX.search(found)
    return mark_safe((box[1] if box else found).strip())  # noqa: S308 (was cleaned when it was written)


def _paragraphs(words: str) -> SafeString:
    parts = (one.split("\n") for one in re.split(r"\n{2,}", words.strip()))
    return _lines(format_html("<p>{}</p>", format_html_join(NEXT_LINE, "{}", zip(lines))) for lines in parts)


_OFFER = """<div class="offer" style="margin:22px 0;padding:18px 22px 4px;border:2px solid {};border-radius:8px">
<p style="margin:0 0 8px;font-size:21px;line-height:1.3;font-weight:700">{}</p>{}</div>"""
_BUTTON = """<table role="presentation" cellspacing="0" cellpadding="0" border="0" style="margin:24px 0"><tr>
<td class="button" bgcolor="{0}" style="background:{0};border-radius:6px"><a href="{1}" \
style="display:inline-block;padding:13px 26px;font-weight:700;color:{2};text-decoration:none">{3}</a></td></tr>
</table>"""


def _block(block: Mapping[str, Any], look: Look) -> SafeString:
    words = _drawn(mark_safe(block.get("html", "")), look)  # noqa: S308 (cleaned by `content`)
    if block["kind"] == "button":
        return format_html(_BUTTON, look.colour, block["url"], colours.text_on(look.colour), block["label"])
    if block["kind"] == "picture":
        return _picture(block, look) if block.get("picture") else SafeString()  # none is chosen yet
    if block["kind"] == "offer":
        return format_html(_OFFER, colours.readable(look.colour, on=BOX, least=3), block["title"], words)
    return words


_PICTURE = """<img src="{}{}" width="{}" alt="{}" style="display:block;max-width:100%;height:auto;\
border:0;border-radius:6px">"""


def _picture(block: Mapping[str, Any], look: Look) -> SafeString:
    name = str(block["picture"])
    shown = format_html(_PICTURE, look.pictures, name, _fitted(name, INNER, TALLEST), block["label"])
    return format_html('<div style="margin:0 0 22px">{}</div>', _led(shown, str(block["url"])))


_SIGNATURE = """<p class="signature" style="margin:22px 0 16px;padding-top:14px;border-top:1px solid #dde2e7;\
font-size:14px;line-height:1.5">{}</p>"""


def _signature(words: str) -> SafeString:
    lines = format_html_join(NEXT_LINE, "{}", ((line,) for line in words.splitlines()))
    return format_html(_SIGNATURE, lines) if words else SafeString()


def _drawn(html: SafeString, look: Look) -> SafeString:
    """Put the looks of paragraphs, lists and links into their tags."""
    link = colours.readable(look.colour, on=BOX)
    drawn = html.replace("<p>", '<p style="margin:0 0 16px">').replace("<li>", '<li style="margin:0 0 6px">')
    drawn = drawn.replace("<ul>", '<ul style="margin:0 0 16px;padding-left:24px">')
    drawn = drawn.replace("<ol>", '<ol style="margin:0 0 16px;padding-left:24px">')
    return mark_safe(drawn.replace('<a href="', f'<a style="color:{link}" href="'))  # noqa: S308 (tags only)


_FOOT = """
<tr><td class="in foot" style="padding:18px 40px 26px;border-top:1px solid #dde2e7;font-family:{};font-size:13px;\
line-height:1.5;color:#545f69">{}</td></tr>"""
_SMALL = '<p style="margin:0 0 10px">{}</p>'


def _foot(foot: Foot, look: Look) -> SafeString:
    imprint = format_html_join(NEXT_LINE, "{}", ((line,) for line in foot.imprint))
    parts = [part for part in (_links(foot.links, look), foot.note, imprint, _links(foot.ways, look)) if part]
    if not parts:
        return SafeString()
    font = mark_safe(FONTS.get(look.font, FONTS["system"]))  # noqa: S308 (one of ours)
    return format_html(_FOOT, font, _lines(format_html(_SMALL, part) for part in parts))


def _links(links: Iterable[Link], look: Look) -> SafeString:
    colour = colours.readable(look.colour, on=BOX)
    rows = ((url, colour, word) for word, url in links)
    return format_html_join(mark_safe(" &nbsp;·&nbsp; "), '<a href="{}" style="color:{}">{}</a>', rows)


def _lines(parts: Iterable[SafeString]) -> SafeString:
    return format_html_join(NEW_LINE, "{}", ((part,) for part in parts))


NEW_LINE = SafeString("\n")
