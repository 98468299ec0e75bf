"""The files of the shared import cases, each with what is right of it (`tests/intake/cases.py`)."""

import pytest

from stammkunde.intake import check, recognise
from stammkunde.intake.formats import FileNotUsable
from stammkunde.intake.formats.engine import look
from tests.conftest import SHARED
from tests.intake.cases import RIGHT, Right
from tests.intake.reading import TODAY

CASES = SHARED.parent / "cases" / "import"
BY_HAND = {  # told by tests of their own: workbooks and archives of several parts, files that follow each other
    "README.md", "d1_shopify_orders.csv", "d3_shopify_customers.csv", "g4_datev_extf.csv", "h2_hubspot_deals.csv",
    "w6_zipbombe.xlsx", "x5_formeln.xlsx", "x6_zwei_blaetter.xlsx", "x7_streuzelle_klein.xlsx", "x7b_streuzelle_C.xlsx",
    "x8_streuzelle_XFD.xlsx", "x9_16k_spalten.xlsx", "y5_csv.zip", "z9_betraege.csv",
}  # fmt: skip


def marked(name: str, right: Right):
    marks = [pytest.mark.xfail(strict=True, reason="not read rightly yet")] if right.later else []
    return pytest.param(name, right, id=name, marks=marks)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "right"), [marked(*one) for one in RIGHT.items()])
def test_a_foreign_file_comes_out_right(tmp_path, name, right):
    path = CASES / name
    if not path.is_file():
        pytest.skip("the shared cases are not here")

    if right.refusal:
        with pytest.raises(FileNotUsable) as refused:
            read(path, tmp_path, right)
        assert refused.value.code in right.refusal
    else:
        read(path, tmp_path, right)


def test_every_case_is_held_against_us():
    if not CASES.is_dir():
        pytest.skip("the shared cases are not here")

    assert {path.name for path in CASES.iterdir()} == {*RIGHT, *BY_HAND}


def read(path, folder, right: Right) -> None:
    found = recognise.recognise(path, today=TODAY)
    if right.delimiter:
        assert found.dialect.delimiter == right.delimiter
        return
    assert tuple(one.option.partition(":")[0] for one in found.questions) == right.asks
    if right.asks:
        return
    assert found.usable
    checked = check.check(
        path, layout=found.layout, columns=found.columns, options=found.options, out_dir=folder, today=TODAY
    )
    assert checked.refused == right.refused
    held = {
        "cents": checked.totals.get("net", checked.revenue_cents),
        **{table: checked.tables.get(table) for table in ("orders", "lines", "customers")},
        "names": texts(folder, "name"),
        "numbers": texts(folder, "number"),
    }
    wanted = {name: getattr(right, name) for name in held if getattr(right, name) is not None}
    assert {name: held[name] for name in wanted} == wanted


def texts(folder, column: str) -> tuple[str, ...]:
    """Give a column of the customers, sorted; nothing where there are none."""
    path = folder / "customers.parquet"
    if not path.is_file():
        return ()
    with look() as db:
        names = [name for name, *_rest in db.execute("DESCRIBE SELECT * FROM read_parquet(?)", [str(path)]).fetchall()]
        if column not in names:
            return ()
        rows = db.execute(f'SELECT "{column}" FROM read_parquet(?) ORDER BY 1', [str(path)]).fetchall()
    return tuple(text for (text,) in rows)
