"""
What has happened in the company that is recorded: people use its pages, and its worker works.

Everything is done through pages, by URL name, as people do it; so a move of modules leaves the story alone.
"""

import re
import tempfile
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from recording import aliases
from recording.asks import customers
from recording.commands import command, work
from recording.fixed import clock
from recording.post import Post
from recording.visitor import NotDone, Visitor, number
from recording.visits import named

CONSENTS = 60  # customers who allow offers by mail
ORDERS = """\
Rechnungsnummer;Rechnungsdatum;Kundennummer;Kundenname;Artikelnummer;Bezeichnung;Menge;Einzelpreis
R1;21.09.2026;17850;Blumen Brandt;A1;Teelicht;6;2,55
R2;22.10.2026;13047;Hofladen Petersen;A2;Laterne;6;3,39
R3;31.02.2026;13047;Hofladen Petersen;A1;Teelicht;10;2,55
"""
PROSPECTS = """\
Name;Ort;Branche;Region;Land;Art
Gasthaus Kranich;Köln;Gastronomie;Nordrhein-Westfalen;Deutschland;Firma
Anna Beispiel;Berlin;;Berlin;Deutschland;Privat
Hotel Seeblick;Kiel;Hotellerie;Schleswig-Holstein;Deutschland;Firma
"""
THEN = "2026-11-20T10:00"


class Story:
    """The people, and what they know of each other's work."""

    def __init__(self, staff: dict[str, Any], post: Post) -> None:
        self.post = post
        self.who = {role: Visitor(person) for role, person in staff.items()}
        self.staff = staff
        self.tokens: dict[str, str] = {}
        self.links: list[str] = []
        self.said: list[str] = []  # by commands

    def tell(self) -> None:
        self._set_up()
        self._meet_people()
        self._bring_files()
        self._agree()
        self._write_templates()
        work()
        self._work_on_tasks()
        self._talk()
        self._write()
        self._run_campaign()
        self._print()
        self._next_day()

    def _set_up(self) -> None:
        """The company says who it is, and when customers may be disturbed."""
        chief = self.who["administrator"]
        chief.fill(
            "settings-contact", sender_name="Grünwerk", sender_email="gruss@gruenwerk.example",
            imprint="Grünwerk Haus & Garten GmbH\nLindenstraße 12, 50667 Köln",
            privacy_url="https://gruenwerk.example/datenschutz",
        )  # fmt: skip
        chief.fill(
            "settings-paper", sender_address="Lindenstraße 12\n50667 Köln", sender_phone="0221 4710000",
            voucher_url="https://gruenwerk.example/g",
        )  # fmt: skip
        chief.fill("settings-sending", cap_contacts="3", cap_days="7")
        for role in ("administrator", "service", "analyst"):
            self.who[role].do("token-create", name="Kasse")
            self.tokens[role] = self.who[role].client.session["new_token"]
        self._save_a_view(name="Rot und groß", query="level=red&sort=at_risk")

    def _save_a_view(self, *, name: str, query: str) -> None:
        """Views are saved at the list's own address; earlier they had one of their own."""
        if named("customers-save-view"):
            self.who["sales"].do("customers-save-view", name=name, query=query, shared="on")
        else:
            self.who["sales"].do("customers", ask=f"?{query}", view=name, shared="on")

    def _meet_people(self) -> None:
        """A customer of each kind by hand, with people, notes and wishes."""
        seller = self.who["sales"]
        self.alone = number(
            seller.fill("customer-new", number="H-1", name="Kaffee Lux e.K.", kind="company", email="lux@lux.example",
                        phone="030 23125 100", street="Hauptstraße 1", postcode="10115", city="Berlin",
                        country="Deutschland", attributes_text="Tour: Nord")
        )  # fmt: skip
        self.firm = number(
            seller.fill("customer-new", number="H-2", name="Weber & Töchter GmbH", kind="company",
                        email="post@weber.example", phone="0221 4710 200", street="Ringstraße 5", postcode="50667",
                        city="Köln", country="Deutschland")
        )  # fmt: skip
        people = (("Frau", "Dr.", "Anna", "Weber", "decision_maker"), ("Herr", "", "Jan", "Weber", "purchasing"),
                  ("Frau", "", "Lea", "Kurz", "user"), ("", "", "Kim", "Ost", "influencer"),
                  ("Herr", "", "Tom", "Süd", "other"))  # fmt: skip
        for salutation, title, first, last, role in people:
            seller.fill("contact-person-new", self.firm, salutation=salutation, title=title, first_name=first,
                        last_name=last, role=role, email=f"{first.lower()}@weber.example", phone="0221 4710 201",
                        birthday_on="1980-11-26")  # fmt: skip
        self.people = list(aliases.model("ContactPerson").objects.filter(customer=self.firm).order_by("pk"))
        seller.do("note-add", self.firm, text="Trinkt Tee.", contact_person=self.people[0].pk, kind="matters")
        seller.do("note-add", self.alone, text="Neue Maschine ab März.")
        seller.fill("customer-edit", self.alone, phone="030 23125 101")

    def _bring_files(self) -> None:
        """Consents and orders as files; one import has a bad row, and one is taken back."""
        chief = self.who["administrator"]
        reachable = (
            aliases.model("Customer").objects.filter(source__startswith="demo:").exclude(email="").order_by("pk")
        )
        self._by_command("einwilligungen.csv", _consents(reachable[:CONSENTS]))
        self._import("bestellungen.csv", ORDERS)
        self.undone = self._import("versehen.csv", ORDERS.replace("\nR", "\nV").replace("31.02", "28.02"))
        chief.do("import-undo", self.undone)
        work()
        self._upload("liegt.csv", ORDERS.replace("\nR", "\nW"))

    def _by_command(self, name: str, text: str) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / name
            path.write_text(text)
            self.said.append(command("import", "--layout", "consents", "--origin", "demo", str(path)))

    def _import(self, name: str, text: str) -> int:
        pk = self._upload(name, text)
        self.who["administrator"].fill("import", pk, where="layout", to="import-start", do="import")
        work()
        return pk

    def _upload(self, name: str, text: str) -> int:
        return number(self.who["administrator"].do("import-upload", files=SimpleUploadedFile(name, text.encode())))

    def _agree(self) -> None:
        """What was said about contact: allowed, asked by mail, taken back, wished."""
        service = self.who["service"]
        anna, jan, *_others = self.people
        service.fill("consent-record", self.firm, person=anna.pk, channels=["email", "phone"], happened_at=THEN,
                     purposes=["advertising", "newsletter", "thanks"], basis="written", origin="Messe Köln",
                     wording="Ja, ich will.", note="Ordner 3")  # fmt: skip
        service.fill("consent-withdraw", self.firm, person=jan.pk, channels=["post"], purposes=["advertising"],
                     happened_at=THEN, origin="Telefon")  # fmt: skip
        service.do("consent-ask", self.alone, person=0, purposes=["newsletter", "survey"], origin="Ladentheke")
        service.fill("preference-edit", self.firm, ask=f"?person={anna.pk}", form="du", language="en",
                     max_contacts="1", per_days="14", call_from="09:00", call_until="11:30", call_weekdays=["1", "2"],
                     tone="kurz und sachlich")  # fmt: skip
        service.fill("preference-edit", self.alone, paused_until_on="2026-12-24")

    def _write_templates(self) -> None:
        """Ready-made templates, and one of our own for each way."""
        self.who["marketing"].do("template-start")
        self.templates = {
            channel: self._template(channel, purpose, name)
            for channel, purpose, name in (
                ("email", "advertising", "Herbstangebot"), ("letter", "advertising", "Brief im Herbst"),
                ("postcard", "thanks", "Karte zum Dank"),
            )
        }  # fmt: skip
        self.thanks = self._template("email", "thanks", "Danke für den Einkauf")
        self.who["marketing"].do("template-duplicate", self.templates["email"])
        old = number(self.who["marketing"].do("template-duplicate", self.templates["letter"]))
        self.who["marketing"].do("template-archive", old)

    def _template(self, channel: str, purpose: str, name: str) -> int:
        writer = self.who["marketing"]
        pk = number(writer.fill("template-add", name=name, channel=channel, purpose=purpose, motif=None, format=None,
                                **({"signature": "on"} if channel == "letter" else {})))  # fmt: skip
        for form, word in (("sie", "Ihr"), ("du", "Dein")):
            said = {
                "act": "save", "subject": f"{word} {name}", "preview": "Ein Gruß aus Köln", "blocks": "1",
                "block-0-kind": "text", "customer": "",
                "block-0-text": f"{{greeting}},\n\nvielen Dank. **{word} Gruß** aus [Köln](https://gruenwerk.example).",
            }  # fmt: skip
            writer.do("template", pk, ask=f"?words=de-{form}", **said)
        return pk

    def _work_on_tasks(self) -> None:
        """Tasks by hand, suggestions of the work list, and warnings."""
        seller, chief = self.who["sales"], self.who["management"]
        for place, customer in enumerate(customers().values()):
            seller.do("task-add", title=f"Anrufen {place}", customer=customer.pk, due_on="2026-11-24", note="Muster")
        seller.do("task-add", title="Bruchware", customer=self.firm, due_on="2026-11-23", complaint="on")
        tasks = aliases.model("Task").objects.order_by("pk")
        seller.do("today-act", key=f"task:{tasks[0].pk}:", act="done", minutes="15", outcome="Erreicht")
        warned = [
            one.customer_id for one in aliases.model("EarlyWarning").objects.filter(outcome="open").order_by("pk")
        ]
        for customer, act in zip(warned, ("task", "snooze", "dismiss"), strict=False):
            later = {"later": "2026-11-27"} if act == "snooze" else {"act": act}
            chief.do("warnings-act", customer=customer, **later)
        keys = list(
            dict.fromkeys(re.findall(r'name="key" value="([^"]+)"', seller.see("today", who="all", shown="40")))
        )
        for key, said in zip(keys[4:], ({"act": "done", "minutes": "24"}, {"act": "dismiss"}, {"later": "2026-11-25"}),
                             strict=False):  # fmt: skip
            seller.do("today-act", key=key, **said)

    def _talk(self) -> None:
        """Calls with every kind of outcome; one is taken back, one is being written down."""
        seller = self.who["sales"]
        guide = {"opening": "{greeting}, hier ist {staff}.", "questions": "Eins?\nZwei?", "goals": "Ziel"}
        if not self._try(lambda: self.who["marketing"].fill("guide", "risk", "de", "sie", **guide)):
            self.who["marketing"].fill("guide", "risk", "de", "sie", **guide | {"opening": "{greeting}."})
        calls = (("reached", self.firm), ("not_reached", self.alone), ("call_back", self.firm),
                 ("wants_offer", self.alone), ("complaint", self.firm), ("not_interested", self.alone))  # fmt: skip
        for place, (outcome, customer) in enumerate(calls):
            agreed = {"agreed_on": "2026-11-26", "agreed_time": "10:30"} if outcome == "call_back" else {}
            seller.do("call-record", customer, key=f"00000000-0000-4000-8000-{place:012}", outcome=outcome,
                      note=f"Gesagt: {outcome}", minutes="7", person=self.people[0].pk if customer == self.firm else "",
                      **agreed)  # fmt: skip
            clock.go_on(minutes=10)
        last = aliases.model("Call").objects.order_by("pk").last()
        seller.do("call-undo", last.pk)
        seller.do("call-draft", self.alone, note="Noch am Apparat …", goals=["Ziel"])

    def _write(self) -> None:
        """Single messages: by mail and on paper, allowed and refused."""
        seller, consumer = self.who["sales"], customers()["consumer"]
        for place, (to, person, channel, purpose) in enumerate((
            (self.firm, self.people[1].pk, "email", "service"), (consumer.pk, "", "letter", "service"),
            (self.firm, self.people[0].pk, "email", "advertising"), (self.alone, "", "email", "advertising"),
            (consumer.pk, "", "postcard", "thanks"),
        )):  # fmt: skip
            said = {"act": "send", "person": person, "channel": channel, "purpose": purpose, "template": "",
                    "once": f"10000000-0000-4000-8000-{place:012}", "subject": "Ihre Frage", "preview": "",
                    "blocks": "1", "block-0-kind": "text", "block-0-text": "{greeting},\n\nja, morgen."}  # fmt: skip
            self._try(lambda to=to, said=said: seller.do("customer-write", to, **said))
        work()

    def _run_campaign(self) -> None:
        """A campaign by mail that runs, one on paper, one that is ready, and thanks."""
        writer = self.who["marketing"]
        self.plays = [
            number(writer.fill("campaign-new", ask=f"?{query}", name=name, template=self.templates[channel],
                               valid_days="10", holdout_percent=holdout))
            for name, channel, query, holdout in (
                ("Herbst", "email", "kind=person", "20"), ("Post an Firmen", "letter", "kind=company&q=gart", "0"),
                ("Wartet", "email", "kind=company", "10"),
            )
        ]  # fmt: skip
        work()
        for play in self.plays[:2]:
            writer.do("play-start", play)
        thanks = number(writer.fill("thanks-new", name="Dank", template=self.thanks, delay_days="0",
                                    after_on="2026-11-01"))  # fmt: skip
        self._try(lambda: writer.do("play-start", thanks))
        work()
        clock.go_on(hours=2)
        work()
        self.links = sorted({link for _to, mail in self.post.told() for link in re.findall(r"/c/[^\s>\"⟧›]+", mail)})

    def _print(self) -> None:
        """What waits on paper: one run handed over, one ready."""
        writer = self.who["marketing"]
        for channel in ("letter", "postcard"):
            self._try(lambda channel=channel: writer.do("print-run-make", channel=channel, origin=""))
        work()
        runs = aliases.model("PrintRun").objects.order_by("pk")
        if runs:
            self._try(lambda: writer.do("print-run-hand-over", runs[0].pk))

    def _next_day(self) -> None:
        """A day later the customers answer, and the figures are computed anew."""
        clock.go_on(days=1)
        visitor = Visitor()
        for kind, said in (("confirm", {"act": "yes"}), ("unsubscribe", {"what": "one"})):
            for link in [one for one in self.links if kind in one][:1]:
                visitor.client.post(link, said)
        work(figures=True)

    def _try(self, step: Any) -> bool:
        """Take a step that may be refused; the pages then show the refusal."""
        try:
            step()
        except NotDone:
            return False
        return True


def _consents(rows: Any) -> str:
    """Write a file of consents: most of them for offers by mail, some for thanks, one against letters."""
    lines = ["Kundennummer;Kanal;Zweck;Stand;Datum;Adresse;Herkunft;Wortlaut;Nachweis"]
    for place, row in enumerate(rows):
        said = f"erteilt;01.03.2026;{row.email};Messe;Ja, gern.;Ordner {place}"
        lines += [f"{row.number};E-Mail;{purpose};{said}" for purpose in ("Angebote", "Dank")[: 1 + place % 2]]
    lines.append(f"{rows[0].number};Post;Angebote;widersprochen;02.03.2026;;Brief;;")
    return "\n".join(lines) + "\n"
