"""Finding words in issues: accents and case make no difference, and an issue must hold all of the words.

A word is found anywhere, also inside another: whoever looks for *huur* wants the *verhuurder* too.
"""

import unicodedata
from collections.abc import Container, Sequence
from dataclasses import dataclass
from typing import Literal

from curate import texts
from curate.issues import Issue, Item

Kind = Literal[
    "title", "voice", "link", "question", "experiment", "missing", "then", "said_before", "unannotated", "note"
]

MOST_TERMS = 8
SHORTEST = 2
"""Characters of a word that is looked for."""
EXCERPT = 260
"""Characters of what is shown of a passage."""


@dataclass(frozen=True, slots=True)
class Passage:
    """Something that stands in an issue and can be found; folded once, since frozen words never change."""

    kind: Kind
    text: str
    language: str
    byline: str = ""
    annotation_id: str = ""
    folded: str = ""
    folded_byline: str = ""

    def holds(self, term: str, nameless: Container[str]) -> bool:
        """Whether a word stands here; the names of ``nameless`` annotations are not looked at."""
        return term in self.folded or (term in self.folded_byline and self.annotation_id not in nameless)


@dataclass(frozen=True, slots=True)
class Found:
    """The best passage of an issue, and how many others hold one of the words."""

    passage: Passage
    others: int


def folded(text: str) -> str:
    """Return a text without accents and case."""
    if text.isascii():
        return text.lower()
    # Case first: the small form of some Greek letters is two, and words are folded before they are looked for.
    spread = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in spread if not unicodedata.combining(sign)).casefold()


def terms(query: str) -> tuple[str, ...]:
    """Return the words that a person looks for, folded, each once, eight at most; words of one sign are left out."""
    found = (folded(word) for word in texts.words(texts.one_line(query, 400)))
    return tuple(dict.fromkeys(word for word in found if len(word) >= SHORTEST))[:MOST_TERMS]


def passage(kind: Kind, text: str, language: str, byline: str = "", annotation_id: str = "") -> Passage:
    """Return a passage with what is compared."""
    return Passage(kind, text, language, byline, annotation_id, folded(text), folded(byline))


def passages(issue: Issue) -> tuple[Passage, ...]:
    """Return all that can be found in an issue, in its order. Whom one may ask is left out: that changes."""
    found = [one for item in issue.items for one in _of_item(item)]
    if issue.question:
        one = issue.question
        found.append(passage("question", one.text, one.language, one.byline, one.annotation_id))
    if issue.experiment:
        one = issue.experiment
        found.append(passage("experiment", one.text, one.language, one.byline, one.annotation_id))
    for look in (*issue.looked_back, *([issue.tried] if issue.tried else [])):
        found.append(passage("then", look.why, look.language))
    if issue.said_before:
        found.append(passage("said_before", issue.said_before.so_what, issue.said_before.language))
    found += [passage("unannotated", one.title, one.language) for one in issue.unannotated]
    return tuple(found)


def _of_item(item: Item) -> list[Passage]:
    language = item.voices[0].language if item.voices else ""
    found = [passage("title", item.title, language)]
    found += [passage("voice", one.so_what, one.language, one.byline, one.annotation_id) for one in item.voices]
    found += [passage("link", one.title, one.language) for one in item.links]
    found += [passage("missing", one.text, one.language) for one in item.missing if one.text]
    found += [passage("then", one.why, one.language) for one in item.looked_back]
    return found


def found(those: Sequence[Passage], wanted: Sequence[str], nameless: Container[str] = frozenset()) -> Found | None:
    """Return the passage that holds most of the words, the first of several; None unless all words stand somewhere."""
    held = [(one, {term for term in wanted if one.holds(term, nameless)}) for one in those]
    if not wanted or {term for _, terms_ in held for term in terms_} != set(wanted):
        return None
    hits = [(one, terms_) for one, terms_ in held if terms_]
    best = max(hits, key=lambda hit: len(hit[1]))
    return Found(best[0], len(hits) - 1)


def marked(text: str, wanted: Sequence[str]) -> tuple[tuple[str, bool], ...]:
    """Return a text in pieces, each with whether it is one of the words; together they are the text."""
    shape, places = _shape(text)
    is_marked = [False] * len(text)
    for term in wanted:
        start = shape.find(term)
        while term and start >= 0:
            for place in places[start : start + len(term)]:
                is_marked[place] = True
            start = shape.find(term, start + len(term))
    return _pieces(text, is_marked)


def excerpt(text: str, wanted: Sequence[str], limit: int = EXCERPT) -> str:
    """Return the part of a text around the first of the words, at most ``limit`` characters and two signs of a cut."""
    line = " ".join(text.split())
    if len(line) <= limit:
        return line
    shape, places = _shape(line)
    hits = [places[at] for term in wanted if (at := shape.find(term)) >= 0]
    middle = min(hits, default=0)
    start = max(0, min(middle - limit // 3, len(line) - limit))
    cut = line[start : start + limit]
    if start and " " in cut[:40]:
        cut = cut.split(" ", 1)[1]
    if start + limit < len(line) and " " in cut[-40:]:
        cut = cut.rsplit(" ", 1)[0]
    return ("…" if start else "") + cut + ("…" if start + limit < len(line) else "")


def _shape(text: str) -> tuple[str, list[int]]:
    """Return a text folded, and for each sign of that the place it comes from."""
    signs, places = [], []
    for place, sign in enumerate(text):
        shape = folded(sign)
        signs.append(shape)
        places += [place] * len(shape)
    return "".join(signs), places


def _pieces(text: str, is_marked: Sequence[bool]) -> tuple[tuple[str, bool], ...]:
    pieces: list[tuple[str, bool]] = []
    start = 0
    for place in range(1, len(text) + 1):
        if place == len(text) or is_marked[place] != is_marked[start]:
            pieces.append((text[start:place], is_marked[start]))
            start = place
    return tuple(pieces) if text else ()
