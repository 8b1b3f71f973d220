from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from curate import entries, urls
from curate.entries import KnownEntry, Matches
from curate.feedforms import FeedEntry, ParsedFeed


def entry(guid: str | None = None, url: str | None = None, title: str = "A title", text: str = "Words.") -> FeedEntry:
    return FeedEntry(guid, url, title, "", datetime(2026, 11, 2, tzinfo=UTC), None, "nl", text, is_truncated=False)


def feed(*said: FeedEntry, site_url: str = "https://site.example/") -> ParsedFeed:
    return ParsedFeed("rss", "A feed", "nl", site_url, said)


def known_after(known: Iterable[KnownEntry], matches: Matches) -> list[KnownEntry]:
    """What a caller keeps: new entries under their key, changes and guids over the old ones."""
    kept = {each.entry_id: each for each in known}
    for entry_id, said in (*matches.new, *matches.changed):
        guid = kept[entry_id].guid if entry_id in kept else said.guid
        url = urls.canonical(said.url) if said.url else None
        kept[entry_id] = KnownEntry(entry_id, guid, url, entries.content_hash(said), said.title)
    for entry_id, guid in matches.renamed:
        kept[entry_id] = replace(kept[entry_id], guid=guid)
    return list(kept.values())


def poll(*documents: ParsedFeed) -> list[tuple[int, int, int]]:
    """Return (new, changed, same) for each document in turn."""
    known: list[KnownEntry] = []
    counts = []
    for document in documents:
        matches = entries.match(known, document)
        known = known_after(known, matches)
        counts.append((len(matches.new), len(matches.changed), len(matches.same)))
    return counts


A, B, C = (f"https://site.example/2026/{name}" for name in ("first-post", "second-post", "third-post"))


def test_the_same_document_twice_gives_nothing_new() -> None:
    document = feed(entry("1", A), entry("2", B), entry(None, C), entry(None, None, "Bare"))
    assert poll(document, document) == [(4, 0, 0), (0, 0, 4)]


def test_a_changed_title_updates_and_never_duplicates() -> None:
    assert poll(feed(entry("1", A, "Old")), feed(entry("1", A, "New"))) == [(1, 0, 0), (0, 1, 0)]
    assert poll(feed(entry(None, A, "Old")), feed(entry(None, A, "New"))) == [(1, 0, 0), (0, 1, 0)]


def test_a_changed_link_under_the_same_guid_updates() -> None:
    assert poll(feed(entry("1", A)), feed(entry("1", B, "New title"))) == [(1, 0, 0), (0, 1, 0)]


def test_another_campaign_on_the_same_link_changes_nothing() -> None:
    before, after = entry(None, f"{A}?utm_campaign=w44"), entry(None, f"{A}?utm_campaign=w45")
    assert poll(feed(before), feed(after)) == [(1, 0, 0), (0, 0, 1)]


def test_guids_made_anew_at_every_poll_do_not_duplicate() -> None:
    documents = [feed(*(entry(f"{turn}-{url}", url, url) for url in (A, B, C))) for turn in range(4)]
    assert poll(*documents) == [(3, 0, 0), (0, 0, 3), (0, 0, 3), (0, 0, 3)]


def test_guids_made_anew_together_with_a_title_do_not_duplicate() -> None:
    assert poll(feed(entry("1", A, "Old")), feed(entry("2", A, "New"))) == [(1, 0, 0), (0, 1, 0)]


def test_a_change_under_a_guid_that_was_made_anew_once_is_recognised() -> None:
    documents = feed(entry("1", A, "Old")), feed(entry("2", A, "Old")), feed(entry("2", B, "New"))
    assert poll(*documents) == [(1, 0, 0), (0, 0, 1), (0, 1, 0)]


def test_an_article_posted_again_beside_the_old_entry_is_a_new_entry() -> None:
    old, again = entry("old", f"{A}?utm_campaign=w44"), entry("again", f"{A}?utm_campaign=again")
    assert poll(feed(old), feed(again, old), feed(again, old)) == [(1, 0, 0), (1, 0, 1), (0, 0, 2)]


def test_both_postings_survive_when_their_guids_are_made_anew() -> None:
    first = feed(entry("1", A), entry("2", A))
    second = feed(entry("3", A), entry("4", A))
    assert poll(first, second) == [(2, 0, 0), (0, 0, 2)]


def test_one_guid_for_all_entries_loses_none_and_doubles_none() -> None:
    two, three = [entry("x", A), entry("x", B)], [entry("x", C), entry("x", A), entry("x", B)]
    assert poll(feed(*two), feed(*three), feed(*three)) == [(2, 0, 0), (1, 0, 2), (0, 0, 3)]


def test_one_guid_and_the_sites_own_link_for_all_entries_loses_none() -> None:
    home = "https://site.example/"
    one, two, three = (entry("x", home, title) for title in ("One", "Two", "Three"))
    assert poll(feed(one, two), feed(three, one, two), feed(three, one)) == [(2, 0, 0), (1, 0, 2), (0, 0, 2)]


def test_one_guid_with_an_articles_link_twice_is_one_article() -> None:
    assert poll(feed(entry("x", A, "Old"), entry("x", A, "New"))) == [(1, 0, 0)]


def test_a_guid_that_is_repeated_later_still_finds_its_first_entry() -> None:
    assert poll(feed(entry("x", A)), feed(entry("x", B), entry("x", A))) == [(1, 0, 0), (1, 0, 1)]


def test_the_same_entry_twice_in_one_document_is_one() -> None:
    assert poll(feed(entry("1", A), entry("1", A), entry(None, B), entry(None, f"{B}#comments"))) == [(2, 0, 0)]


def test_entries_without_guid_that_all_link_to_the_site_stay_apart() -> None:
    home = "https://site.example/"
    one, two, three = (entry(None, home, title) for title in ("One", "Two", "Three"))
    assert poll(feed(one, two), feed(three, one, two), feed(three)) == [(2, 0, 0), (1, 0, 2), (0, 0, 1)]


def test_a_feed_that_shows_only_its_newest_entry_and_links_to_the_site_loses_none() -> None:
    home = "https://site.example"
    assert poll(feed(entry("1", home, "One")), feed(entry("2", home, "Two"))) == [(1, 0, 0), (1, 0, 0)]


def test_entries_with_neither_guid_nor_link_are_known_by_their_words() -> None:
    one, two = entry(None, None, "One"), entry(None, None, "Two")
    longer = entry(None, None, "One", text="More words.")
    assert poll(feed(one, two), feed(longer, two)) == [(2, 0, 0), (0, 1, 1)]


def test_an_entry_that_drops_out_and_returns_is_the_same() -> None:
    assert poll(feed(entry("1", A)), feed(entry("2", B)), feed(entry("1", A))) == [(1, 0, 0), (1, 0, 0), (0, 0, 1)]


def test_an_entry_is_found_by_its_key_when_its_address_was_not_kept() -> None:
    said = entry(None, "https://www.linkedin.com/pulse/a-post", "Shared")
    ((key, _),) = entries.match([], feed(said)).new
    known = KnownEntry(key, None, None, entries.content_hash(said), "Shared")
    assert entries.match([known], feed(said)) == Matches(new=(), changed=(), same=(key,), renamed=())


def test_http_and_https_of_a_link_are_the_same_link() -> None:
    assert poll(feed(entry(None, A)), feed(entry(None, A.replace("https", "http"))))[1][0] == 0


def test_keys_tell_which_identity_was_used() -> None:
    none: frozenset[str] = frozenset()
    assert entries.entry_key(entry("1", A), none) == "guid:1"
    assert entries.entry_key(entry(None, A), none) == "link:site.example/2026/first-post"
    assert entries.entry_key(entry("1", A), frozenset({"1"})) == "link:site.example/2026/first-post"
    assert entries.entry_key(entry(None, None), none).startswith("text:")


said = st.builds(
    entry,
    guid=st.sampled_from([None, "1", "2", "3"]),
    url=st.sampled_from([None, A, B, f"{A}?utm_source=x", "https://site.example/"]),
    title=st.sampled_from(["", "One", "Two"]),
    text=st.sampled_from(["", "Words.", "Other words."]),
)


@settings(deadline=None, max_examples=150)
@given(st.lists(st.lists(said, max_size=6), min_size=1, max_size=4))
def test_any_document_polled_twice_changes_nothing_the_second_time(polls: list[list[FeedEntry]]) -> None:
    known: list[KnownEntry] = []
    for listed in polls:
        document = feed(*listed)
        known = known_after(known, entries.match(known, document))
        again = entries.match(known, document)
        assert (again.new, again.renamed) == ((), ())
        assert not again.changed


@settings(deadline=None, max_examples=150)
@given(st.lists(st.lists(said, max_size=6), min_size=1, max_size=4))
def test_every_known_entry_is_matched_at_most_once(polls: list[list[FeedEntry]]) -> None:
    known: list[KnownEntry] = []
    for listed in polls:
        matches = entries.match(known, feed(*listed))
        matched = [*(entry_id for entry_id, _ in matches.changed), *matches.same]
        assert len(matched) == len(set(matched))
        assert set(matched) <= {each.entry_id for each in known}
        assert not {key for key, _ in matches.new} & {each.entry_id for each in known}
        assert len(matched) + len(matches.new) == len(entries.keyed(feed(*listed)))
        known = known_after(known, matches)
