"""Which entries of a feed are new, changed or the same as before.

A guid ought to say it all. In the world it is missing, given to several entries, or made anew at every poll; so the
link has its say as well, and nothing is decided by an entry alone that the whole document can tell better.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from curate import ids, texts, urls
from curate.feedforms import FeedEntry, ParsedFeed


@dataclass(frozen=True, slots=True)
class KnownEntry:
    """An entry of this source that is kept already. ``url`` is canonical; ``content_hash`` is :func:`content_hash`."""

    entry_id: str
    guid: str | None
    url: str | None
    content_hash: str
    title: str


@dataclass(frozen=True, slots=True)
class Matches:
    """What a document means for what is known.

    ``new``: (key, entry) to add. ``changed``: (entry_id, entry) whose title, text or address changed. ``same``: ids
    found again unchanged. ``renamed``: (entry_id, guid) of matched entries that bear another guid now; keep the new
    one, so that the next change under it is recognised.
    """

    new: tuple[tuple[str, FeedEntry], ...]
    changed: tuple[tuple[str, FeedEntry], ...]
    same: tuple[str, ...]
    renamed: tuple[tuple[str, str], ...]


def entry_key(entry: FeedEntry, repeated: frozenset[str]) -> str:
    """Return what identifies this entry within its source.

    The guid when it names one entry only; else the link when it names one only; else link, title, date and text
    together. ``repeated`` are the guids and link identities that name several (:func:`repeated_in`).
    """
    link = _link(entry)
    if entry.guid and entry.guid not in repeated:
        return f"guid:{entry.guid}"
    if link and link not in repeated:
        return f"link:{link}"
    published = entry.published_at.isoformat() if entry.published_at else ""
    told = "" if entry.title and published else texts.content_hash(entry.text)
    return f"text:{ids.of(link or '', texts.content_hash(entry.title), published, told)}"


def repeated_in(feed: ParsedFeed) -> frozenset[str]:
    """Return the guids given to different things, and the links that different entries without own guid share.

    Things differ by their links, or by their titles where the link is no article's own.
    """
    site = urls.identity(feed.site_url or "")
    guids = _shared(
        (entry.guid, (_link(entry) if _is_articles(entry, site) else None) or texts.content_hash(entry.title))
        for entry in feed.entries
    )
    links = _shared(
        (_link(entry), texts.content_hash(entry.title))
        for entry in feed.entries
        if entry.guid is None or entry.guid in guids
    )
    return guids | links


def keyed(feed: ParsedFeed) -> tuple[tuple[str, FeedEntry], ...]:
    """Return (key, entry) in the order of the document, the same entry twice in it once."""
    repeated = repeated_in(feed)
    found: dict[str, FeedEntry] = {}
    for entry in feed.entries:
        found.setdefault(entry_key(entry, repeated), entry)
    return tuple(found.items())


def content_hash(entry: FeedEntry) -> str:
    """Return 32 hexadecimal characters that change when title, text or canonical address do."""
    return texts.content_hash("\n".join((entry.title, entry.text, _canonical(entry) or "")))


def match(known: Sequence[KnownEntry], feed: ParsedFeed, id_of: Callable[[str], str] = str) -> Matches:
    """Compare a document with all that is known of its source. Five rules, each over the whole document in turn:

    1. A guid that names one entry in the document and one known entry (or one with its link): the same entry, whatever
       else changed.
    2. Same link, and the same title or content, while the known entry is not in the document under its own guid:
       the same entry; its guid was made anew, or it never had one. If it *is* there under its own guid, the publisher
       has posted the article again: a new entry, of the same article.
    3. Same link, when it names one entry on both sides and is an article's and not the site's own address: the same
       entry, even with another title. For entries without guid any link that names one will do.
    4. No link on both sides: the same content; without a guid of its own, the same title will do.
    5. The key gives the id of a known entry: what it was first known by has come back.

    Everything else is new. Each known entry is matched at most once. ``id_of`` is how the caller makes an entry id of
    a key: no new key is given whose id a known entry has, though guids and links wander from one entry to another.
    """
    matching = _Matching(known, feed)
    for rule in (matching.by_guid, matching.by_link_and_words, matching.by_link, matching.by_words):
        matching.take(rule)
    matching.take(lambda entry: matching.by_id(id_of(entry_key(entry, matching.repeated))))
    used = {each.entry_id for each in known}
    return matching.outcome(lambda key: _unused(key, id_of, used))


class _Matching:
    def __init__(self, known: Sequence[KnownEntry], feed: ParsedFeed) -> None:
        self._document = keyed(feed)
        self.repeated = repeated_in(feed)
        self._site = urls.identity(feed.site_url or "")
        self._free = {each.entry_id: each for each in known}
        self._found: dict[str, KnownEntry] = {}
        self._guids = _grouped(known, lambda each: each.guid)
        self._links = _grouped(known, lambda each: urls.identity(each.url or ""))
        self._unlinked = [each for each in known if not each.url]
        self._times_linked = Counter(_link(entry) for _, entry in self._document)

    def take(self, rule: Callable[[FeedEntry], KnownEntry | None]) -> None:
        # What has no guid has only its link or words to be found by: it goes first.
        for key, entry in sorted(self._document, key=lambda pair: not self._has_no_own_guid(pair[1])):
            if key not in self._found and (hit := rule(entry)) is not None:
                self._found[key] = self._free.pop(hit.entry_id)

    def by_guid(self, entry: FeedEntry) -> KnownEntry | None:
        if not entry.guid or self._has_no_own_guid(entry):
            return None
        named = self._guids.get(entry.guid, [])
        if len(named) > 1:
            named = [each for each in named if urls.identity(each.url or "") == _link(entry)]
        return named[0] if len(named) == 1 and self._is_free(named[0]) else None

    def by_link_and_words(self, entry: FeedEntry) -> KnownEntry | None:
        free = self._free_of(self._links.get(_link(entry) or "", []), entry)
        return _equal_in_words(entry, free)

    def by_link(self, entry: FeedEntry) -> KnownEntry | None:
        link = _link(entry) or ""
        candidates = self._links.get(link, [])
        if self._times_linked[link] != 1 or len(candidates) != 1 or not self._is_free(candidates[0]):
            return None
        is_bound_by_link = self._has_no_own_guid(entry) or not candidates[0].guid
        return candidates[0] if is_bound_by_link or _is_articles(entry, self._site) else None

    def by_words(self, entry: FeedEntry) -> KnownEntry | None:
        if _link(entry):
            return None
        free = self._free_of(self._unlinked, entry)
        return _equal_in_words(entry, free) if self._has_no_own_guid(entry) else _equal_in_content(entry, free)

    def by_id(self, entry_id: str) -> KnownEntry | None:
        return self._free.get(entry_id)

    def outcome(self, unused: Callable[[str], str]) -> Matches:
        pairs = [(self._found[key], entry) for key, entry in self._document if key in self._found]
        hashes = {each.entry_id: content_hash(entry) for each, entry in pairs}
        is_same = {each.entry_id: hashes[each.entry_id] == each.content_hash for each, _ in pairs}
        return Matches(
            new=tuple((unused(key), entry) for key, entry in self._document if key not in self._found),
            changed=tuple((each.entry_id, entry) for each, entry in pairs if not is_same[each.entry_id]),
            same=tuple(each.entry_id for each, _ in pairs if is_same[each.entry_id]),
            renamed=tuple(
                (each.entry_id, entry.guid) for each, entry in pairs if entry.guid and entry.guid != each.guid
            ),
        )

    def _free_of(self, candidates: Sequence[KnownEntry], entry: FeedEntry) -> list[KnownEntry]:
        """Return those not matched yet, the ones with the entry's own guid first."""
        free = filter(self._is_free, candidates)
        return sorted(free, key=lambda each: each.guid != entry.guid)

    def _is_free(self, each: KnownEntry) -> bool:
        return each.entry_id in self._free

    def _has_no_own_guid(self, entry: FeedEntry) -> bool:
        return not entry.guid or entry.guid in self.repeated


def _is_articles(entry: FeedEntry, site: str | None) -> bool:
    """Say whether the link can be one article's: feeds without permanent links all point to their site."""
    split = urlsplit(entry.url or "")
    return _link(entry) != site and bool(split.path.strip("/") or split.query)


def _unused(key: str, id_of: Callable[[str], str], used: set[str]) -> str:
    while id_of(key) in used:
        key += " again"
    return key


def _equal_in_words(entry: FeedEntry, candidates: Sequence[KnownEntry]) -> KnownEntry | None:
    """Return the candidate with the same content, else the first with the same title."""
    title = texts.content_hash(entry.title)
    by_title = (each for each in candidates if entry.title and texts.content_hash(each.title) == title)
    return _equal_in_content(entry, candidates) or next(by_title, None)


def _equal_in_content(entry: FeedEntry, candidates: Sequence[KnownEntry]) -> KnownEntry | None:
    own = content_hash(entry)
    return next((each for each in candidates if each.content_hash == own), None)


def _canonical(entry: FeedEntry) -> str | None:
    return urls.canonical(entry.url) if entry.url else None


def _link(entry: FeedEntry) -> str | None:
    return urls.identity(entry.url) if entry.url else None


def _grouped(known: Iterable[KnownEntry], name_of: Callable[[KnownEntry], str | None]) -> dict[str, list[KnownEntry]]:
    groups: dict[str, list[KnownEntry]] = defaultdict(list)
    for each in known:
        name = name_of(each)
        if name:
            groups[name].append(each)
    return groups


def _shared(pairs: Iterable[tuple[str | None, str]]) -> frozenset[str]:
    """Return the names that stand for more than one thing."""
    things: dict[str, set[str]] = defaultdict(set)
    for name, thing in pairs:
        if name:
            things[name].add(thing)
    return frozenset(name for name, named in things.items() if len(named) > 1)
