# ruff: noqa: PLC0415 - Django is loaded once the database is named
"""
Messages per second through the full way (row, decision, rendering, SMTP, state) against Django's `send_messages`.

    python bench/outreach_send.py [--messages 5000] [--latency 0 5]
    DATABASE_URL=postgresql://… python bench/outreach_send.py …          # an empty database of its own

Both send the same mails to the same sink, a process of its own that answers every command after so many milliseconds,
as a server does that is not on the same machine. Django opens one connection for all and keeps nothing; ours are rows
that survive a crash. One run, one after the other.
"""

import argparse
import asyncio
import multiprocessing
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from multiprocessing.connection import Connection
from pathlib import Path

ROOT = Path(__file__).parents[1]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--messages", type=int, default=5_000)
    parser.add_argument("--latency", type=float, nargs="+", default=[0, 5], help="milliseconds before each answer")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.inside:
        measure(asked)
        return 0
    with tempfile.TemporaryDirectory() as directory:
        path = os.pathsep.join((str(ROOT / "src"), str(ROOT)))
        environ = os.environ | {"STAMMKUNDE_DATA_DIR": directory, "PYTHONPATH": path}
        return subprocess.run(
            [sys.executable, __file__, *sys.argv[1:], "--inside"], env=environ, check=False
        ).returncode


class Sink(asyncio.Protocol):
    """The least that is a mail server: it takes everything, after a while."""

    latency = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport, self.rest, self.is_text = transport, b"", False
        self.say(b"220 sink ESMTP\r\n")

    def data_received(self, data: bytes) -> None:
        self.rest += data
        while True:
            end = b"\r\n.\r\n" if self.is_text else b"\r\n"
            line, found, rest = self.rest.partition(end)
            if not found:
                return
            self.rest = rest
            self.answer(line)

    def answer(self, line: bytes) -> None:
        if self.is_text:
            self.is_text = False
            self.say(b"250 taken\r\n")
        elif line[:4].upper() == b"DATA":
            self.is_text = True
            self.say(b"354 go on\r\n")
        elif line[:4].upper() == b"QUIT":
            self.say(b"221 bye\r\n")
        else:
            self.say(b"250 ok\r\n")

    def say(self, words: bytes) -> None:
        if self.latency:
            asyncio.get_running_loop().call_later(self.latency, self.transport.write, words)
        else:
            self.transport.write(words)


def serve(pipe: Connection, latency: float) -> None:
    async def run() -> None:
        Sink.latency = latency / 1000
        server = await asyncio.get_running_loop().create_server(Sink, "127.0.0.1", 0)
        pipe.send(server.sockets[0].getsockname()[1])
        await asyncio.Event().wait()

    asyncio.run(run())


def measure(asked: argparse.Namespace) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "stammkunde.settings"
    import django
    from django.conf import settings

    django.setup()
    from django.core.management import call_command

    call_command("migrate", interactive=False, verbosity=0)
    settings.PUBLIC_URL = "https://kunden.example"
    settings.EMAIL_IS_SET, settings.EMAIL_HOST, settings.EMAIL_USE_TLS = True, "127.0.0.1", False
    print(f"{'':8} {'messages per second of the clock':^51}         {'ms of the processor for each':^36}")
    names = ("Django", "plan", "send", "whole way")
    print(f"{'latency':>8}", *(f"{name:>12}" for name in names), f"{'ratio':>6}", *(f"{name:>9}" for name in names))
    for latency in asked.latency:
        ours, theirs = multiprocessing.Pipe()
        sink = multiprocessing.Process(target=serve, args=(theirs, latency), daemon=True)
        sink.start()
        settings.EMAIL_PORT = ours.recv()
        many = asked.messages if latency == 0 else max(200, asked.messages // 5)
        spent = compare(many)
        sink.kill()
        clock, processor = ([*times, times[1] + times[2]] for times in zip(*spent, strict=True))
        rates, each = [many / one for one in clock], [one / many * 1000 for one in processor]
        print(
            f"{latency:6.0f}ms",
            *(f"{rate:10.0f}/s" for rate in rates),
            f"{rates[-1] / rates[0]:6.2f}",
            *(f"{one:7.2f}ms" for one in each),
            flush=True,
        )


Spent = tuple[float, float]  # seconds of the clock, and of the processor


def timed(work: Callable[[], object]) -> Spent:
    clock, processor = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - clock, time.process_time() - processor


def compare(many: int) -> tuple[Spent, Spent, Spent]:
    from django.conf import settings
    from django.utils import timezone
    from tests.outreach.planning import company, everybody, plan

    from stammkunde.outreach import services, working
    from stammkunde.outreach.models import Message

    text = "Guten Tag,\n\n" + "vielen Dank für Ihren Einkauf. Wir freuen uns auf Ihren nächsten Besuch! " * 12
    content = {"subject": "Grüße aus dem Musterhaus", "text": text, "html": f"<p>{text}</p>" * 4}
    house, people = company(), list(everybody(many))
    now = timezone.now()
    plans = [plan(one, content=content, not_before_at=now, latest_at=now + timedelta(days=2)) for one in people]

    planning = timed(lambda: services.plan_messages(plans, now=now))
    messages = list(Message.objects.filter(state="planned"))
    peer = timed(lambda: by_django(messages, house))
    settings.EMAIL_BACKEND = "stammkunde.outreach.smtp.Backend"
    sending = timed(lambda: all(iter(lambda: working.sweep(now=timezone.now()), False)))
    assert Message.objects.filter(state="handed_over", customer__in=[one.pk for one in people[:900]]).count() == min(
        many, 900
    )
    assert not Message.objects.exclude(state="handed_over").exists()
    return peer, planning, sending


def by_django(messages: list, house: object) -> None:
    from email.utils import formataddr

    from django.conf import settings
    from django.core.mail import EmailMultiAlternatives, get_connection

    from stammkunde.outreach import foot
    from stammkunde.outreach.channels.email import headers

    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    mails = []
    for one in messages:
        mail = EmailMultiAlternatives(
            subject=one.content["subject"],
            body=one.content["text"],
            from_email=formataddr((house.sender_name, house.sender_email)),
            to=[one.address],
            headers=headers(one, house, url=foot.ways(one, channel="email")[0]),
        )
        mail.attach_alternative(one.content["html"], "text/html")
        mails.append(mail)
    assert get_connection().send_messages(mails) == len(messages)


if __name__ == "__main__":
    sys.exit(main())
