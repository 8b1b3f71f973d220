"""Mails rendered per second, and sent per second to aiosmtpd, against a plain loop over aiosmtplib."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from email.message import EmailMessage

from tests.bench import neighbours
from tests.bench.grounds import NOW, Grounds, opened
from tests.bench.measuring import Line, beside, fresh, line, watched

_NUMBER = 2
"""The demo's last issue."""


def lines(grounds: Grounds, runs: int) -> list[Line]:
    """Measure rendering, handing over, and the whole step of sending on the demo's last issue."""
    home, count = str(grounds.demo_home), grounds.sizes.mails
    rendered = [fresh(_rendered, home, count) for _ in range(runs)]
    handed, sent, plain = [], [], []
    with neighbours.mail_server() as port:
        for number in range(runs):
            handed.append(fresh(_handed_over, home, count, port))
            plain.append(fresh(_sent_plainly, home, count, port))
            sent.append(fresh(_sent, str(grounds.copy_of(grounds.demo_home, f"mails-{number}")), count, port))
    return [
        line("reports.mails.issue_mail", "mails/s", rendered, "mails", note=f"{count} mails in two languages"),
        line(
            "posting.Server.hand_over, ready mails",
            "mails/s",
            handed,
            "mails",
            note="peer: aiosmtplib's send_message over one connection",
            **beside(plain, handed, "mails"),
        ),
        line(
            "steps.sending.send, the whole step",
            "mails/s",
            sent,
            "mails",
            note="claimed, rendered, handed over, noted one by one; smtp.per_second lifted",
            **beside(plain, sent, "mails"),
        ),
    ]


def _messages(folder: str, count: int) -> list[EmailMessage]:
    from pipelines import posting
    from pipelines.steps.publishing import links_of
    from reports import mails
    from reports.mails import Envelope
    from storage import issues

    home = opened(folder)
    with home.database.reading() as db:
        issue = issues.by_number(db, _NUMBER)
    if issue is None:
        raise LookupError(f"the demo has no issue {_NUMBER}")
    made = []
    for number in range(count):
        links = replace(links_of(home, issue), unsubscribe=f"https://example.org/unsubscribe/{number}")
        to, language = f"reader{number}@example.org", ("nl", "en")[number % 2]
        envelope = Envelope(posting.sender(home), to, language, f"<{number}@example.org>", NOW)  # type: ignore[arg-type]  # one of the two
        made.append(mails.issue_mail(issue, envelope, links))
    return made


def _rendered(folder: str, count: int) -> Mapping[str, float]:
    _messages(folder, 2)  # templates are compiled
    with watched() as spent:
        _messages(folder, count)
    return {"mails": count / spent.wall_s, "mails_cpu_ms": spent.cpu_s * 1000 / count}


def _handed_over(folder: str, count: int, port: int) -> Mapping[str, float]:
    from pipelines.posting import Server
    from pipelines.settings import Smtp

    messages = _messages(folder, count)

    async def all_of_them() -> None:
        async with Server(Smtp(host=neighbours.HOST, port=port, tls="none")) as carrier:
            for message in messages:
                await carrier.hand_over(message)

    with watched() as spent:
        asyncio.run(all_of_them())
    return {"mails": count / spent.wall_s, "mails_cpu_ms": spent.cpu_s * 1000 / count}


def _sent_plainly(folder: str, count: int, port: int) -> Mapping[str, float]:
    import aiosmtplib

    messages = _messages(folder, count)

    async def all_of_them() -> None:
        async with aiosmtplib.SMTP(hostname=neighbours.HOST, port=port, start_tls=False) as client:
            for message in messages:
                await client.send_message(message)

    with watched() as spent:
        asyncio.run(all_of_them())
    return {"mails": count / spent.wall_s}


def _sent(folder: str, count: int, port: int) -> Mapping[str, float]:
    from pipelines.home import start_run
    from pipelines.settings import Smtp
    from pipelines.steps import sending
    from storage import deliveries, subscribers

    home = opened(folder)
    run = start_run(home, "publish")
    with home.database.writing() as db:
        new = [subscribers.subscriber(f"reader{number}@example.org", "nl") for number in range(count)]
        for one in new:
            subscribers.add(db, one, "bench", NOW)
        deliveries.fill(db, _NUMBER, new, domain="example.org", run=run)
    smtp = Smtp(host=neighbours.HOST, port=port, tls="none", per_second=1_000_000)
    there = replace(home, settings=home.settings.model_copy(update={"smtp": smtp}))
    with watched() as spent:
        outcome = sending.send(there)
    if outcome.sent != count:
        raise ValueError(outcome.sentence)
    return {"mails": count / spent.wall_s, "mails_cpu_ms": spent.cpu_s * 1000 / count}
