"""Who made a row, and whether they got to the end."""

import json

from storage import runs
from storage.database import Session
from tests.storage.builders import NOW, later, run


def test_ids_tell_apart_kinds_moments_and_two_that_start_at_once() -> None:
    made = [runs.new_id("ingest", NOW, "a"), runs.new_id("ingest", NOW, "b")]
    made += [runs.new_id("embed", NOW, "a"), runs.new_id("ingest", later(seconds=1), "a")]
    assert len(set(made)) == 4
    assert runs.new_id("ingest", NOW, "a") == made[0]


def test_a_run_keeps_with_what_it_was_done(db: Session) -> None:
    with_all = run("embed", parameters={"week": "2026-W47", "at": NOW}, model="m", model_revision="r", flow_run_id="f")
    runs.start(db, with_all)
    ((*row, parameters),) = db.execute(
        "SELECT kind, started_at, code_version, model, model_revision, flow_run_id, finished_at, parameters FROM runs"
    )
    assert row == ["embed", NOW, "0.1.0", "m", "r", "f", None]
    assert parameters == f'{{"at": "{NOW}", "week": "2026-W47"}}'


def test_the_newest_run_of_each_kind_is_told_with_its_outcome(db: Session) -> None:
    for kind, hours in (("ingest", 0), ("ingest", 2), ("ingest", 1), ("embed", 1)):
        one = run(kind, later(hours=hours))
        runs.start(db, one)
        runs.finish(db, one.id, f"{kind} after {hours}", later(hours=hours, minutes=5))
    assert runs.last_of_each_kind(db) == [
        ("embed", later(hours=1), later(hours=1, minutes=5), "embed after 1"),
        ("ingest", later(hours=2), later(hours=2, minutes=5), "ingest after 2"),
    ]


def test_a_run_that_never_finished_is_not_covered_by_an_earlier_one_that_did(db: Session) -> None:
    first, killed = run("ingest"), run("ingest", later(hours=1))
    runs.start(db, first)
    runs.finish(db, first.id, "3 new", later(minutes=1))
    runs.start(db, killed)
    assert runs.last_of_each_kind(db) == [("ingest", later(hours=1), None, None)]


def test_runs_that_began_and_did_not_end_are_known_by_kind(db: Session) -> None:
    made = [
        run(kind, later(hours=hours)) for hours, kind in enumerate(("ingest", "import", "embed", "ingest", "ingest"))
    ]
    for one in reversed(made):
        runs.start(db, one)
    done, imported, _, killed, ours = (one.id for one in made)
    runs.finish(db, done, "done", later(days=1))
    assert runs.unfinished(db, ["ingest", "import"], but=ours) == (imported, killed)
    assert runs.unfinished(db, ["remind"], but=ours) == runs.unfinished(db, [], but=ours) == ()


def test_what_is_known_only_at_work_is_added_to_the_parameters(db: Session) -> None:
    one, other = run("embed", parameters={"week": "2026-W47"}), run("embed", later(hours=1), parameters={"texts": 3})
    for each in (one, other):
        runs.start(db, each)
    runs.note(db, one.id, backend="openvino bf16")
    kept = [json.loads(row[0]) for row in db.execute("SELECT parameters FROM runs ORDER BY started_at")]
    assert kept == [{"week": "2026-W47", "backend": "openvino bf16"}, {"texts": 3}]
