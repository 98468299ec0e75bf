"""One company in many dialects: separators, marks, dates, encodings, languages, net or gross."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stammkunde.intake import check, recognise
from tests.intake import dialects
from tests.intake.dialects import Spoken
from tests.intake.reading import TODAY, rows

SOLD = dialects.lines()

marks = st.sampled_from(
    [(",", ""), (",", "."), (",", "\xa0"), (",", " "), (".", ""), (".", ","), (".", "'"), (".", "’")]
)
spoken = st.builds(
    lambda mark, **how: Spoken(decimal=mark[0], grouping=mark[1], **how),
    marks,
    form=st.sampled_from(["csv", "csv", "csv", "xlsx", "jsonl"]),
    separator=st.sampled_from([";", ",", "\t", "|"]),
    day=st.sampled_from(["%d.%m.%Y", "%Y-%m-%d", "%m/%d/%Y", "%d/%m/%Y", "%d.%m.%y", "%Y%m%d", "%d. %b %Y"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "cp1252", "utf-16"]),
    german=st.booleans(),
    amounts=st.sampled_from(["unit_net", "unit_gross", "line_net", "line_gross"]),
    currency=st.sampled_from(["", "€", "EUR"]),
    title=st.booleans(),
)


def read(how: Spoken, folder) -> check.Checked:
    """Import as somebody who presses the button: what is asked fails."""
    path = dialects.write(SOLD, how, folder)
    found = recognise.recognise(path, today=TODAY)
    assert (found.questions, found.missing) == ((), ())
    return check.check(
        path, layout=found.layout, columns=found.columns, options=found.options, out_dir=folder / "out", today=TODAY
    )


@pytest.mark.slow
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(spoken)
def test_a_company_is_the_same_in_every_dialect(tmp_path, how):
    found = read(how, tmp_path)

    assert (found.refused, found.revenue_cents) == (0, dialects.cents(SOLD))
    assert {one: found.tables[one] for one in ("customers", "orders", "lines")} == {
        "customers": 3,
        "orders": 20,
        "lines": 40,
    }


LATER = pytest.mark.xfail(strict=True, reason="not read rightly yet")


@pytest.mark.parametrize(
    "how",
    [
        Spoken(per="document", amounts="line_net"),
        Spoken(per="document", amounts="line_gross"),
        Spoken(further=30),
        Spoken(form="json"),
        Spoken(encoding="cp850"),
        Spoken(encoding="mac_roman"),
        Spoken(form="xlsx", title=True, amounts="line_gross"),
    ],
    ids=str,
)
def test_a_company_is_the_same_whatever_its_rows_are(tmp_path, how):
    found = read(how, tmp_path)

    assert (found.refused, found.revenue_cents, found.tables["orders"]) == (0, dialects.cents(SOLD), 20)
    assert {name for (name,) in rows(tmp_path / "export", "customers", "name")} == {
        "Müller & Söhne GmbH",
        "Jürgen Groß",
        "Café Olé",
    }
