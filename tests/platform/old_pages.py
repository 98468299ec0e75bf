"""Pages read by their words: whatever is renamed behind them, people find the same."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

from django.test import Client


@dataclass
class Page(HTMLParser):
    """What stands on a page, where its links lead (address → words), and what stands in its fields."""

    words: str = ""
    links: dict[str, str] = field(default_factory=dict)
    values: set[str] = field(default_factory=set)
    _link: str | None = None
    _in_area: bool = False

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag == "a" and given.get("href"):
            self._link = given["href"]
            self.links.setdefault(self._link, "")
        elif (tag == "option" and "selected" in given) or (
            tag == "input" and (given.get("type") not in {"radio", "checkbox"} or "checked" in given)
        ):
            self.values.add(given.get("value") or "")
        self._in_area = tag == "textarea"

    def handle_data(self, data):
        self.words += data
        if self._link:
            self.links[self._link] += data
        if self._in_area:
            self.values.add(data.strip())

    def handle_endtag(self, tag):
        self._link = None if tag == "a" else self._link
        self._in_area = False


def read(client: Client, path: str) -> Page:
    response = client.get(path)
    assert response.status_code == 200, f"{path}: {response.status_code}"
    page = Page()
    page.feed(response.content.decode())
    page.words = " ".join(page.words.split())
    return page


def follow(client: Client, path: str, words: str) -> str:
    """Give the address to which the first link with these words leads."""
    return next(href for href, said in read(client, path).links.items() if words in " ".join(said.split()))
