"""The words and names of a text.

Two vocabularies: words (lower-cased, without accents, Dutch and English stop words left out) and names: what does not
change when the language does. A name is found by a plain rule, without a model: a capitalised word that does not begin
a sentence, or a number of two digits or more.
"""

import re
import unicodedata
from functools import cache, lru_cache
from importlib import resources

OPENING = (".", "!", "?", ":", "“", '"', "'", "‘", "(")
"""Signs behind which a sentence begins, or something like one: a capital says nothing there."""
WORD = re.compile(r"[^\W\d_][\w'’-]*[^\W_]", re.UNICODE)
"""A run of letters, digits, apostrophes and hyphens that begins with a letter; two signs or more."""
_NAME = re.compile(r"(?<![.!?:“\"'‘(]\s)(?<![.!?:“\"'‘(])(?<!^)(?<!\n)\b([A-ZÀ-ÖØ-Þ][\w'’-]+)|\b(\d[\d.,]*\d)\b")


@cache
def stop_words() -> frozenset[str]:
    """Dutch and English words that say nothing about the matter; see ``stopwords.txt`` beside this file."""
    text = resources.files("curate").joinpath("stopwords.txt").read_text(encoding="utf-8")
    lines = (line for line in text.splitlines() if not line.startswith("#"))
    return frozenset(folded(word) for line in lines for word in line.split())


def beginning(title: str, text: str, words: int) -> str:
    """Return the title, a line break, and the first words of the text: what is encoded and compared."""
    # A text may be a megabyte long: only its beginning is cut into words.
    return f"{' '.join(title.split())}\n{' '.join(text.split(maxsplit=words)[:words])}"


def words_of(text: str) -> list[str]:
    """Return the lower-cased words without accents and stop words, in order."""
    return [word for word in map(folded, WORD.findall(text)) if len(word) > 2 and word not in stop_words()]


def names_of(text: str) -> list[str]:
    """Return capitalised words inside sentences and numbers, folded, in order."""
    found = (word or number.replace(",", ".") for word, number in _NAME.findall(text))
    return [name for name in map(folded, found) if name not in stop_words()]


@lru_cache(maxsize=200_000)
def folded(word: str) -> str:
    """Return the word as it is compared: lower case, without accents and without an English possessive."""
    plain = unicodedata.normalize("NFKD", word.lower().replace("’", "'").removesuffix("'s"))
    return "".join(mark for mark in plain if not unicodedata.combining(mark))
