import csv
import re
from pathlib import Path

import duckdb
import pytest
from django.utils import translation

from stammkunde.intake import check, wording
from stammkunde.intake.asking import Question
from stammkunde.store import facts
from tests.intake.reading import checked, out, write

READING = Path(wording.__file__).parent
LINES = "Rechnungsnummer;Datum;Einzelpreis\n"


RAISED = r"""(?:FileNotUsable|CannotUndo)\(\s*"(\w+)\""""  # files that cannot be used, imports that cannot be undone
RECORDED = r"""["']code["']: ["'](\w+)["']"""  # why an import failed
REMARKED = (
    r"""'([a-z]+(?:_[a-z]+)+)',(?:(?!SELECT)[^;])*?'(?:refused|flagged|\{REFUSED\}|\{FLAGGED\})'"""  # rows, in SQL
)
JUDGED = r"""(?:THEN|bad =) '([a-z]+(?:_[a-z]+)+)'"""  # values, in SQL
NAMED = r"""_remark\(db, \w+, .*?, "(\w+)", """


def source_of(*parts: str) -> str:
    paths = [path for part in parts or ("",) for path in (READING / part).rglob("*.py")]
    return "".join(path.read_text(encoding="utf-8") for path in paths if path.name != "wording.py")


def codes_in_the_source() -> set[str]:
    """Find every code that is given anywhere: refusals of files and undos, reasons of failure, and codes in queries."""
    everywhere, queries = source_of(), source_of("check", "staging", "parsing")
    found = {code for pattern in (RAISED, RECORDED) for code in re.findall(pattern, everywhere)}
    found |= {code for pattern in (REMARKED, JUDGED, NAMED) for code in re.findall(pattern, queries)}
    found.discard("did_you_mean")  # it goes with a code
    tables = facts.tables().values()
    found |= {f"unknown_{one.column.removesuffix('_id')}" for table in tables for one in table.references}
    return found | {one.code for table in tables for one in table.lookups}


def steps_in_the_source() -> set[str]:
    pattern = r"""(?:tell|hear|progress|step)(?:=|\()\s*"(\w+)\""""
    return {step for step in re.findall(pattern, source_of()) if step}


def test_every_code_is_worded():
    found = codes_in_the_source()

    assert {"unexpected", "partly_undone", "changed_since", "in_use", "unknown_owner", "not_a_date"} <= found
    assert found <= set(wording.CODES)


def test_every_step_is_worded():
    found = steps_in_the_source()

    assert {"read", "compare", "publish", "undo"} <= found
    assert found <= set(wording.STEPS)


@pytest.mark.parametrize("text", [one for pair in wording.CODES.values() for one in pair] + [*wording.STEPS.values()])
def test_every_text_has_its_german(text):
    with translation.override("en"):
        english = str(text)
    with translation.override("de"):
        assert str(text) != english


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("code", sorted(wording.CODES))
def test_every_code_can_be_worded_without_its_numbers(code, language):
    with translation.override(language):
        reason, cure = wording.problem_text(code, {})

    assert reason[0].isupper() or reason[0] in "“„"
    assert reason.endswith(".")
    assert cure
    assert "%(" not in reason + cure


def test_a_problem_names_value_and_cure():
    with translation.override("en"):
        english = wording.problem_text("not_a_date", {"did_you_mean": "2024-02-29"}, value="31.02.2024")
    with translation.override("de"):
        german = wording.problem_text("not_a_date", {"did_you_mean": "2024-02-29"}, value="31.02.2024")

    assert english == ("“31.02.2024” is not a date.", "Did you mean 2024-02-29?")
    assert german == ("„31.02.2024“ ist kein Datum.", "Meinten Sie 29.02.2024?")


def test_a_missing_column_is_named_by_its_label():
    detail = {"fields": ["order_number", "ordered_at"], "layout": "flat"}

    with translation.override("de"):
        assert wording.problem_text("field_missing", detail)[0] == "Es fehlt eine Spalte: Bestellnummer, Bestelldatum."


def test_an_unknown_code_is_worded_too():
    with translation.override("en"):
        assert wording.problem_text("from_the_future", {})[0] == "Something is wrong here (from_the_future)."


def test_fields_steps_and_questions_have_names():
    with translation.override("de"):
        assert wording.field_label("flat", "ordered_at") == "Bestelldatum"
        assert wording.step_label("read") == "Datei wird gelesen"
        assert (
            wording.question_text(Question(option="tax_rate"))
            == "Die Preise enthalten Mehrwertsteuer: wie viel Prozent?"
        )


def refused_rows(path, language="de"):
    target = path.parent / "refused.csv"
    count = check.write_refused(out(path), target, language=language)
    with target.open(encoding="utf-8-sig", newline="") as file:
        found = list(csv.reader(file, delimiter=";" if language == "de" else ","))
    assert count == len(found) - 1
    return found


def test_refused_rows_are_written_with_reason_cure_and_the_row_as_it_was(tmp_path):
    path = write(tmp_path, LINES + 'R1;31.02.2024;5\nR2;01.03.2024;5\nR3;01.03.2024;"=cmd()"\nR4\n')
    checked(path, layout="flat")

    german = refused_rows(path)

    assert german[0] == ["Zeile", "Spalte", "Wert", "Grund", "Abhilfe", "Rechnungsnummer", "Datum", "Einzelpreis"]
    assert german[1] == [
        "2", "Datum", "31.02.2024", "„31.02.2024“ ist kein Datum.", "Meinten Sie 29.02.2024?", "R1", "31.02.2024", "5",
    ]  # fmt: skip
    assert german[2][:3] == ["4", "Einzelpreis", "'=cmd()"]
    assert german[2][-1] == "'=cmd()"
    assert german[3][0] == "5"
    assert german[3][-3:] == ["R4", "", ""]
    assert refused_rows(path, "en")[1][3:5] == ["“31.02.2024” is not a date.", "Did you mean 2024-02-29?"]


def test_what_publishing_refuses_is_written_too(tmp_path):
    path = write(tmp_path, LINES + "R1;01.03.2024;5\n")
    checked(path, layout="flat")
    duckdb.sql(
        "SELECT 2::BIGINT AS row, 'KdNr' AS \"column\", '9' AS value, 'unknown_customer' AS code, '{}' AS detail, "
        "'refused' AS severity"
    ).write_parquet(str(out(path) / "problems-publish.parquet"))

    assert refused_rows(path)[1][:4] == ["2", "KdNr", "9", "Kunde „9“ ist nicht vorhanden."]
