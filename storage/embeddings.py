"""Embeddings: each text encoded once per model and revision; vectors of different models never meet."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from curate import ids
from storage.database import Session

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def known(db: Session, text_hashes: Sequence[str], model: str, revision: str) -> frozenset[str]:
    """Return which of these texts have a vector of this model."""
    rows = db.rows("embeddings.known", text_hashes=list(text_hashes), model=model, revision=revision)
    return frozenset(row[0] for row in rows)


def width(db: Session, model: str, revision: str) -> int | None:
    """Return how many numbers the vectors of this model have, or None when there are none."""
    found = db.rows("embeddings.width", model=model, revision=revision)
    return int(found[0][0]) if found else None


def add(db: Session, vectors: "dict[str, NDArray[np.float32]]", *, model: str, revision: str, run_id: str) -> None:
    """Keep vectors by the hash of the text they stand for: (d,) float32, unit length."""
    already = known(db, list(vectors), model, revision)
    new = {text_hash: vector for text_hash, vector in vectors.items() if text_hash not in already}
    key = {text_hash: ids.of("embedding", text_hash, model, revision) for text_hash in new}
    db.bulk(
        "embeddings.add",
        "embedding_id text_hash model revision run_id".split(),
        [(key[text_hash], text_hash, model, revision, run_id) for text_hash in new],
    )
    if new:
        import pyarrow as pa

        kept = pa.table({"embedding_id": [key[text_hash] for text_hash in new], "vector": list(new.values())})
        db.load("embeddings.add_vectors", kept)


def matrix(db: Session, text_hashes: Sequence[str], model: str, revision: str) -> "NDArray[np.float32]":
    """Return (n, d) float32, row i for ``text_hashes[i]``; raises KeyError for a text that was not encoded."""
    import numpy as np

    if not text_hashes:
        return np.zeros((0, 0), dtype=np.float32)
    table = db.arrow("embeddings.vectors", text_hashes=list(set(text_hashes)), model=model, revision=revision)
    place = {text_hash: row for row, text_hash in enumerate(table.column("text_hash").to_pylist())}
    wanted = [place[text_hash] for text_hash in text_hashes]
    flat = table.column("vector").combine_chunks().flatten().to_numpy(zero_copy_only=False)
    return np.asarray(flat.reshape(table.num_rows, -1)[wanted], dtype=np.float32)
