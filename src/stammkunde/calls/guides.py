"""
Ready-made guides, in German (Sie and Du) and English. Pure.

A guide leads through a call: how to open, what to ask (and then to listen), what to reach. Fields are those of messages
(`outreach.content`); whoever changes a guide on its page makes a row that takes the place of the one here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from stammkunde.calls.models import Guide
from stammkunde.customers.models import FormOfAddress
from stammkunde.outreach import content, knowing

Kind = Guide.Kind
DE, EN = "de", "en"
SIE, DU = FormOfAddress.SIE, FormOfAddress.DU
STYLES = ((DE, SIE), (DE, DU), (EN, SIE))  # English knows one form


@dataclass(frozen=True, kw_only=True)
class Script:
    """What to say. The first goal is the goal of the call; the others are worth having as well."""

    opening: str
    questions: tuple[str, ...]
    goals: tuple[str, ...]
    offer: str
    avoid: str
    closing: str


GAP = "…"  # stands where nothing is known that could be said
TEXTS = tuple(one.name for one in fields(Script))


def style(language: str, form: str) -> tuple[str, str]:
    """Give the language and form in which there are guides for somebody."""
    return (DE, form if form == DU else SIE) if language == DE else (EN, SIE)


_DE_SIE = {
    Kind.RISK: Script(
        opening="{greeting}, hier ist {owner|[Ihr Name]} von {sender}. Ich habe gesehen, dass wir eine Weile nichts "
        "von "
        "Ihnen gehört haben, und wollte fragen, wie es Ihnen geht. Passt es gerade für fünf Minuten?",
        questions=(
            "Was hat sich bei Ihnen geändert, seit Sie zuletzt bestellt haben?",
            "Was lief bei uns zuletzt gut, und was hat Sie geärgert?",
            "Wovon brauchen Sie in den nächsten Wochen etwas?",
            "Was müssten wir tun, damit Sie gern wieder bei uns kaufen?",
        ),
        goals=(
            "Nächste Bestellung oder ein Termin ist vereinbart",
            "Der Grund für die Pause ist verstanden",
            "Bedarf der nächsten Wochen ist bekannt",
            "Ansprechperson und Telefonnummer stimmen",
        ),
        offer="Zuerst Hilfe anbieten: Lieferung, Muster, Beratung. Einen Preisvorteil nur, wenn der Preis der Grund "
        "ist.",
        avoid="Keinen Vorwurf („Sie haben lange nicht bestellt“), keinen Rabatt ungefragt, nichts versprechen, was "
        "andere "
        "halten müssen.",
        closing="Danke für Ihre offenen Worte. Ich fasse zusammen, was wir vereinbart haben, und melde mich wie "
        "besprochen.",
    ),
    Kind.SILENT: Script(
        opening="{greeting}, hier ist {owner|[Ihr Name]} von {sender}. Ihre letzte Bestellung war am "
        "{last_purchase|[Tag]}, und ich wollte hören, ob alles in Ordnung war. Haben Sie kurz Zeit?",
        questions=(
            "Waren Sie mit der letzten Lieferung zufrieden?",
            "Wie decken Sie Ihren Bedarf zurzeit?",
            "Was fehlt Ihnen bei uns?",
            "Wann steht bei Ihnen die nächste Bestellung an?",
        ),
        goals=(
            "Es ist klar, ob und wann wieder bestellt wird",
            "Der Grund für die Stille ist verstanden",
            "Ein nächster Schritt mit Tag ist vereinbart",
        ),
        offer="Was zu „{category|den bisherigen Käufen}“ passt und seit dem letzten Kauf neu ist.",
        avoid="Nicht drängen. Wer gerade keinen Bedarf hat, soll sich gern an den Anruf erinnern.",
        closing="Vielen Dank. Ich notiere, wann Sie wieder etwas brauchen, und melde mich dann.",
    ),
    Kind.BIRTHDAY: Script(
        opening="{greeting}, hier ist {owner|[Ihr Name]} von {sender}. Ich rufe nur an, um Ihnen herzlich zum "
        "Geburtstag zu "
        "gratulieren: alles Gute und vor allem Gesundheit!",
        questions=("Feiern Sie heute?", "Was haben Sie sich für das neue Lebensjahr vorgenommen?"),
        goals=("Die Gratulation ist angekommen", "Etwas, das der Person wichtig ist, ist notiert"),
        offer="Nichts. Ein Angebot macht aus der Gratulation Werbung.",
        avoid="Nicht über Bestellungen sprechen, außer die Person fängt selbst damit an.",
        closing="Ich wünsche Ihnen einen schönen Tag. Lassen Sie sich feiern!",
    ),
    Kind.THANKS: Script(
        opening="{greeting}, hier ist {owner|[Ihr Name]} von {sender}. Ich möchte mich heute einfach bedanken, dass "
        "Sie uns "
        "{years|so viele} Jahre treu sind.",
        questions=(
            "Was schätzen Sie an uns am meisten?",
            "Was sollten wir auf keinen Fall ändern?",
            "Was würden Sie uns raten, wenn Sie einen Wunsch frei hätten?",
        ),
        goals=(
            "Der Dank ist angekommen",
            "Ein Wunsch oder eine Anregung ist notiert",
            "Die Person ist bereit, uns zu empfehlen",
        ),
        offer="Nichts verkaufen. Eine kleine Aufmerksamkeit ankündigen, wenn es eine gibt.",
        avoid="Keine Rabatte, kein „übrigens“. Der Dank wirkt nur, wenn er allein steht.",
        closing="Danke für Ihr Vertrauen. Sie haben meine Nummer, wenn etwas ist.",
    ),
    Kind.WIN_BACK: Script(
        opening="{greeting}, hier ist {owner|[Ihr Name]} von {sender}. Sie waren lange Kunde bei uns, und ich möchte "
        "verstehen, was wir falsch gemacht haben. Darf ich Ihnen zwei Fragen stellen?",
        questions=(
            "Was war der Auslöser, dass Sie nicht mehr bei uns kaufen?",
            "Was hat Sie am meisten geärgert? (Ausreden lassen, nicht verteidigen.)",
            "Was machen andere besser?",
            "Was müsste geschehen, damit Sie es noch einmal mit uns versuchen?",
        ),
        goals=(
            "Kommt zurück: Bestellung oder Termin ist vereinbart",
            "Die Klage ist gehört und aufgeschrieben",
            "Die Bedingungen für eine Rückkehr sind bekannt",
            "Wir dürfen uns später wieder melden",
        ),
        offer="Erst die Ursache beheben, dann ein Neuanfang: fester Ansprechpartner, Probelieferung, ein Vorteil "
        "bei der "
        "ersten Bestellung.",
        avoid="Nicht rechtfertigen, nicht über Wettbewerber herziehen, keine besseren Bedingungen als für treue "
        "Kunden.",
        closing="Danke, dass Sie so offen waren. Ich kümmere mich darum und sage Ihnen, was daraus geworden ist.",
    ),
    Kind.USE: Script(
        opening="{greeting}, hier ist {owner|[Ihr Name]} von {sender}. Seit unserer Lieferung ist etwas Zeit "
        "vergangen, und ich wollte hören, wie Sie damit zurechtkommen. Haben Sie zehn Minuten?",
        questions=(
            "Wie nutzen Sie, was wir geliefert haben?",
            "Was läuft gut damit, und wo hakt es?",
            "Wer bei Ihnen arbeitet damit, und was sagen diese Leute?",
            "Was möchten Sie damit in einem Jahr erreicht haben?",
        ),
        goals=(
            "Es ist klar, wie genutzt wird, was wir geliefert haben",
            "Was hakt, ist notiert und hat einen Verantwortlichen",
            "Ein nächster Schritt mit Tag ist vereinbart",
        ),
        offer="Hilfe, damit mehr davon zu haben ist: eine Einweisung, ein Besuch, ein Tipp. Neues erst auf Nachfrage.",
        avoid="Kein Verkaufsgespräch. Was hakt, wird nicht wegerklärt.",
        closing="Vielen Dank für die offenen Worte. Ich kümmere mich um die Punkte und melde mich wie besprochen.",
    ),
    Kind.FREE: Script(
        opening="{greeting}, hier ist {owner|[Ihr Name]} von {sender}. Passt es Ihnen gerade?",
        questions=(
            "Worum geht es aus Ihrer Sicht?",
            "Was ist Ihnen dabei am wichtigsten?",
            "Was wäre ein guter Ausgang?",
        ),
        goals=("Der Anlass ist geklärt", "Der nächste Schritt ist vereinbart"),
        offer="Was zum Anlass gehört.",
        avoid="Mehr reden als zuhören.",
        closing="Vielen Dank. Ich halte fest, was wir besprochen haben.",
    ),
}
_DE_DU = {
    Kind.RISK: Script(
        opening="{greeting}, hier ist {owner|[dein Name]} von {sender}. Wir haben eine Weile nichts von dir gehört, "
        "und ich "
        "wollte fragen, wie es dir geht. Passt es gerade für fünf Minuten?",
        questions=(
            "Was hat sich bei dir geändert, seit du zuletzt bestellt hast?",
            "Was lief bei uns zuletzt gut, und was hat dich geärgert?",
            "Wovon brauchst du in den nächsten Wochen etwas?",
            "Was müssten wir tun, damit du gern wieder bei uns kaufst?",
        ),
        goals=_DE_SIE[Kind.RISK].goals,
        offer=_DE_SIE[Kind.RISK].offer,
        avoid="Keinen Vorwurf („Du hast lange nicht bestellt“), keinen Rabatt ungefragt, nichts versprechen, was "
        "andere "
        "halten müssen.",
        closing="Danke für deine offenen Worte. Ich fasse zusammen, was wir vereinbart haben, und melde mich wie "
        "besprochen.",
    ),
    Kind.SILENT: Script(
        opening="{greeting}, hier ist {owner|[dein Name]} von {sender}. Deine letzte Bestellung war am "
        "{last_purchase|[Tag]}, und ich wollte hören, ob alles in Ordnung war. Hast du kurz Zeit?",
        questions=(
            "Warst du mit der letzten Lieferung zufrieden?",
            "Woher bekommst du zurzeit, was du brauchst?",
            "Was fehlt dir bei uns?",
            "Wann brauchst du wieder etwas?",
        ),
        goals=_DE_SIE[Kind.SILENT].goals,
        offer=_DE_SIE[Kind.SILENT].offer,
        avoid=_DE_SIE[Kind.SILENT].avoid,
        closing="Vielen Dank. Ich notiere, wann du wieder etwas brauchst, und melde mich dann.",
    ),
    Kind.BIRTHDAY: Script(
        opening="{greeting}, hier ist {owner|[dein Name]} von {sender}. Ich rufe nur an, um dir herzlich zum "
        "Geburtstag zu "
        "gratulieren: alles Gute und vor allem Gesundheit!",
        questions=("Feierst du heute?", "Was hast du dir für das neue Lebensjahr vorgenommen?"),
        goals=_DE_SIE[Kind.BIRTHDAY].goals,
        offer=_DE_SIE[Kind.BIRTHDAY].offer,
        avoid=_DE_SIE[Kind.BIRTHDAY].avoid,
        closing="Ich wünsche dir einen schönen Tag. Lass dich feiern!",
    ),
    Kind.THANKS: Script(
        opening="{greeting}, hier ist {owner|[dein Name]} von {sender}. Ich möchte mich heute einfach bedanken, "
        "dass du uns "
        "{years|so viele} Jahre treu bist.",
        questions=(
            "Was schätzt du an uns am meisten?",
            "Was sollten wir auf keinen Fall ändern?",
            "Was würdest du uns raten, wenn du einen Wunsch frei hättest?",
        ),
        goals=_DE_SIE[Kind.THANKS].goals,
        offer=_DE_SIE[Kind.THANKS].offer,
        avoid=_DE_SIE[Kind.THANKS].avoid,
        closing="Danke für dein Vertrauen. Du hast meine Nummer, wenn etwas ist.",
    ),
    Kind.WIN_BACK: Script(
        opening="{greeting}, hier ist {owner|[dein Name]} von {sender}. Du warst lange bei uns Kunde, und ich möchte "
        "verstehen, was wir falsch gemacht haben. Darf ich dir zwei Fragen stellen?",
        questions=(
            "Was war der Auslöser, dass du nicht mehr bei uns kaufst?",
            "Was hat dich am meisten geärgert? (Ausreden lassen, nicht verteidigen.)",
            "Was machen andere besser?",
            "Was müsste geschehen, damit du es noch einmal mit uns versuchst?",
        ),
        goals=_DE_SIE[Kind.WIN_BACK].goals,
        offer=_DE_SIE[Kind.WIN_BACK].offer,
        avoid=_DE_SIE[Kind.WIN_BACK].avoid,
        closing="Danke, dass du so offen warst. Ich kümmere mich darum und sage dir, was daraus geworden ist.",
    ),
    Kind.USE: Script(
        opening="{greeting}, hier ist {owner|[dein Name]} von {sender}. Seit unserer Lieferung ist etwas Zeit "
        "vergangen, und ich wollte hören, wie du damit zurechtkommst. Hast du zehn Minuten?",
        questions=(
            "Wie nutzt du, was wir geliefert haben?",
            "Was läuft gut damit, und wo hakt es?",
            "Wer bei euch arbeitet damit, und was sagen diese Leute?",
            "Was möchtest du damit in einem Jahr erreicht haben?",
        ),
        goals=_DE_SIE[Kind.USE].goals,
        offer=_DE_SIE[Kind.USE].offer,
        avoid=_DE_SIE[Kind.USE].avoid,
        closing=_DE_SIE[Kind.USE].closing,
    ),
    Kind.FREE: Script(
        opening="{greeting}, hier ist {owner|[dein Name]} von {sender}. Passt es dir gerade?",
        questions=(
            "Worum geht es aus deiner Sicht?",
            "Was ist dir dabei am wichtigsten?",
            "Was wäre ein guter Ausgang?",
        ),
        goals=_DE_SIE[Kind.FREE].goals,
        offer=_DE_SIE[Kind.FREE].offer,
        avoid=_DE_SIE[Kind.FREE].avoid,
        closing=_DE_SIE[Kind.FREE].closing,
    ),
}
_EN = {
    Kind.RISK: Script(
        opening="{greeting}, this is {owner|[your name]} from {sender}. We have not heard from you for a while, and I "
        "wanted to ask how you are. Is this a good time for five minutes?",
        questions=(
            "What has changed for you since your last order?",
            "What went well with us lately, and what annoyed you?",
            "What will you need in the coming weeks?",
            "What would we have to do so that you like to buy from us again?",
        ),
        goals=(
            "The next order or an appointment is agreed",
            "The reason for the break is understood",
            "What is needed in the coming weeks is known",
            "Contact person and phone number are right",
        ),
        offer="Help first: delivery, samples, advice. A better price only if the price is the reason.",
        avoid="No reproach (“You have not ordered for long”), no discount unasked, no promise that others must keep.",
        closing="Thank you for being open. I shall write down what we agreed and get back to you as discussed.",
    ),
    Kind.SILENT: Script(
        opening="{greeting}, this is {owner|[your name]} from {sender}. Your last order was on "
        "{last_purchase|[day]}, and I "
        "wanted to hear whether everything was right. Do you have a moment?",
        questions=(
            "Were you happy with the last delivery?",
            "Where do you get what you need at the moment?",
            "What are you missing with us?",
            "When will you order next?",
        ),
        goals=(
            "It is clear whether and when they will order again",
            "The reason for the silence is understood",
            "A next step with a day is agreed",
        ),
        offer="What goes with “{category|earlier purchases}” and is new since the last order.",
        avoid="Do not press. Whoever needs nothing now should be glad to remember the call.",
        closing="Thank you. I shall note when you need something again and call you then.",
    ),
    Kind.BIRTHDAY: Script(
        opening="{greeting}, this is {owner|[your name]} from {sender}. I am only calling to wish you a very happy "
        "birthday!",
        questions=("Are you celebrating today?", "What are your plans for the new year of your life?"),
        goals=("The good wishes have arrived", "Something that matters to the person is noted"),
        offer="Nothing. An offer turns good wishes into advertising.",
        avoid="Do not speak of orders, unless the person does.",
        closing="Have a wonderful day!",
    ),
    Kind.THANKS: Script(
        opening="{greeting}, this is {owner|[your name]} from {sender}. Today I would simply like to thank you for "
        "{years|so many} years with us.",
        questions=(
            "What do you like most about us?",
            "What should we never change?",
            "If you had one wish, what would you advise us?",
        ),
        goals=("The thanks have arrived", "A wish or idea is noted", "The person is ready to recommend us"),
        offer="Sell nothing. Announce a small gift, if there is one.",
        avoid="No discounts, no “by the way”. Thanks only work alone.",
        closing="Thank you for your trust. You have my number if there is anything.",
    ),
    Kind.WIN_BACK: Script(
        opening="{greeting}, this is {owner|[your name]} from {sender}. You were our customer for a long time, and "
        "I would "
        "like to understand what we did wrong. May I ask you two questions?",
        questions=(
            "What made you stop buying from us?",
            "What annoyed you most? (Let them finish; do not defend yourself.)",
            "What do others do better?",
            "What would have to happen for you to try us once more?",
        ),
        goals=(
            "Comes back: an order or an appointment is agreed",
            "The complaint is heard and written down",
            "The terms of a return are known",
            "We may get in touch again later",
        ),
        offer="Mend the cause first, then a new start: one person to turn to, a trial delivery, a benefit with the "
        "first "
        "order.",
        avoid="No excuses, no bad words about competitors, no better terms than loyal customers have.",
        closing="Thank you for being so open. I shall see to it and tell you what came of it.",
    ),
    Kind.USE: Script(
        opening="{greeting}, this is {owner|[your name]} from {sender}. Some time has passed since our delivery, and I "
        "wanted to hear how you are getting on with it. Do you have ten minutes?",
        questions=(
            "How are you using what we delivered?",
            "What goes well with it, and where does it stick?",
            "Who works with it at your place, and what do they say?",
            "What would you like to have achieved with it in a year?",
        ),
        goals=(
            "It is clear how what we delivered is used",
            "What sticks is written down, and somebody sees to it",
            "A next step with a day is agreed",
        ),
        offer="Help to get more out of it: an introduction, a visit, a hint. Something new only when asked for.",
        avoid="No sales talk. What sticks is not explained away.",
        closing="Thank you for your open words. I shall see to these points and get back to you as discussed.",
    ),
    Kind.FREE: Script(
        opening="{greeting}, this is {owner|[your name]} from {sender}. Is this a good time?",
        questions=("What is it about, as you see it?", "What matters most to you?", "What would be a good outcome?"),
        goals=("The matter is settled", "The next step is agreed"),
        offer="What belongs to the matter.",
        avoid="Talking more than listening.",
        closing="Thank you. I shall write down what we discussed.",
    ),
}
READY_MADE: dict[tuple[str, str], dict[Kind, Script]] = {(DE, SIE): _DE_SIE, (DE, DU): _DE_DU, (EN, SIE): _EN}


def read(texts: Mapping[str, Any]) -> Script:
    """Read a guide that was kept; `written` keeps one."""
    kept: dict[str, Any] = {name: tuple(text) if isinstance(text, list) else text for name, text in texts.items()}
    return Script(**kept)


def written(script: Script) -> dict[str, Any]:
    """Give the texts of a guide as they are kept."""
    texts = {name: getattr(script, name) for name in TEXTS}
    return {name: list(text) if isinstance(text, tuple) else text for name, text in texts.items()}


def ready_made(kind: str, language: str, form: str) -> Script:
    """Give the guide that comes with the product."""
    return READY_MADE[style(language, form)][Kind(kind)]


def filled(script: Script, values: Mapping[str, str]) -> Script:
    """Fill a guide for one person; a field with neither value nor fallback leaves a gap."""

    def fill(text: str) -> str:
        has_fallback = content.fields(content.Text(subject=text))
        known = {name: values.get(name) or ("" if has_fallback.get(name) else GAP) for name in knowing.fields()}
        return content.without_markup(text, known)

    return Script(
        opening=fill(script.opening),
        questions=tuple(fill(one) for one in script.questions),
        goals=tuple(fill(one) for one in script.goals),
        offer=fill(script.offer),
        avoid=fill(script.avoid),
        closing=fill(script.closing),
    )
