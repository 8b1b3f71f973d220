"""The CSV of exports: the way of quoting that fits a file better is taken, and nobody's words change."""

import csv
from io import StringIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curate import dialects

HEADER = "Date,Link,Message\n"
REQUIRED, DATES = frozenset({"link", "message"}), frozenset({"date"})


def table_of(rows: str, header: str = HEADER) -> dialects.Table:
    table = dialects.table_of(header + rows, REQUIRED, DATES)
    assert table is not None
    return table


def messages(rows: str) -> list[str]:
    return [row["message"] for row in table_of(rows).rows]


def test_doubled_quotes_with_commas_and_line_breaks():
    rows = '2026-05-01 09:00:00,u1,"Zij zei ""hoi"", en ging.\n\nEinde"\n2026-05-02 09:00:00,u2,Kort\n'
    assert messages(rows) == ['Zij zei "hoi", en ging.\n\nEinde', "Kort"]
    assert table_of(rows).quoting == "doubled"


def test_backslashed_quotes_with_commas_and_line_breaks():
    rows = '2026-05-01 09:00:00,u1,"Het \\"netwerk, als filter\\" las,\n\nwerd stil."\n2026-05-02 09:00:00,u2,Kort\n'
    assert messages(rows) == ['Het "netwerk, als filter" las,\n\nwerd stil.', "Kort"]
    assert table_of(rows).quoting == "backslash"


def test_backslashed_quotes_that_change_no_width_are_seen_too():
    assert messages('2026-05-01 09:00:00,u1,"Zij zei \\"hoi\\" en ging"\n') == ['Zij zei "hoi" en ging']


def test_lines_that_look_like_records_do_not_make_up_for_fragments():
    said = 'zei "x",\n2026-01-01,u,c\n2026-01-02,u,d\n2026-01-03,u,e\nkort\nkort\n"einde"'
    escaped = said.replace('"', '\\"')
    assert messages(f'2026-05-01 09:00:00,u1,"{escaped}"\n') == [said]


def test_a_path_keeps_its_backslash_in_both_ways():
    assert messages('2026-05-01 09:00:00,u1,C:\\dir\\new\n2026-05-01 09:00:00,u2,"a ""b"""\n')[0] == "C:\\dir\\new"
    rows = '2026-05-01 09:00:00,u1,"C:\\dir\\new"\n2026-05-01 09:00:00,u2,"a, \\"b\\", c"\n'
    assert messages(rows) == ["C:\\dir\\new", 'a, "b", c']


def test_a_backslash_at_the_end_does_not_swallow_the_next_record():
    rows = '2026-05-01 09:00:00,u1,"map C:\\dir\\"\n2026-05-02 09:00:00,u2,"volgende"\n'
    assert messages(rows) == ["map C:\\dir\\", "volgende"]


def test_plain_rows_are_read_with_doubled_quotes():
    assert table_of("2026-05-01 09:00:00,u1,Kort\n").quoting == "doubled"


def test_a_blank_date_and_dutch_months_speak_for_a_way():
    rows = ',u1,"zonder, \\"datum\\""\n1 mei 2026,u2,"met, \\"datum\\""\n'
    assert messages(rows) == ['zonder, "datum"', 'met, "datum"']


def test_the_header_is_found_behind_a_preamble():
    text = 'Notes:\n"Een alinea, met komma\'s"\n\n\nDate,Link,Message\n2026-05-01 09:00:00,u1,Kort\n'
    table = dialects.table_of(text, REQUIRED, DATES)
    assert table is not None and [row["message"] for row in table.rows] == ["Kort"]


def test_spaced_and_reordered_columns_are_found_by_name():
    table = table_of("Kort,2026-05-01 09:00:00,u1\n", header=" MESSAGE ,Date,Li nk\n")
    assert table.rows[0] == {"message": "Kort", "date": "2026-05-01 09:00:00", "link": "u1"}


def test_of_two_columns_with_one_name_the_first_counts():
    assert table_of("d1,u1,een,twee\n", header="Date,Link,Message,Message\n").rows[0]["message"] == "een"


def test_an_empty_column_at_the_end_is_no_column():
    table = table_of("2026-05-01 09:00:00,u1,Kort,\n", header="Date,Link,Message,\n")
    assert (table.columns, table.misfits) == (("Date", "Link", "Message"), 0)


def test_records_of_another_width_are_counted_and_not_guessed():
    table = table_of("2026-05-01 09:00:00,u1,Kort\nhalf,record\na,b,c,d\n")
    assert (len(table.rows), table.misfits) == (1, 2)


def test_a_stub_without_columns_is_no_table():
    stub = "No conversations found\n"
    assert dialects.table_of(stub, REQUIRED, DATES) is None
    assert dialects.first_record("\n" + stub) == ("No conversations found",)


def test_null_and_na_stay_texts():
    assert messages("2026-05-01 09:00:00,NULL,NULL\n2026-05-01 09:00:00,NA,NA\n,,\n") == ["NULL", "NA"]


def test_a_long_field_is_read_and_the_limit_of_python_stays():
    before = csv.field_size_limit()
    assert messages(f"2026-05-01 09:00:00,u1,{'x' * 200_000}\n") == ["x" * 200_000]
    assert csv.field_size_limit() == before


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("é".encode(), ("é", "utf-8")),
        (b"\xef\xbb\xbfDate", ("Date", "utf-8")),
        (b"caf\xe9 \x80", ("café €", "cp1252")),
        (b"a\r\nb\rc", ("a\nb\nc", "utf-8")),
        (b"\x81\xff", ("\ufffdÿ", "cp1252")),
    ],
)
def test_bytes_become_text(body: bytes, expected: tuple[str, str]):
    assert dialects.decoded(body) == expected


# Without backslashes the standard is never ambiguous; with them, one could write a comment that reads well both ways.
WORDS = st.text(st.characters(blacklist_characters="\r\0\\", blacklist_categories=("Cs",)), max_size=40)


@given(st.lists(WORDS, min_size=1, max_size=6))
@settings(deadline=None, max_examples=150)
def test_what_python_writes_by_the_standard_is_read_back(words: list[str]):
    out = StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["Date", "Link", "Message"])
    writer.writerows(["2026-05-01 09:00:00", f"u{n}", word] for n, word in enumerate(words))
    table = dialects.table_of(out.getvalue(), REQUIRED, DATES)
    assert table is not None
    assert [row["message"] for row in table.rows] == words


@given(st.lists(WORDS.map(lambda word: word.replace("\n", " ")), min_size=1, max_size=6))
@settings(deadline=None, max_examples=150)
def test_comments_with_backslashed_quotes_are_read_back(words: list[str]):
    # A field is put in quotes, and each quote in it gets a backslash.
    rows = "".join('2026-05-01 09:00:00,u{},"{}"\n'.format(n, word.replace('"', '\\"')) for n, word in enumerate(words))
    assert messages(rows) == words
