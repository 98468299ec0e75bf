"""The sign-up form on the website: opened a year ago, its words mended once; most who sign up click on the link."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from stammkunde.customers import links
from stammkunde.customers import services as customers
from stammkunde.customers.models import SignUp
from stammkunde.customers.services import Person
from stammkunde.demo import names
from stammkunde.demo.story import Deed, Story

CONFIRMED = 0.75
PLACES = ("Fußzeile", "Ratgeber Rosen", "Kasse")
TITLE, LEAD = "Gartenpost", "Einmal im Monat: was jetzt zu tun ist, und was es bei uns Neues gibt."
FIRST = f"Ja, ich möchte die Gartenpost von {names.COMPANY} per E-Mail."
MENDED = f"{FIRST} Ich kann das jederzeit widerrufen, mit einem Klick in jeder E-Mail."
PEOPLE = (
    ("Mara", "Kühn", ""), ("Jonas", "Reuter", ""), ("", "", ""), ("Selin", "Aydın", "Café Selin"),
    ("Peer", "Hansen", ""), ("Lotte", "Brand", "Hausverwaltung Brand"), ("Ida", "Falk", ""), ("Tim", "Oster", ""),
    ("Greta", "Mohn", "Kita Mohnblume"), ("", "", ""), ("Anton", "Weiß", ""), ("Rosa", "Blum", ""),
)  # fmt: skip


def deeds(story: Story) -> Iterator[Deed]:
    """Give the two versions of the form, and who signed up since."""
    chance, since = story.chance("signups"), story.last - timedelta(days=360)
    yield Deed(at=story.at(since, 9), do=_publish(story, FIRST))
    yield Deed(at=story.at(since + timedelta(days=100), 9), do=_publish(story, MENDED))
    days = story.working_days(since=since + timedelta(days=1))
    for number, who in enumerate(PEOPLE, start=1):
        asked: list[str] = []
        at = story.at(days[chance.integers(len(days) - 5)], 8 + 13 * chance.random())
        yield Deed(at=at, do=_sign_up(who, number, PLACES[number % len(PLACES)], asked))
        if chance.random() < CONFIRMED:
            yield Deed(at=at + timedelta(minutes=float(3 + 600 * chance.random())), do=_confirm(asked))


def _publish(story: Story, consent: str) -> Callable[[datetime], object]:
    (management,) = story.with_role("management")
    words = {"de": {"title": TITLE, "lead": LEAD, "consent": consent}}
    return lambda at: customers.publish_sign_up(
        is_open=True, purposes=["newsletter", "advertising"], words=words, staff=management, now=at
    )


def _sign_up(who: tuple[str, str, str], number: int, place: str, asked: list[str]) -> Callable[[datetime], object]:
    first, last, company = who
    person = Person(email=f"post{number}@garten.example", first_name=first, last_name=last, company=company)
    proof = {"page": "https://www.gruenwerk.example/", "place": place, "ip": "203.0.113.0"}

    def sign_up(at: datetime) -> None:
        version = SignUp.objects.first()
        assert version is not None
        optin = customers.sign_up(person, version=version, language="de", proof=proof, now=at)
        assert optin is not None
        customers.optin_sent(optin_id=optin.pk, sent_at=at + timedelta(minutes=1))
        asked.append(links.optin_token(optin.nonce))

    return sign_up


def _confirm(asked: list[str]) -> Callable[[datetime], object]:
    proof = {"ip": "203.0.113.0", "user_agent": "Firefox"}
    return lambda at: customers.confirm_optin(token=asked[0], now=at, proof=proof)
