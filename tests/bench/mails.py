"""Mails made per second, and a whole send to aiosmtpd beside the barest loop over aiosmtplib there is.

The loop has one ready message in its memory and hands it to the same server as often: it renders nothing, claims
nothing and keeps nothing.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from tests.bench import neighbours
from tests.bench.grounds import NOW, Grounds, opened
from tests.bench.measuring import Line, Run, beside, fresh, line, watched

if TYPE_CHECKING:
    from curate.people import Language
    from pipelines.home import Home
    from storage.deliveries import Delivery
    from storage.subscribers import Subscriber

_NUMBER = 2
"""The demo's last issue."""
_LIFTED = 1_000_000
"""Messages a second that are more than anything can send."""


def lines(grounds: Grounds, runs: int) -> list[Line]:
    """Measure making mails, and sending the demo's last issue to few and to many readers, plain and signed."""
    home, few, many = str(grounds.demo_home), grounds.sizes.mails // 10, grounds.sizes.mails
    made = [fresh(_made, home, many) for _ in range(runs)]
    found = [line("steps.casting, mails made", "mails/s", made, "mails", note=f"{many} mails in two languages")]
    with neighbours.mail_server() as port:
        for count, signed in ((few, False), (many, False), (few, True)):
            plain, sent = [], []
            for _ in range(runs):
                filled = str(grounds.copy_of(grounds.demo_home, "mails"))
                fresh(_filled, filled, count)
                plain.append(fresh(_looped, home, count, port))
                sent.append(fresh(_sent, filled, count, port, signed))
            found.append(_sending(count, signed, plain, sent))
    return found


def _sending(count: int, signed: bool, plain: list[Run], sent: list[Run]) -> Line:
    what = f"steps.sending.send to {count:,} readers{', signed' if signed else ''}"
    note = "peer: aiosmtplib's sendmail of one ready message over one connection"
    return line(what, "mails/s", sent, "mails", note=note, **beside(plain, sent, "mails"))


def _filled(folder: str, count: int) -> Mapping[str, float]:
    """Let the outbox hold the issue for so many readers, and nothing else."""
    from pipelines.home import start_run
    from storage import deliveries

    home, readers = opened(folder), _readers(count)
    run = start_run(home, "publish")
    with home.database.writing() as db:
        # One statement: adding one by one takes longer than all that is measured.
        db.execute(
            "INSERT INTO subscribers (subscriber_id, email, language, state, consent, added_at) SELECT unnest("
            """from_json($ids, '["VARCHAR"]')), unnest(from_json($emails, '["VARCHAR"]')), """
            """unnest(from_json($languages, '["VARCHAR"]')), 'active', 'bench', $now""",
            {
                "ids": [one.id for one in readers],
                "emails": [one.email for one in readers],
                "languages": [one.language for one in readers],
                "now": NOW,
            },
        )
        db.execute("DELETE FROM deliveries")
        deliveries.fill(db, _NUMBER, readers, domain="example.org", run=run, key=home.secret)
    return {}


def _made(folder: str, count: int) -> Mapping[str, float]:
    from pipelines.steps.casting import Caster

    caster, given = Caster(opened(folder)), _deliveries(count)
    with watched() as spent:
        for one in given:
            caster.parcel(one)
    return {"mails": count / spent.wall_s, "mails_cpu_ms": spent.cpu_s * 1000 / count}


def _readers(count: int) -> "list[Subscriber]":
    from storage import subscribers

    languages: tuple[Language, ...] = ("nl", "en")
    return [subscribers.subscriber(f"reader{number}@example.org", languages[number % 2]) for number in range(count)]


def _deliveries(count: int) -> "list[Delivery]":
    from storage import deliveries
    from storage.deliveries import Delivery

    named = ((one, deliveries.message_id(_NUMBER, one.id, "example.org")) for one in _readers(count))
    return [Delivery(one.id, _NUMBER, one.id, one.email, one.language, name, 1) for one, name in named]


def _looped(folder: str, count: int, port: int) -> Mapping[str, float]:
    import aiosmtplib

    from pipelines.steps.casting import Caster

    content = Caster(opened(folder)).parcel(_deliveries(1)[0]).content

    async def all_of_them() -> None:
        async with aiosmtplib.SMTP(hostname=neighbours.HOST, port=port, start_tls=False) as client:
            for number in range(count):
                await client.sendmail("post@example.org", [f"reader{number}@example.org"], content)

    with watched() as spent:
        asyncio.run(all_of_them())
    return {"mails": count / spent.wall_s}


def _sent(folder: str, count: int, port: int, signed: bool) -> Mapping[str, float]:
    from pipelines.steps import sending

    there = _by_smtp(opened(folder), port, signed)
    with watched() as spent:
        outcome = sending.send(there, _NUMBER)
    if outcome.sent != count:
        raise ValueError(outcome.sentence)
    return {"mails": count / spent.wall_s, "mails_cpu_ms": spent.cpu_s * 1000 / count}


def _by_smtp(home: "Home", port: int, signed: bool) -> "Home":
    from pipelines.mail_settings import Mail, Smtp

    mail = Mail(address="post@example.org", bounces="bounces@example.org")
    if signed:
        mail = mail.model_copy(update={"dkim_key": _key(home.path / "dkim.pem")})
    smtp = Smtp(host=neighbours.HOST, port=port, tls="none", per_second=_LIFTED)
    return replace(home, settings=home.settings.model_copy(update={"smtp": smtp, "mail": mail}))


def _key(file: Path) -> str:
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    form, plain = serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    key = rsa.generate_private_key(65537, 2048)
    file.write_bytes(key.private_bytes(serialization.Encoding.PEM, form, plain))
    return file.name
