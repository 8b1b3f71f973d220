"""A feed over many polls, whatever its publisher does: each article is found once, and stays."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from curate import entries, urls
from curate.entries import KnownEntry
from curate.feedforms import FeedEntry, ParsedFeed

SITE = "https://site.example/"
GUIDS = ("its own", "none", "anew at every poll", "the same for all")
LINKS = ("its own", "with tracking", "through www and http", "moved at every poll")


@dataclass(frozen=True)
class Written:
    """One article of the publisher."""

    number: int
    title: str
    text: str


class Publisher(RuleBasedStateMachine):
    """The model: what was ever shown, against what the matcher keeps."""

    @initialize(guids=st.sampled_from(GUIDS), links=st.sampled_from(LINKS), window=st.sampled_from([1, 2, 3, 6]))
    def opens(self, guids: str, links: str, window: int) -> None:
        # Only a guid of its own can tell where an article has moved to.
        self.guids, self.links, self.window = "its own" if links.startswith("moved") else guids, links, window
        self.written: list[Written] = []
        self.shown: set[int] = set()
        self.known: dict[str, KnownEntry] = {}
        self.article_of: dict[str, int] = {}
        self.polls = 0

    @rule(count=st.integers(1, 3))
    def writes(self, count: int) -> None:
        for _ in range(count):
            number = len(self.written)
            self.written.insert(0, Written(number, f"Title {number}", f"Words of {number}."))

    @precondition(lambda self: self.written)
    @rule(data=st.data())
    def edits_one_in_view_between_two_polls(self, data: st.DataObject) -> None:
        self.is_polled(twice=False)
        at = data.draw(st.integers(0, min(self.window, len(self.written)) - 1))
        part = data.draw(st.sampled_from(["title", "text"]))
        one = self.written[at]
        self.written[at] = replace(one, **{part: getattr(one, part) + " Edited."})
        self.is_polled(twice=False)

    @precondition(lambda self: len(self.written) > 1)
    @rule(data=st.data())
    def moves_one_to_the_top(self, data: st.DataObject) -> None:
        self.written.insert(0, self.written.pop(data.draw(st.integers(0, len(self.written) - 1))))

    @rule(window=st.sampled_from([1, 2, 3, 6]))
    def shows_more_or_fewer(self, window: int) -> None:
        self.window = window

    @rule(twice=st.booleans())
    def is_polled(self, twice: bool) -> None:
        self.polls += 1
        # One guid for all, in a feed that shows one entry, cannot be told from an entry that was edited throughout.
        least = 2 if self.guids == "the same for all" else 1
        visible = self.written[: max(least, self.window)]
        listed = [self._said(one) for one in visible] * (2 if twice else 1)
        document = ParsedFeed("rss", "A feed", "nl", SITE, tuple(listed))
        matches = entries.match(list(self.known.values()), document)
        self._keep(matches.new, matches.changed)
        for entry_id, guid in matches.renamed:
            self.known[entry_id] = replace(self.known[entry_id], guid=guid)
        self.shown |= {one.number for one in visible}
        assert len(matches.new) + len(matches.changed) + len(matches.same) == len(visible)

    @invariant()
    def each_article_shown_is_kept_once_under_its_own_identity(self) -> None:
        if self.polls:
            assert sorted(self.article_of.values()) == sorted(self.shown)
            assert set(self.article_of) == set(self.known)

    def _keep(self, new: tuple[tuple[str, FeedEntry], ...], changed: tuple[tuple[str, FeedEntry], ...]) -> None:
        for key, said in new:
            assert key not in self.known
            self.article_of[key] = _number(said)
        for key, said in changed:
            assert self.article_of[key] == _number(said), "an entry became another article"
        for key, said in (*new, *changed):
            url = urls.canonical(said.url or "")
            self.known[key] = KnownEntry(key, said.guid, url, entries.content_hash(said), said.title)

    def _said(self, one: Written) -> FeedEntry:
        guid = {
            "its own": f"g{one.number}",
            "none": None,
            "anew at every poll": f"{one.number}-{self.polls}",
            "the same for all": "x",
        }[self.guids]
        url = {
            "its own": f"{SITE}2026/article-{one.number}",
            "with tracking": f"{SITE}2026/article-{one.number}?utm_campaign=w{self.polls}&fbclid={self.polls}",
            "through www and http": (SITE, "http://www.site.example/")[self.polls % 2] + f"2026/article-{one.number}",
            "moved at every poll": f"{SITE}{self.polls}/article-{one.number}",
        }[self.links]
        at = datetime(2026, 11, 2, tzinfo=UTC) + timedelta(hours=one.number)
        return FeedEntry(guid, url, one.title, "", at, None, "nl", one.text, is_truncated=False)


def _number(said: FeedEntry) -> int:
    return int((said.url or "").partition("?")[0].rpartition("-")[2])


TestPublisher = Publisher.TestCase
TestPublisher.settings = settings(deadline=None, max_examples=80, stateful_step_count=20)
