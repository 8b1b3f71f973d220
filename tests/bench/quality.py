"""B-cubed F1 and speed of the clustering on labelled news, beside BERTopic as it comes, on the same vectors."""

from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path

from tests.bench.corpora import ROOT
from tests.bench.grounds import Grounds
from tests.bench.measuring import CannotRunError, Line, Run, beside, fresh, line, watched
from tests.quality import labelled

LABELLED = ROOT / "../shared/clusters"


def lines(grounds: Grounds, runs: int) -> list[Line]:
    """Measure each set once for its score, and the week of news several times for the speed."""
    if not LABELLED.exists():
        raise CannotRunError("the labelled news is not beside the project")
    return [one for name in grounds.sizes.labelled for one in _of_set(name, grounds.folder / f"{name}.npy", runs)]


def _of_set(name: str, vectors: Path, runs: int) -> list[Line]:
    fresh(_encode, name, str(vectors))
    times = runs if name == "weekly_mix_en" else 1
    ours = [fresh(_ours, name, str(vectors)) for _ in range(times)]
    theirs = [fresh(_theirs, name, str(vectors)) for _ in range(times)] if find_spec("bertopic") else []
    note = "" if theirs else "BERTopic is not installed here: `make bench` does so"
    found = [_line(f"{name}: B-cubed F1", "", ours, theirs, "f1", note)]
    if times > 1:
        found.append(_line(f"{name}: clustering", "articles/s", ours, theirs, "articles", note))
    return found


def _line(what: str, unit: str, ours: Sequence[Run], theirs: Sequence[Run], name: str, note: str) -> Line:
    peer = beside(theirs, ours, name) if theirs else {}
    return line(what, unit, ours, name, child_mb=None, note=note, **peer)


def _encode(name: str, file: str) -> Mapping[str, float]:
    import numpy as np

    np.save(file, labelled.encoded(labelled.read(LABELLED / f"{name}.jsonl.gz")))
    return {}


def _ours(name: str, file: str) -> Mapping[str, float]:
    import numpy as np

    articles, vectors = labelled.read(LABELLED / f"{name}.jsonl.gz"), np.load(file)
    labelled.clustered(articles[:50], vectors[:50])  # the libraries are loaded
    with watched() as spent:
        group = labelled.clustered(articles, vectors)
    return _said(articles, group, spent.wall_s)


def _theirs(name: str, file: str) -> Mapping[str, float]:
    """BERTopic with its defaults: UMAP, HDBSCAN and class-based TF-IDF; what it calls an outlier stands alone.

    Loading the libraries does not count, compiling does: it comes again in every process.
    """
    import numpy as np
    from bertopic import BERTopic

    from curate import vocabulary
    from curate.clusters import Method

    articles, vectors = labelled.read(LABELLED / f"{name}.jsonl.gz"), np.load(file)
    texts = [vocabulary.beginning(one.text.title, one.text.text, Method().first_words) for one in articles]
    with watched() as spent:
        topics, _ = BERTopic().fit_transform(texts, vectors)
    group = {one.text.id: topic for one, topic in zip(articles, topics, strict=True) if topic >= 0}
    return _said(articles, group, spent.wall_s)


def _said(articles: Sequence[labelled.Labelled], group: Mapping[str, int], wall_s: float) -> Mapping[str, float]:
    return {"f1": labelled.b_cubed(articles, group), "articles": len(articles) / wall_s}
