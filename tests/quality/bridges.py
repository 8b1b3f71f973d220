"""How well three ways of telling that a cluster goes on with a theme agree with people, on labelled news.

    python -m tests.quality.bridges FOLDER        # every set of labelled.py but the pairs; encoding takes some minutes

A third of the labelled stories is told in the first week only, a third in the second, and a third in both, cut in two
by a hash of its articles' ids. Parts of two articles or more are the clusters, so that the figures are those of the
matching alone. Every way is followed by the same assignment, one to one.
"""

import hashlib
import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from curate import bonds, clusters, themes
from curate.bonds import Bond
from curate.clusters import Method
from curate.themes import Fresh, Known, Matching, Ties
from tests.quality import labelled
from tests.quality.labelled import Labelled

SETS = ("ecb_events", "weekly_mix_en", "meantime_crosslingual")
SHARED_AT, COSINE_AT = 0.3, 0.78
Likeness = Mapping[tuple[str, str], float]
Parts = tuple[dict[str, list[int]], dict[str, list[int]]]


def parts(articles: Sequence[Labelled]) -> Parts:
    """Return the rows of every story in the first week and in the second, by story."""
    found: Parts = (defaultdict(list), defaultdict(list))
    for row, one in enumerate(articles):
        if one.label is not None:
            third = one.draw[2] % 3
            found[third if third < 2 else hashlib.sha256(one.text.id.encode()).digest()[0] % 2][one.label].append(row)
    first, second = ({story: rows for story, rows in each.items() if len(rows) > 1} for each in found)
    return first, second


def by_likeness(articles: Sequence[Labelled], vectors: NDArray[np.float32], week: Parts) -> Likeness:
    """The way of the program: the mean similarity between the articles of both."""
    features = clusters.features([one.text for one in articles], vectors)
    cut = Method().cut
    found = bonds.between(features, week[1], week[0], Matching().above_cut * cut, cut)
    return {pair: bond.likeness for pair, bond in found.items()}


def by_shared_groups(articles: Sequence[Labelled], vectors: NDArray[np.float32], week: Parts) -> Likeness:
    """Both weeks clustered together: the mean share of either's articles that lie in groups with the other's."""
    group = labelled.clustered(articles, vectors)
    of = [
        {name: [group.get(articles[row].text.id, -1 - row) for row in rows] for name, rows in one.items()}
        for one in week
    ]
    share = {
        (new, old): (np.isin(of[1][new], of[0][old]).mean() + np.isin(of[0][old], of[1][new]).mean()) / 2
        for new in of[1]
        for old in of[0]
    }
    return {pair: float(each) for pair, each in share.items() if each >= SHARED_AT}


def by_centre(_: Sequence[Labelled], vectors: NDArray[np.float32], week: Parts) -> Likeness:
    """The cosine of the means of both's vectors."""
    middle = [{name: themes.centre(vectors[rows]) for name, rows in one.items()} for one in week]
    cosine = {(new, old): float(middle[1][new] @ middle[0][old]) for new in middle[1] for old in middle[0]}
    return {pair: each for pair, each in cosine.items() if each >= COSINE_AT}


def score(likeness: Likeness, week: Parts) -> tuple[float, float]:
    """Return precision and recall of the matches."""
    ties = Ties({pair: Bond(each, 1, 1, 1) for pair, each in likeness.items()})
    found = themes.matched([Fresh(one, "", frozenset()) for one in week[1]], [Known(one) for one in week[0]], {}, ties)
    said = [one.cluster_id == one.theme_id for one in found.matches if one.kind == "survive"]
    return sum(said) / max(1, len(said)), sum(said) / len(week[0].keys() & week[1].keys())


def main(folder: Path) -> None:
    """Print precision and recall of each way on each set."""
    for name in SETS:
        articles = labelled.read(folder / f"{name}.jsonl.gz")
        vectors, week = labelled.encoded(articles), parts(articles)
        for way in (by_likeness, by_shared_groups, by_centre):
            precision, recall = score(way(articles, vectors, week), week)
            f1 = 2 * precision * recall / (precision + recall)
            print(f"{name:24} {way.__name__:18} P {precision:.3f}  R {recall:.3f}  F1 {f1:.3f}", flush=True)  # noqa: T201


if __name__ == "__main__":
    main(Path(sys.argv[1]))
