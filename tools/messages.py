"""
Keep the German message catalogues in step with the code: extract, merge, compile, or check.

    python tools/messages.py                  every app
    python tools/messages.py customers home   these apps
    python tools/messages.py --check          change nothing; fail where something is stale or missing
    python tools/messages.py --compile        only compile what is newer than its compiled file; `make` and wheels do it

English is the message itself. Compiled catalogues (`django.mo`) are not in git. No system tool is needed: Babel reads
Python, and templates too, once Django has turned them into something that looks like Python.
"""

import argparse
import os
import re
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

PACKAGE = Path(__file__).resolve().parents[1] / "src" / "stammkunde"
WITHOUT_MESSAGES = {"demo", "insight", "mirror", "store"}  # nothing to say
LOCALE = "de"
ANY_DAY = datetime(2026, 1, 1, tzinfo=UTC)  # a catalogue has no dates, so that it changes only when its words do
HEADER = """\
# German.
msgid ""
msgstr ""
"Language: de\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

"""
_PLAIN = dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop"))
_PLURAL = dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2))
_CONTEXT = dict.fromkeys(("pgettext", "pgettext_lazy"), ((1, "c"), 2))
_BOTH = dict.fromkeys(("npgettext", "npgettext_lazy"), ((1, "c"), 2, 3))
KEYWORDS = _PLAIN | _PLURAL | _CONTEXT | _BOTH
PLACEHOLDER = re.compile(r"%\((\w+)\)[a-z]|(%[sdif])|\{(\w*)[^{}]*\}")


def apps() -> list[str]:
    folders = (path.parent.name for path in PACKAGE.glob("*/__init__.py"))
    return sorted(name for name in folders if name not in WITHOUT_MESSAGES)


def po_path(app: str) -> Path:
    return PACKAGE / app / "locale" / LOCALE / "LC_MESSAGES" / "django.po"


def extracted(app: str) -> Catalog:
    """Collect every message of an app's Python files and templates."""
    catalog = _empty()
    for path in sorted((PACKAGE / app).rglob("*")):
        if "migrations" not in path.parts:
            for message, comments, context in _messages(path):
                catalog.add(message, auto_comments=comments, context=context)
    return catalog


def _messages(path: Path) -> Iterator[tuple]:
    if path.suffix == ".py":
        source = path.read_bytes()
    elif "templates" in path.parts and path.suffix in {".html", ".txt"}:
        source = _as_python(path)
    else:
        return
    for _line, message, comments, context in extract(
        "python", BytesIO(source), keywords=KEYWORDS, comment_tags=("Translators:",), strip_comment_tags=True
    ):
        yield message, comments, context


def _as_python(template: Path) -> bytes:
    """Blank out everything but the messages, and the indentation, which Python would stumble over."""
    from django.utils.translation.template import templatize  # noqa: PLC0415 (who only compiles needs no Django)

    text = templatize(template.read_text(encoding="utf-8"))
    return "\n".join(line.lstrip() for line in text.splitlines()).encode()


def _empty() -> Catalog:
    return Catalog(locale=LOCALE, creation_date=ANY_DAY, revision_date=ANY_DAY, fuzzy=False)


def translated(app: str) -> Catalog:
    """Read the catalogue as it stands, with German for the messages that the app still has, and no others."""
    catalog = _written(app)
    catalog.update(extracted(app), no_fuzzy_matching=True)
    return catalog


def _written(app: str) -> Catalog:
    catalog = _empty()
    if po_path(app).exists():
        catalog = read_po(BytesIO(po_path(app).read_bytes()), locale=LOCALE)
    catalog.creation_date = catalog.revision_date = ANY_DAY
    return catalog


def known_words() -> dict[tuple, Message]:
    """Collect what any catalogue says, so that a message that moves to another app takes its German along."""
    said = (message for app in apps() for message in _written(app) if message.id)
    return {_key(message): message for message in said if all(_variants(message.string))}


def _take_known(catalog: Catalog, known: dict[tuple, Message]) -> None:
    for message in catalog:
        if message.id and not all(_variants(message.string)) and _key(message) in known:
            message.string = known[_key(message)].string


def _key(message: Message) -> tuple:
    return message.context, _variants(message.id)


def po_text(catalog: Catalog) -> str:
    out = BytesIO()
    write_po(out, catalog, width=110, no_location=True, omit_header=True, sort_output=True, ignore_obsolete=True)
    return HEADER + out.getvalue().decode().strip() + "\n"


def uncompiled() -> list[Path]:
    """Give the catalogues whose compiled file is missing or older."""
    catalogues = sorted(PACKAGE.glob(f"*/locale/{LOCALE}/LC_MESSAGES/*.po"))
    return [path for path in catalogues if _changed(path) > _changed(path.with_suffix(".mo"))]


def _changed(path: Path) -> int:
    return path.stat().st_mtime_ns if path.exists() else 0


def compile_all() -> None:
    """Compile what is not; repeating it, also at the same time, is harmless."""
    for path in uncompiled():
        beside = path.with_suffix(f".{os.getpid()}.part")
        with path.open("rb") as said, beside.open("wb") as compiled:
            write_mo(compiled, read_po(said, locale=LOCALE))
        beside.replace(path.with_suffix(".mo"))


def update(app: str, *, known: dict[tuple, Message]) -> None:
    """Bring an app's catalogue up to date; what has not changed is not written."""
    catalog = translated(app)
    _take_known(catalog, known)
    if not len(catalog):
        return
    path = po_path(app)
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists() or path.read_text(encoding="utf-8") != po_text(catalog):
        path.write_text(po_text(catalog), encoding="utf-8")


def findings(app: str) -> Iterator[str]:
    """Say what is wrong with an app's catalogue, and what to do about it."""
    catalog = translated(app)
    if not len(catalog):
        return
    path = po_path(app)
    if not path.exists() or path.read_text(encoding="utf-8") != po_text(catalog):
        yield f"{app}: django.po does not match the code; run 'make messages'"
    for message in catalog:
        if message.id:
            yield from (f"{app}: {_shown(message)} {problem}" for problem in _problems(message))


def _problems(message: Message) -> Iterator[str]:
    if message.fuzzy:
        yield "is marked as fuzzy"
    if not all(_variants(message.string)):
        yield "has no German"
        return
    if _placeholders(_variants(message.id)[-1]) != _placeholders(_variants(message.string)[-1]):
        yield "has other placeholders in German"


def _variants(texts: str | tuple[str, ...] | list[str] | None) -> tuple[str, ...]:
    return tuple(texts) if isinstance(texts, tuple | list) else (texts or "",)


def _placeholders(text: str) -> Counter:
    return Counter("".join(found) for found in PLACEHOLDER.findall(text))


def _shown(message: Message) -> str:
    return repr(_variants(message.id)[0])


def contradictions(names: list[str]) -> Iterator[str]:
    """Say which words are translated differently in two apps: Django would show whichever it loads first."""
    seen: dict[tuple, tuple[str, str]] = {}
    for app in names:
        for message in translated(app):
            key = (message.context, message.id if isinstance(message.id, str) else message.id[0])
            said = _variants(message.string)[0] if message.string else ""
            if not message.id or not said:
                continue
            first_app, first_said = seen.setdefault(key, (app, said))
            if first_said != said:
                yield f"{_shown(message)} is {first_said!r} in {first_app} and {said!r} in {app}; use one, or a context"


def _check(names: list[str]) -> int:
    problems = [problem for app in names for problem in findings(app)] + list(contradictions(names))
    print("\n".join(problems) if problems else f"{len(names)} apps: every message has its German.")
    return 1 if problems else 0


def _report(app: str) -> str:
    catalog = translated(app)
    missing = [message for message in catalog if message.id and not all(_variants(message.string))]
    return f"{app}: {len(catalog)} messages, {len(missing)} without German"


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__.strip().splitlines()[0])
    parser.add_argument("apps", nargs="*", metavar="APP", help="apps to look at; none: every app")
    parser.add_argument("--check", action="store_true", help="change nothing; fail where something is stale or missing")
    parser.add_argument("--compile", action="store_true", help="only compile what is newer than its compiled file")
    options = parser.parse_args(arguments)
    if options.compile:
        compile_all()
        return 0
    unknown = set(options.apps) - set(apps())
    if unknown:
        parser.error(f"no such app: {', '.join(sorted(unknown))}; there are {', '.join(apps())}")
    names = options.apps or apps()
    if options.check:
        return _check(names)
    known = known_words()  # before the first is written, which may be the one that loses them
    for app in names:
        update(app, known=known)
        print(_report(app))
    compile_all()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
