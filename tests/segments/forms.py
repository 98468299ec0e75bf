"""What a browser would send of a form that is shown as it is."""

from html.parser import HTMLParser

from django.http import QueryDict


def sent(html: str, **changed: str | list[str]) -> QueryDict:
    """Give the fields of a page with what stands in them; `changed` is what somebody chose or typed instead."""
    form = _Form()
    form.feed(html)
    found = QueryDict(mutable=True)
    for name, value in form.fields:
        found.appendlist(name, value)
    for name, value in changed.items():
        found.setlist(name, value if isinstance(value, list) else [value])
    return found


class _Form(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.fields: list[tuple[str, str]] = []
        self.select: tuple[str, list[tuple[str, bool]]] | None = None
        self.area: tuple[str, str] | None = None

    def handle_starttag(self, tag, attrs):
        said = dict(attrs)
        if tag == "input" and said.get("name") and (said.get("type") != "checkbox" or "checked" in said):
            self.fields.append((said["name"], said.get("value") or ""))
        elif tag == "textarea":
            self.area = (said["name"], "")
        elif tag == "select":
            self.select = (said["name"], [])
        elif tag == "option" and self.select:
            self.select[1].append((said.get("value") or "", "selected" in said))

    def handle_data(self, data):
        if self.area:
            name, text = self.area
            self.area = (name, text + data)

    def handle_endtag(self, tag):
        if tag == "textarea" and self.area:
            self.fields.append(self.area)
            self.area = None
        if tag == "select" and self.select:
            name, options = self.select
            chosen = [value for value, is_selected in options if is_selected] or [value for value, _is in options[:1]]
            self.fields += [(name, value) for value in chosen[-1:]]
            self.select = None
