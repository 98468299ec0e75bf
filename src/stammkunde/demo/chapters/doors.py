"""Who came in and what programs read: sign-ins of the last weeks, two tokens, a refusal, and the seals of the trail."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from django.http import HttpRequest

from stammkunde.customers.models import Customer
from stammkunde.demo.story import Deed, Story
from stammkunde.team import attempts, doors, sealing, taking, tokens
from stammkunde.team.models import Staff

WEEKS = timedelta(days=21)
OFFICE = "192.0.2.20"
WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 Version/18.5 Safari/604.1"
SHOP_DAYS_AGO, TABLE_DAYS_AGO = 80, 30  # since when: one expires soon, the other does not
RED = "level=red&sort=at_risk"
MOST_ROWS = 100


def deeds(story: Story) -> Iterator[Deed]:
    """Give the comings and goings of the last weeks; the trail is sealed at each quarter's end and at the very end."""
    (management,), (marketing,) = story.with_role("management"), story.with_role("marketing")
    (service,) = story.with_role("service")
    recent = story.working_days(since=story.last - WEEKS)
    chance = story.chance("doors")
    for day in recent:
        for staff in story.staff:
            minutes = int(chance.integers(0, 70))
            yield Deed(at=story.at(day, 7.5 + minutes / 60), do=_came(staff, PHONE if minutes > 60 else WINDOWS))
    yield Deed(at=story.at(recent[2], 7.4), do=lambda at: attempts.failed(email=service.email, address=OFFICE, now=at))
    yield Deed(at=story.at(recent[4], 11.2), do=_refused(service))
    scopes = ["figures", "margins", "customers"]
    made = story.at(story.last - timedelta(days=SHOP_DAYS_AGO), 15)
    yield Deed(at=made, do=_token(marketing, "Webshop, Bestellungen", ["imports"], used_at=story.at(story.last, 4)))
    made = story.at(story.last - timedelta(days=TABLE_DAYS_AGO), 16)
    yield Deed(at=made, do=_token(management, "Auswertung in Excel", scopes, used_at=story.at(story.last, 6)))
    for day in recent:
        yield Deed(at=story.at(day, 6), do=_read(management, "Auswertung in Excel"))
    for day in story.evenings:
        yield Deed(at=story.at(day, 23.5), do=lambda at: sealing.seal_all(now=at))
    yield Deed(at=story.at(story.last, 23.9), do=lambda at: sealing.seal_all(now=at))


def _came(staff: Staff, device: str) -> Callable[[datetime], object]:
    return lambda at: doors.came_in(staff, address=OFFICE, device=device, now=at)


def _asking(staff: Staff, path: str = "/") -> HttpRequest:
    request = HttpRequest()
    request.user, request.path, request.method = staff, path, "GET"
    return request


def _refused(staff: Staff) -> Callable[[datetime], object]:
    return lambda at: doors.refused(staff, request=_asking(staff, "/settings/"), now=at)


def _token(staff: Staff, name: str, scopes: list[str], *, used_at: datetime) -> Callable[[datetime], object]:
    def make(at: datetime) -> None:
        token = tokens.create(staff=staff, name=name, scopes=scopes, now=at)
        tokens.admit(token=token, per_minute=1, now=used_at)

    return make


def _read(staff: Staff, name: str) -> Callable[[datetime], object]:
    """Let her program take the customers in danger along, as it does each morning."""

    def read(at: datetime) -> None:
        program: Staff = Staff.objects.get(pk=staff.pk)
        program.token_name = name
        rows = min(MOST_ROWS, Customer.objects.count())
        told = {"thing": "customers", "action": "customers.exported", "query": RED}
        taking.note(_asking(program), rows=rows, now=at, **told)

    return read
