"""What the office decides once: as whom the company writes, what post costs, its guides, templates and lists."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta

from django.utils import timezone

from stammkunde.calls import queries as guides
from stammkunde.calls import services as calls
from stammkunde.customers.models import Customer, Purpose
from stammkunde.demo import names, pictures
from stammkunde.demo.story import Deed, Story
from stammkunde.outreach import services as outreach
from stammkunde.outreach.content import Block, Text
from stammkunde.outreach.models import Template
from stammkunde.signals import hourly, yearly
from stammkunde.team import saved_views
from stammkunde.team import services as team
from stammkunde.team.models import Staff

LETTER_CENTS, POSTCARD_CENTS = 118, 96
VIEWS = (
    ("A-Kunden in Gefahr", "abc=A&level=red"),
    ("Gastronomie in Bayern", "industry=Gastronomie&region=Bayern"),
    ("Lange nicht gekauft, wertvoll", "abc=A&stage=dormant"),
)
WITH_PICTURE = "Neue Angebote"
SPRING_CARD = "Frühlingskarte mit Gutschein"
HOUR_CENTS = {"management": 9_500, "sales": 5_400, "service": 3_900, "marketing": 4_800, "": 4_600}
RAISED_CENTS = {"sales": 5_700, "service": 4_150}
WINNING_CENTS, KEEPING_CENTS = 940, 410  # a year, by customer of the company


def deeds(story: Story) -> Iterator[Deed]:
    """Give what is decided in the first weeks, and what was changed later."""
    (management,), (marketing,) = story.with_role("management"), story.with_role("marketing")
    begin = story.at(story.first, 8)
    yield Deed(at=begin, do=lambda at: _identity(management, at))
    yield Deed(at=begin, do=lambda at: _face(management, at))
    for sells in story.with_role("sales"):
        yield Deed(at=begin, do=_signature(sells))
    yield Deed(at=begin + timedelta(days=1), do=lambda at: _templates(marketing, at))
    yield Deed(at=begin + timedelta(days=2), do=lambda at: _hour_costs(management, HOUR_CENTS, at))
    yield Deed(at=begin + timedelta(days=20), do=lambda at: _guide(management, at))
    yield Deed(at=begin + timedelta(days=30), do=lambda _at: _views(marketing))
    sells = story.with_role("sales")[-1]
    half = story.at(story.first + (story.last - story.first) / 2, 9)
    hours, fewer = sells.hours_per_week, sells.hours_per_week - 4
    yield Deed(at=half, do=lambda at: _hour_costs(management, RAISED_CENTS, at))
    for year in range(story.first.year, story.last.year):
        yield Deed(at=story.at(date(year + 1, 1, 8), 9), do=_year_costs(management, year))
    for at, now_hours in ((begin + timedelta(days=40), fewer), (half, hours)):
        yield Deed(at=at, do=_hours(management, sells, now_hours))


def _hours(by: Staff, who: Staff, hours: int) -> Callable[[datetime], object]:
    return lambda at: team.change_staff(by=by, staff_id=who.pk, now=at, hours_per_week=hours)


def _identity(by: Staff, at: datetime) -> None:
    team.change_company(
        by=by,
        now=at,
        sender_name="Grünwerk Haus & Garten",
        sender_email="hallo@gruenwerk.example",
        imprint="Grünwerk Haus & Garten GmbH\nGartenweg 8, 99423 Weimar\nGeschäftsführerin: Miriam Falkner",
        privacy_url="https://www.gruenwerk.example/datenschutz",
        sender_address="Gartenweg 8\n99423 Weimar",
        sender_phone="030 23125 100",
        voucher_url="https://www.gruenwerk.example/gutschein",
        letter_cost_cents=LETTER_CENTS,
        postcard_cost_cents=POSTCARD_CENTS,
    )


def _face(by: Staff, at: datetime) -> None:
    """Decide what mails look like."""
    team.change_company(
        by=by,
        now=at,
        logo=outreach.add_picture(raw=pictures.logo(), title="Logo", by=by, now=at),
        mail_colour=pictures.GREEN,
        mail_signature="Ihr Grünwerk-Team\nTelefon 030 23125 100",
        shop_url=names.SHOP,
        social_urls={
            "Instagram": "https://www.instagram.com/gruenwerk.example",
            "Pinterest": "https://www.pinterest.de/gruenwerk.example",
        },
    )
    outreach.keep_logo(now=at)


def _signature(whose: Staff) -> Callable[[datetime], object]:
    words = f"{whose.name}\nGrünwerk Haus & Garten\nTelefon 030 23125 1{whose.pk % 90 + 10}"
    return lambda at: team.change_profile(staff=whose, now=at, signature=words)


def _hour_costs(by: Staff, cents: Mapping[str, int], at: datetime) -> None:
    for role, each in cents.items():
        hourly.write_down(role=role, holds_from_on=timezone.localdate(at), cents=each, by=by, now=at)


def _year_costs(by: Staff, year: int) -> Callable[[datetime], object]:
    """Write down at the beginning of a year what winning and keeping customers cost in the one before."""

    def write(at: datetime) -> None:
        customers = Customer.objects.count()
        said = {"winning_cents": customers * WINNING_CENTS, "keeping_cents": customers * KEEPING_CENTS}
        yearly.write_down(year=year, **said, by=by, now=at)

    return write


def _templates(by: Staff, at: datetime) -> None:
    """Take the ready-made templates with the own shop behind their buttons, and add a postcard; one has a picture."""
    spring = outreach.add_picture(raw=pictures.spring(), title="Frühlingswiese", by=by, now=at)
    shown = Block(kind="picture", picture=spring.name, label="Eine blühende Wiese im Frühling")
    for template in outreach.create_starters(language="de", by=by, now=at):
        for (language, form), text in outreach.words(template).items():
            blocks = tuple(_own(block) for block in text.blocks)
            own = replace(text, blocks=(shown, *blocks) if template.name == WITH_PICTURE else blocks)
            outreach.put_words(template_id=template.pk, language=language, form=form, text=own, by=by, now=at)
        if template.purpose == Purpose.THANKS:
            same = {"name": template.name, "channel": template.channel, "purpose": template.purpose}
            outreach.change_template(template_id=template.pk, **same, options={"signed": "owner"}, by=by, now=at)
    card = outreach.create_template(
        name=SPRING_CARD, channel="postcard", purpose="advertising", by=by, now=at, options={"motif": "blossom"}
    )
    outreach.put_words(template_id=card.pk, language="de", form="sie", text=CARD, by=by, now=at)


CARD = Text(
    subject="Der Garten ruft",
    blocks=(
        Block(kind="text", text="{greeting},\n\nim Garten geht es los, und wir haben an Sie gedacht."),
        Block(kind="offer", title="10 % auf Ihren nächsten Einkauf", text="Ihr Code: **FRUEHLING**"),
        Block(kind="text", text="Herzliche Grüße\n{owner|Ihr Team}\n{sender}"),
    ),
)


def _own(block: Block) -> Block:
    return replace(block, url=names.SHOP) if block.url else block


def _guide(by: Staff, at: datetime) -> None:
    """Put a question of one's own into a guide."""
    script = guides.guide("risk", "de", "sie")
    own = replace(script, questions=("Wie war die letzte Lieferung, kam alles heil an?", *script.questions))
    calls.change_guide(kind="risk", language="de", form="sie", script=own, staff=by, now=at)


def _views(by: Staff) -> None:
    for name, query in VIEWS:
        saved_views.save(page="customers", name=name, query=query, shared=True, staff=by)


def template(name: str) -> Template:
    """Find a template by what it is called."""
    return Template.objects.get(name=name)
