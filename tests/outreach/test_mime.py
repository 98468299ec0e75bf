from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.header import decode_header, make_header

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stammkunde.outreach import mime

HEADERS = {"Subject": "Grüße", "From": "Haus <a@b.example>", "To": "c@d.example", "Message-ID": "<m.1.x@b.example>"}
AT = datetime(2026, 11, 24, 11, tzinfo=UTC)
texts = st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\r\n\x00"), max_size=300)
bodies = st.lists(texts, max_size=6).map("\n".join)


def parts(raw):
    mail = message_from_bytes(raw, policy=policy.SMTP)
    found = list(mail.iter_parts()) if mail.is_multipart() else [mail]
    return [(one.get_content_type(), one.get_payload(decode=True).decode()) for one in found]


@given(bodies, bodies.filter(bool))
def test_text_and_html_arrive_as_they_were(text, html):
    raw = mime.write(headers=HEADERS, at=AT, text=text, html=html)

    told = [(kind, said.replace("\r\n", "\n")) for kind, said in parts(raw)]
    assert [kind for kind, _said in told] == ["text/plain", "text/html"]
    assert [said.removesuffix("\n") for _kind, said in told] == [text.removesuffix("\n"), html.removesuffix("\n")]
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998
    assert b"\n" not in raw.replace(b"\r\n", b"")


@given(texts.filter(lambda text: text.isprintable()))
def test_subject_arrives_as_it_was(subject):
    mail = message_from_bytes(mime.write(headers={**HEADERS, "Subject": subject}, at=AT, text="."))

    assert " ".join(str(make_header(decode_header(mail["Subject"]))).split()) == " ".join(subject.split())


def test_mail_says_when_it_was_written():
    assert message_from_bytes(mime.write(headers=HEADERS, at=AT, text="."))["Date"] == "Tue, 24 Nov 2026 11:00:00 +0000"


def test_mail_without_html_is_one_part():
    assert parts(mime.write(headers=HEADERS, at=AT, text="Guten Tag")) == [("text/plain", "Guten Tag")]


@pytest.mark.parametrize("name", ["Subject", "To", "Message-ID"])
def test_header_with_a_line_break_is_refused(name):
    with pytest.raises(mime.BadHeader):
        mime.write(headers={**HEADERS, name: "a\r\nBcc: everybody@example.org"}, at=AT, text=".")
