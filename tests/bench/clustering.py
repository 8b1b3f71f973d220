"""Seconds and memory of a clustering: of the real articles, and of synthetic weeks far larger than any real one."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from tests.bench import corpora
from tests.bench.grounds import Grounds
from tests.bench.measuring import Line, Run, fresh, line, watched

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from curate.clusters import Text

_SMALL = 5_000


def lines(grounds: Grounds, runs: int) -> list[Line]:
    """Measure ``curate.clusters.groups`` alone; texts are encoded before."""
    vectors = grounds.folder / "vectors.npy"
    fresh(_encode, str(vectors))
    real = [fresh(_of_real, str(vectors)) for _ in range(runs)]
    return [_line(real, corpora.origin()), *(_synthetic(count, runs) for count in grounds.sizes.clustered)]


def _synthetic(count: int, runs: int) -> Line:
    """A large one takes so long that a busy moment hardly shows: once is enough."""
    times = runs if count <= _SMALL else 1
    return _line([fresh(_of_synthetic, count) for _ in range(times)], "synthetic")


def _line(runs: list[Run], origin: str) -> Line:
    first = runs[0].numbers
    what = f"{first['articles']:,.0f} articles ({origin})"
    note = f"{len(runs)} runs; {first['clusters']:.0f} clusters, the largest of {first['largest']:.0f}"
    return line(what, "s", runs, "seconds", child_mb=None, note=note)


def _encode(file: str) -> Mapping[str, float]:
    import numpy as np

    from curate import vocabulary
    from curate.clusters import Method
    from pipelines.model import EMBEDDED, encoder

    read = [vocabulary.beginning(text.title, text.text, Method().first_words) for text in corpora.texts()]
    np.save(Path(file), encoder(EMBEDDED).encode(read))
    return {}


def _of_real(file: str) -> Mapping[str, float]:
    import numpy as np

    return _clustered(corpora.texts(), np.load(Path(file)))


def _of_synthetic(count: int) -> Mapping[str, float]:
    texts, topics = zip(*corpora.perturbed(count), strict=True)
    return _clustered(list(texts), corpora.near_topics(topics))


def _clustered(texts: "list[Text]", vectors: "NDArray[np.float32]") -> Mapping[str, float]:
    from curate import clusters

    clusters.groups(texts[:50], vectors[:50])  # the libraries are loaded
    with watched() as spent:
        groups = clusters.groups(texts, vectors)
    sizes = [len(group.members) for group in groups]
    return {
        "seconds": spent.wall_s,
        "seconds_cpu_ms": spent.cpu_s * 1000 / len(texts),
        "articles": len(texts),
        "clusters": len(groups),
        "largest": max(sizes, default=0),
    }
