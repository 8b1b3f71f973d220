"""The demo as a newcomer meets it: the whole cycle, on the bundled sample, with nothing from outside."""

import csv
import io
import json
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from curate import urls
from pipelines import cli
from pipelines import home as homes
from pipelines.demo import cycle, sample
from pipelines.home import Home, silent
from storage import annotations, articles, issues, sources

pytestmark = pytest.mark.timeout(300)


class Demo:
    def __init__(self, folder: Path) -> None:
        self.lines: list[str] = []
        self.shown = cycle.run(folder, self.lines.append, silent)
        self.home: Home = homes.opened(folder)

    def mails(self, to: str) -> list[EmailMessage]:
        files = sorted(self.home.outbox.glob(f"{to}.*.eml"))
        return [message_from_bytes(file.read_bytes(), policy=policy.default) for file in files]  # type: ignore[misc]

    def digests(self) -> list[dict[str, Any]]:
        with self.home.database.reading() as db:
            return [json.loads(issues.content_of(db, one.number) or "") for one in reversed(issues.published(db))]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    yield Demo(tmp_path_factory.mktemp("demo") / "home")


def test_two_issues_are_published_and_everybody_gets_each_once(demo: Demo) -> None:
    assert [one["week"] for one in demo.digests()] == ["2026-W46", "2026-W47"]
    for reader in sample.voices().subscribers:
        assert len(demo.mails(reader.email)) == 2
        assert len({mail["Message-ID"] for mail in demo.mails(reader.email)}) == 2


def test_the_disagreement_stands_in_the_second_issue_with_both_voices(demo: Demo) -> None:
    differing = [item for item in demo.digests()[1]["items"] if item["differ"]]
    assert len(differing) == 1
    assert [voice["relation"] for voice in differing[0]["voices"]] == [None, "questions"]
    assert "Waar we verschillen" in (demo.home.path / "issues" / "2026-W47.html").read_text(encoding="utf-8")


def test_every_voice_of_the_sample_is_stored_word_for_word(demo: Demo) -> None:
    with demo.home.database.reading() as db:
        stored = {one.words.so_what for week in cycle.WEEKS for one in annotations.of_week(db, week)}
    assert stored == {" ".join(one.so_what.split()) for one in sample.voices().annotations} | stored & {""}


def test_all_articles_arrive_once_in_both_languages_and_copies_are_folded(demo: Demo) -> None:
    with demo.home.database.reading() as db:
        stored, copies = articles.totals(db)
        found = list(articles.export(db, None))
    assert stored - copies == len(found) == len(sample.articles())
    assert copies == 2
    assert {one["language"] for one in found} == {"nl", "en"}


def test_the_damaged_entry_is_repaired_and_its_raw_text_kept(demo: Demo) -> None:
    damaged = next(one for one in sample.articles() if one.damaged)
    with demo.home.database.reading() as db:
        found = next(one for one in articles.export(db, None) if one["url"].endswith(damaged.slug))
        raw = db.execute("SELECT count(*) FROM article_texts WHERE raw_text IS NOT NULL")
    assert found["title"] == damaged.title
    assert damaged.paragraphs[0] in found["text"]
    assert raw[0][0] >= 1


def test_the_source_that_breaks_is_named_and_stops_nobody(demo: Demo) -> None:
    with demo.home.database.reading() as db:
        states = {
            one["title"]: (one["state"], one["error_kind"]) for one in sources.export(db) if one["kind"] == "feed"
        }
    assert [kind for state, kind in states.values() if state == "failing"] == ["not_a_feed"]
    assert len(states) == 9


def test_a_member_brings_an_article_that_no_feed_has_and_stays_nameless_to_readers(demo: Demo) -> None:
    unlisted = next(one for one in sample.articles() if one.unlisted)
    with demo.home.database.reading() as db:
        found = next(one for one in articles.export(db, None) if one["url"].endswith(unlisted.slug))
    assert found["sources"][0].startswith("linkedin:")
    links = [link for item in demo.digests()[0]["items"] for link in item["links"]]
    assert all(link["source"] not in {one.name for one in sample.voices().catalysts} for link in links)


def test_nothing_private_of_the_linkedin_export_is_kept_anywhere(demo: Demo) -> None:
    private = private_words()
    assert len(private) == 3
    with demo.home.database.reading() as db:
        columns = db.execute(
            "SELECT table_name, column_name FROM duckdb_columns() WHERE NOT internal AND data_type = 'VARCHAR'"
        )
        for table, column in columns:
            kept = " ".join(row[0] or "" for row in db.execute(f'SELECT "{column}" FROM "{table}"'))
            assert not [word for word in private if word in kept], (table, column)
    assert not list(demo.home.inbox.rglob("*.zip"))


def private_words() -> set[str]:
    """Addresses of the sample's contacts and sentences of its letters, which nobody may ever read."""
    contacts = csv.reader(io.StringIO(sample.text_of("linkedin/Connections.csv")))
    letters = csv.DictReader(io.StringIO(sample.text_of("linkedin/messages.csv")))
    return {cell for row in contacts for cell in row if "@" in cell or "/in/" in cell} | {
        row["CONTENT"] for row in letters
    }


def test_the_invitations_hold_one_link_that_leads_to_the_board(demo: Demo) -> None:
    for catalyst in sample.voices().catalysts:
        for mail in demo.mails(catalyst.email):
            body = mail.get_body(("plain",))
            assert body is not None
            links = {link for link in urls.found_in(body.get_content()) if "/sign-in/" in link}
            assert len(links) == 1


def test_it_ends_by_saying_where_to_look(demo: Demo) -> None:
    for path in (demo.shown.record["page"], demo.shown.record["map"], *demo.shown.record["mails"]):
        assert Path(path).exists()
    assert demo.shown.record["page"] in demo.shown.sentence
    assert "Start for real" in demo.shown.sentence


def test_a_folder_with_something_else_in_it_is_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "thesis.txt").write_text("years of work", encoding="utf-8")
    assert cli.run(["demo", "--out", str(tmp_path)]) == 2
    assert "holds something else" in capsys.readouterr().err
    assert (tmp_path / "thesis.txt").read_text(encoding="utf-8") == "years of work"
