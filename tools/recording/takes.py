"""What may be taken along: exports by POST, as text, for each role; and what the API answers to programs."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.test import Client
from django.urls import reverse

from recording import aliases, answers
from recording.asks import customers
from recording.visits import Ask, named

FORMATS = ("csv", "xlsx")
EXPORTS: dict[str, dict[str, str]] = {
    "customers-export": {"query": "stage=at_risk&sort=at_risk"},
    "warnings-export": {"query": "state=all"},
    "products-export": {"query": "period=2025"},
    "lost-export": {},
    "time-export": {"query": "weeks=12"},
    "consents-export": {},
    "customers-proofs": {"query": "kind=company"},
    "audit-export": {},
}
AT_THE_LIST = {"customers-export": "customers", "warnings-export": "warnings", "audit-export": "audit"}  # since then
CHARTS = ("csv", "svg", "png")


def every(pages: str) -> list[Ask]:
    """Give all exports; `pages` is what pages say, where the charts are found."""
    found = [*_lists(), *_of_customers(), *_of_rows(), *_charts(pages)]
    return sorted((one for one in found if one), key=lambda one: one.title)


def _lists() -> Iterator[Ask | None]:
    for name, said in EXPORTS.items():
        for form in FORMATS:
            yield _posted(named(name, label=form), {**said, "format": form}) or _at_the_list(name, said, form=form)


def _at_the_list(name: str, said: dict[str, str], *, form: str) -> Ask | None:
    """Take a list along from its own address, where it is filtered."""
    ask = named(AT_THE_LIST[name], label=form) if name in AT_THE_LIST else None
    query = f"?{said['query']}" if "query" in said else ""
    return ask and Ask(name=name, label=form, path=f"{ask.path}{query}", data={"format": form})


def _of_customers() -> Iterator[Ask | None]:
    for label, one in customers().items():
        yield _posted(named("customer-consents-export", one.pk, label=label), {"format": "csv"})


def _of_rows() -> Iterator[Ask | None]:
    for run in aliases.model("PrintRun").objects.order_by("pk"):
        for name in ("print-run-pages", "print-run-addresses"):
            yield _posted(named(name, run.pk, label=f"{run.channel}-{run.pk}"), {})
    for one in aliases.model("Import").objects.filter(problem_count__gt=0).order_by("pk"):
        yield _posted(named("import-refused", one.pk), {})


def _charts(pages: str) -> Iterator[Ask | None]:
    addresses = sorted(set(re.findall(r"/charts/([\w-]+)\.(?:csv|png|svg)/take/(\?[^\s›]*)?", pages)))
    seen = set()
    for name, query in addresses:
        if name in seen:
            continue
        seen.add(name)
        for ending in CHARTS:
            ask = named("chart-take", name, ending)
            if ask:
                yield Ask(name=ask.name, label=f"{name}.{ending}", path=f"{ask.path}{query}", data={})


def _posted(ask: Ask | None, said: dict[str, str]) -> Ask | None:
    return ask and Ask(name=ask.name, label=ask.label, path=ask.path, data=said)


class Program:
    """Somebody's program: asks the API with a token."""

    def __init__(self, token: str) -> None:
        self._client = Client(SERVER_NAME="localhost", raise_request_exception=False)
        self._token = token

    def answers(self) -> Iterator[tuple[str, str]]:
        for name, path in sorted(_questions().items()):
            said = self._client.get(path, headers={"Authorization": f"Bearer {self._token}"})
            yield name, f"GET {path}\n{answers.text(said)}"


def _questions() -> dict[str, str]:
    """Take the addresses from the API's own description, so that none is forgotten."""
    description = json.loads(Client(SERVER_NAME="localhost").get(reverse("api:openapi-json")).content)
    imports = aliases.model("Import").objects.order_by("pk")
    numbers = {"customer_id": [one.pk for one in customers().values()], "import_id": [one.pk for one in imports]}
    asked = {
        "figures": ["period=2025", "period=2026-Q3&by=kind", "period=2025&activity_days=90", "period=nonsense"],
        "customers": ["limit=20", "sort=at_risk&level=red&limit=20", "q=gart", "sort=nonsense"],
    }
    found: dict[str, str] = {}
    for path, ways in description["paths"].items():
        if "get" not in ways:
            continue
        name = path.removeprefix("/api/v1/")
        wanted = [one for one in numbers if f"{{{one}}}" in path]
        for pk in numbers[wanted[0]] if wanted else [None]:
            whole = path.replace(f"{{{wanted[0]}}}", str(pk)) if wanted else path
            for query in asked.get(name, [""]):
                title = "~".join(part for part in (whole.removeprefix("/api/v1/").replace("/", "-"), query) if part)
                found[title] = f"{whole}?{query}" if query else whole
    return found


def write_api(out: Path, tokens: dict[str, str]) -> None:
    for who, token in tokens.items():
        for name, said in Program(token).answers():
            path = out / "api" / who / f"{name}.txt"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(said)


def write_post(out: Path, mails: list[tuple[str, str]]) -> None:
    """Write every mail that left, those to one address numbered."""
    folder, seen = out / "mails", dict[str, int]()
    folder.mkdir(parents=True, exist_ok=True)
    for to, said in mails:
        seen[to] = seen.get(to, 0) + 1
        (folder / f"{to}-{seen[to]}.txt").write_text(said)


def portal(links: list[str]) -> list[Ask]:
    """Give what customers open from their mails: the first link of each kind, and a broken one of each."""
    kinds: dict[str, list[str]] = {}
    for link in links:
        kinds.setdefault(link.split("/")[2], []).append(link)
    found: list[Any] = []
    for kind, every_one in kinds.items():
        found += [Ask(name="portal", label=f"{kind}-{place}", path=link) for place, link in enumerate(every_one[:3])]
        found.append(Ask(name="portal", label=f"{kind}-broken", path=f"/c/{kind}/nonsense/"))
    return found
