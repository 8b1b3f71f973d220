"""A home of an earlier version: what asks for `duiding migrate`, and its pages afterwards."""

import secrets
from datetime import timedelta
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from pipelines import serving
from pipelines.home import Home
from reports import tokens
from storage import issues, migrations, people, rounds, sign_ins
from tests.pipelines.at_home import write
from tests.pipelines.conftest import Duiding, refused
from tests.storage.test_earlier_versions import OURS, of_version


@pytest.fixture(params=[1, 4, 7])
def old(request: pytest.FixtureRequest, home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A home whose database an earlier program wrote."""
    (tmp_path / "old").mkdir()
    of_version(request.param, tmp_path / "old", monkeypatch).replace(home.database.path)
    return home


def test_everything_asks_for_migrate_which_says_what_it_did(old: Home, duiding: Duiding) -> None:
    for command in ("web", "up", "status", "upkeep"):
        assert "Run `duiding migrate`: it takes a backup first." in refused(duiding(command))
    said = duiding("migrate", "--json").json
    assert (said["schema"], len(said["applied"])) == (OURS, OURS - said["found"])
    assert Path(said["copy"]).parent == old.backups
    assert Path(said["copy"]).stat().st_mode & 0o077 == 0
    again = duiding("migrate", "--json").json
    assert (again["applied"], again["copy"]) == ([], None)
    assert duiding("status").code == 0


def test_its_pages_are_shown_after_migrating(old: Home) -> None:
    migrations.migrate(old.database.path, old.clock())
    token = secrets.token_urlsafe(16)
    with old.database.reading() as db:
        numbers = [one.number for one in issues.published(db)]
        weeks = [one.week for one in rounds.every(db)]
        catalyst = next(one for one in people.every(db) if one.role == "catalyst")
    ends = old.clock() + timedelta(days=1)
    write(old, lambda db: sign_ins.start_session(db, tokens.hashed(token), catalyst.id, old.clock(), ends))
    with TestClient(serving.application(old), base_url="http://127.0.0.1:8600") as client:
        client.cookies.set("session", token, domain="127.0.0.1", path="/")
        paths = ["/issues", *(f"/issues/{number}" for number in numbers), *(f"/rounds/{week}" for week in weeks)]
        assert {path: client.get(path).status_code for path in paths} == dict.fromkeys(paths, 200)
