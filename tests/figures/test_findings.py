"""What the lost and the best have in common: the pages, the ways on, the files, and who may."""

import csv
import io
import json
import re
from dataclasses import replace
from datetime import date
from urllib.parse import urlencode

import numpy as np
import pytest
from click.testing import CliRunner
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation
from python_calamine import CalamineWorkbook

from stammkunde.cli import main
from stammkunde.customers.models import Customer
from stammkunde.figures import prospects
from stammkunde.insight.drivers import Finding, Trait
from stammkunde.insight.errors import InvalidInput
from stammkunde.insight.risk.bins import Bins
from stammkunde.sales.services import mark_changed
from stammkunde.segments import traits
from stammkunde.signals import answers
from stammkunde.team.models import AuditEntry, SavedView
from tests import factories
from tests.figures.findings_shop import open_shop, refreshed

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.same_on_both("worked out from the mirror; test_refresh, test_working and test_warned ask both"),
]

LATE = [Trait("late_delivery", "", "yes")]


@pytest.fixture
def english(administrator):
    administrator.language = "en"
    administrator.save()
    return administrator


@pytest.fixture
def fresh_shop(english, once):
    return once(open_shop)


@pytest.fixture
def shop(fresh_shop, settings):
    """The shop with what former tests worked out: facts of one version say the same."""
    settings.CACHES = {"default": settings.CACHES["default"] | {"LOCATION": "worked out of the shop"}}
    return fresh_shop


def text_of(answer):
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode().split("<main")[-1]).split())


def sharing(chosen):
    return f"/customers/?{urlencode({'behind': 'sharing', 'traits': traits.write(chosen)})}"


def test_findings_come_after_the_page_and_then_at_once(client, english, fresh_shop, django_assert_num_queries):
    client.force_login(english)

    shell = client.get("/lost/")
    part = client.get("/lost/", headers={"HX-Request": "true"})
    whole = text_of(client.get("/lost/"))

    assert 'hx-get="/lost/"' in shell.content.decode()
    assert "More frequent among the lost" not in text_of(shell)
    assert "<html" not in part.content.decode()
    for page in (text_of(part), whole):
        assert "Kind: Private customers True of" in page
        assert "A late delivery in the 60 days before True of" in page
        assert "An association is no cause." in page
    assert len(answers.drivers().clear) > 1
    with django_assert_num_queries(6):
        client.get("/lost/", headers={"HX-Request": "true"})


def test_late_deliveries_lead_to_customers_still_here_who_had_one(client, english, shop):
    client.force_login(english)
    expected = set(answers.customers_sharing(LATE))

    page = client.get(sharing(LATE))

    listed = {int(pk) for pk in re.findall(r'href="/customers/(\d+)/"', page.content.decode())}
    assert listed
    assert listed <= expected
    assert "Still here: A late delivery in the 60 days before" in text_of(page)
    named = re.findall(r'href="(/customers/\?behind=sharing[^"]+)"', client.get("/lost/?now=1").content.decode())
    assert sharing(LATE) in [address.replace("&amp;", "&") for address in named]


def test_two_traits_narrow_the_list_and_nonsense_is_told(client, english, shop):
    private = Trait("attribute", "kind", "person")
    client.force_login(english)

    both = answers.customers_sharing([*LATE, private])
    nonsense = client.get("/customers/?behind=sharing&traits=%5B%22x%22%5D", follow=True)

    assert set(both) == {pk for pk in answers.customers_sharing(LATE) if Customer.objects.get(pk=pk).kind == "person"}
    assert "cannot be told" in nonsense.content.decode()
    for address in ("", "{}", "[]", "[1]", json.dumps(["x"] * 9)):
        with pytest.raises(InvalidInput):
            traits.read(address)


def test_those_without_the_right_to_figures_see_nobody_behind_them(client, servant, shop):
    client.force_login(servant)

    codes = [client.get(address).status_code for address in ("/lost/", "/ideal-customer/")]
    codes += [client.post(f"/{address}/").status_code for address in ("lost/export", "ideal-customer/take")]
    listed = [client.get(address) for address in (sharing(LATE), "/customers/?behind=ideal")]

    assert codes == [403] * 4
    assert [re.findall(r'href="/customers/(\d+)/"', page.content.decode()) for page in listed] == [[], []]


def test_findings_are_taken_along_with_a_trace(client, english, shop):
    client.force_login(english)

    answer = client.post("/lost/export/", {"format": "csv"})

    rows = list(csv.DictReader(io.StringIO(answer.getvalue().decode("utf-8-sig"))))
    assert len(rows) == len(answers.drivers().findings)
    assert {row["Trait"] for row in rows if row["Clear"] == "yes"} >= {"Kind: Private customers"}
    assert AuditEntry.objects.filter(action="export", thing="lost", staff=english).count() == 1
    assert client.post("/lost/export/", {"format": "pdf"}).status_code == 400


def test_findings_in_german(client, administrator, shop):
    administrator.language = "de"
    administrator.save()
    client.force_login(administrator)

    page = text_of(client.get("/lost/?now=1"))

    assert "Was Verlorene gemeinsam haben" in page
    assert re.search(
        r"Verspätete Lieferung in den 60 Tagen davor Trifft auf \d+ % der Verlorenen zu, aber nur auf \d+ % der "
        r"vergleichbaren Gebliebenen\. Auf wen es zutrifft, der ging \d,\d+-mal so häufig verloren \(\d,\d+ bis \d",
        page.replace("\xa0", " "),
    )


@pytest.mark.parametrize("name", ["lost", "best"])
def test_findings_are_drawn(client, english, shop, name):
    client.force_login(english)

    picture = client.get(f"/charts/{name}.svg?width=516")
    table = client.get(f"/charts/{name}.json")

    assert picture.content.startswith(b"<svg")
    assert table.json()["spec"]["layer"]


def test_best_customers_are_listed_and_described(client, english, shop):
    client.force_login(english)

    page = text_of(client.get("/ideal-customer/?now=1"))
    listed = client.get("/customers/?behind=ideal")

    best = answers.best_customers()
    assert set(Customer.objects.filter(pk__in=best).values_list("kind", flat=True)) == {"company"}
    assert f"{len(best)} customers are best ones: class A over the last 60 days" in page
    assert "Kind: Companies True of 100% of the best" in page
    assert "in 50. Of the tenth with the highest score" in page
    assert "The best customers" in text_of(listed)


def test_segment_made_of_what_the_best_have_in_common_is_counted_and_kept_by_one_click(client, english, shop):
    client.force_login(english)
    page = client.get("/ideal-customer/?now=1")
    made = page.context["proposal"]
    listed = client.get(made.address)

    assert f"{made.name} : {made.customers} customers still here are so; {made.best} of them best ones" in text_of(page)
    assert made.name.startswith("Kind: Companies")
    assert f"{made.customers} customers" in text_of(listed)
    kept = client.post(made.address, {"view": made.view}, follow=True)
    assert SavedView.objects.get().name == made.view
    assert f"{made.customers} customers" in text_of(kept)


def test_few_best_customers_give_hints_in_wider_words(client, english, shop, monkeypatch):
    found = answers.profile()
    hint = replace(found.clear[0], p=0.04, p_adjusted=0.2)
    monkeypatch.setattr(answers, "profile", lambda: replace(found, best=17, findings=(hint,)))
    client.force_login(english)

    page = text_of(client.get("/ideal-customer/?now=1"))

    assert "With only 17 best customers, chance has a large part" in page
    assert "Hints: may be chance" in page
    assert "A segment from this" not in page


LIST = "Firma;Art;Kanal\nHotel Adler;Unternehmen;Telefon\n=Max;privat;Onlineshop\nClub;Verein;\n"


def upload(client, text, name="list.csv"):
    file = SimpleUploadedFile(name, text.encode())
    return client.post("/ideal-customer/score/", {"file": file}, follow=True)


def test_prospects_are_scored_and_taken_along(client, administrator, shop):
    administrator.language = "de"
    administrator.save()
    client.force_login(administrator)

    page = upload(client, LIST)

    key = re.search(r'name="scored" value="([^"]+)"', page.content.decode())[1]
    assert "3 Interessenten bewertet" in text_of(page)
    assert "Zeile 4: Die Art „Verein“ ist unbekannt" in text_of(page)
    files = {form: client.post("/ideal-customer/take/", {"format": form, "scored": key}) for form in ("csv", "xlsx")}
    rows = list(csv.DictReader(io.StringIO(files["csv"].getvalue().decode("utf-8-sig")), delimiter=";"))
    assert [row["Firma"] for row in rows] == ["Hotel Adler", "Club", "'=Max"]
    assert int(rows[0]["Ähnlichkeit (0–100)"]) > 50 > int(rows[2]["Ähnlichkeit (0–100)"])
    assert "Art: Firmen (+" in rows[0]["Gründe"]
    assert rows[1]["Bemerkung"] == "Die Art „Verein“ ist unbekannt und zählt als nicht angegeben."
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(files["xlsx"].getvalue())).get_sheet_by_index(0).to_python()
    assert [row[4] for row in sheet] == ["Firma", "Hotel Adler", "Club", "=Max"]
    assert AuditEntry.objects.filter(action="export", thing="prospects").count() == 2


@pytest.mark.parametrize(
    ("cell", "cents"),
    [
        ("1.234,50 €", "123450"),
        ("1,234.5", "123450"),
        ("1.234", "123400"),
        ("99,9", "9990"),
        ("80", "8000"),
        ("?", ""),
        ("1.250,-", "125000"),
        ("12.5-15", ""),
    ],
)
def test_money_of_a_list_is_read_in_german_and_english(cell, cents):
    assert prospects.cents_of(cell) == cents


def test_lists_that_say_what_is_asked_for_are_scored_by_the_rule_that_looks_at_it(client, english, shop, monkeypatch):
    found = answers.profile()
    cup = factories.product(number="C-1", name="Cup")
    asked = [f"first_product={cup.pk}", "first_category=Coffee", "first_order"]
    bins = [Bins(name, np.array([50_000.0]), (), ordered=True) if name == "first_order" else
            Bins(name, np.array([]), ("no", "yes"), ordered=False) for name in asked]  # fmt: skip
    steps = (np.array([0.0, 1.0, 0.0]), np.array([-0.1, 0.9, 0.0, 0.0]))
    worth = (steps[1], steps[1], steps[0])
    additive = replace(found.rule.additive, columns=tuple(bins), steps=worth)
    wide = replace(found.rule, additive=additive, steps=worth)
    monkeypatch.setattr(answers, "profile", lambda: replace(found, wide=wide))
    client.force_login(english)

    page = text_of(upload(client, "Firma;Artikelnummer;Warengruppe;Auftragswert\nA;x|C-1;COFFEE;1.200 €\nB;D;Tea;80\n"))
    plain = text_of(upload(client, LIST))

    reasons = "Size of the first order: €1,200.00 (+14), Product of the first order: Cup (+13)"
    assert f"A x|C-1 COFFEE {reasons}, Product group of the first order: Coffee (+13)" in page
    assert "Taken into account: Art (Kind), Kanal (Channel)." in plain


def test_scored_list_belongs_to_whoever_brought_it(client, english, analyst, shop):
    client.force_login(english)
    key = re.search(r'name="scored" value="([^"]+)"', upload(client, LIST).content.decode())[1]
    client.force_login(analyst)

    page = client.get(f"/ideal-customer/?scored={key}")
    taken = client.post("/ideal-customer/take/", {"format": "csv", "scored": key})

    assert "Hotel Adler" not in page.content.decode()
    assert taken.status_code == 302


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Name;Ort\nA;B\n", "none of the columns that the rule looks at: Kind, Country, Channel"),
        ("", "empty"),
        ("Art\n" + "privat\n" * 12, "more than 10 rows"),
    ],
)
def test_lists_that_cannot_be_scored_are_told_why(client, english, shop, monkeypatch, text, told):
    monkeypatch.setattr(prospects, "MOST_ROWS", 10)
    client.force_login(english)

    assert told in upload(client, text).content.decode()


def test_uploading_nothing_is_told(client, english, shop):
    client.force_login(english)

    assert "Choose a file first." in client.post("/ideal-customer/score/", follow=True).content.decode()


@pytest.mark.parametrize("address", ["/lost/", "/ideal-customer/"])
def test_pages_before_the_first_import_and_with_too_little_say_what_will_be_here(client, english, address):
    client.force_login(english)
    before = text_of(client.get(address))
    for day in (1, 2):
        factories.order(factories.customer(), date(2026, 6, day))
    mark_changed(["2026-06"])
    refreshed()

    assert "Here you will see" in before
    assert "There is too little to compare yet Too few customers" in text_of(client.get(f"{address}?now=1"))


@pytest.mark.parametrize(
    ("code", "numbers", "told"),
    [
        ("past_too_short", {"days": 90, "needed": 240}, "The facts span 90 days; it takes 240."),
        ("too_few_lost", {"lost": 3, "stayed": 99, "least": 30}, "3 customers were lost and 99 stayed"),
        ("too_few_best", {"known": 50, "best": 8, "least": 40}, "Of 50 customers known for long enough, 8 are best"),
    ],
)
def test_too_little_is_told_with_numbers(client, english, shop, monkeypatch, code, numbers, told):
    monkeypatch.setattr(answers, "drivers", lambda: answers.TooLittle(code=code, numbers=numbers))
    client.force_login(english)

    assert told in text_of(client.get("/lost/?now=1"))


def test_command_scores_a_list(english, shop, tmp_path, monkeypatch):
    monkeypatch.setattr("stammkunde.cli.prospects.bring_up_the_mirror", lambda: None)
    given = tmp_path / "list.csv"
    given.write_text(LIST, encoding="utf-8")

    done = {
        name: CliRunner().invoke(main, ["prospects", str(given), "-o", str(tmp_path / name)])
        for name in ("out.csv", "out.xlsx", "out.pdf")
    }

    assert done["out.csv"].output.startswith("3 bewertet nach Art, Kanal (richtig in ")
    assert "von 100 Paaren), 0 nicht lesbar; fehlende Spalten: Land;" in done["out.csv"].output
    rows = list(csv.reader((tmp_path / "out.csv").read_text(encoding="utf-8-sig").splitlines(), delimiter=";"))
    assert [row[4] for row in rows] == ["Firma", "Hotel Adler", "Club", "'=Max"]
    sheet = CalamineWorkbook.from_path(tmp_path / "out.xlsx").get_sheet_by_index(0).to_python()
    assert len(sheet) == len(rows)
    assert (done["out.pdf"].exit_code, "End it in .csv or .xlsx" in done["out.pdf"].output) == (1, True)
    given.write_text("Name\nA\n", encoding="utf-8")
    assert "keine der Spalten" in CliRunner().invoke(main, ["prospects", str(given), "-o", str(given)]).output


def finding(*chosen, ratio=2.0, low=1.5, high=3.0, cases=9):
    return Finding(tuple(chosen), 99, cases, 0.31, 0.12, ratio, low, high, 0.001, 0.01)


@pytest.mark.parametrize(
    ("trait", "told"),
    [
        (Trait("attribute", "country", "DE"), "Country: DE"),
        (Trait("attribute", "attr_Color", "red"), "Color: red"),
        (Trait("attribute", "attr_Age", "20..39"), "Age: 20 to 39"),
        (Trait("first_order", "", "..18420"), "First order up to €184.20"),
        (Trait("tenure", "", "493.."), "First purchase known: 493 days and more before"),
        (Trait("class", "", "A"), "Class A"),
        (Trait("return", "", "yes"), "A return in the 60 days before"),
        (Trait("first_product", "", "999"), "First purchase with “999”"),
    ],
)
def test_traits_in_words(trait, told):
    with translation.override("en"):
        assert traits.text(trait, names={}, days=60) == told


@translation.override("en")
def test_sentences_say_their_numbers():
    late = LATE[0]

    assert traits.lost_sentence(finding(late)) == (
        "True of 31% of the lost, but only of 12% of comparable customers who stayed. Whoever has it left 2.0 times as "
        "often (1.5 to 3.0)."
    )
    assert "only 0.50 times as often (0.30 to 0.80)" in traits.lost_sentence(
        finding(late, ratio=0.5, low=0.3, high=0.8)
    )
    assert "more than 100 times as often (9.0 or more)" in traits.best_sentence(
        finding(late, ratio=400, low=9, high=float("inf"))
    )
    assert traits.best_sentence(finding(late, ratio=0, low=0, high=0.4, cases=0)) == (
        "True of none of the best, but of 12% of the others."
    )


def test_headings_are_found_in_both_languages_and_own_attributes_by_name():
    wanted = ["kind", "country", "industry", "attr_Größe", "channel", "segment"]

    assert prospects.matched(["Branche", "COUNTRY", "Merkmal: Größe", "Kanal", "X"], wanted) == {
        "industry": 0,
        "country": 1,
        "attr_Größe": 2,
        "channel": 3,
    }
