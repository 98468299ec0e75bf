"""Opens pages as somebody, in a language, and notes what they say and how many queries they take."""

import re
from collections import defaultdict
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from django.db import connection, reset_queries, transaction
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import NoReverseMatch, Resolver404, resolve, reverse

from recording import answers
from recording.fixed import masked

LINKED = re.compile(r'(?:href|src|hx-get)="(/[^"#]*)')
LONGEST_NAME = 120
PICTURES = "chart"  # told by what they are drawn from, whatever their width and theme


@dataclass(frozen=True, kw_only=True)
class Ask:
    """A page to open: by name where it has one, as a whole page or as a fragment for htmx."""

    name: str
    label: str = ""  # tells pages of one name apart
    path: str
    fragment: bool = False
    data: dict[str, Any] | None = None  # sent by POST, for what may be taken along

    @property
    def title(self) -> str:
        said = "~".join(part for part in (self.name, self.label, "part" if self.fragment else "") if part)
        return re.sub(r"[^\w.~=&,+-]+", "_", said)[:LONGEST_NAME]


@dataclass
class Reader:
    """Writes below `folder` what somebody finds."""

    folder: Path
    language: str
    who: str
    staff: Any = None
    queries: dict[str, int] = field(default_factory=dict)
    client: Client = field(init=False)

    def __post_init__(self) -> None:
        self.client = Client(raise_request_exception=False, SERVER_NAME="localhost")
        self.client.cookies["language"] = self.language
        if self.staff is not None:
            type(self.staff).objects.filter(pk=self.staff.pk).update(language=self.language)
            self.client.force_login(self.staff)

    def read(self, ask: Ask) -> str:
        """Open a page, write it down, and leave no trace in the database; return its source."""
        response, queries = self._answer(ask)
        self.queries[ask.title] = queries
        path = self.folder / self.language / self.who / f"{ask.title}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(masked(f"{'GET' if ask.data is None else 'POST'} {ask.path}\n{answers.text(response)}"))
        return response.content.decode(errors="replace") if answers.kind(response) == "text/html" else ""

    def _answer(self, ask: Ask) -> tuple[Any, int]:
        headers = {"HX-Request": "true"} if ask.fragment else {}
        trace = transaction.atomic()
        trace._from_testcase = True  # what views do may ask for a transaction of its own
        reset_queries()  # only the last few thousand are kept
        with trace:
            with CaptureQueriesContext(connection) as asked:
                if ask.data is None:
                    response = self.client.get(ask.path, headers=headers)
                else:
                    response = self.client.post(ask.path, ask.data, headers=headers)
                if response.streaming:
                    content = answers.content(response)
                    response = _plain(response, content)
            transaction.set_rollback(True)
        return response, len(asked)


def _plain(response: Any, content: bytes) -> Any:
    return HttpResponse(content, status=response.status_code, headers=dict(response.headers))


def named(name: str, *args: Any, label: str = "", fragment: bool = False, **query: Any) -> Ask | None:
    """Ask for a page by its name; None where this version has no such page."""
    try:
        path = reverse(name, args=args)
    except NoReverseMatch:
        return None
    said = label or ",".join(str(one) for one in args)
    if query:
        said = "~".join(part for part in (said, urlencode(query)) if part)
        path = f"{path}?{urlencode(query)}"
    return Ask(name=name, label=said, path=path, fragment=fragment)


def linked(source: str) -> list[str]:
    return [unescape(one) for one in LINKED.findall(source) if not one.startswith(("/static", "//"))]


class Found:
    """Follows links: one page for every name and set of questions that no page before it had."""

    def __init__(self, known: list[Ask]) -> None:
        self._keys = {_key(one.path) for one in known}
        self._numbers: dict[str, int] = defaultdict(int)

    def new(self, source: str) -> list[Ask]:
        asks = []
        for path in linked(source):
            key = _key(path)
            if key is None or key in self._keys:
                continue
            self._keys.add(key)
            self._numbers[key[0]] += 1
            shown = path.replace(".svg?", ".json?") if key[0] == PICTURES else path
            asks.append(Ask(name=key[0], label=f"found-{'-'.join(key[1:])}", path=shown))
        return asks


def _key(path: str) -> tuple[str, ...] | None:
    parts = urlsplit(path)
    try:
        match = resolve(parts.path)
    except Resolver404:
        return None
    if match.view_name == PICTURES:
        return (match.view_name, match.kwargs["name"], "json")
    words = [str(value) for value in match.kwargs.values() if isinstance(value, str) and len(value) < 30]
    asked = sorted(name for name, _value in parse_qsl(parts.query, keep_blank_values=True))
    return (match.view_name, *words, *asked)
