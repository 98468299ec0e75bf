"""Templates to start from: good words for the occasions that every company has. Made on request, then one's own."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from stammkunde.customers.models import Purpose
from stammkunde.outreach import channels
from stammkunde.outreach.content import Block, Text

SHOP = "https://www.example.com/"  # the five-second check asks for one's own
SIE, DU, ENGLISH = ("de", "sie"), ("de", "du"), ("en", "sie")


@dataclass(frozen=True, kw_only=True)
class Starter:
    names: Mapping[str, str]  # by language
    purpose: str
    texts: Mapping[tuple[str, str], Text] = field(default_factory=dict)
    wanted: str = "email"  # the channel, where this installation has it

    @property
    def channel(self) -> str:
        return self.wanted if self.wanted in channels.NAMES else "email"

    def name(self, language: str) -> str:
        return self.names.get(language, self.names["en"])


def _text(words: str) -> Block:
    return Block(kind="text", text=words)


def _offer(title: str, words: str) -> Block:
    return Block(kind="offer", title=title, text=words)


def _button(label: str) -> Block:
    return Block(kind="button", label=label, url=SHOP)


_BYE = {
    SIE: "Herzliche Grüße\n{owner|Ihr Team}\n{sender}",
    DU: "Herzliche Grüße\n{owner|dein Team}\n{sender}",
    ENGLISH: "Kind regards\n{owner|Your team}\n{sender}",
}

_THANKS = Starter(
    names={"de": "Danke für die Bestellung", "en": "Thank you for your order"},
    purpose=Purpose.THANKS,
    texts={
        SIE: Text(
            subject="Vielen Dank für Ihre Bestellung",
            preview="Schön, dass Sie bei uns bestellt haben.",
            blocks=(
                _text(
                    "{greeting},\n\n"
                    "vielen Dank für Ihre Bestellung. Dass Sie sich für uns entschieden haben, freut uns sehr.\n\n"
                    "Ist etwas nicht so, wie Sie es sich vorgestellt haben? Dann antworten Sie einfach auf diese "
                    "Nachricht. Wir kümmern uns darum.\n\n" + _BYE[SIE]
                ),
            ),
        ),
        DU: Text(
            subject="Danke für deine Bestellung",
            preview="Schön, dass du bei uns bestellt hast.",
            blocks=(
                _text(
                    "{greeting},\n\n"
                    "danke für deine Bestellung. Dass du dich für uns entschieden hast, freut uns sehr.\n\n"
                    "Ist etwas nicht so, wie du es dir vorgestellt hast? Dann antworte einfach auf diese Nachricht. "
                    "Wir kümmern uns darum.\n\n" + _BYE[DU]
                ),
            ),
        ),
        ENGLISH: Text(
            subject="Thank you for your order",
            preview="It is good to have you as a customer.",
            blocks=(
                _text(
                    "{greeting},\n\n"
                    "thank you for your order. We are glad that you chose us.\n\n"
                    "Is anything not as you expected? Just reply to this message and we will put it right.\n\n"
                    + _BYE[ENGLISH]
                ),
            ),
        ),
    },
)

_WIN_BACK = Starter(
    names={"de": "Rückgewinnung", "en": "Win-back"},
    purpose=Purpose.ADVERTISING,
    texts={
        SIE: Text(
            subject="10 % für Sie, wenn Sie wiederkommen",
            preview="Ihr letzter Einkauf ist eine Weile her. Das möchten wir ändern.",
            blocks=(
                _text("{greeting},\n\nIhr letzter Einkauf bei uns ist eine Weile her. Sie fehlen uns."),
                _offer(
                    "10 % auf Ihren nächsten Einkauf",
                    "Auf alles, ohne Mindestbestellwert. Ihr Code: **{code|WIEDERDA}**",
                ),
                _button("Rabatt einlösen"),
                _text(
                    "Waren Sie beim letzten Mal nicht zufrieden? Dann antworten Sie bitte auf diese Nachricht. "
                    "Wir hören zu und bringen es in Ordnung.\n\n" + _BYE[SIE]
                ),
            ),
        ),
        DU: Text(
            subject="10 % für dich, wenn du wiederkommst",
            preview="Dein letzter Einkauf ist eine Weile her. Das möchten wir ändern.",
            blocks=(
                _text("{greeting},\n\ndein letzter Einkauf bei uns ist eine Weile her. Du fehlst uns."),
                _offer(
                    "10 % auf deinen nächsten Einkauf",
                    "Auf alles, ohne Mindestbestellwert. Dein Code: **{code|WIEDERDA}**",
                ),
                _button("Rabatt einlösen"),
                _text(
                    "Warst du beim letzten Mal nicht zufrieden? Dann antworte bitte auf diese Nachricht. "
                    "Wir hören zu und bringen es in Ordnung.\n\n" + _BYE[DU]
                ),
            ),
        ),
        ENGLISH: Text(
            subject="10% off when you come back",
            preview="It has been a while since your last order. We would like to change that.",
            blocks=(
                _text("{greeting},\n\nit has been a while since your last order. We miss you."),
                _offer("10% off your next order", "On everything, no minimum. Your code: **{code|WELCOMEBACK}**"),
                _button("Use my discount"),
                _text(
                    "Was something wrong last time? Please reply to this message. We will listen and put it right.\n\n"
                    + _BYE[ENGLISH]
                ),
            ),
        ),
    },
)

_BIRTHDAY = Starter(
    names={"de": "Geburtstag", "en": "Birthday"},
    purpose=Purpose.ADVERTISING,
    texts={
        SIE: Text(
            subject="Herzlichen Glückwunsch zum Geburtstag",
            preview="Wir haben ein kleines Geschenk für Sie.",
            blocks=(
                _text("{greeting},\n\nwir wünschen Ihnen ein gesundes und glückliches neues Lebensjahr."),
                _offer(
                    "Ein Geschenk zu Ihrem nächsten Einkauf",
                    "Nennen Sie innerhalb von vier Wochen den Code **{code|GEBURTSTAG}**, und wir legen es dazu.",
                ),
                _button("Geschenk abholen"),
                _text("Feiern Sie schön!\n\n" + _BYE[SIE]),
            ),
        ),
        DU: Text(
            subject="Alles Gute zum Geburtstag",
            preview="Wir haben ein kleines Geschenk für dich.",
            blocks=(
                _text("{greeting},\n\nwir wünschen dir ein gesundes und glückliches neues Lebensjahr."),
                _offer(
                    "Ein Geschenk zu deinem nächsten Einkauf",
                    "Nenne innerhalb von vier Wochen den Code **{code|GEBURTSTAG}**, und wir legen es dazu.",
                ),
                _button("Geschenk abholen"),
                _text("Feier schön!\n\n" + _BYE[DU]),
            ),
        ),
        ENGLISH: Text(
            subject="Happy birthday",
            preview="We have a small present for you.",
            blocks=(
                _text("{greeting},\n\nwe wish you a healthy and happy year."),
                _offer(
                    "A present with your next order",
                    "Give the code **{code|BIRTHDAY}** within four weeks, and we will add it.",
                ),
                _button("Get my present"),
                _text("Have a wonderful day!\n\n" + _BYE[ENGLISH]),
            ),
        ),
    },
)

_NEW = Starter(
    names={"de": "Neue Angebote", "en": "New offers"},
    purpose=Purpose.ADVERTISING,
    texts={
        SIE: Text(
            subject="Neu für Sie: {category|unsere neuen Angebote}",
            preview="Ausgesucht nach dem, was Sie gern bei uns kaufen.",
            blocks=(
                _text("{greeting},\n\ndas könnte Ihnen gefallen:"),
                _offer(
                    "Neu eingetroffen: {category|unsere neue Auswahl}",
                    "Sie erfahren es zuerst: Bis Ende der Woche liefern wir Ihnen alle Neuheiten versandkostenfrei.",
                ),
                _button("Neuheiten ansehen"),
                _text("Fragen dazu beantworten wir gern. Antworten Sie einfach auf diese Nachricht.\n\n" + _BYE[SIE]),
            ),
        ),
        DU: Text(
            subject="Neu für dich: {category|unsere neuen Angebote}",
            preview="Ausgesucht nach dem, was du gern bei uns kaufst.",
            blocks=(
                _text("{greeting},\n\ndas könnte dir gefallen:"),
                _offer(
                    "Neu eingetroffen: {category|unsere neue Auswahl}",
                    "Du erfährst es zuerst: Bis Ende der Woche liefern wir dir alle Neuheiten versandkostenfrei.",
                ),
                _button("Neuheiten ansehen"),
                _text("Fragen dazu beantworten wir gern. Antworte einfach auf diese Nachricht.\n\n" + _BYE[DU]),
            ),
        ),
        ENGLISH: Text(
            subject="New for you: {category|our latest offers}",
            preview="Chosen by what you like to buy from us.",
            blocks=(
                _text("{greeting},\n\nyou might like this:"),
                _offer(
                    "Just in: {category|our new selection}",
                    "You are the first to know: until the end of the week we deliver everything new free of charge.",
                ),
                _button("See what is new"),
                _text("Any questions? Just reply to this message.\n\n" + _BYE[ENGLISH]),
            ),
        ),
    },
)

_APPOINTMENT = Starter(
    names={"de": "Terminvorschlag", "en": "Proposing a meeting"},
    purpose=Purpose.ADVERTISING,
    wanted="letter",
    texts={
        SIE: Text(
            subject="Eine halbe Stunde für Ihre Fragen",
            preview="Wir nehmen uns Zeit für Sie. Wann passt es Ihnen?",
            blocks=(
                _text("{greeting},\n\nwir möchten besser verstehen, was Sie brauchen."),
                _offer(
                    "Ein persönliches Gespräch, kostenfrei",
                    "Eine halbe Stunde, am Telefon oder bei Ihnen. Danach wissen wir beide, was als Nächstes sinnvoll "
                    "ist, und Sie entscheiden in Ruhe.",
                ),
                _text(
                    "Wann passt es Ihnen? Rufen Sie kurz an oder antworten Sie auf diese Nachricht. "
                    "Wir richten uns nach Ihnen.\n\n" + _BYE[SIE]
                ),
            ),
        ),
        DU: Text(
            subject="Eine halbe Stunde für deine Fragen",
            preview="Wir nehmen uns Zeit für dich. Wann passt es dir?",
            blocks=(
                _text("{greeting},\n\nwir möchten besser verstehen, was du brauchst."),
                _offer(
                    "Ein persönliches Gespräch, kostenfrei",
                    "Eine halbe Stunde, am Telefon oder bei dir. Danach wissen wir beide, was als Nächstes sinnvoll "
                    "ist, und du entscheidest in Ruhe.",
                ),
                _text(
                    "Wann passt es dir? Ruf kurz an oder antworte auf diese Nachricht. Wir richten uns nach dir.\n\n"
                    + _BYE[DU]
                ),
            ),
        ),
        ENGLISH: Text(
            subject="Half an hour for your questions",
            preview="We would like to take time for you. When would it suit you?",
            blocks=(
                _text("{greeting},\n\nwe would like to understand better what you need."),
                _offer(
                    "A personal talk, free of charge",
                    "Half an hour, by phone or at your place. Afterwards we both know what makes sense next, and you "
                    "decide at your leisure.",
                ),
                _text(
                    "When would it suit you? Give us a ring or reply to this message, and we will be there.\n\n"
                    + _BYE[ENGLISH]
                ),
            ),
        ),
    },
)

STARTERS = (_THANKS, _WIN_BACK, _BIRTHDAY, _NEW, _APPOINTMENT)
