"""Each text encoded once per model, by plan, and never a broken vector kept."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from curate.clusters import Text
from curate.errors import ModelError
from curate.weeks import Week
from pipelines.home import Home, start_run
from pipelines.steps import clustering, encoding, imports
from tests.pipelines.at_home import WEEK, HashEncoder, Story, jsonl, one, prose, rows
from tests.pipelines.conftest import Duiding, refused

W47 = Week.parse(WEEK)
EVER = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


def texts_of(count: int, since: int = 0) -> list[Text]:
    return [Text(str(number), f"Titel {number}", prose(str(number)), "", "nl") for number in range(since, count)]


def encode(home: Home, texts: Sequence[Text], model: HashEncoder) -> int:
    return encoding.encode(home, texts, start_run(home, "embed"), model)


def vectors_kept(home: Home) -> list[tuple[Any, ...]]:
    return rows(
        home,
        "SELECT model, revision, count(*) FROM embeddings JOIN vectors USING (embedding_id) GROUP BY ALL ORDER BY ALL",
    )


def test_a_window_of_which_a_twentieth_is_new_costs_a_twentieth(home: Home) -> None:
    model = HashEncoder()
    assert encode(home, texts_of(200), model) == 200
    model.encoded.clear()
    assert encode(home, texts_of(210, since=10), model) == 10
    assert len(model.encoded) == 10, "of 200 texts in the window"


def test_the_longest_of_all_come_first_across_pieces(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoding, "_PIECE", 3)
    model = HashEncoder()
    encode(home, [Text(str(n), "", "woord " * n, "", "nl") for n in (3, 9, 1, 7, 5, 2, 8)], model)
    lengths = [len(text) for text in model.encoded]
    assert lengths == sorted(lengths, reverse=True)


def test_the_run_says_what_encoded(home: Home) -> None:
    encode(home, texts_of(1), HashEncoder())
    assert json.loads(one(home, "SELECT parameters FROM runs"))["backend"] == "by hand"


def test_nothing_to_encode_touches_no_model(home: Home) -> None:
    class Absent(HashEncoder):
        @property
        def backend(self) -> str:
            raise AssertionError

        @backend.setter
        def backend(self, _: str) -> None: ...

    assert encode(home, [], Absent()) == 0


def test_empty_texts_and_texts_of_a_megabyte_are_encoded_by_their_beginning(home: Home) -> None:
    model = HashEncoder()
    long = [Text("a", "Titel", "woord " * 170_000, "", "nl"), Text("b", "Titel", "woord " * 171_000, "", "nl")]
    assert encode(home, [Text("c", "", "", "", ""), Text("d", " ", "\n", "", "nl"), *long], model) == 2
    assert max(len(text) for text in model.encoded) < 2_000


# --- more than one model ---------------------------------------------------------------------------------------------


@dataclass
class Narrow(HashEncoder):
    """Another model, whose vectors have fewer numbers."""

    name: str = "narrow"

    def encode(self, texts: Sequence[str], done: Callable[[int], None] = lambda _: None) -> NDArray[np.float32]:
        wide = super().encode(texts, done)[:, :16] + 1e-3
        return np.asarray(wide / np.linalg.norm(wide, axis=1, keepdims=True), dtype=np.float32)


def test_two_models_of_unlike_width_live_in_one_home_and_never_meet(week: Home, story: Story) -> None:
    first = clustering.cluster(week, clustering.span_of(W47), model=HashEncoder())
    story.later(minutes=1)
    second = clustering.cluster(week, clustering.span_of(W47), model=Narrow())
    story.later(minutes=1)
    third = clustering.cluster(week, clustering.span_of(W47), model=HashEncoder())
    assert (first.encoded, second.encoded, third.encoded) == (9, 9, 0)
    assert first.clusters == third.clusters
    assert vectors_kept(week) == [("hashes", "1", 9), ("narrow", "1", 9)]


def test_another_model_is_encoded_by_plan_before_it_is_needed(week: Home) -> None:
    encoding.embed(week, encoding.plan_between(week, *EVER, HashEncoder()), HashEncoder())
    planned = encoding.plan_between(week, *EVER, Narrow())
    assert (len(planned.missing), planned.texts) == (9, 9)
    assert encoding.embed(week, planned, Narrow()) == 9
    assert encoding.plan_between(week, *EVER, Narrow()).missing == {}
    assert clustering.cluster(week, clustering.span_of(W47), model=Narrow()).encoded == 0


def test_a_plan_looks_at_all_times_but_not_outside_those_asked_for(home: Home, tmp_path: Path) -> None:
    published = ["2025-01-01T08:00:00Z", "2026-06-01T08:00:00Z", "2026-11-17T08:00:00Z", "2026-11-22T23:59:59Z"]
    records = [
        {
            "url": f"https://krant.example/{at}",
            "title": f"Op {at}",
            "text": prose(at),
            "published_at": at,
            "source": "K",
        }
        for at in published
    ]
    imports.import_articles(home, jsonl(tmp_path / "in.jsonl", records))
    model = HashEncoder()
    assert encoding.plan_between(home, *EVER, model).texts == 4
    assert encoding.plan_between(home, W47.starts_at, W47.ends_at, model).texts == 2
    assert encoding.plan_between(home, datetime(2026, 5, 1, tzinfo=UTC), EVER[1], model).texts == 3


def test_how_long_it_takes_is_told_once_when_the_first_piece_is_kept(
    week: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(encoding, "_PIECE", 4)
    told: list[tuple[int, int, float]] = []
    planned = encoding.plan_between(week, *EVER, HashEncoder())
    encoding.embed(
        week,
        planned,
        HashEncoder(),
        foretell=lambda left, s: told.append((one(week, "SELECT count(*) FROM vectors"), left, s)),
    )
    ((kept, left, seconds),) = told
    assert (kept, left) == (4, 5)
    assert seconds >= 0


# --- what cannot be used ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", ["nan", "zero", "short", "wide"])
def test_a_broken_model_is_one_sentence_and_nothing_of_it_is_kept(home: Home, fault: str) -> None:
    class Broken(HashEncoder):
        def encode(self, texts: Sequence[str], done: Callable[[int], None] = lambda _: None) -> NDArray[np.float32]:
            vectors = super().encode(texts, done)
            broken = {"nan": vectors * np.nan, "zero": vectors * 0, "short": vectors[1:], "wide": vectors[:, :32]}
            return np.asarray(broken[fault])

    encode(home, texts_of(3), HashEncoder())
    with pytest.raises(ModelError) as caught:
        encode(home, texts_of(8, since=3), Broken())
    assert str(caught.value).startswith("The model hashes cannot be used: ")
    assert vectors_kept(home) == [("hashes", "1", 3)]


_PROGRAM = """
import os, signal, sys
from pathlib import Path
from datetime import UTC, datetime
from pipelines import home as homes
from pipelines.steps import encoding
from tests.pipelines.at_home import NOW, HashEncoder

class Killed(HashEncoder):
    def encode(self, texts, done=lambda _: None):
        if len(self.encoded) >= 4:
            os.kill(os.getpid(), signal.SIGKILL)
        return super().encode(texts, done)

encoding._PIECE = 2
home = homes.opened(Path(sys.argv[1]), lambda: NOW)
ever = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
encoding.embed(home, encoding.plan_between(home, *ever, Killed()), Killed())
"""


def test_a_process_killed_while_it_encodes_keeps_its_pieces_and_the_next_goes_on(week: Home) -> None:
    root = Path(__file__).parents[2]
    killed = subprocess.run([sys.executable, "-c", _PROGRAM, week.path], cwd=root, check=False, env={**os.environ})
    assert killed.returncode == -signal.SIGKILL
    assert vectors_kept(week) == [("hashes", "1", 4)]
    model = HashEncoder()
    assert encoding.embed(week, encoding.plan_between(week, *EVER, model), model) == 5
    assert vectors_kept(week) == [("hashes", "1", 9)]
    assert one(week, "SELECT count(*) FROM runs WHERE kind = 'embed' AND finished_at IS NULL") == 1


# --- the commands ----------------------------------------------------------------------------------------------------


def test_embed_says_how_much_is_left_and_the_next_time_that_nothing_is(week: Home, duiding: Duiding) -> None:
    first = duiding("embed", "--week", WEEK)
    assert first.code == 0, first
    assert "9 of 9 texts have no vector of all-MiniLM-L6-v2" in first.err
    assert first.out == "9 of 9 texts encoded with all-MiniLM-L6-v2.\n"
    again = duiding("embed", "--all", "--json")
    assert again.err == ""
    assert (again.json["encoded"], again.json["texts"], again.json["revision"]) == (0, 9, "53aa51172d142c89")
    assert duiding("embed", "--since", "2026-11-19", "--json").json["texts"] < 9


def test_embed_wants_one_stretch_of_time(week: Home, duiding: Duiding) -> None:
    assert "exclude each other" in refused(duiding("embed", "--week", WEEK, "--all"))


def test_embed_of_an_empty_home_has_nothing_to_do(home: Home, duiding: Duiding) -> None:
    assert duiding("embed", "--all").out == "0 of 0 texts encoded with all-MiniLM-L6-v2.\n"


def dutch_articles(count: int) -> list[dict[str, Any]]:
    return [
        {
            "url": f"https://krant.example/{number}",
            "title": f"Titel {number}",
            "text": prose(str(number)),
            "published_at": "2026-11-18T08:00:00Z",
            "language": "nl",
            "source": "K",
        }
        for number in range(count)
    ]


def test_doctor_looks_at_the_model_its_speed_and_the_languages(home: Home, duiding: Duiding, tmp_path: Path) -> None:
    imports.import_articles(home, jsonl(tmp_path / "in.jsonl", dutch_articles(12)))
    said = duiding("doctor", "--json")
    assert said.code == 0, said
    found = {one["about"]: one for one in said.json["findings"]}
    assert {"model", "speed", "languages"} <= set(found)
    assert found["languages"]["grade"] == "warning"
    assert "100% of the articles" in found["languages"]["sentence"]


def test_doctor_says_of_a_model_that_is_not_there_what_to_do(
    home: Home, duiding: Duiding, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DUIDING_MODEL", "bestaat-niet")
    said = duiding("doctor")
    assert said.code == 1
    assert "broken: model: The model 'bestaat-niet' is not on this machine" in said.out
