"""Plain text from outside: made harmless, folded, and compared by its words."""

import re
import unicodedata

from lxml import etree

from curate import ids

LONGEST_HTML = 2_000_000
"""Characters of a fragment that are read; a body above this is no article."""

Shingles = frozenset[tuple[str, ...]]

_SPACES = re.compile(r"[\s\u00a0\u0085\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+")
_LINE_SPACES = re.compile(r"[ \t\f\v\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]+")
_LINE_ENDS = re.compile(r"\r\n?|\u0085|\u2028|\u2029")
_SENTENCE_ENDS = re.compile(r"(?<=[.?!…])\s|(?<=[.?!…][\"'”’)»])\s")
_MANY_BREAKS = re.compile(r"\n{3,}")
_UNSEEN = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f]"  # C0 and C1 without the ones that mean white space
    r"|[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]"  # they turn the reading direction of what follows
    r"|[\u200b\u2060\ufeff\ufff9-\ufffb\ufffe\uffff]"
    r"|[\ud800-\udfff]"  # half a character: cannot be written as UTF-8
)
_ONE_SIGN_WORDS = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u0e00-\u0e7f"
"""Kana, Han and Thai do not put spaces between words, so each sign counts as one."""
_WORD = re.compile(rf"[{_ONE_SIGN_WORDS}]|[^\W_{_ONE_SIGN_WORDS}]+(?:['’][^\W_{_ONE_SIGN_WORDS}]+)*")

_UNREAD = frozenset({"script", "style", "template", "iframe", "svg", "math"})
_BLOCKS = frozenset(
    "p div section article header footer aside main nav blockquote pre ul ol dl dt dd table tr figure figcaption "
    "form fieldset hr h1 h2 h3 h4 h5 h6 address details summary".split()
)
_LINES = frozenset({"br", "li", "option"})


def one_line(text: str, limit: int = 300) -> str:
    """Return ``text`` as one line of at most ``limit`` characters, without control or direction signs.

    All white space becomes one space; what is too long ends at a word with "…".
    """
    line = _SPACES.sub(" ", _UNSEEN.sub("", unicodedata.normalize("NFC", text))).strip()
    return line if len(line) <= limit else _cut(line, limit)


def first_sentences(text: str, enough: int = 160) -> str:
    """Return the whole sentences a text begins with, until there are ``enough`` characters; never part of one."""
    said = ""
    for sentence in _SENTENCE_ENDS.split(one_line(text, len(text))):
        said = f"{said} {sentence}".strip()
        if len(said) >= enough:
            break
    return said


def clean(text: str) -> str:
    """Return ``text`` in NFC with ``\\n`` as line end, single spaces, at most one empty line, and no control signs."""
    lines = _LINE_ENDS.sub("\n", unicodedata.normalize("NFC", text))
    lines = _LINE_SPACES.sub(" ", _UNSEEN.sub("", lines))
    return _MANY_BREAKS.sub("\n\n", "\n".join(line.strip(" ") for line in lines.split("\n"))).strip()


def plain_of(html: str) -> str:
    """Return the text of an HTML fragment as :func:`clean` gives it, with an empty line between paragraphs.

    Scripts, styles and embedded things are left out. It reads the stream of tags and builds no tree, so that depth
    and number of tags cost nothing extra.
    """
    if "<" not in html and "&" not in html:
        return clean(_SPACES.sub(" ", html[:LONGEST_HTML]))
    seen = _Seen()
    # A start of our own, since lxml refuses a document that is empty or only white space.
    fragment = f"<body>{html[:LONGEST_HTML]} ".encode("utf-8", "ignore").replace(b"\x00", b"")
    parser = etree.HTMLParser(target=seen, encoding="utf-8", huge_tree=True)
    parser.feed(fragment)
    return clean(parser.close())


def words(text: str) -> list[str]:
    """Return the words of ``text`` in order, case-folded; Kana, Han and Thai signs are words of their own."""
    folded = unicodedata.normalize("NFC", text).replace("\u00ad", "").casefold()
    return _WORD.findall(folded)


def words_count(text: str) -> int:
    """Return how many :func:`words` there are."""
    return len(words(text))


def word_shingles(text: str, n: int = 4) -> Shingles:
    """Return all runs of ``n`` words; of a shorter text the one run it has, of an empty text none."""
    run = words(text)
    if len(run) < n:
        return frozenset({tuple(run)} if run else ())
    return frozenset(zip(*(run[start:] for start in range(n)), strict=False))


def content_hash(text: str) -> str:
    """Return 32 hexadecimal characters that stay the same when only case, white space or unseen signs differ."""
    seen = _UNSEEN.sub("", unicodedata.normalize("NFC", text)).replace("\u00ad", "")
    return ids.of(" ".join(seen.casefold().split()))


def _cut(line: str, limit: int) -> str:
    if limit < 2:
        return "…"[:limit]
    head = line[: limit - 1]
    at_word = head.rsplit(" ", 1)[0] if " " in head and line[limit - 1] != " " else head
    # A title without spaces (Japanese, one long address) is cut anywhere rather than to almost nothing.
    kept = at_word if len(at_word) > limit // 2 else head
    return kept.rstrip(" ,;:-–—(") + "…"


class _Seen:
    """Collects what a reader would see from the stream of tags; the interface is lxml's parser target."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._unread: list[str] = []

    def start(self, tag: str, _attributes: object) -> None:
        if tag in _UNREAD:
            self._unread.append(tag)
        elif not self._unread:
            self._break(tag)

    def end(self, tag: str) -> None:
        if self._unread and self._unread[-1] == tag:
            self._unread.pop()
        elif not self._unread and tag not in _LINES:
            self._break(tag)

    def data(self, text: str) -> None:
        if not self._unread:
            # Line ends inside a paragraph are how the source was typed, not what the reader sees.
            self._parts.append(_SPACES.sub(" ", text))

    def comment(self, _text: str) -> None:
        """Comments are for the makers of a page."""

    def close(self) -> str:
        return "".join(self._parts)

    def _break(self, tag: str) -> None:
        if tag in _BLOCKS:
            self._parts.append("\n\n")
        elif tag in _LINES:
            self._parts.append("\n")
        elif tag in ("td", "th"):
            self._parts.append(" ")
