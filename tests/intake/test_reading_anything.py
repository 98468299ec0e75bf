"""Whatever is dropped in: an answer, never a traceback."""

import json

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stammkunde.intake import check, recognise
from stammkunde.intake.formats import FileNotUsable
from tests.intake.reading import TODAY

COLUMNS = {"order_number": "Nr", "ordered_at": "Datum", "quantity": "Menge", "unit_price": "Preis"}
FEW = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def read(folder, content: bytes):
    """Recognise and check a file; give what came of it."""
    path = folder / "file"
    path.write_bytes(content)
    try:
        recognise.recognise(path, today=TODAY, layout="flat")
        return check.check(path, layout="flat", columns=COLUMNS, options={}, out_dir=folder / "out", today=TODAY)
    except FileNotUsable as refused:
        json.dumps(refused.detail)
        return refused.code


@FEW
@given(st.binary(max_size=3000))
def test_any_bytes_are_answered(tmp_path, content):
    assert isinstance(read(tmp_path, content), (str, check.Checked))


@FEW
@given(
    st.sampled_from(
        [b"PAR1", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\xff\xfe", b"\xef\xbb\xbf", b"{", b'{"Nr":']
    ),
    st.binary(max_size=800),
)
def test_any_bytes_behind_a_known_beginning_are_answered(tmp_path, beginning, content):
    assert isinstance(read(tmp_path, beginning + content), (str, check.Checked))


cells = st.one_of(
    st.text(max_size=15),
    st.text(alphabet='0123456789.,;-"\r\n\x00\ufffd€', max_size=15),
    st.sampled_from(["R1", "01.03.2024", "31.02.2024", "1,5", "", "C12", "999999999", "1e9", "'", '"']),
)


@FEW
@given(
    st.lists(st.lists(cells, min_size=0, max_size=6), min_size=1, max_size=20),
    st.sampled_from(["utf-8", "utf-16", "cp1252"]),
)
def test_any_rows_are_accepted_or_refused_one_by_one(tmp_path, rows, encoding):
    text = "Nr;Datum;Menge;Preis\n" + "\n".join(";".join(row) for row in rows)

    found = read(tmp_path, text.encode(encoding, errors="replace"))

    if isinstance(found, check.Checked):
        assert found.rows == found.accepted + found.refused
        assert {one.severity for one in found.problems} <= {"refused", "flagged", "aside"}
        json.dumps(found.as_dict())
    else:
        assert found in {
            "empty_file",
            "header_only",
            "column_missing",
            "binary",
            "encoding_wrong",
            "row_unreadable_all",
            "reading_open",
        }
