"""Whether words between quotation marks stand in what was read: a hint to who wrote or edits them, never a verdict.

Only quotations of four words and more are looked at: shorter ones are mostly words that somebody keeps at a distance.
White space, the kind of quotation marks and apostrophes, and the case of the first letter make no difference, nor does
punctuation at the end; ``[…]`` and ``…`` stand for words that were left out.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from heapq import nlargest

from curate import texts

SHORTEST = 4
"""Words of a quotation that is looked at."""
NEAR = 0.6
"""Likeness (0 to 1) from which a passage counts as near."""
_COMPARED = 8
"""Windows of each article that are compared word by word."""
_LONGEST_TEXT = 200_000
"""Characters of an article that are read."""

_PAIRS = (("“", "”"), ("„", "”"), ("„", "“"), ("«", "»"), ("»", "«"), ("‘", "’"), ('"', '"'), ("‹", "›"), ("'", "'"))
_MARKS = re.compile(r"[“”„«»‘’‚‛`´\"'‹›]")
_GAP = re.compile(r"\s*(?:\[\s*(?:…|\.\.\.)\s*\]|\(\s*(?:…|\.\.\.)\s*\)|…|\.\.\.)\s*")
_INSERTED = re.compile(r"\[[^\]]*\]")
_SPACES = re.compile(r"\s+")
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Unfound:
    """A quotation that stands in none of the texts."""

    quotation: str
    nearest: str
    """The passage that is most like it; empty when none is near."""


def quoted(text: str) -> tuple[str, ...]:
    """Return what stands between quotation marks in a text and has at least four words, in order."""
    found: list[tuple[int, str]] = []
    for opening, closing in _PAIRS:
        found += _between(text, opening, closing)
    found.sort()
    outer: list[tuple[int, str]] = []
    for at, inside in found:
        if not any(start <= at and at + len(inside) <= start + len(whole) for start, whole in outer):
            outer.append((at, inside))
    return tuple(inside for _, inside in outer)


def _between(text: str, opening: str, closing: str) -> list[tuple[int, str]]:
    """Marks open at the beginning of a word and close at the end of one: an apostrophe does neither on both sides."""
    pattern = re.compile(rf"(?<!\w){re.escape(opening)}(?=\S)([^{opening}]*?\S){re.escape(closing)}(?!\w)")
    return [
        (match.start(1), match[1].strip())
        for match in pattern.finditer(text)
        if len(_WORD.findall(match[1])) >= SHORTEST
    ]


def unfound(text: str, read: Sequence[str]) -> tuple[Unfound, ...]:
    """Return the quotations of a text that stand word for word in none of what was ``read``."""
    quotations = quoted(text)
    if not quotations:
        return ()
    shapes = [_shape(one[:_LONGEST_TEXT]) for one in read]
    return tuple(
        Unfound(one, _nearest(one, read)) for one in quotations if not any(_stands_in(one, shape) for shape in shapes)
    )


def stands_in(quotation: str, text: str) -> bool:
    """Whether a quotation stands word for word in a text."""
    return _stands_in(quotation, _shape(text))


def _stands_in(quotation: str, shape: str) -> bool:
    """Its parts between gaps follow each other; what was put in between brackets may stand for other words."""
    at = 0
    for part in _parts(quotation):
        found = shape.find(part, at)
        if found < 0:
            return False
        at = found + len(part)
    return True


def _parts(quotation: str) -> list[str]:
    pieces = [piece for gap in _GAP.split(quotation) for piece in _INSERTED.split(gap)]
    shaped = (_shape(piece).strip(" .,;:!?–—-") for piece in pieces)
    return [piece for piece in shaped if piece]


def _shape(text: str) -> str:
    """Fold what makes no difference. Case goes altogether: a sentence that is quoted may begin in the middle of one."""
    return _SPACES.sub(" ", _MARKS.sub("'", texts.clean(text))).casefold().strip()


def _nearest(quotation: str, read: Sequence[str]) -> str:
    """Return the passage of as many words that shares most words with the quotation, if it is near at all."""
    wanted = _words(quotation)
    best, passage = 0.0, ""
    for text in read:
        spans = [(match.start(), match.end()) for match in _WORD.finditer(text[:_LONGEST_TEXT])]
        words = [text[start:end].casefold() for start, end in spans]
        start, likeness = _best_window(wanted, words)
        if likeness > best:
            last = min(start + len(wanted), len(spans)) - 1
            best, passage = likeness, text[spans[start][0] : spans[last][1]]
    return " ".join(passage.split()) if best >= NEAR else ""


def _best_window(wanted: Sequence[str], words: Sequence[str]) -> tuple[int, float]:
    """Return where the window that is most like the words wanted begins; only those that share most are compared."""
    known, size = set(wanted), len(wanted)
    shared, counts = sum(word in known for word in words[:size]), []
    for start in range(max(1, len(words) - size + 1)):
        if start:
            shared += (words[start + size - 1] in known) - (words[start - 1] in known)
        counts.append((shared, -start))
    likely = [-start for shared, start in nlargest(_COMPARED, counts) if shared * 2 >= size]
    likened = [(SequenceMatcher(None, wanted, words[start : start + size], False).ratio(), -start) for start in likely]
    best, start = max(likened, default=(0.0, 0))
    return -start, best


def _words(text: str) -> list[str]:
    return [word.casefold() for word in _WORD.findall(_GAP.sub(" ", text))]
