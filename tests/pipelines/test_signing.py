"""A signed mail is verified by a library that has nothing to do with ours."""

import base64
from pathlib import Path

import dkim
import pytest
from cryptography.hazmat.primitives import serialization as forms
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from hypothesis import given, settings
from hypothesis import strategies as st

from curate.errors import UsageError
from curate.people import person
from pipelines import posting
from pipelines.home import Home
from pipelines.signing import Signer
from pipelines.steps import sending
from tests.pipelines.at_home import NOW, outbox
from tests.pipelines.office import Office, by_smtp
from tests.pipelines.outgoing import names, publish, with_mail

KEY = rsa.generate_private_key(65537, 2048)
SIGNER = Signer("example.org", "nu", KEY)


def pem(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(forms.Encoding.PEM, forms.PrivateFormat.PKCS8, forms.NoEncryption())


def dns(name: bytes, timeout: int = 5) -> bytes:
    """What the DNS would say."""
    assert name.rstrip(b".") == b"nu._domainkey.example.org"
    public = KEY.public_key().public_bytes(forms.Encoding.DER, forms.PublicFormat.SubjectPublicKeyInfo)
    return b"v=DKIM1; k=rsa; p=" + base64.b64encode(public)


def is_sound(raw: bytes) -> bool:
    return bool(dkim.verify(raw, dnsfunc=dns))


def test_an_issue_is_signed_with_its_ways_out(week: Home, office: Office) -> None:
    publish(week, names(2))
    (week.path / "dkim.pem").write_bytes(pem(KEY))
    mail = {
        "address": "post@example.org",
        "bounces": "bounces@example.org",
        "dkim_key": "dkim.pem",
        "dkim_selector": "nu",
    }
    home = with_mail(week, **mail)
    assert sending.send(home).sent == 2
    for file in home.outbox.glob("*.eml"):
        raw = file.read_bytes()
        assert is_sound(raw)
        head = raw.split(b"\r\nb=")[0] if b"\r\nb=" in raw else raw.split(b"\r\n\tb=")[0]
        assert b"list-unsubscribe:list-unsubscribe-post" in head
        for header in (b"To: ", b"List-Unsubscribe: <", b"List-Unsubscribe-Post: ", b"Subject: ", b"From: "):
            assert not is_sound(raw.replace(b"\r\n" + header, b"\r\n" + header + b"x", 1)), header
        assert not is_sound(raw.replace(b"\r\n\r\n", b"\r\n\r\nx", 1))
    assert all(str(mail["DKIM-Signature"]).count("d=example.org") == 1 for mail in outbox(home))
    assert sending.send(by_smtp(home, office.port)).sent == 0


def test_letters_to_single_persons_are_signed_too(week: Home) -> None:
    (week.path / "dkim.pem").write_bytes(pem(KEY))
    home = with_mail(week, address="post@example.org", dkim_key="dkim.pem", dkim_selector="nu")
    posting.post_sign_in(home, person("mia@example.org", "Mia", "member", "nl"), "https://x.example/in", NOW)
    (file,) = home.outbox.glob("*.eml")
    assert is_sound(file.read_bytes())


@settings(deadline=None, max_examples=80)
@given(
    st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=90),
    st.lists(st.sampled_from(["", " ", ".", "woord", "  twee  woorden ", "\t", "=E2"]), max_size=8),
)
def test_whatever_stands_in_it_a_signature_is_sound(subject: str, lines: list[str]) -> None:
    head = f"From: a@example.org\r\nSubject:  {subject}\r\n\tverder\r\nTo: b@example.org\r\n"
    raw = (head + "\r\n" + "\r\n".join(lines) + "\r\n").encode()
    assert is_sound(SIGNER.sign(raw))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "cannot be read"),
        (b"geen sleutel", "no private key"),
        (pem(ec.generate_private_key(ec.SECP256R1())), "no RSA key"),
    ],
)
def test_a_key_that_cannot_be_used_stops_the_sending_with_one_sentence(
    week: Home, content: bytes | None, said: str
) -> None:
    publish(week, names(1))
    file: Path = week.path / "dkim.pem"
    if content:
        file.write_bytes(content)
    with pytest.raises(UsageError, match=said):
        sending.send(with_mail(week, dkim_key="dkim.pem"))
