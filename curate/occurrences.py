"""Which of many texts hold which words and names: ``vocabulary`` for a hundred thousand texts at once.

A text is cut at its spaces by Arrow, and what stands between two spaces is looked at once, however many texts hold it.
The result is the same as that of ``vocabulary.words_of`` and ``names_of`` on each text.
"""

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from curate import vocabulary

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_PIECE = 4096
"""Texts read at once: bounds memory to some 10 million letters."""

_ALONE = 0.1
"""Part of the terms that no other text holds in the length of a row."""

_NONE: list[str] = []
_DIGIT = re.compile(r"\d")

_Variants = tuple[list[str], list[str]]
"""What a piece of text holds where a sentence goes on, and where it begins (a capital says nothing there)."""


@dataclass(frozen=True, slots=True)
class Occurrences:
    """Which texts hold what: ``holds`` is a (texts, terms) sparse float32 matrix of ones, column j for ``terms[j]``."""

    terms: tuple[str, ...]
    holds: Any

    def spread(self) -> dict[str, int]:
        """Return in how many texts each term stands."""
        import numpy as np

        count = np.bincount(self.holds.indices, minlength=len(self.terms)).tolist()
        return dict(zip(self.terms, count, strict=True))

    def weighed(self, most: int) -> Any:
        """Return (texts, terms) sparse float32 TF-IDF over the ``most`` rarest terms of each text.

        Rarity alone weighs: a term counts once, however often a text holds it (docs/clustering.md). Terms that no
        other text holds meet nothing and are left out, but keep a tenth of their part in the length of the row: or a
        text in a language that nobody else writes would be as long as the three names in it that others know. Rows are
        a little shorter than 1.
        """
        import numpy as np
        from scipy.sparse import csr_array

        texts, terms = self.holds.shape
        holders = np.bincount(self.holds.indices, minlength=terms)
        rarest = np.argsort(holders, kind="stable")
        place = np.empty(terms, dtype=np.int32)
        place[rarest] = np.arange(terms)
        ordered = csr_array((self.holds.data, place[self.holds.indices], self.holds.indptr), shape=self.holds.shape)
        ordered.sort_indices()  # the rarest first, in every row
        weight = (np.log((1 + texts) / (1 + holders[rarest])) + 1).astype(np.float32)
        row, columns = np.repeat(np.arange(texts, dtype=np.int32), np.diff(ordered.indptr)), ordered.indices
        met = holders[rarest][columns] > 1
        alone = np.bincount(row[~met], weights=weight[columns[~met]] ** 2, minlength=texts)
        row, columns = row[met], columns[met]
        first = np.searchsorted(row, np.arange(texts, dtype=np.int32)).astype(np.int32)
        kept = np.arange(len(row), dtype=np.int32) < first[row] + most
        row, columns = row[kept], columns[kept]
        squared = np.bincount(row, weights=weight[columns] ** 2, minlength=texts) + _ALONE * alone
        data = weight[columns] / np.sqrt(squared).astype(np.float32)[row]
        return csr_array((data, (row, columns)), shape=self.holds.shape)


def words_and_names(texts: Sequence[str]) -> tuple[Occurrences, Occurrences]:
    """Return the words and the names of the texts, which are as ``vocabulary.beginning`` gives them."""
    reader = _Reader()
    for start in range(0, len(texts), _PIECE):
        reader.read(texts[start : start + _PIECE])
    return reader.words.occurrences(), reader.names.occurrences()


@dataclass(slots=True)
class _Terms:
    """The terms of one kind that every piece between spaces stands for, growing as new pieces come."""

    found: Callable[[str], _Variants]
    number: dict[str, int] = field(default_factory=dict)
    ends: list[int] = field(default_factory=lambda: [0])
    terms: list[int] = field(default_factory=list)
    held: "list[tuple[NDArray[np.int32], NDArray[np.int32]]]" = field(default_factory=list)
    """For each batch of texts the lengths of its rows and the columns in them."""

    def add(self, piece: str) -> None:
        goes_on, begins = self.found(piece)
        terms = self._numbered(goes_on)
        for variant in (terms, terms if begins is goes_on else self._numbered(begins)):
            self.terms.extend(variant)
            self.ends.append(len(self.terms))

    def _numbered(self, terms: list[str]) -> Collection[int]:
        return {self.number.setdefault(term, len(self.number)) for term in terms} if terms else ()

    def hold(self, texts: Any, pieces: "NDArray[np.int64]") -> None:
        """Note which terms stand in a batch: ``texts`` is (texts, 2 x its pieces), of pieces in both variants."""
        import numpy as np

        both = (2 * pieces[:, None] + np.arange(2)).ravel()
        held = texts @ self._of_pieces()[both]
        held.sort_indices()
        self.held.append((np.diff(held.indptr), held.indices))

    def _of_pieces(self) -> Any:
        import numpy as np
        from scipy.sparse import csr_array

        ones = np.ones(len(self.terms), dtype=np.int32)
        shape = (len(self.ends) - 1, max(1, len(self.number)))
        return csr_array((ones, np.asarray(self.terms, dtype=np.int32), np.asarray(self.ends)), shape=shape)

    def occurrences(self) -> Occurrences:
        import numpy as np
        from scipy.sparse import csr_array

        columns = np.concatenate([columns for _, columns in self.held] or [np.zeros(0, dtype=np.int32)])
        lengths = np.concatenate([lengths for lengths, _ in self.held] or [np.zeros(0, dtype=np.int32)])
        rows = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32)
        shape = (len(lengths), len(self.number))
        return Occurrences(
            tuple(self.number), csr_array((np.ones(len(columns), np.float32), columns, rows), shape=shape)
        )


class _Reader:
    """Reads texts batch by batch; pieces that came before are known."""

    def __init__(self) -> None:
        self.words = _Terms(_words)
        self.names = _Terms(_names)
        self._number: dict[str, int] = {}
        self._opens: list[bool] = []
        """Whether a sentence begins behind this piece."""

    def read(self, texts: Sequence[str]) -> None:
        import numpy as np
        import pyarrow as pa
        import pyarrow.compute as pc
        from scipy.sparse import csr_array

        lines = pc.replace_substring(pa.array(texts, pa.large_string()), "\n", " \n ")
        cut = pc.split_pattern(lines, " ")
        ends, encoded = cut.offsets.to_numpy(), cut.flatten().dictionary_encode()
        pieces = np.asarray([self._numbered(piece) for piece in encoded.dictionary.to_pylist()], dtype=np.int64)
        codes = encoded.indices.to_numpy()
        after = np.asarray(self._opens, dtype=bool)[pieces][codes]
        opened = np.ones(len(codes), dtype=bool)
        opened[1:] = after[:-1]
        opened[ends[:-1][np.diff(ends) > 0]] = True
        shape = (len(texts), 2 * len(pieces))
        held = csr_array((np.ones(len(codes), dtype=np.int32), 2 * codes + opened, ends), shape=shape)
        for terms in (self.words, self.names):
            terms.hold(held, pieces)

    def _numbered(self, piece: str) -> int:
        number = self._number.setdefault(piece, len(self._number))
        if number == len(self._opens):
            self._opens.append(piece == "\n" or piece.endswith(vocabulary.OPENING))
            self.words.add(piece)
            self.names.add(piece)
        return number


def _words(piece: str) -> _Variants:
    core = piece.rstrip(".,:;")
    # Most pieces are one plain word: the rules need not be asked.
    if core.isascii() and core.isalpha() and core.islower():
        words = [core] if len(core) > 2 and core not in vocabulary.stop_words() else []
    else:
        words = vocabulary.words_of(piece)
    return words, words


def _names(piece: str) -> _Variants:
    if piece.islower() and not _DIGIT.search(piece):
        return _NONE, _NONE
    # A word before it, so that its first letter does not begin the text.
    return vocabulary.names_of(f"x {piece}"), vocabulary.names_of(piece)
