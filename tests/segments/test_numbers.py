"""Groups of customers named one by one: pasted, in a file, ticked, a thousand of them."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from stammkunde.segments import converting, latest
from stammkunde.segments.models import Segment
from tests import factories
from tests.segments.company import make
from tests.segments.forms import sent

pytestmark = pytest.mark.django_db


@pytest.fixture
def seller(client, salesperson):
    client.force_login(salesperson)
    return client


def test_group_is_made_of_numbers_pasted_and_in_a_file(seller):
    anna, bert, cilli = (factories.customer(name=name) for name in ("Anna", "Bert", "Cilli"))
    file = SimpleUploadedFile("wer.csv", f'"{cilli.number}";Cilli\nNIX;Niemand\n'.encode())

    page = seller.post(
        reverse("segment-numbers"), {"numbers": f"{anna.number}, {bert.number}", "file": file}, follow=True
    ).content.decode()

    assert "1 Nummer gehört zu keinem Kunden: NIX" in page
    seller.post(reverse("segment-new"), dict(sent(page, act="save", name="Drei").lists()))
    made = Segment.objects.get()
    assert made.origin == Segment.Origin.FILE
    assert made.versions.get().rule["all"][0]["value"] == sorted([anna.number, bert.number, cilli.number])


def test_thousand_numbers_fit_the_form_and_the_page(seller):
    numbers = [f"K-{n:04}" for n in range(1000)]
    made = make(converting.of_numbers(numbers))

    address = reverse("segment-edit", args=[made.pk])
    form = sent(seller.get(address).content.decode())
    form["r-0.lines"] = form["r-0.lines"].replace("K-0007\n", "")
    saved = seller.post(
        reverse("segment-edit", args=[made.pk]), form.dict() | {"act": "save"}, follow=True
    ).content.decode()

    assert len(list(form.items())) < 20
    assert latest.version_of(made.pk).rule == converting.of_numbers(set(numbers) - {"K-0007"})
    assert '<details class="says-whole">' in saved


def test_ticked_customer_whose_number_another_one_has_is_told_so(seller):
    anna, _bert = factories.customer(name="Anna", number="777"), factories.customer(name="Bert", number="777")

    page = seller.post(reverse("segment-selected"), {"customer": [anna.pk]}).content.decode()

    assert "1 anderer Kunde hat eine dieser Nummern" in page
