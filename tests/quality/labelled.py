"""How well the clustering finds what people put together, on labelled news sets kept outside the project.

    python -m tests.quality.labelled FOLDER        # all of every set, as a table; encoding takes some minutes

A set is a file ``NAME.jsonl.gz`` with one article a line: ``id``, ``title``, ``text``, ``lang`` and ``label``, which is
null for an article that belongs to no labelled story.
"""

import gzip
import hashlib
import json
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from curate import clusters, vocabulary
from curate.clusters import Method, Text
from pipelines.model import EMBEDDED, encoder

SETS = ("ecb_events", "weekly_mix_en", "bilingual_nl_en", "meantime_crosslingual", "googlenews_titles")


@dataclass(frozen=True, slots=True)
class Labelled:
    """An article and the story that a person put it in, if any."""

    text: Text
    label: str | None

    @property
    def draw(self) -> bytes:
        """Bytes by which stories are drawn whole: the same for all articles of one."""
        return hashlib.sha256((self.label or self.text.id).encode()).digest()


def everything(_: Labelled) -> bool:
    """Choose all."""
    return True


def tuned_on(one: Labelled) -> bool:
    """Choose the half of the stories on which the parameters were chosen."""
    return one.draw[0] % 2 == 0


def held_out(one: Labelled) -> bool:
    """Choose the other half."""
    return not tuned_on(one)


def read(file: Path, wanted: Callable[[Labelled], bool] = everything) -> list[Labelled]:
    """Return the articles of a set that are wanted; sources stay unsaid, since some sets give a story away by them."""
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    every = [Labelled(Text(row["id"], row["title"], row["text"], "", row["lang"]), row["label"]) for row in rows]
    return [one for one in every if wanted(one)]


def encoded(articles: Sequence[Labelled]) -> NDArray[np.float32]:
    """Return the vectors of the articles by the model that comes with the program, as the pipeline makes them."""
    read_ = [vocabulary.beginning(one.text.title, one.text.text, Method().first_words) for one in articles]
    return encoder(EMBEDDED).encode(read_)


def clustered(articles: Sequence[Labelled], vectors: NDArray[np.float32]) -> dict[str, int]:
    """Return the number of the group of every article that is in one."""
    found = clusters.groups([one.text for one in articles], vectors)
    return {member.id: number for number, group in enumerate(found) for member in group.members}


def b_cubed(articles: Iterable[Labelled], group: Mapping[str, int]) -> float:
    """Return B-cubed F1 (Amigó et al. 2009) over labelled articles; an article in no group is one of its own.

    An unlabelled article counts only in the size of the group that it spoils.
    """
    every = [(one.label, group.get(one.text.id, one.text.id)) for one in articles]
    both = Counter((label, name) for label, name in every if label is not None)
    sizes, stories = Counter(name for _, name in every), Counter(label for label, _ in every if label is not None)
    precision = sum(count**2 / sizes[name] for (_, name), count in both.items()) / both.total()
    recall = sum(count**2 / stories[label] for (label, _), count in both.items()) / both.total()
    return 2 * precision * recall / (precision + recall)


def main(folder: Path) -> None:
    """Print B-cubed F1 for the half that was tuned on, the half that was not, and the whole of each set."""
    print(f"{'set':24} articles  tuned  held out  whole")  # noqa: T201
    for name in SETS:
        articles = read(folder / f"{name}.jsonl.gz")
        vectors = encoded(articles)
        scores = [_score(articles, vectors, wanted) for wanted in (tuned_on, held_out, everything)]
        print(f"{name:24} {len(articles):8}  {scores[0]:.3f}     {scores[1]:.3f}  {scores[2]:.3f}", flush=True)  # noqa: T201


def _score(articles: Sequence[Labelled], vectors: NDArray[np.float32], wanted: Callable[[Labelled], bool]) -> float:
    rows = [row for row, one in enumerate(articles) if wanted(one)]
    part = [articles[row] for row in rows]
    return b_cubed(part, clustered(part, vectors[rows]))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
