"""Four real processes at work on one file: nothing is lost, nothing is torn, nobody waits long."""

from storage.database import Database
from tests.storage.builders import Other

SESSIONS = 40
LONGEST_WAIT_S = 10.0
"""What a catalyst might just bear; on a quiet machine the longest wait is a tenth of it."""


def test_two_writers_and_two_readers_work_at_once(store: Database) -> None:
    writers = [Other("write_pairs", store.path, name, SESSIONS) for name in ("left", "right")]
    readers = [Other("read_pairs", store.path, SESSIONS) for _ in range(2)]
    told = [one.rest() for one in (*writers, *readers)]
    waited = [float(lines.pop().removeprefix("waited ")) for lines in told]
    assert [lines.pop(0) for lines in told] == ["ready"] * 4
    acknowledged = {*told[0], *told[1]}
    assert len(acknowledged) == 2 * SESSIONS
    assert told[2:] == [[], []], "a reader saw half a transaction, or fewer rows than before"
    assert max(waited) < LONGEST_WAIT_S, waited
    with store.reading() as db:
        assert {name for (name,) in db.execute("SELECT name FROM people")} == acknowledged
        assert {name for (name,) in db.execute("SELECT fetch_id FROM fetches")} == acknowledged
