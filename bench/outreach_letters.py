# ruff: noqa: PLC0415 - Django is loaded once it is configured
"""
A thousand different letters with QR codes as one PDF: ours against reportlab.

    python bench/outreach_letters.py [--letters 1000] [--runs 3]

Both set the same words: address, subject, six paragraphs, an offer with a code of its own and its QR code. Ours also
has letterhead, facts, foot and folding marks. The peer runs in an environment of its own, made beside this file from
`peers/requirements.txt`; each run is a process, and its start is not counted.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
import venv
from datetime import date
from pathlib import Path
from statistics import median

ROOT = Path(__file__).parents[1]
WORDS = """Guten Tag Kim Weber {n},

seit vier Jahren kaufen Sie bei uns ein, zuletzt Pflanzerde im Frühjahr. Seitdem haben wir nichts mehr von Ihnen \
gehört, und das finden wir schade. Haben wir etwas falsch gemacht? Dann sagen Sie es uns, wir hören zu.

Damit der Herbst gut beginnt, haben wir für Sie torffreie Erde frisch gemischt, liefern bis an die Gartentür und \
beraten am Telefon, ohne Warteschleife. Ihre Kundennummer ist {n}; nennen Sie sie, und wir wissen gleich Bescheid.

Außerdem liegt für Sie ein Gutschein bereit. Er gilt für alles, was wächst, und für alles, was dabei hilft.

Wir freuen uns auf Sie.

Mit freundlichen Grüßen"""
LINK = "https://musterhaus.example/gutschein/{code}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--letters", type=int, default=1_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--inside", choices=["ours", "reportlab"], help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.inside:
        print(json.dumps({"ours": ours, "reportlab": reportlab}[asked.inside](asked.letters)))
        return 0
    found: dict[str, list[dict[str, float]]] = {"ours": [], "reportlab": []}
    for _run in range(asked.runs):
        for name, python in (("ours", sys.executable), ("reportlab", str(peer()))):
            found[name].append(run(python, name, asked.letters))
    report(found, asked.letters)
    return 0


def peer() -> Path:
    """Set the peers' environment up, and again when what it needs has changed."""
    home = ROOT / "bench/peers"
    python, wanted, installed = home / ".venv/bin/python", home / "requirements.txt", home / ".venv/requirements.txt"
    if not installed.exists() or installed.read_text() != wanted.read_text():
        venv.create(home / ".venv", with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "-q", "-r", wanted], check=True, timeout=600)
        installed.write_text(wanted.read_text())
    return python


def run(python: str, name: str, letters: int) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as directory:
        environ = os.environ | {"STAMMKUNDE_DATA_DIR": directory, "PYTHONPATH": str(ROOT / "src")}
        command = [python, __file__, "--inside", name, "--letters", str(letters)]
        done = subprocess.run(command, env=environ, check=True, capture_output=True, text=True)
        measured: dict[str, float] = json.loads(done.stdout)
        return measured


def report(found: dict[str, list[dict[str, float]]], letters: int) -> None:
    middle = {
        name: {what: median(one[what] for one in runs) for what in ("clock", "processor", "megabytes")}
        for name, runs in found.items()
    }
    print(f"{letters} letters, median of {len(found['ours'])}, load {os.getloadavg()[0]:.0f}")
    for name, one in middle.items():
        print(f"{name:10} {one['clock']:7.2f} s  {one['processor']:7.2f} s of processor  {one['megabytes']:6.1f} MB")
    for what in ("clock", "processor"):
        print(f"by {what}: {middle['reportlab'][what] / middle['ours'][what]:.1f} times as quick")


def measured(make: object, begun: float, begun_processor: float) -> dict[str, float]:
    made = make() if callable(make) else b""
    return {
        "clock": time.perf_counter() - begun,
        "processor": time.process_time() - begun_processor,
        "megabytes": len(made) / 1e6,
    }


def ours(letters: int) -> dict[str, float]:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "stammkunde.settings")
    django.setup()
    from stammkunde.outreach import paper

    sender = paper.Sender(name="Musterhaus", address="Lindenstraße 12\n50667 Köln", imprint="Musterhaus", link=LINK)

    def make() -> bytes:
        pieces = [_piece(paper, sender, n) for n in range(letters)]
        return paper.pdf("letter", sender=sender.data(), pieces=pieces, on=date(2026, 11, 26))

    return measured(make, time.perf_counter(), time.process_time())


def _piece(paper: object, sender: object, n: int) -> dict[str, object]:
    text = WORDS.format(n=n)
    offer = {"kind": "offer", "title": "20 € auf Ihre nächste Bestellung", "text": "Ab 60 € Einkauf."}
    content = {"subject": "Ihr Garten ist uns etwas wert", "code": f"GARTEN-{n:05}"}
    content["blocks"] = [offer, {"kind": "text", "text": text}]
    lines = (f"Kim Weber {n}", f"Weg {n}", "10115 Berlin")
    reader = paper.Reader(lines=lines, number=str(n), contact="Jonas Brandt")
    return paper.piece(content=content, language="de", reader=reader, sender=sender)


def reportlab(letters: int) -> dict[str, float]:
    import io

    from reportlab.graphics.barcode.qr import QrCodeWidget
    from reportlab.graphics.shapes import Drawing
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.styles import getSampleStyleSheet
    from reportlab.lib.units import mm
    from reportlab.platypus import PageBreak, Paragraph, SimpleDocTemplate, Spacer, Table

    style = getSampleStyleSheet()["BodyText"]

    def square(code: str) -> Drawing:
        widget = QrCodeWidget(LINK.format(code=code), barWidth=24 * mm, barHeight=24 * mm)
        return Drawing(24 * mm, 24 * mm, widget)

    def make() -> bytes:
        story: list[object] = []
        for n in range(letters):
            code = f"GARTEN-{n:05}"
            story += [Paragraph(line, style) for line in (f"Kim Weber {n}", f"Weg {n}", "10115 Berlin")]
            story += [Spacer(1, 40 * mm), Paragraph("<b>Ihr Garten ist uns etwas wert</b>", style)]
            words = [Paragraph(f"<b>20 € auf Ihre nächste Bestellung</b><br/>Ab 60 € Einkauf.<br/>{code}", style)]
            story += [Table([[words, square(code)]], colWidths=[130 * mm, 30 * mm])]
            story += [Paragraph(part, style) for part in WORDS.format(n=n).split("\n\n")]
            story += [PageBreak()]
        out = io.BytesIO()
        SimpleDocTemplate(out, pagesize=A4, leftMargin=25 * mm, rightMargin=20 * mm, topMargin=45 * mm).build(story)
        return out.getvalue()

    return measured(make, time.perf_counter(), time.process_time())


if __name__ == "__main__":
    sys.exit(main())
