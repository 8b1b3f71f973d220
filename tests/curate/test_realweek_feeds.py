"""Three weeks of eighteen publishers and 120 feeds as found, when they stand beside the project."""

import json
import re
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from curate import entries, feeds, urls
from curate.entries import KnownEntry, Matches
from curate.feedforms import ParsedFeed

ROOT = Path(__file__).parents[2] / "../shared/realweek"
WEEKS = ("2026-W44", "2026-W45", "2026-W46")

pytestmark = [
    pytest.mark.realweek,
    pytest.mark.skipif(not ROOT.exists(), reason="the three weeks are not beside the project"),
]


def listed(name: str) -> Any:
    return json.loads((ROOT / name).read_bytes())


def weekly(publisher: dict[str, Any], week: str) -> ParsedFeed:
    raw = (ROOT / publisher["weeks"][week]["file"]).read_bytes()
    body = re.sub(rb"\{BASE(\d+)\}", rb"http://127.0.1.\1:8800", raw)
    return feeds.parse(body, publisher["content_type"], f"http://{publisher['host']}:8800{publisher['path']}")


def kept_after(known: list[KnownEntry], matches: Matches) -> list[KnownEntry]:
    kept = {each.entry_id: each for each in known}
    for entry_id, said in (*matches.new, *matches.changed):
        guid = kept[entry_id].guid if entry_id in kept else said.guid
        url = urls.canonical(said.url or "")
        kept[entry_id] = KnownEntry(entry_id, guid, url, entries.content_hash(said), said.title)
    for entry_id, guid in matches.renamed:
        kept[entry_id] = replace(kept[entry_id], guid=guid)
    return list(kept.values())


def test_every_real_feed_gives_its_entries_and_their_links() -> None:
    wrong = []
    for real in listed("real/index.json"):
        body, served = (ROOT / real["file"]).read_bytes(), real["headers"].get("Content-Type", "")
        found = feeds.parse(body, served, f"http://feeds.example/{real['n']}.xml").entries
        # Relative links are left out of the index's count and are made absolute by us.
        linked = sum(each.url is not None and "//feeds.example/" not in each.url for each in found)
        if (len(found), linked) != (real["expect_entries"], real["with_http_link"]):
            wrong.append((real["n"], len(found), real["expect_entries"], linked, real["with_http_link"]))
    assert wrong == []


def test_every_real_feed_polled_twice_changes_nothing_the_second_time() -> None:
    for real in listed("real/index.json"):
        document = feeds.parse((ROOT / real["file"]).read_bytes(), "", "http://feeds.example/")
        first = entries.match([], document)
        assert len(first.new) == real["expect_unique"], real["n"]
        again = entries.match(kept_after([], first), document)
        assert (again.new, again.changed, again.renamed) == ((), (), ()), real["n"]


def test_every_weekly_feed_gives_its_entries() -> None:
    expected = listed("expected.json")["entries_per_feed"]
    for publisher in listed("feeds/index.json"):
        found = {week: len(weekly(publisher, week).entries) for week in WEEKS}
        assert found == expected[str(publisher["n"])]


def test_three_weekly_polls_find_each_entry_once() -> None:
    counts = {week: Counter[str]() for week in WEEKS}
    for publisher in listed("feeds/index.json"):
        known: list[KnownEntry] = []
        for week in WEEKS:
            document = weekly(publisher, week)
            matches = entries.match(known, document)
            known = kept_after(known, matches)
            again = entries.match(known, document)
            assert (again.new, again.changed, again.renamed) == ((), (), ())
            counts[week].update(new=len(matches.new), changed=len(matches.changed), renamed=len(matches.renamed))
    assert [counts[week]["new"] for week in WEEKS] == [68, 69, 66]
    assert [counts[week]["changed"] for week in WEEKS] == [0, 2, 0]
    assert [counts[week]["renamed"] for week in WEEKS] == [0, 0, 0]


def test_the_addresses_of_three_weeks_are_185_articles() -> None:
    found = {
        # Publisher 18 links to a hop, which a client follows; here it is done by hand.
        urls.article_id(said.url.replace(":8800/r/", ":8800/a/"))
        for publisher in listed("feeds/index.json")
        for week in WEEKS
        for said in weekly(publisher, week).entries
        if said.url
    }
    assert len(found) == 185
