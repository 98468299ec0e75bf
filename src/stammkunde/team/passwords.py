"""
Passwords that are guessed first in a German company, beside Django's list, which is English.

zxcvbn knows English words only as well, so these are our own: what is written on notes under keyboards. A password is
refused where it is one or two of them with digits and signs around; a short sentence is left alone.
"""

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from stammkunde.team import queries
from stammkunde.team.models import Staff

WORDS = {
    "passwort", "kennwort", "geheim", "hallo", "willkommen", "zugang", "anmelden", "anmeldung", "login", "start",
    "admin", "administrator", "test", "tester", "demo", "fruehling", "sommer", "herbst", "winter", "januar",
    "februar", "maerz", "april", "juni", "juli", "august", "september", "oktober", "november", "dezember", "montag",
    "dienstag", "mittwoch", "donnerstag", "freitag", "samstag", "sonnabend", "sonntag", "weihnachten", "ostern",
    "urlaub", "ferien", "feierabend", "schatz", "schatzi", "liebe", "liebling", "engel", "maus", "mausi", "hase",
    "hasi", "baerchen", "sonne", "sonnenschein", "stern", "mama", "papa", "familie", "katze", "hund", "pferd",
    "tiger", "drachen", "fussball", "bayern", "dortmund", "borussia", "schalke", "werder", "deutschland",
    "oesterreich", "schweiz", "berlin", "hamburg", "muenchen", "koeln", "frankfurt", "stuttgart", "leipzig",
    "dresden", "wien", "zuerich", "mercedes", "porsche", "volkswagen", "firma", "buero", "chef", "kunde", "kunden",
    "vertrieb", "verkauf", "einkauf", "lager", "werkstatt", "marketing", "service", "zentrale", "computer",
    "internet", "stammkunde", "qwertz", "qwertzuiop", "asdfgh", "asdf", "yxcvbn", "yxcv", "scheisse", "arschloch",
}  # fmt: skip
SPELLED = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
DISGUISED = str.maketrans({"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "@": "a", "$": "s", "!": "i"})
MOST_WORDS, FEWEST_OTHER_LETTERS = 2, 4


class GermanWords:
    """A validator of Django's (AUTH_PASSWORD_VALIDATORS)."""

    def validate(self, password: str, user: Staff | None = None) -> None:
        known = WORDS | _of(queries.company().name) | (_of(user.name) if user else set())
        if any(_is_known(text, known) for text in (_plain(password), _plain(password).translate(DISGUISED))):
            raise ValidationError(
                _(
                    "Too easy to guess: words such as seasons, months, places or the name of the company are tried "
                    "first, with digits behind them too. Take a short sentence."
                )
            )


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).lower().translate(SPELLED)


def _of(name: str) -> set[str]:
    return set(re.findall(r"[a-z]{3,}", _plain(name)))


def _is_known(text: str, known: set[str]) -> bool:
    """Say whether hardly a letter is left of a text without one or two of the words that are known."""
    letters = re.sub(r"[^a-z]", "", text)
    pattern = "|".join(map(re.escape, sorted(known, key=len, reverse=True)))
    left, times = re.subn(pattern, "", letters)
    return 0 < times <= MOST_WORDS and len(left) < FEWEST_OTHER_LETTERS
