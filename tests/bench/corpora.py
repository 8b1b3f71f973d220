"""What is measured on: real texts and pages where they are beside the project, else those of the bundled sample."""

import gzip
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from curate.clusters import Text

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

ROOT = Path(__file__).parents[2]
REALWEEK = ROOT / "../shared/realweek"
_DIMENSIONS = 384
_SEED = 20261116


@dataclass(frozen=True, slots=True)
class Served:
    """A page as a publisher serves it."""

    body: bytes
    url: str


def origin() -> str:
    """Say where texts and pages come from."""
    return "three real weeks" if REALWEEK.exists() else "bundled sample"


def texts() -> list[Text]:
    """Return the articles of all weeks."""
    return _real_texts() if REALWEEK.exists() else _sample_texts()


def pages() -> list[Served]:
    """Return the HTML pages of all weeks."""
    return _real_pages() if REALWEEK.exists() else _sample_pages()


def perturbed(count: int, words: int = 200) -> Iterator[tuple[Text, int]]:
    """Yield synthetic articles with the number of the topic each is about; always the same ones.

    An article is the beginning of a real one (its topic) of which it keeps between 30 and 80% of the words; words drawn
    from all texts, as often as they are used there, take the place of the others.
    """
    import numpy as np

    rng = np.random.default_rng(_SEED)
    base = [np.asarray((text.title + " " + text.text).split()[:words], dtype=object) for text in texts()]
    everywhere = np.concatenate(base)
    # Of most matters few write, of a few many do.
    weight = 1 / np.arange(1, len(base) + 1)
    for number in range(count):
        topic = int(rng.choice(len(base), p=weight / weight.sum()))
        kept = rng.random(len(base[topic])) < rng.uniform(0.3, 0.8)
        mixed = np.where(kept, base[topic], rng.choice(everywhere, len(kept)))
        title, text = " ".join(mixed[:9]), " ".join(mixed)
        yield Text(f"{number:08d}", title, text, f"Source {number % 97}", "en"), topic


def near_topics(topics: Sequence[int]) -> "NDArray[np.float32]":
    """Return (n, 384) float32 unit vectors, each near a random centre of its topic (cosine to it about 0.8)."""
    import numpy as np

    rng = np.random.default_rng(_SEED)
    centres = _unit(rng.standard_normal((max(topics) + 1, _DIMENSIONS)))
    noise = _unit(rng.standard_normal((len(topics), _DIMENSIONS)))
    return _unit(centres[np.asarray(topics)] + 0.75 * noise)


def _unit(rows: "NDArray[np.float64]") -> "NDArray[np.float32]":
    import numpy as np

    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)


def _real_texts() -> list[Text]:
    with gzip.open(REALWEEK / "articles.jsonl.gz", "rt", encoding="utf-8") as lines:
        records = [json.loads(one) for one in lines]
    return [Text(one["id"], one["title"], one["text"], one["source"], one["language"]) for one in records]


def _sample_texts() -> list[Text]:
    from pipelines.demo import sample

    return [Text(one.slug, one.title, "\n".join(one.paragraphs), one.source, one.language) for one in sample.articles()]


def _real_pages() -> list[Served]:
    index = json.loads((REALWEEK / "pages/index.json").read_bytes())
    return [
        Served(gzip.decompress((REALWEEK / f"pages/{one['id']}.html.gz").read_bytes()), one["original_url"])
        for one in index
    ]


def _sample_pages() -> list[Served]:
    from urllib.request import urlopen

    from pipelines.demo.world import served

    found = []
    with served("2026-W47") as world:
        for address in world.addresses.values():
            with urlopen(address, timeout=10) as answer:
                found.append(Served(answer.read(), address))
    return found
