from pathlib import Path

import pytest

from stammkunde.mailbox.reports import Arrived, Kind


def read(text: str) -> Arrived:
    return Arrived(text=text.encode(), size=len(text))


def report(fields: str, *, original: str = "Message-ID: <x@y>\n") -> str:
    """A report on delivery as mail servers write it (RFC 3464)."""
    return (
        "From: MAILER-DAEMON@mx.example\nTo: gruss@musterhaus.example\nSubject: Undelivered\n"
        "Auto-Submitted: auto-replied\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\n\n'
        "--b\nContent-Type: text/plain\n\nI could not deliver it. 550\n\n"
        f"--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\n{fields}\n"
        f"--b\nContent-Type: message/rfc822\n\n{original}\n\nHello\n--b--\n"
    )


def recipient(action: str, status: str, said: str = "") -> str:
    more = f"Diagnostic-Code: smtp; {said}\n" if said else ""
    return f"Final-Recipient: rfc822; a@b.example\nAction: {action}\nStatus: {status}\n{more}"


@pytest.mark.parametrize(
    ("fields", "kind", "for_good"),
    [
        (recipient("failed", "5.1.1", "550 5.1.1 no such user"), Kind.BOUNCED, True),
        (recipient("failed", "5.0.0", "550 User unknown"), Kind.BOUNCED, True),
        (recipient("failed", "5.0.0", "550 5.1.10 RESOLVER.ADR.RecipientNotFound"), Kind.BOUNCED, True),
        (recipient("failed", "5.2.2", "552 5.2.2 mailbox full"), Kind.BOUNCED, False),
        (recipient("failed", "5.7.1", "550 5.7.1 rejected, user unknown to our filter"), Kind.BOUNCED, False),
        (recipient("failed", "4.4.7", "retry time exceeded"), Kind.BOUNCED, False),
        (recipient("delayed", "4.4.1"), Kind.DELAYED, False),
        (recipient("delivered", "2.0.0"), Kind.DELIVERED, False),
        (recipient("delivered", "2.0.0") + "\n" + recipient("failed", "5.1.1"), Kind.BOUNCED, True),
    ],
)
def test_report_on_delivery_says_whether_the_address_is_none(fields, kind, for_good):
    told = read(report(fields)).told

    assert (told.kind, told.for_good) == (kind, for_good)


def test_answer_is_what_the_other_side_said_on_one_line_without_odd_signs():
    told = read(report(recipient("failed", "5.1.1", "550 5.1.1 no\n such\x00 user"))).told

    assert told.answer == "550 5.1.1 no such user"


@pytest.mark.parametrize(("said", "kind"), [("abuse", Kind.COMPLAINED), ("not-spam", Kind.OTHER)])
def test_feedback_tells_a_complaint(said, kind):
    text = (
        'From: fbl@provider.example\nContent-Type: multipart/report; report-type=feedback-report; boundary="b"\n\n'
        f"--b\nContent-Type: message/feedback-report\n\nFeedback-Type: {said}\nVersion: 1\n\n--b--\n"
    )

    assert read(text).told.kind == kind


@pytest.mark.parametrize(
    "headers",
    [
        "Auto-Submitted: auto-replied; owner=x",
        "X-Autoreply: yes",
        "Precedence: bulk",
        "Return-Path: <>",
        "Subject: Abwesenheitsnotiz: Ihre Bestellung",
        "Subject: Automatische Antwort: Guten Tag",
        "Subject: =?utf-8?q?Ich_bin_bis_3=2E_M=C3=A4rz_im_Urlaub?=",
        "Subject: Nicht im Büro",
        "Subject: Urlaubsvertretung",
        "Subject: Out of Office: hello",
        "Subject: Eingangsbestätigung Ihrer Nachricht",
    ],
)
def test_automatic_answer_is_known_by_standard_habit_or_words(headers):
    assert read(f"From: anna@mail.example\n{headers}\n\nIch bin bald zurück.\n").told.kind == Kind.AUTOMATIC


@pytest.mark.parametrize(
    "subject",
    ["Ich bin nicht zufrieden", "Urlaub: bitte erst im Mai liefern", "AW: Abwesenheitsnotiz", "Autokissen", ""],
)
def test_mail_of_a_person_is_none(subject):
    assert read(f"From: anna@mail.example\nSubject: {subject}\n\n550 User unknown\n").told.kind == Kind.OTHER


@pytest.mark.parametrize(
    ("words", "kind", "for_good"),
    [
        ("<a@b.example>:\n550 5.1.1 <a@b.example>: Recipient address rejected", Kind.BOUNCED, True),
        ("Der Empfänger unbekannt: a@b.example", Kind.BOUNCED, True),
        ("host mx said: 554 Message refused", Kind.BOUNCED, False),
        (
            "It will be tried for five days.\n--- Below this line is a copy of the message.\n\n550 Gramm Kaffee",
            Kind.DELAYED,
            False,
        ),
        ("500 g Kaffee wurden noch nicht zugestellt.", Kind.DELAYED, False),
    ],
)
def test_words_of_a_mail_server_without_a_report_count_where_they_name_a_final_code(words, kind, for_good):
    told = read(f"From: Mail Delivery <mailer-daemon@mx.example>\nSubject: failure\n\n{words}\n").told

    assert (told.kind, told.for_good) == (kind, for_good)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\x00\xff",
        "Content-Type: multipart/report; boundary=b\n\n--b\nContent-Type: message/delivery-status\n",
        "Subject: =?x-none?q?=ff?=\n\n",
    ],
)
def test_mail_that_is_none_harms_nobody(text):
    assert read(text).told.kind == Kind.OTHER


def test_reading_knows_no_customer_and_no_message():
    source = Path(__file__).parents[2] / "src" / "stammkunde" / "mailbox" / "reports.py"

    assert "stammkunde." not in source.read_text(encoding="utf-8")
