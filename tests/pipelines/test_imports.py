"""Articles from elsewhere: JSON lines in, bad ones told, nothing doubled, their own ids kept to the end."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from curate.errors import UsageError
from curate.weeks import Week
from pipelines.home import Home
from pipelines.steps import clustering, imports
from storage import articles, clusters
from tests.pipelines.at_home import NOW, WEEK, HashEncoder, Story, jsonl, one, prose, rows, week_of_articles


def record(**changes: Any) -> dict[str, Any]:
    return {**week_of_articles()[0], **changes}


def lines(home: Home, tmp_path: Path, *records: dict[str, Any] | str) -> imports.Imported:
    return imports.import_articles(home, jsonl(tmp_path / "x.jsonl", records))


def test_articles_come_with_their_words_dates_and_outlets(home: Home, tmp_path: Path) -> None:
    done = lines(home, tmp_path, *week_of_articles())
    assert (done.new, done.known, done.refused) == (9, 0, ())
    with home.database.reading() as db:
        first = next(each for each in articles.export(db, None) if each["id"] == "huur-1")
    assert first["title"] == "huurprijs verhuurder huurcommissie deel 1"
    assert first["published_at"].isoformat() == "2026-11-18T08:00:00+00:00"
    assert (first["language"], first["week"], first["text_from"]) == ("nl", WEEK, "import")
    assert first["sources"] == ["import:Krant 1"]
    assert one(home, "SELECT count(*) FROM sources WHERE kind = 'import'") == 3
    assert one(home, "SELECT count(*) FROM surfacings WHERE via = 'import'") == 9
    assert one(home, "SELECT outcome FROM runs WHERE kind = 'import'").startswith("9 new articles")


BAD = {
    "{": "JSON",
    "[]": "object",
    '"tekst"': "object",
    "[" * 100_000: "JSON",
    json.dumps({"title": "zonder adres"}): "url",
    json.dumps(record(url="ftp://a.example/x")): "url",
    json.dumps(record(url=7)): "url",
    json.dumps(record(url="https://\ud83d.example/")): "url",
    json.dumps(record(url="https://a.example/leeg", title=" ", text="")): "empty",
    json.dumps(record(url="https://a.example/datum", published_at="gisteren")): "published_at",
    json.dumps(record(url="https://a.example/datum", published_at=1763874000)): "published_at",
    json.dumps(record(url="https://a.example/datum", published_at="0001-01-01T00:00:00+14:00")): "published_at",
    json.dumps(record(url="https://a.example/datum", published_at="9999-12-31T23:59:59Z")): "published_at",
    json.dumps(record(url="https://a.example/datum", published_at="0001-01-02")): "published_at",
}


def test_bad_lines_are_told_with_their_number_and_the_others_are_kept(home: Home, tmp_path: Path) -> None:
    good = record(url="https://a.example/goed")
    done = lines(home, tmp_path, *BAD, "", good)
    assert (done.new, len(done.refused)) == (1, len(BAD))
    for number, (said, about) in enumerate(zip(done.refused, BAD.values(), strict=True), start=1):
        assert said.startswith(f"line {number}: ")
        assert about in said
        assert said.endswith(".")
        assert len(said) < 300
    assert one(home, "SELECT count(*) FROM articles") == 1


def test_a_line_that_is_not_utf_8_is_refused_alone(home: Home, tmp_path: Path) -> None:
    file = tmp_path / "x.jsonl"
    first, second = (json.dumps(record(url=f"https://a.example/{number}")).encode() for number in (1, 2))
    file.write_bytes(b"\n".join([b"\xef\xbb\xbf" + first, b'{"url": "https://a.example/\xe9"}', second]))
    done = imports.import_articles(home, file)
    assert (done.new, len(done.refused), done.refused[0][:7]) == (2, 1, "line 2:")


def test_odd_values_are_taken_as_text(home: Home, tmp_path: Path) -> None:
    odd = [
        record(url="https://a.example/1", id=7, title="Half teken \ud83d", language=None, source=None),
        record(url="https://a.example/2", id=None, author=["x"], language="nl-NL", published_at=""),
        record(url="https://a.example/3", title=None, text="Alleen\x00 tekst " + prose("x"), source="a\nb\x1b[31m"),
        record(url="https://a.example/4", published_at="2026-11-18"),
    ]
    assert lines(home, tmp_path, *map(json.dumps, odd)).refused == ()
    assert one(home, "SELECT external_id FROM articles WHERE url LIKE '%/1'") == "7"
    assert rows(home, "SELECT language, published_at FROM articles WHERE url LIKE '%/2'") == [("nl", NOW)]
    assert one(home, "SELECT count(*) FROM sources WHERE title LIKE '%\x1b%' OR title LIKE '%\n%'") == 0


def test_the_same_file_again_doubles_nothing(home: Home, tmp_path: Path, story: Story) -> None:
    lines(home, tmp_path, *week_of_articles())
    story.later(days=1)
    done = lines(home, tmp_path, *week_of_articles(), record(url="https://nieuw.example/1"))
    assert (done.new, done.known) == (1, 9)
    assert one(home, "SELECT count(*) FROM articles") == 10
    assert one(home, "SELECT count(*) FROM surfacings") == 10


def test_one_article_under_several_addresses_is_one(home: Home, tmp_path: Path) -> None:
    variants = ["https://a.example/x", "http://www.a.example/x/", "https://a.example/x?utm_source=b#top"]
    done = lines(home, tmp_path, *(record(url=url, source=f"Krant {url[:9]}") for url in variants))
    assert (done.new, done.known) == (1, 2)
    assert one(home, "SELECT count(*) FROM articles") == 1


def test_near_identical_articles_are_folded(home: Home, tmp_path: Path) -> None:
    text = prose("anp", 120)
    later = record(url="https://b.example/1", id="kopie", text=text + " Slot.", published_at="2026-11-20T08:00:00Z")
    lines(home, tmp_path, later, record(url="https://a.example/1", id="echt", text=text))
    assert rows(home, "SELECT external_id FROM articles WHERE copy_of IS NOT NULL") == [("kopie",)]


def test_packed_files_are_read_and_broken_ones_told(home: Home, tmp_path: Path) -> None:
    packed = tmp_path / "week.jsonl.gz"
    content = "".join(json.dumps(each) + "\n" for each in week_of_articles()).encode()
    packed.write_bytes(gzip.compress(content))
    assert imports.import_articles(home, packed).new == 9
    whole = packed.read_bytes()
    for broken in (whole[:-20], b"no gzip", whole[:30] + b"\xff" * 40 + whole[70:], b""):
        (tmp_path / "bad.jsonl.gz").write_bytes(broken)
        if broken:
            with pytest.raises(UsageError, match=r"bad\.jsonl\.gz"):
                imports.import_articles(home, tmp_path / "bad.jsonl.gz")
        else:
            assert imports.import_articles(home, tmp_path / "bad.jsonl.gz").new == 0
    for missing in (tmp_path / "none.jsonl", tmp_path / "none.jsonl.gz", tmp_path):
        with pytest.raises(UsageError):
            imports.import_articles(home, missing)
    assert one(home, "SELECT count(*) FROM articles") == 9


def test_broken_letters_are_repaired_and_the_words_as_they_came_are_kept(home: Home, tmp_path: Path) -> None:
    text = "De raad besluit over het cafÃ© op het plein. " + prose("x", 30)
    lines(home, tmp_path, record(title="CafÃ© dicht", text=text))
    ((title, text, raw),) = rows(home, "SELECT title, text, raw_text FROM article_texts")
    assert title == "Café dicht"
    assert "het café op" in text
    assert "cafÃ©" in raw


def test_ids_are_kept_through_to_articles_and_clusters(home: Home, tmp_path: Path) -> None:
    records = week_of_articles()
    twin = {**records[0], "id": "kopie", "url": "https://kopie.example/1", "published_at": "2026-11-21T08:00:00Z"}
    without = {key: value for key, value in record(url="https://zonder.example/1").items() if key != "id"}
    lines(home, tmp_path, *records, twin, {**without, "text": "Something else altogether. " * 4, "title": "Zonder"})
    clustering.cluster(home, clustering.span_of(Week.parse(WEEK)), model=HashEncoder())
    with home.database.reading() as db:
        kept = {each["id"]: each for each in articles.export_with_copies(db, Week.parse(WEEK))}
        clustered = list(clusters.export(db, WEEK))
    wanted = {each["id"] for each in [*records, twin]}
    assert wanted <= set(kept)
    assert {each["id"] for each in clustered if each["id"]} == wanted
    by_id = {each["id"]: each for each in clustered}
    assert (by_id["kopie"]["cluster"], by_id["kopie"]["copy_of"]) == (
        by_id["huur-1"]["cluster"],
        by_id["huur-1"]["article"],
    )
    assert by_id["huur-1"]["cluster"] == by_id["huur-2"]["cluster"] != by_id["zorg-1"]["cluster"]
    assert {each["article"] for each in clustered} == {each["article"] for each in kept.values()}
    assert [each["cluster"] for each in clustered if each["title"] == "Zonder"] == [None]


def test_an_import_that_is_killed_goes_on_where_it_was(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports, "_BATCH", 4)
    records = [*week_of_articles(), record(url="https://kopie.example/1", published_at="2026-11-21T08:00:00Z")]
    file = jsonl(tmp_path / "x.jsonl", records)

    def killed(*said: object) -> None:
        if said[1] == 8:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        imports.import_articles(home, file, killed)
    assert one(home, "SELECT count(*) FROM articles") == 8
    done = imports.import_articles(home, file)
    assert (done.new, done.known) == (2, 8)
    assert one(home, "SELECT count(*) FROM articles WHERE copy_of IS NOT NULL") == 1


def test_more_articles_than_are_kept_at_once_are_all_taken(home: Home, tmp_path: Path) -> None:
    many = (
        record(url=f"https://a.example/{number}", id=number, title=f"Titel {number}", text=prose(str(number), 200))
        for number in range(1_100)
    )
    done = imports.import_articles(home, jsonl(tmp_path / "x.jsonl", many))
    assert (done.new, done.refused) == (1_100, ())
    assert one(home, "SELECT count(*) FROM articles") == 1_100
