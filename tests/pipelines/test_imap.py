"""A mailbox on a real IMAP server: read once, flagged when it is noted, never deleted."""

from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import SecretStr

from curate.errors import MailError
from pipelines import mailboxes
from pipelines.home import Home
from pipelines.mail_settings import Bounces
from pipelines.steps import returning
from pipelines.steps.returning import Taken
from tests.pipelines import dovecot
from tests.pipelines.at_home import one
from tests.pipelines.dovecot import PASSWORD, USER, Imap

pytestmark = pytest.mark.skipif(
    dovecot.PROGRAM is None, reason="Dovecot is not installed (Debian's package dovecot-imapd)"
)


@pytest.fixture(scope="module")
def server() -> Iterator[Imap]:
    with dovecot.running() as running:
        yield running


def settings(server: Imap, **changes: Any) -> Bounces:
    sample: dict[str, Any] = {"host": "127.0.0.1", "port": server.port, "tls": "none", "timeout_s": 10}
    return Bounces(**{**sample, "user": USER, "password": SecretStr(PASSWORD), **changes})


def with_mailbox(home: Home, bounces: Bounces) -> Home:
    return Home(home.path, home.settings.model_copy(update={"bounces": bounces}), home.database, home.clock)


def unread(bounces: Bounces) -> list[bytes]:
    with mailboxes.Imap(bounces) as box:
        return [one.raw for one in box.unread()]


def mail(number: int) -> bytes:
    return f"From: a@example.com\r\nSubject: mail {number}\r\n\r\nHoi {number}\r\n".encode()


def test_what_is_new_is_read_once_flagged_and_left_where_it_is(server: Imap, home: Home) -> None:
    there = with_mailbox(home, settings(server, folder="Once"))
    for number in (1, 2):
        server.deliver(mail(number), "Once")
    assert returning.read_configured(there) == Taken({"unknown": 2})
    assert returning.read_configured(there) == Taken({})
    server.deliver(mail(3), "Once")
    assert unread(settings(server, folder="Once")) == [mail(3)]
    assert returning.read_configured(there) == Taken({"unknown": 1})
    kept = list(server.box.glob(".Once/cur/*"))
    assert sorted(file.read_bytes() for file in kept) == [mail(1), mail(2), mail(3)]
    assert not any("S" in file.name.partition(":2,")[2] for file in kept), "for people it is as new as before"
    assert one(home, "SELECT count(*) FROM returns") == 3


def test_what_was_not_noted_is_read_again(server: Imap) -> None:
    server.deliver(mail(7), "Again")
    for _ in range(2):
        assert unread(settings(server, folder="Again")) == [mail(7)]


def test_only_the_beginning_of_a_large_mail_is_fetched(server: Imap) -> None:
    server.deliver(mail(9) + b"x" * 70 + b"\r\n" * 400_000, "Large")
    (raw,) = unread(settings(server, folder="Large"))
    assert len(raw) == mailboxes.MOST_BYTES
    assert raw.startswith(mail(9))


def test_over_tls_a_certificate_that_is_known_is_asked_for(server: Imap, monkeypatch: pytest.MonkeyPatch) -> None:
    with_tls = settings(server, port=server.tls_port, tls="tls")
    with pytest.raises(MailError, match=r"certificate verify failed"):
        unread(with_tls)
    monkeypatch.setenv("SSL_CERT_FILE", str(server.certificate))
    assert unread(with_tls)
    assert unread(settings(server, tls="starttls"))


def test_a_wrong_password_is_one_sentence_that_does_not_repeat_it(server: Imap) -> None:
    with pytest.raises(MailError, match="user name or password") as caught:
        unread(settings(server, password=SecretStr("fout geheim")))
    assert "fout geheim" not in str(caught.value)


def test_a_folder_that_is_not_there_is_told(server: Imap) -> None:
    with pytest.raises(MailError, match="Nergens"):
        unread(settings(server, folder="Nergens"))


def test_a_server_that_is_away_is_told() -> None:
    with (
        pytest.raises(MailError, match="cannot be read: Connection refused"),
        mailboxes.Imap(Bounces(host="127.0.0.1", port=9)),
    ):
        pass
