"""Copies: near-identical articles (syndication, reprints), found by comparing small sketches of their texts.

A sketch is the smallest ``SIZE`` hashes of a text's four-word runs (bottom-k sketch, Cohen & Kaplan 2007). From two
sketches the share of runs that the texts have in common (Jaccard) is estimated within about .05, so a week of articles
is compared without holding their texts.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from curate import texts

SIZE = 64
ALIKE = 0.8
"""Estimated share of common four-word runs from which two texts are one; articles on one event stay below .3."""
FEWEST_RUNS = 24
"""Below this many runs a text is too short to compare by estimate: only the very same words make a copy."""


@dataclass(frozen=True, slots=True)
class Sketched:
    """An article as the search for copies sees it.

    ``site`` is the host of its address; ``own`` says that it was brought by a source of that same site, ``teaser`` that
    there is no more of its text.
    """

    id: str
    site: str
    title: str
    published_at: datetime
    first_seen_at: datetime
    own: bool
    teaser: bool
    text_hash: str
    hashes: tuple[int, ...]
    copy_of: str | None = None

    @property
    def rank(self) -> tuple[datetime, datetime, bool, str]:
        """Of those that are alike the lowest is the original: published first, seen first, on its own site."""
        return self.published_at, self.first_seen_at, not self.own, self.id


def sketch(text: str) -> tuple[int, ...]:
    """Return the sketch of a text, ascending 63-bit numbers; empty for one too short to compare."""
    runs = texts.word_shingles(text)
    if len(runs) < FEWEST_RUNS:
        return ()
    return tuple(sorted(_number(run) for run in runs)[:SIZE])


def likeness(left: Sequence[int], right: Sequence[int]) -> float:
    """Estimate the share of runs in common (0-1) from two sketches."""
    if not left or not right:
        return 0.0
    smallest = sorted({*left, *right})[:SIZE]
    both = {*left} & {*right}
    return sum(number in both for number in smallest) / len(smallest)


def folded(articles: Sequence[Sketched]) -> dict[str, str | None]:
    """Return what must change: article id to the article it copies, or None when it copies none any more.

    Of those that are alike the one of lowest rank is the original; at last the id decides between equals, so that the
    outcome does not depend on the order in which they came. An original that is not among them lies before the
    stretch of time that is looked at, and stays the original. Where one site gives one teaser under several headlines,
    it says nothing of any of them, and nothing is folded for it: those articles would be lost.
    """
    group = _groups(articles)
    here = {one.id for one in articles}
    roots: dict[str, str] = {}
    for one in sorted(articles, key=lambda one: (one.copy_of in here or not one.copy_of, one.rank)):
        roots.setdefault(group[one.id], one.id if one.copy_of in here else one.copy_of or one.id)
    wanted = {one.id: None if roots[group[one.id]] == one.id else roots[group[one.id]] for one in articles}
    return {one.id: wanted[one.id] for one in articles if wanted[one.id] != one.copy_of}


def _groups(articles: Sequence[Sketched]) -> dict[str, str]:
    """Name the group of each article by one of its members (disjoint sets)."""
    above = {one.id: one.id for one in articles}

    def top(name: str) -> str:
        while above[name] != name:
            above[name] = name = above[above[name]]
        return name

    for left, right in _alike(articles):
        above[top(left)] = top(right)
    return {one.id: top(one.id) for one in articles}


def _alike(articles: Sequence[Sketched]) -> Iterable[tuple[str, str]]:
    by_words: dict[str, str] = {}
    by_sketch: dict[tuple[int, ...], str] = {}
    holders: dict[int, list[int]] = defaultdict(list)
    empty_words = _empty_words(articles)
    for place, one in enumerate(articles):
        if one.id in empty_words:
            continue
        if one.text_hash:
            yield one.id, by_words.setdefault(one.text_hash, one.id)
        if one.hashes and by_sketch.setdefault(one.hashes, one.id) != one.id:
            # A text that a thousand articles share must not be compared a million times.
            yield one.id, by_sketch[one.hashes]
            continue
        shared = Counter(other for number in one.hashes for other in holders[number])
        for other, count in shared.items():
            if 2 * count >= len(one.hashes) and likeness(one.hashes, articles[other].hashes) >= ALIKE:
                yield one.id, articles[other].id
        for number in one.hashes:
            holders[number].append(place)


def _empty_words(articles: Sequence[Sketched]) -> frozenset[str]:
    """Return the ids of those whose very teaser their site gives under another headline too ("Read it on our site")."""
    headlines: dict[tuple[str, object], dict[str, tuple[str, ...]]] = defaultdict(dict)
    for one in articles:
        for text in filter(None, (one.text_hash, one.hashes)):
            headlines[one.site, text][one.id] = tuple(texts.words(one.title))
    shared = {id for titles in headlines.values() if len({*titles.values()}) > 1 for id in titles}
    return frozenset(one.id for one in articles if one.teaser and one.id in shared)


def _number(run: object) -> int:
    return int.from_bytes(hashlib.blake2b(repr(run).encode(), digest_size=8).digest()) >> 1
