"""Logs are one line each, know what is under way, and hold no secret."""

import io
import json
import logging
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from curate.errors import MailError
from pipelines import logs
from pipelines.home import Home, finish_run, start_run
from pipelines.logs import Voice
from tests.pipelines.conftest import Duiding

SECRET = "Zk9-planted_4711"


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    """Leave no handler, level or maker of records behind."""
    root, factory = logging.getLogger(), logging.getLogRecordFactory()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers, root.level = handlers, level
    logging.setLogRecordFactory(factory)
    for name in logs.OURS:
        logging.getLogger(name).setLevel(logging.NOTSET)


def broken(error: Exception) -> None:
    raise error


def written(form: logs.Form) -> str:
    stream = io.StringIO()
    logger = logging.getLogger("reports.test")
    logger.handlers, logger.propagate = [Voice(form, [SECRET], stream)], False
    logger.setLevel(logging.INFO)
    try:
        broken(ValueError(f'cannot reach https://a:b@c.org "{SECRET}" for eva@example.org'))
    except ValueError:
        logger.exception("It broke: %s", SECRET, extra={"status": 500, "client": "203.0.113.7"})
    finally:
        logger.handlers, logger.propagate = [], True
    return stream.getvalue()


@pytest.mark.parametrize("form", ["human", "json"])
def test_no_secret_and_no_address_stands_in_a_line_or_its_traceback(form: logs.Form) -> None:
    said = written(form)
    for planted in (SECRET, "a:b", "eva@example.org", "203.0.113.7"):
        assert planted not in said
    assert "ValueError" in said


def test_json_is_one_object_a_line() -> None:
    (line,) = written("json").splitlines()
    record = json.loads(line)
    assert (record["event"], record["level"], record["status"]) == ("It broke: (hidden)", "error", 500)
    assert "Traceback" in record["exception"]
    assert datetime.fromisoformat(record["timestamp"]).utcoffset() == timedelta(0)


def test_a_line_carries_the_run_the_week_and_the_flow_run(
    home: Home, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PREFECT__FLOW_RUN_ID", "flow-run-1")
    logs.set_up("json")
    run = start_run(home, "cluster", week="2026-W46")
    logging.getLogger("pipelines.test").warning("one")
    finish_run(home, run, "Six clusters.")
    logging.getLogger("pipelines.test").warning("three")
    one, two, three = map(json.loads, capsys.readouterr().err.splitlines())
    for line in (one, two):
        assert (line["run_id"], line["run"], line["week"]) == (run.id, "cluster", "2026-W46")
        assert line["flow_run_id"] == "flow-run-1"
    assert two["event"] == "Six clusters."
    assert "run_id" not in three


def test_what_a_run_keeps_as_its_outcome_holds_no_secret(home: Home) -> None:
    run = start_run(home, "send")
    finish_run(home, run, f"{home.secrets and next(iter(home.secrets))} and https://a:{SECRET}@b.org")
    with home.database.reading() as db:
        assert db.execute("SELECT outcome FROM runs")[0][0] == "(hidden) and https://(hidden)@b.org"


def test_guarded_records_hold_no_secret_and_what_was_foreseen_no_traceback(caplog: pytest.LogCaptureFixture) -> None:
    logs.guard([SECRET])
    logs.guard([SECRET])
    log = logging.getLogger("prefect.test")
    for error in (MailError(f"{SECRET} is refused for eva@example.org"), ValueError(SECRET)):
        try:
            broken(error)
        except Exception:
            log.exception("Encountered exception during execution: %r", error)
    foreseen, defect = caplog.records
    assert (foreseen.getMessage(), foreseen.exc_info) == ("(hidden) is refused for (address)", None)
    assert "ValueError: (hidden)" in (defect.exc_text or "")
    assert SECRET not in caplog.text


def test_a_command_that_fails_says_so_in_json_too(duiding: Duiding, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DUIDING_LOG", "json")
    said = duiding("status")
    assert said.code == 2
    record = json.loads(said.err)
    assert record["level"] == "error"
    assert "duiding init" in record["event"]


def test_a_form_that_does_not_exist_is_refused(home: Home, duiding: Duiding, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DUIDING_LOG", "xml")
    said = duiding("status")
    assert said.code == 2
    assert "DUIDING_LOG" in said.err


def test_prefects_secret_is_known_whole_and_without_its_user() -> None:
    found = logs.known_secrets({"PREFECT_SERVER_API_AUTH_STRING": "admin:Zk9-planted"}, "smtp-pw", None)
    assert found == {"admin:Zk9-planted", "Zk9-planted", "smtp-pw"}
