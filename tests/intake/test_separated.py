"""Both ways of reading separated text give the same rows, the same lines and the same remarks."""

import itertools

import pytest

from stammkunde.intake.formats import FileNotUsable, engine, open_source, separated, sniff

PLAIN = [
    "a;b;c\n1;2;3\n4;5;6\n",
    "a;b;c\n1;2;3\n\n\n4;5;6",
    "a;b;c\r\n1;2;3\r\n;;\r\n4;5;6\r\n",
    "a;b;c\r1;2;3\r4;5;6\r",
    "a;b;c\n1;2;3\r4;5;6\r\n7;8;9\n\r\n10;11;12\n",
    "a;b;c\n1;2\n4;5;6;7\n8;9;10;\n11;12;13;;;\n14;15;16\n",
    "a;b;c\n1;\x00;3\n4;5;6\n",
    "a;b;c\n1; 2 ;\t3\n ; ; \n",
    "a;b;c\n1;'2;3'\n\u2028;\x0b;\x1c\n4;\u0085;6\n",
    "a;b;c\nnull;NaN;\nNULL;#N/A;-\n",
    "a;b;c\n\ufeff1;2;3\n4;5;6\n",
    "a\n1\n\n2\n \n3\n",
    "Bericht\n\na;b;c\n1;2;3\n4;5;6\n",
    f"a;b;c\n1;{'x' * (engine.LONGEST_CELL + 1)};3\n4;5;6\n",
    f"a;b;c\n1;{'ä' * engine.LONGEST_CELL};3\n4;5;6\n",
]
QUOTED = [
    'a;b;c\n"1";"2;2";3\n4;5;6\n',
    'a;b;c\n1;"two\nlines";3\n4;5;6\n',
    'a;b;c\n1;"two\r\n\r\nlines";3\r\n4;5;6\r\n',
    'a;b;c\n1;x"y;3\n4;5""6;7\n',
    'a;b;c\n1;"x"y;3\n4;"5""6";7\n',
    'a;b;c\n1;"never closed;3\n4;5;6\n7;8;9\n',
    'a;"b\nb";c\n1;2;3\n4;5;6\n',
    'a;b;c\n1;2;3\n4;5;6\n7;8;"9"\n10;11;12\n13;14;15\n',
    'a;b;c\n1;2;"\n\n\n"\n4;5;6\n',
]


def records(path, folder):
    source = open_source(path, work_dir=folder, options={"delimiter": ";"})
    with engine.connect(memory_mb=256) as db:
        return db.execute(f"FROM {source.table}").fetchall()


@pytest.mark.parametrize("text", PLAIN + QUOTED)
def test_blocks_of_any_size_give_the_rows_of_the_csv_module(tmp_path, monkeypatch, text):
    path = tmp_path / "file.csv"
    path.write_bytes(text.encode())

    with monkeypatch.context() as only_csv:
        only_csv.setattr(separated, "_plain", lambda *_given, **_more: None)
        expected = records(path, tmp_path / "exact")

    for number, size in enumerate((1, 2, 3, 5, 9, 17, 40, 1 << 20)):
        monkeypatch.setattr(separated, "BLOCK_CHARACTERS", size)
        assert records(path, tmp_path / str(number)) == expected


def test_plain_lines_are_read_by_arrow(tmp_path, monkeypatch):
    path = tmp_path / "file.csv"
    path.write_text("a;b\n" + "".join(f"{number};x\n" for number in range(10_000)), encoding="utf-8")
    taken = []
    plain = separated._plain
    monkeypatch.setattr(
        separated, "_plain", lambda *given, **more: taken.append(found := plain(*given, **more)) or found
    )

    assert len(records(path, tmp_path / "work")) == 10_000
    assert taken
    assert None not in taken


def test_any_text_gives_the_same_rows_either_way(tmp_path, monkeypatch):
    path = tmp_path / "file.csv"
    for number, signs in enumerate(itertools.product(('"', ";", "\n", "\r", "x", "\x00"), repeat=4)):
        path.write_bytes(("a;b\nx;y\n" + "".join(signs) + "z\n1;2\n").encode())
        found = []
        for size in (1, 4, 1 << 20):
            monkeypatch.setattr(separated, "BLOCK_CHARACTERS", size)
            found.append(list(_flat(path)))
        assert found[0] == found[1] == found[2], (number, signs)


def _flat(path):
    try:
        dialect = sniff(path, options={"delimiter": ";"})
    except FileNotUsable as problem:
        yield problem.code
        return
    for part in separated.read(path, dialect, None):
        if isinstance(part, separated.Columns):
            columns = zip(*(one.to_pylist() for one in part.cells), strict=True)
            yield from (
                (line, list(cells), None, None) for line, cells in zip(part.lines.to_pylist(), columns, strict=True)
            )
        elif isinstance(part, list):
            yield from part
