"""A real IMAP server on loopback: Debian's Dovecot, run by whoever runs the tests, with a folder of its own."""

import getpass
import mailbox
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

PROGRAM = shutil.which("dovecot") or shutil.which("dovecot", path="/usr/sbin:/usr/local/sbin")
USER, PASSWORD = "bounces@example.org", "goed-gehéim"
_START_S = 30.0

_CONFIG = """\
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
ssl = yes
ssl_cert = <{folder}/cert.pem
ssl_key = <{folder}/key.pem
disable_plaintext_auth = no
auth_mechanisms = plain
mail_location = maildir:{folder}/box
default_internal_user = {internal}
default_login_user = {login}
default_internal_group = {group}
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
  }}
}}
service anvil {{
  chroot =
}}
"""


@dataclass(frozen=True)
class Imap:
    """Where it listens, and the maildir of its one user."""

    port: int
    tls_port: int
    box: Path
    certificate: Path

    def deliver(self, raw: bytes, folder: str = "") -> None:
        """Put a mail into the INBOX, or another folder, as a mail server would."""
        place = self.box / f".{folder}" if folder else self.box
        box = mailbox.Maildir(place, create=True)
        name = box.add(raw)
        if os.geteuid() == 0:
            owner = pwd.getpwnam("nobody")
            for path in [place, *place.iterdir(), *place.rglob(f"{name}*")]:
                os.chown(path, owner.pw_uid, owner.pw_gid)

    def files(self) -> dict[str, bytes]:
        """What lies in the maildir: the flags of each mail by its bytes' beginning."""
        return {file.name.partition(":2,")[2]: file.read_bytes() for file in self.box.glob("cur/*")}


@contextmanager
def running() -> Iterator[Imap]:
    """Run the server in the foreground until the block ends."""
    assert PROGRAM
    # Below /tmp itself: as root, its mail belongs to somebody else, who may not enter the folders of a test.
    with tempfile.TemporaryDirectory(prefix="imap-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        imap = Imap(_free_port(), _free_port(), folder / "box", _certificate(folder))
        (folder / "conf").write_text(_config(folder, imap), encoding="utf-8")
        imap.deliver(b"Subject: the first\r\n\r\nWelcome.\r\n")
        program = subprocess.Popen([PROGRAM, "-F", "-c", str(folder / "conf")], stderr=subprocess.PIPE)
        try:
            _wait(imap, program, folder)
            yield imap
        finally:
            program.terminate()
            program.wait()


def _config(folder: Path, imap: Imap) -> str:
    root = os.geteuid() == 0
    owner = pwd.getpwnam("nobody") if root else pwd.getpwuid(os.getuid())
    me = getpass.getuser()
    return _CONFIG.format(
        folder=folder,
        port=imap.port,
        tls_port=imap.tls_port,
        password=PASSWORD,
        uid=owner.pw_uid,
        gid=owner.pw_gid,
        internal="dovecot" if root else me,
        login="dovenull" if root else me,
        group="dovecot" if root else "",
    )


def _wait(imap: Imap, program: "subprocess.Popen[bytes]", folder: Path) -> None:
    until_s = time.monotonic() + _START_S
    while True:
        try:
            with socket.create_connection(("127.0.0.1", imap.port), timeout=1) as line:
                if line.recv(16).startswith(b"* OK"):
                    return
        except OSError:
            pass
        log = folder / "log"
        said = log.read_text() if log.exists() else ""
        assert program.poll() is None, f"dovecot has ended: {program.stderr and program.stderr.read()!r} {said}"
        assert time.monotonic() < until_s, said
        time.sleep(0.02)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _certificate(folder: Path) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "imap.test")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    plain = serialization.NoEncryption()
    (folder / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    )
    certificate = folder / "cert.pem"
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    return certificate
