"""Texts leave compressed for whoever takes them so, streamed ones while they are made; the rest leaves as it is."""

import gzip

import pytest
from django.http import HttpResponse, StreamingHttpResponse
from django.test import RequestFactory

from stammkunde.ui.compression import Compression
from stammkunde.ui.tables import Column, answer

WORDS = "Kunden, die bleiben. " * 200


def sent(response, *, accepts="gzip, deflate, br"):
    """Send an answer through the middleware."""
    return Compression(lambda _request: response)(RequestFactory().get("/", headers={"accept-encoding": accepts}))


def test_page_is_compressed_and_says_so(client, db):
    plain = client.get("/sign-in/")
    packed = client.get("/sign-in/", headers={"accept-encoding": "gzip"})

    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert len(packed.content) < len(plain.content) / 2
    assert b"<h1>" in gzip.decompress(packed.content)
    assert "Content-Encoding" not in plain.headers


@pytest.mark.parametrize("kind", ["text/html", "text/csv; charset=utf-8", "application/json", "image/svg+xml"])
def test_texts_are_compressed(kind):
    assert gzip.decompress(sent(HttpResponse(WORDS, content_type=kind)).content).decode() == WORDS


@pytest.mark.parametrize("kind", ["image/png", "application/pdf", "application/zip", "application/octet-stream"])
def test_what_is_compressed_by_its_nature_is_left_alone(kind):
    response = sent(HttpResponse(WORDS, content_type=kind))

    assert response.content.decode() == WORDS
    assert "Content-Encoding" not in response.headers


def test_who_cannot_unpack_gets_it_plain():
    assert sent(HttpResponse(WORDS), accepts="br").content.decode() == WORDS


def test_equal_pages_differ_in_length():
    lengths = {len(sent(HttpResponse(WORDS)).content) for _ in range(40)}

    assert len(lengths) > 5, "the length of an answer would tell what stands in it"


def test_streamed_table_is_compressed_while_it_is_made():
    made = []

    def rows():
        for number in range(50_000):
            made.append(number)
            yield [f"Kunde {number} {hash(str(number))}"]

    response = sent(answer(form="csv-plain", name="n", columns=[Column(label="Name")], rows=rows()))
    pieces = iter(response)
    early = [next(pieces) for _ in range(3)]

    assert isinstance(response, StreamingHttpResponse)
    assert len(made) < 25_000, "it was made whole before anything was sent"
    lines = gzip.decompress(b"".join([*early, *pieces])).decode().splitlines()
    assert len(lines) == 50_001
    assert lines[1].startswith("Kunde 0 ")
