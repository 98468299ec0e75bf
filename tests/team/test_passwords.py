import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils import timezone

from stammkunde.team import services

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "guessed",
    [
        "Sommer2026!!",
        "Passwort-2026",
        "P4ssw0rt2026",
        "Frühling 2027",
        "HalloSchatz99",
        "Rösterei2026!",
        "Qwertz123456",
    ],
)
def test_password_of_german_words_or_the_company_s_name_is_refused(salesperson, guessed):
    services.change_company(by=None, now=timezone.now(), name="Rösterei Nord")

    with pytest.raises(ValidationError, match="zu erraten"):
        validate_password(guessed, salesperson)


@pytest.mark.parametrize("good", ["ein langer Satz", "Sommer am See mit Boot", "Kx9-rPf2-tLq7", "Montagskatze am See"])
def test_password_that_is_a_short_sentence_or_chance_is_taken(salesperson, good):
    validate_password(good, salesperson)
