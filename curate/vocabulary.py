"""The words of a set of texts as matrices, and the words that set some of them apart.

Two vocabularies: words (lower-cased, without accents, Dutch and English stop words left out) and names: what does not
change when the language does. A name is found by a plain rule, without a model: a capitalised word that does not begin
a sentence, or a number of two digits or more.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from functools import cache
from importlib import resources
from math import log
from typing import Any

_WORD = re.compile(r"[^\W\d_][\w'’-]*[^\W_]", re.UNICODE)
_NAME = re.compile(r"(?<![.!?:“\"'‘(]\s)(?<![.!?:“\"'‘(])(?<!^)(?<!\n)\b([A-ZÀ-ÖØ-Þ][\w'’-]+)|\b(\d[\d.,]*\d)\b")


@cache
def stop_words() -> frozenset[str]:
    """Dutch and English words that say nothing about the matter; see ``stopwords.txt`` beside this file."""
    text = resources.files("curate").joinpath("stopwords.txt").read_text(encoding="utf-8")
    return frozenset(line for line in text.split() if not line.startswith("#"))


def beginning(title: str, text: str, words: int) -> str:
    """Return the title and the first words of the text: what is encoded and compared."""
    return f"{title}\n{' '.join(text.split()[:words])}"


def words_of(text: str) -> list[str]:
    """Return the lower-cased words without accents and stop words, in order."""
    folded = (_folded(match.group()) for match in _WORD.finditer(text))
    return [word for word in folded if len(word) > 2 and word not in stop_words()]


def names_of(text: str) -> list[str]:
    """Return capitalised words inside sentences and numbers, folded, in order."""
    found = (match.group(1) or match.group(2).replace(",", ".") for match in _NAME.finditer(text))
    return [name for name in map(_folded, found) if name not in stop_words()]


def word_matrix(texts: Sequence[str]) -> Any:
    """Return the (n, v) sparse TF-IDF over words, rows of unit length (or zero for a text without words)."""
    return _tfidf(texts, words_of)


def name_matrix(texts: Sequence[str]) -> Any:
    """Return the (n, v) sparse TF-IDF over names and numbers, rows of unit length or zero."""
    return _tfidf(texts, names_of)


def setting_apart(
    groups: Sequence[Sequence[str]], everything: Sequence[str], left_out: Collection[str] = (), most: int = 5
) -> list[tuple[str, ...]]:
    """Return for each group of texts the words that set it apart from everything, most telling first.

    Class-based TF-IDF (Grootendorst 2022, BERTopic): how often a word stands in the group's texts against how many
    texts of the whole hold it. Shown as they are written most often; words of ``left_out`` (source names) never.
    """
    spread = Counter(word for text in everything for word in set(words_of(text)))
    never = {word for name in left_out for word in words_of(name)}
    return [_telling(texts, spread, len(everything), never)[:most] for texts in groups]


def _telling(texts: Sequence[str], spread: Counter[str], total: int, never: set[str]) -> tuple[str, ...]:
    inside = Counter(word for text in texts for word in set(words_of(text)))
    shared = {word: count for word, count in inside.items() if count >= min(2, len(texts)) and word not in never}
    weight = {word: count / len(texts) * log(1 + total / spread[word]) for word, count in shared.items()}
    written = _as_written(texts, weight)
    return tuple(written[word] for word in sorted(weight, key=lambda word: (-round(weight[word], 9), word)))


def _as_written(texts: Iterable[str], words: Collection[str]) -> dict[str, str]:
    forms: dict[str, Counter[str]] = {word: Counter() for word in words}
    for text in texts:
        for match in _WORD.finditer(text):
            if (word := _folded(match.group())) in forms:
                forms[word][match.group()] += 1
    return {word: min(seen, key=lambda form: (-seen[form], form)) for word, seen in forms.items()}


def _tfidf(texts: Sequence[str], analyzer: Any) -> Any:
    from scipy.sparse import csr_array
    from sklearn.feature_extraction.text import TfidfVectorizer

    try:
        matrix = TfidfVectorizer(analyzer=analyzer, sublinear_tf=True).fit_transform(texts)
    except ValueError:  # no text has a word: sklearn calls that an empty vocabulary
        return csr_array((len(texts), 1), dtype="float32")
    return matrix.astype("float32")


def _folded(word: str) -> str:
    plain = unicodedata.normalize("NFKD", word.lower().replace("’", "'").removesuffix("'s"))
    return "".join(mark for mark in plain if not unicodedata.combining(mark))
