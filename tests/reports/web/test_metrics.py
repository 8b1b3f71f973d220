"""Whether we are well, for programs; what was asked of us, in the log."""

import logging
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families
from starlette.requests import Request

from reports.web import metrics
from storage.database import Database
from tests.reports.web.builders import ANNA, WEEK, World

HERE = {"public_url": "http://127.0.0.1:8600"}


def asked(peer: str, host: str = "127.0.0.1:8600", **headers: str) -> bool:
    sent = {"host": host, **{name.replace("_", "-"): value for name, value in headers.items()}}
    raw = [(name.encode(), value.encode()) for name, value in sent.items()]
    scope = {"type": "http", "method": "GET", "path": "/metrics", "headers": raw, "query_string": b"", "scheme": "http"}
    return metrics.is_from_here(Request(scope | {"client": (peer, 1), "server": ("127.0.0.1", 8600)}))


def test_only_programs_on_this_machine_that_ask_directly_are_answered() -> None:
    assert asked("127.0.0.1")
    assert asked("::1", host="[::1]:8600")
    assert asked("127.0.0.1", host="localhost:8600")
    assert not asked("203.0.113.7")
    assert not asked("10.0.0.3")
    for header in ("x_forwarded_for", "forwarded", "x_real_ip", "via", "x_forwarded_host"):
        assert not asked("127.0.0.1", **{header: "127.0.0.1"})
    assert not asked("127.0.0.1", host="duiding.example.org")


def test_a_stranger_finds_no_such_page(world: World) -> None:
    with world.visitor() as stranger:
        assert stranger.get("/metrics").status_code == 404


def test_metrics_are_what_prometheus_reads(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metrics, "is_from_here", lambda _request: True)
    with world.visitor(code_version="9.9") as watcher:
        answer = watcher.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=")
    families = {one.name: one for one in text_string_to_metric_families(answer.text)}
    assert all(name.startswith("duiding_") and one.documentation for name, one in families.items())
    values = {(one.name, *one.labels.values()): one.value for family in families.values() for one in family.samples}
    assert values["duiding_build_info", "9.9"] == 1
    assert values["duiding_deliveries", "failed"] == 0
    assert values["duiding_open_round_spoken", WEEK] >= 0
    assert values["duiding_schema_version",] > 0
    assert ANNA.name not in answer.text
    assert "@" not in answer.text


def test_healthz_is_well(world: World) -> None:
    with world.visitor() as watcher:
        answer = watcher.get("/healthz")
    assert (answer.status_code, answer.text) == (200, "ok\n")


def test_healthz_says_in_one_line_that_the_database_cannot_be_read(world: World, tmp_path: Path) -> None:
    with world.visitor(database=Database(tmp_path / "nothing-here.duckdb")) as watcher:
        answer = watcher.get("/healthz")
    assert (answer.status_code, answer.text) == (503, "unwell: the database cannot be read\n")


def test_what_was_asked_is_logged_without_tokens_and_queries(world: World, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "reports.web.access")
    with world.visitor() as visitor:
        visitor.get("/sign-in/Zk9-planted?next=/rounds")
        visitor.get("/static/duiding.css")
    (record,) = [one for one in caplog.records if one.name == "reports.web.access"]
    fields = vars(record)
    assert (fields["method"], fields["path"]) == ("GET", "/sign-in/(hidden)")
    assert isinstance(fields["status"], int)
    assert not {"client", "query"} & {*fields}
