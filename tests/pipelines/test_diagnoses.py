"""What doctor says, each thing made to go wrong in earnest."""

import os
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pytest
from pydantic import SecretStr

from curate.findings import Finding
from curate.returns import Verdict
from pipelines import diagnoses, model
from pipelines.diagnoses import Look, addresses, backups, databases, flows, installations, mail, work
from pipelines.diagnoses import models as of_models
from pipelines.home import Home
from pipelines.mail_settings import Bounces
from pipelines.steps import sending, upkeep
from storage import suspensions
from tests.pipelines import dovecot
from tests.pipelines import office as offices
from tests.pipelines.at_home import Story, rows, write
from tests.pipelines.conftest import Duiding
from tests.pipelines.faulty_sites import Site, answer
from tests.pipelines.office import by_smtp
from tests.pipelines.outgoing import names, publish
from tests.storage.builders import other


def the(found: "list[Finding]", about: str = "") -> Finding:
    """The only finding, or the only one about this."""
    (one,) = [each for each in found if not about or each.about == about]
    return one


def with_settings(home: Home, **changes: object) -> Home:
    return Home(home.path, home.settings.model_copy(update=changes), home.database, home.clock)


# --- all together ----------------------------------------------------------------------------------------------------


def test_a_look_that_hangs_or_breaks_down_hides_no_other(home: Home) -> None:
    def hang(_: Home) -> list[Finding]:
        time.sleep(60)
        return []

    def break_down(_: Home) -> list[Finding]:
        raise ZeroDivisionError("by zero")

    looks = [Look("slow", hang, 0.2), Look("odd", break_down), Look("outbox", work.of_outbox)]
    began = time.monotonic()
    found = diagnoses.side_by_side(home, looks)
    assert [(one.about, one.grade) for one in found] == [("slow", "warning"), ("odd", "broken"), ("outbox", "fine")]
    assert "ZeroDivisionError: by zero" in found[1].sentence
    assert time.monotonic() - began < 20


@pytest.mark.real_files
def test_doctor_tells_all_of_it_in_one_go_and_as_json(
    home: Home, duiding: Duiding, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(diagnoses, "LOOKS", [look for look in diagnoses.LOOKS if look.about != "model"])
    monkeypatch.setattr(diagnoses.of, "__defaults__", (diagnoses.LOOKS,))
    said = duiding("doctor", "--json")
    assert said.code == 0, said
    assert {one["about"] for one in said.json["findings"]} >= {"settings", "versions", "database", "smtp", "flows"}
    assert set(said.json["findings"][0]) == {"about", "grade", "sentence", "to_do"}
    home.database.path.write_bytes(b"not a database" * 1000)
    said = duiding("doctor")
    assert said.code == 1
    assert "broken: database: Cannot open" in said.out
    assert "things are broken." in said.out
    assert "fine: versions:" in said.out, "the others are told all the same"


def test_settings_that_cannot_be_read_are_a_finding(home: Home, duiding: Duiding) -> None:
    with (home.path / "duiding.toml").open("a") as file:
        file.write("\n[web]\nprot = 1\n")
    said = duiding("doctor")
    assert said.code == 1
    assert "broken: settings:" in said.out
    assert "'web.port'" in said.out


# --- the installation ------------------------------------------------------------------------------------------------


def test_pages_open_to_others_under_an_address_that_nobody_can_use(home: Home) -> None:
    home = with_settings(home, web=home.settings.web.model_copy(update={"host": "0.0.0.0"}))  # noqa: S104  # the point
    found = the(installations.of_settings(home))
    assert (found.grade, "0.0.0.0" in found.sentence) == ("broken", True)  # noqa: S104  # the same


def test_addresses_that_are_not_safe_or_lead_nowhere_are_warned_of(home: Home) -> None:
    plain = with_settings(home, public_url="http://digest.example.org")
    assert "unprotected" in the(installations.of_settings(plain)).sentence
    assert "nobody else can open" in the(installations.of_settings(by_smtp(home, 25))).sentence
    assert the(installations.of_settings(home)).grade == "fine"


def test_a_secret_that_others_may_read_or_that_is_gone(home: Home) -> None:
    (home.path / "duiding.toml").chmod(0o644)
    found = the(installations.of_settings(home))
    assert (found.grade, found.to_do) == ("warning", f"`chmod go= {home.path / 'duiding.toml'}`")
    (home.path / "duiding.toml").chmod(0o600)
    (home.path / "secret").unlink()
    assert "links cannot be signed" in the(installations.of_settings(home)).sentence


def test_a_package_outside_of_its_cap_is_named(home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert the(installations.of_versions(home)).grade == "fine"
    other_version = tmp_path / "packages" / "sqlalchemy-2.1.9.dist-info"
    other_version.mkdir(parents=True)
    (other_version / "METADATA").write_text("Metadata-Version: 2.1\nName: SQLAlchemy\nVersion: 2.1.9\n")
    monkeypatch.syspath_prepend(str(other_version.parent))
    found = the(installations.of_versions(home))
    assert (found.grade, "sqlalchemy 2.1.9 (wanted: <2.1)" in found.sentence) == ("broken", True)


def test_a_clock_that_has_jumped_back(home: Home, story: Story) -> None:
    write(
        home,
        lambda db: db.execute(
            "INSERT INTO fetches VALUES ('f', 'r', NULL, 'u', NULL, $now, 200, 1, NULL)", {"now": story.now}
        ),
    )
    assert the(installations.of_clock(home)).grade == "fine"
    story.later(hours=-3)
    found = the(installations.of_clock(home))
    assert (found.grade, "jumped back" in found.sentence) == ("broken", True)
    assert installations.of_date("Mon, 23 Nov 2020 05:00:00 GMT")
    assert installations.of_date("nonsense") is None


# --- the database ----------------------------------------------------------------------------------------------------


def flip(path: Path, table: str) -> None:
    """Turn one byte of the rows of a table on the disk."""
    with duckdb.connect(str(path)) as connection:
        connection.execute("CHECKPOINT")
        stored = f"SELECT block_id FROM pragma_storage_info('{table}') WHERE block_id >= 0"
        found = connection.execute(stored).fetchone()
    assert found
    with path.open("r+b") as file:
        file.seek(3 * 4096 + found[0] * 262144 + 1000)
        byte = file.read(1)
        file.seek(-1, os.SEEK_CUR)
        file.write(bytes([byte[0] ^ 0xFF]))


@pytest.mark.real_files
def test_one_wrong_byte_on_the_disk_is_found(week: Home) -> None:
    write(
        week,
        lambda db: db.execute(
            "INSERT INTO fetches SELECT md5(n::VARCHAR), 'r', NULL, md5((n + 1)::VARCHAR), NULL,"
            " TIMESTAMP '2026-11-01', 200, n, NULL FROM range(20000) t(n)"
        ),
    )
    assert the(databases.of_file(week)).grade == "fine"
    flip(week.database.path, "fetches")
    found = the(databases.of_file(week))
    assert (found.grade, "table fetches" in found.sentence) == ("broken", True)
    assert "duiding restore" in found.to_do


def test_an_issue_that_was_changed_after_it_was_frozen_is_found(week: Home) -> None:
    publish(week, names(1))
    assert the(databases.of_file(week)).grade == "fine"
    write(week, lambda db: db.execute("UPDATE issue_contents SET content = content || ' '"))
    write(week, lambda db: db.execute("DELETE FROM annotation_words"))
    said = the(databases.of_file(week)).sentence
    assert "issue 1 is not what was frozen" in said
    assert "1 annotations lack their words" in said


def test_a_foreign_program_that_holds_the_file_is_named(home: Home) -> None:
    with other("foreign", home.database.path) as foreign:
        found = the(databases.of_holders(home))
        assert found.grade == "broken"
        assert f"(process {foreign.pid})" in found.sentence
        assert "other_process.py" in found.sentence
    assert the(databases.of_holders(home)).sentence == "Nobody holds the database."


def test_one_of_ours_is_named_and_no_fault(home: Home) -> None:
    with other("hold_writing", home.database.path) as ours:
        found = the(databases.of_holders(home))
        assert (found.grade, f"(process {ours.pid})" in found.sentence) == ("fine", True)


def test_a_full_disk_is_told_before_it_is_full(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = databases.shutil.disk_usage(home.path)
    for free, grade in ((10**12, "fine"), (5 * 10**8, "warning"), (10**8, "broken")):
        monkeypatch.setattr(databases.shutil, "disk_usage", lambda _, free=free: usage._replace(free=free))
        assert the(databases.of_room(home)).grade == grade


def test_backups_that_are_missing_late_or_unreadable(home: Home, story: Story) -> None:
    assert the(backups.of_copies(home)).grade == "note"
    copy = upkeep.back_up(home)
    assert the(backups.of_copies(home)).grade == "fine"
    story.later(days=4)
    assert "4 nights are missing" in the(backups.of_copies(home)).sentence
    copy.write_bytes(b"not a database" * 1000)
    found = the(diagnoses.side_by_side(home, [Look("backups", backups.of_copies)]))
    assert (found.grade, "is not a database of Duiding" in found.sentence) == ("broken", True)


# --- the outside -----------------------------------------------------------------------------------------------------


def looked(home: Home, look: Look) -> Finding:
    return the(diagnoses.side_by_side(home, [look]))


SMTP = Look("smtp", mail.of_server)


def test_a_password_that_the_mail_server_refuses(home: Home) -> None:
    with offices.opened("goed") as office:
        right = by_smtp(home, office.port, user="post", password=SecretStr("goed"))
        assert looked(right, SMTP).sentence.endswith("takes us and our password.")
        found = looked(by_smtp(home, office.port, user="post", password=SecretStr("fout")), SMTP)
        assert (found.grade, "refuses the user name or password" in found.sentence) == ("broken", True)
        assert "fout" not in found.sentence
        assert office.taken == []


def test_a_mail_server_that_is_away_or_has_no_tls(home: Home) -> None:
    with offices.opened() as office:
        found = looked(by_smtp(home, office.port, tls="starttls"), SMTP)
        assert (found.grade, "cannot be reached" in found.sentence) == ("broken", True)
    assert looked(by_smtp(home, office.port), SMTP).grade == "broken"
    assert looked(home, SMTP).grade == "note"


@contextmanager
def silent() -> Iterator[int]:
    """A server that takes the line and never says a word; gives its port."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(8)
        yield listening.getsockname()[1]


def test_servers_that_never_answer_cost_seconds_and_not_more(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (mail, addresses, flows):
        monkeypatch.setattr(module, "PATIENCE_S", 0.3)
    with silent() as port:
        monkeypatch.setenv("PREFECT_API_URL", f"http://127.0.0.1:{port}/api")
        deaf = with_settings(by_smtp(home, port), public_url=f"http://127.0.0.1:{port}")
        deaf = with_settings(deaf, bounces=Bounces(host="127.0.0.1", port=port, tls="none"))
        looks = [look for look in diagnoses.LOOKS if look.about in ("smtp", "bounces", "address", "flows")]
        began = time.monotonic()
        grades = {one.about: one.grade for one in diagnoses.side_by_side(deaf, looks)}
        assert time.monotonic() - began < 10
    assert grades == {"smtp": "broken", "bounces": "broken", "address": "note", "flows": "note"}


@pytest.mark.skipif(dovecot.PROGRAM is None, reason="Dovecot is not installed")
def test_a_mailbox_that_lets_us_in_and_one_that_does_not(home: Home) -> None:
    look = Look("bounces", mail.of_mailbox)
    with dovecot.running() as imap:
        right = Bounces(
            host="127.0.0.1", port=imap.port, tls="none", user=dovecot.USER, password=SecretStr(dovecot.PASSWORD)
        )
        assert looked(with_settings(home, bounces=right), look).grade == "fine"
        wrong = right.model_copy(update={"password": SecretStr("fout")})
        assert "refuses the user name or password" in looked(with_settings(home, bounces=wrong), look).sentence
    nowhere = Bounces(path="nergens")
    assert "is no mailbox" in looked(with_settings(home, bounces=nowhere), look).sentence
    assert looked(home, look).grade == "note"


def test_an_address_that_is_ours_somebody_elses_or_dead(home: Home, site: Site) -> None:
    site.replies["/healthz"] = answer(b"ok")
    there = with_settings(home, public_url=site.url)
    assert the(addresses.of_pages(there)).grade == "fine"
    site.replies["/healthz"] = answer(b"<html>Welcome to nginx</html>")
    assert "not as our pages do" in the(addresses.of_pages(there)).sentence
    site.replies["/healthz"] = answer(b"no", status="503 Service Unavailable")
    assert "their database does not" in the(addresses.of_pages(there)).sentence
    site.replies["/healthz"] = answer(b"ok", Date="Mon, 23 Nov 2020 05:00:00 GMT")
    assert "minutes away" in addresses.of_pages(there)[1].sentence
    dead = with_settings(home, public_url="http://digest.invalid")
    assert the(addresses.of_pages(dead)).grade == "broken"


@contextmanager
def over_tls(folder: Path) -> Iterator[str]:
    """A site of ours whose certificate ends tomorrow; gives its address."""
    certificate = dovecot._certificate(folder)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, folder / "key.pem")
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            while True:
                try:
                    line, _ = listening.accept()
                    with context.wrap_socket(line, server_side=True) as secure:
                        secure.recv(4096)
                        secure.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")
                except ssl.SSLError:
                    continue
                except OSError:
                    return

        threading.Thread(target=serve, daemon=True).start()
        yield f"https://127.0.0.1:{listening.getsockname()[1]}"


def test_a_certificate_that_is_not_trusted_or_ends_soon(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with over_tls(tmp_path) as url:
        there = with_settings(home, public_url=url)
        assert "no browser takes" in the(addresses.of_pages(there)).sentence
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "cert.pem"))
        reached, ends = addresses.of_pages(there)
        assert (reached.grade, ends.grade, ends.to_do) == ("fine", "warning", "Renew it.")


def test_without_prefect_it_is_said_that_nothing_runs_by_itself(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PREFECT_API_URL", "http://127.0.0.1:1/api")
    assert looked(home, Look("flows", flows.of_server)).grade == "note"


# --- the work --------------------------------------------------------------------------------------------------------


def test_a_source_that_has_failed_for_a_week_is_named(home: Home, story: Story) -> None:
    write(
        home,
        lambda db: db.execute(
            "INSERT INTO sources VALUES"
            " ('s', 'https://krant.example/feed', 'feed', 'De Krant', 'nl', '[]', NULL, 'active', $now)",
            {"now": story.now},
        ),
    )
    write(
        home,
        lambda db: db.execute(
            "INSERT INTO polls (source_id, polled_at, due_at, failures, error_kind, error, since)"
            " VALUES ('s', $now, $now, 9, 'timeout', 'It did not answer in time.', $now)",
            {"now": story.now},
        ),
    )
    assert the(work.of_sources(home)).grade == "fine"
    story.later(days=8)
    found = the(work.of_sources(home))
    assert (found.grade, "De Krant: It did not answer in time." in found.sentence) == ("warning", True)


def test_mail_that_waits_a_pause_and_readers_whom_it_does_not_reach(week: Home, story: Story) -> None:
    publish(week, names(10))
    assert the(work.of_outbox(week)).grade == "fine"
    story.later(hours=3)
    found = the(work.of_outbox(week))
    assert (found.grade, found.sentence.startswith("10 mails wait")) == ("broken", True)
    ids = [id_ for (id_,) in rows(week, "SELECT subscriber_id FROM subscribers LIMIT 2")]
    for id_ in ids:
        write(week, lambda db, id_=id_: suspensions.suspend(db, id_, Verdict("gone", "no such user"), story.now))
    sending.pause(week, "even kijken")
    paused, away = work.of_outbox(week)
    assert "even kijken" in paused.sentence
    assert "2 of 10 readers" in away.sentence


def test_weights_that_are_not_the_ones_of_this_program(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model, "_EMBEDDED_SHA256", "0" * 64)
    found = the(of_models.everything(home))
    assert (found.grade, "are not the ones" in found.sentence) == ("broken", True)


@pytest.fixture(autouse=True)
def _no_other_prefect(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PREFECT_API_URL", "http://127.0.0.1:1/api")
