"""Somebody who fills in forms: finds them on their pages, keeps what stands there, and sends what is changed."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from django.test import Client
from django.urls import reverse

from recording import words

Said = dict[str, Any]


@dataclass
class Form:
    """A form as it stands on a page."""

    action: str
    fields: dict[str, list[str]] = field(default_factory=dict)

    def filled(self, changes: Said) -> Said:
        """Give what a browser would send after these changes; None unticks."""
        return {name: value for name, value in {**self.fields, **changes}.items() if value is not None}


@dataclass
class Option:
    value: str | None  # as its text where it has none
    is_chosen: bool
    text: str = ""


class Forms(HTMLParser):
    """Reads the forms of a page that are sent by POST."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.every: list[Form] = []
        self._form: Form | None = None
        self._select = self._area = ""
        self._options: list[Option] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._form = Form(given.get("action", ""))
            if given.get("method", "").lower() == "post":
                self.every.append(self._form)
        elif tag == "input":
            self._input(given)
        elif tag == "select":
            self._select, self._options = given.get("name", ""), []
        elif tag == "option":
            self._options.append(Option(given.get("value"), "selected" in given))
        elif tag == "textarea":
            self._area = given.get("name", "")
            self._add(self._area, "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "select" and self._options:
            chosen = [one for one in self._options if one.is_chosen] or self._options[:1]
            for one in chosen:
                self._add(self._select, " ".join(one.text.split()) if one.value is None else one.value)
            self._select, self._options = "", []
        elif tag == "textarea":
            self._area = ""

    def handle_data(self, data: str) -> None:
        if self._area and self._form is not None:
            self._form.fields[self._area][-1] += data.removeprefix("\n")
        elif self._select and self._options:
            self._options[-1].text += data

    def _input(self, given: dict[str, str]) -> None:
        kind = given.get("type", "text")
        if kind in {"submit", "button", "file", "image"} or (kind in {"checkbox", "radio"} and "checked" not in given):
            return
        self._add(given.get("name", ""), given.get("value", "on" if kind == "checkbox" else ""))

    def _add(self, name: str, value: str) -> None:
        if name and self._form is not None:
            self._form.fields.setdefault(name, []).append(value)


class NotDone(Exception):
    """A step of the story was refused; the page says why."""


class Visitor:
    """A member of staff, or somebody with a link."""

    def __init__(self, staff: Any = None) -> None:
        self.client = Client(SERVER_NAME="localhost")
        if staff is not None:
            self.client.force_login(staff)

    def see(self, name: str, /, *args: Any, **query: Any) -> str:
        return self.client.get(reverse(name, args=args), query).content.decode()

    def do(self, name: str, /, *args: Any, ask: str = "", **said: Any) -> Any:
        """Send a form's data to a page by its name; what may be sent is in the product's own forms."""
        return self._sent(reverse(name, args=args) + ask, said)

    def fill(self, name: str, /, *args: Any, where: str = "", ask: str = "", to: str = "", **changes: Any) -> Any:
        """
        Fill in the form on a page that has the field `where`, or the first that has all that is changed.

        It is sent where the form says, or `to` the page of that name where one of its buttons says so.
        """
        path = reverse(name, args=args) + ask
        forms = Forms()
        forms.feed(self.client.get(path).content.decode())
        wanted = {where} if where else {one for one, value in changes.items() if value is not None}
        fitting = [form for form in forms.every if wanted <= form.fields.keys()] or [
            form for form in forms.every if form.fields.keys() & wanted
        ]
        if not fitting:
            raise NotDone(f"{path} has no form with {', '.join(sorted(wanted))}")
        action = reverse(to, args=args) if to else fitting[0].action or path
        return self._sent(action, fitting[0].filled(changes))

    def _sent(self, path: str, said: Said) -> Any:
        answer = self.client.post(path, {name: value for name, value in said.items() if value is not None})
        if answer.status_code not in {200, 201, 204, 302, 303} or (answer.status_code == 200 and _has_errors(answer)):
            raise NotDone(f"POST {path} {said}: {answer.status_code}\n{words.read(answer.content.decode())[-3000:]}")
        return answer


def _has_errors(answer: Any) -> bool:
    form = (answer.context or {}).get("form") if answer.context is not None else None
    return bool(getattr(form, "errors", None))


def number(answer: Any) -> int:
    """Give the number of what an answer leads to: the last one in its address."""
    return int([part for part in answer.headers["Location"].partition("?")[0].split("/") if part.isdecimal()][-1])
